import { expect, test } from "vitest";
import { ADA, BOB, googleClient, refusal, stage, timed } from "../testing/google-client.ts";

const sandbox = await stage();
const ada = googleClient(sandbox, ADA);
const bob = googleClient(sandbox, BOB);

async function secondary(summary = "Second") {
	const { data } = await ada.calendars.insert({ requestBody: { summary, timeZone: "Asia/Tokyo" } });
	return data.id ?? "";
}

const reader = { role: "reader", scope: { type: "user", value: BOB } };

test("a calendar is made, read, changed and deleted", async () => {
	const calendarId = await secondary();
	const { data } = await ada.calendars.get({ calendarId });
	expect(data).toMatchObject({ kind: "calendar#calendar", summary: "Second", timeZone: "Asia/Tokyo", dataOwner: ADA });
	const stale = { headers: { "If-Match": data.etag ?? "" } };
	await ada.calendars.patch({ calendarId, requestBody: { description: "Words" } });
	expect((await ada.calendars.get({ calendarId })).data).toMatchObject({ summary: "Second", description: "Words" });
	const change = { calendarId, requestBody: { summary: "Late" } };
	expect(await refusal(ada.calendars.update(change, stale))).toBe("412 conditionNotMet");
	expect((await ada.calendars.update(change)).data).not.toHaveProperty("description");
	expect(await refusal(ada.calendars.insert({ requestBody: {} }))).toBe("400 required");
	const zone = { summary: "x", timeZone: "Mars/Base" };
	expect(await refusal(ada.calendars.insert({ requestBody: zone }))).toBe("400 invalid");
	expect(await refusal(ada.calendars.delete({ calendarId: "primary" }))).toBe("403 forbidden");
	await ada.calendars.delete({ calendarId });
	expect(await refusal(ada.calendars.get({ calendarId }))).toBe("404 notFound");
	expect(await refusal(ada.events.list({ calendarId }))).toBe("404 notFound");
});

test("the list has what the person sees each calendar as", async () => {
	const calendarId = await secondary("Listed");
	const { data: primary } = await ada.calendarList.get({ calendarId: "primary" });
	expect(primary).toMatchObject({
		kind: "calendar#calendarListEntry",
		id: ADA,
		primary: true,
		selected: true,
		accessRole: "owner",
		timeZone: "Europe/Berlin",
		defaultReminders: [{ method: "popup", minutes: 30 }],
	});
	const rgb = { backgroundColor: "#123456", foregroundColor: "#ffffff" };
	const color = await ada.calendarList.patch({ calendarId, colorRgbFormat: true, requestBody: rgb });
	expect(color.data).toMatchObject(rgb);
	const { data } = await ada.calendarList.patch({ calendarId, requestBody: { summaryOverride: "Mine" } });
	expect(data).toMatchObject({ ...rgb, summary: "Listed", summaryOverride: "Mine" });
	const numbered = await ada.calendarList.patch({ calendarId, requestBody: { colorId: "1" } });
	expect(numbered.data.backgroundColor).toBe("#ac725e");
	await ada.calendarList.patch({ calendarId, requestBody: { hidden: true } });
	const ids = async (query = {}) => (await ada.calendarList.list(query)).data.items?.map(({ id }) => id);
	expect(await ids()).not.toContain(calendarId);
	expect(await ids({ showHidden: true })).toContain(calendarId);
	expect(await refusal(ada.calendarList.delete({ calendarId }))).toBe("403 forbidden");
});

test("a sync token of the list tells of what came, what was changed and what went", async () => {
	const [renamed, dropped] = [await secondary(), await secondary()];
	const { data: first } = await ada.calendarList.list();
	const syncToken = first.nextSyncToken ?? "";
	const since = async (token: string) => {
		const { data } = await ada.calendarList.list({ syncToken: token });
		return { ids: data.items?.map(({ id, deleted }) => (deleted ? `-${id}` : id)), token: data.nextSyncToken ?? "" };
	};
	expect((await since(syncToken)).ids).toEqual([]);
	// A title is read-only there, so that nothing is told of it.
	await ada.calendars.patch({ calendarId: renamed, requestBody: { summary: "Title" } });
	expect((await since(syncToken)).ids).toEqual([]);
	await ada.calendarList.patch({ calendarId: renamed, requestBody: { hidden: true } });
	await ada.calendars.delete({ calendarId: dropped });
	const made = await secondary();
	const second = await since(syncToken);
	expect(second.ids).toEqual([renamed, `-${dropped}`, made]);
	expect((await since(second.token)).ids).toEqual([]);
	const restricted = { syncToken, minAccessRole: "owner" };
	expect(await refusal(ada.calendarList.list(restricted))).toBe("400 invalidParameter");
	expect(await refusal(ada.calendarList.list({ syncToken, showHidden: false }))).toBe("400 invalidParameter");
	const account = sandbox.world.accounts.get(ADA);
	if (account !== undefined) account.listTokensFrom = sandbox.world.revisions.next();
	expect(await refusal(ada.calendarList.list({ syncToken }))).toBe("410 fullSyncRequired");
});

test("a list is cut into pages", async () => {
	for (let count = 0; count < 4; count++) await secondary();
	const ids: unknown[] = [];
	let pageToken: string | undefined;
	do {
		const { data } = await ada.calendarList.list({ maxResults: 3, ...(pageToken === undefined ? {} : { pageToken }) });
		expect(data.items?.length).toBeLessThanOrEqual(3);
		ids.push(...(data.items ?? []).map(({ id }) => id));
		pageToken = data.nextPageToken ?? undefined;
	} while (pageToken !== undefined);
	expect(new Set(ids).size).toBe(ids.length);
	expect(ids.length).toBeGreaterThan(4);
});

test("a calendar is shared, found by its id, and taken back", async () => {
	const calendarId = await secondary("Shared");
	expect(await refusal(bob.calendarList.insert({ requestBody: { id: calendarId } }))).toBe("404 notFound");
	const { data: rule } = await ada.acl.insert({ calendarId, requestBody: reader });
	expect(rule).toMatchObject({ kind: "calendar#aclRule", id: `user:${BOB}`, role: "reader" });
	expect((await bob.calendars.get({ calendarId })).data.summary).toBe("Shared");
	const { data: entry } = await bob.calendarList.insert({ requestBody: { id: calendarId } });
	expect(entry).toMatchObject({ id: calendarId, accessRole: "reader", summary: "Shared" });
	const write = { calendarId, requestBody: timed(5) };
	expect(await refusal(bob.events.insert(write))).toBe("403 requiredAccessLevel");
	expect(await refusal(bob.calendars.patch({ calendarId, requestBody: { summary: "x" } }))).toBe(
		"403 requiredAccessLevel",
	);
	expect(await refusal(bob.acl.list({ calendarId }))).toBe("403 requiredAccessLevel");
	await ada.acl.patch({ calendarId, ruleId: `user:${BOB}`, requestBody: { role: "writer" } });
	await bob.events.insert(write);
	await bob.calendarList.delete({ calendarId });
	expect(await refusal(bob.calendarList.get({ calendarId }))).toBe("404 notFound");
	await bob.calendarList.insert({ requestBody: { id: calendarId } });
	const { nextSyncToken: syncToken = "" } = (await bob.calendarList.list()).data;
	await ada.acl.delete({ calendarId, ruleId: `user:${BOB}` });
	expect(await refusal(bob.events.list({ calendarId }))).toBe("404 notFound");
	const { data: since } = await bob.calendarList.list({ syncToken: syncToken ?? "" });
	expect(since.items).toMatchObject([{ id: calendarId, deleted: true }]);
	expect((await ada.acl.list({ calendarId })).data.items?.map(({ id }) => id)).toEqual([`user:${ADA}`]);
});

test("clearing takes all of a primary calendar, and its sync tokens", async () => {
	await ada.events.insert({ calendarId: "primary", requestBody: timed(5) });
	const { data } = await ada.events.list({ calendarId: "primary" });
	await ada.calendars.clear({ calendarId: "primary" });
	const again = { calendarId: "primary", syncToken: data.nextSyncToken ?? "" };
	expect(await refusal(ada.events.list(again))).toBe("410 fullSyncRequired");
	expect((await ada.events.list({ calendarId: "primary" })).data.items).toEqual([]);
	expect(await refusal(ada.calendars.clear({ calendarId: await secondary() }))).toBe("400 invalid");
});

test("times that are taken, of one's own calendars and of those that one can see", async () => {
	const calendarId = await secondary("Busy");
	const insert = (requestBody: ReturnType<typeof timed>) => ada.events.insert({ calendarId, requestBody });
	await insert(timed(5));
	await insert(timed(5, { start: { dateTime: "2026-12-05T09:15:00Z" }, end: { dateTime: "2026-12-05T10:00:00Z" } }));
	await insert(timed(5, { transparency: "transparent", start: { dateTime: "2026-12-05T01:00:00Z" } }));
	await insert(timed(7, { recurrence: ["RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20261208T090000Z"] }));
	await insert(timed(6, { attendees: [{ email: calendarId, responseStatus: "declined" }] }));
	const items = [calendarId, "nobody@example.com"].map((id) => ({ id }));
	const range = { timeMin: "2026-12-01T00:00:00Z", timeMax: "2026-12-31T00:00:00Z" };
	const { data } = await ada.freebusy.query({ requestBody: { ...range, items } });
	expect(data.calendars).toEqual({
		[calendarId]: {
			busy: [
				{ start: "2026-12-05T09:00:00Z", end: "2026-12-05T10:00:00Z" },
				{ start: "2026-12-07T09:00:00Z", end: "2026-12-07T09:30:00Z" },
			],
		},
		"nobody@example.com": { errors: [{ domain: "global", reason: "notFound" }], busy: [] },
	});
	const one = await ada.freebusy.query({ requestBody: { ...range, items, calendarExpansionMax: 1 } });
	expect(one.data.calendars?.["nobody@example.com"]?.errors?.[0]?.reason).toBe("tooManyCalendarsRequested");
	expect(await refusal(ada.freebusy.query({ requestBody: { items } }))).toBe("400 required");
	const wrong = { items, timeMin: range.timeMax, timeMax: range.timeMin };
	expect(await refusal(ada.freebusy.query({ requestBody: wrong }))).toBe("400 timeRangeEmpty");
});

test("colours and settings", async () => {
	const { data: colors } = await ada.colors.get();
	expect(Object.keys(colors.calendar ?? {})).toHaveLength(24);
	expect(Object.keys(colors.event ?? {})).toHaveLength(11);
	const { data: list } = await ada.settings.list();
	expect(list.items).toContainEqual(expect.objectContaining({ id: "timezone", value: "Europe/Berlin" }));
	expect((await ada.settings.list({ syncToken: list.nextSyncToken ?? "" })).data.items).toEqual([]);
	expect((await ada.settings.get({ setting: "weekStart" })).data.value).toBe("1");
	expect(await refusal(ada.settings.get({ setting: "nothing" }))).toBe("404 notFound");
});
