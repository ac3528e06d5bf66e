import { beforeEach, expect, test } from "vitest";
import { ADA, BOB, daily, googleClient, refusal, stage, timed } from "../../testing/google-client.ts";

const sandbox = await stage();
const { world } = sandbox;
const { events, acl, calendars } = googleClient(sandbox, ADA);
let calendarId = "";

beforeEach(async () => {
	Object.assign(world.listing, { pageCap: null, emptyEvery: null, withoutSyncToken: 0 });
	const { data } = await calendars.insert({ requestBody: { summary: "Fresh" } });
	calendarId = data.id ?? "";
});

type Query = Omit<NonNullable<Parameters<typeof events.list>[0]>, "calendarId">;

const insert = async (requestBody = timed(5)) => (await events.insert({ calendarId, requestBody })).data.id ?? "";

/** All pages of a listing, and what the last one ended with. */
async function listAll(query: Query = {}) {
	const pages: string[][] = [];
	let pageToken: string | undefined;
	for (;;) {
		const page = pageToken === undefined ? query : { ...query, pageToken };
		const { data } = await events.list({ calendarId, ...page });
		pages.push((data.items ?? []).map(({ id, status }) => (status === "cancelled" ? `-${id}` : `${id}`)));
		if (data.nextPageToken == null) return { pages, ids: pages.flat(), syncToken: data.nextSyncToken ?? "" };
		expect(data.nextSyncToken).toBeUndefined();
		pageToken = data.nextPageToken;
	}
}

test("a sync token brings what changed since: new, changed and deleted, each once", async () => {
	const [kept, changed, gone] = [await insert(), await insert(), await insert()];
	const first = await listAll();
	expect(first.ids).toEqual([kept, changed, gone]);
	expect((await listAll({ syncToken: first.syncToken })).ids).toEqual([]);
	await events.patch({ calendarId, eventId: changed, requestBody: { summary: "1" } });
	await events.patch({ calendarId, eventId: changed, requestBody: { summary: "2" } });
	await events.delete({ calendarId, eventId: gone });
	const made = await insert();
	const second = await listAll({ syncToken: first.syncToken });
	expect([...second.ids].sort()).toEqual([changed, `-${gone}`, made].sort());
	expect((await listAll({ syncToken: second.syncToken })).ids).toEqual([]);
	// The older token still tells the same.
	expect([...(await listAll({ syncToken: first.syncToken })).ids].sort()).toEqual([...second.ids].sort());
});

test("pages hold up to 250 events, up to 2500 where asked for, fewer or none where they like", async () => {
	const ids: string[] = [];
	for (let count = 0; count < 7; count++) ids.push(await insert());
	expect((await listAll({ maxResults: 3 })).pages.map(({ length }) => length)).toEqual([3, 3, 1]);
	expect((await listAll({ maxResults: 9999 })).ids).toEqual(ids);
	world.listing.pageCap = 2;
	world.listing.emptyEvery = 2;
	const odd = await listAll({ maxResults: 250 });
	expect(odd.pages.map(({ length }) => length)).toEqual([2, 0, 2, 0, 2, 0, 1]);
	expect(odd.ids).toEqual(ids);
	const since = await listAll();
	for (const eventId of ids) await events.patch({ calendarId, eventId, requestBody: { location: "There" } });
	expect((await listAll({ syncToken: since.syncToken })).ids).toEqual(ids);
	expect(await refusal(events.list({ calendarId, maxResults: 0 }))).toBe("400 invalidParameter");
	expect(await refusal(events.list({ calendarId, pageToken: "nonsense" }))).toBe("400 invalidParameter");
});

test("what changes while pages are read is in them or behind their sync token", async () => {
	const ids = [await insert(), await insert(), await insert(), await insert()];
	const { data: first } = await events.list({ calendarId, maxResults: 2 });
	await events.patch({ calendarId, eventId: ids[0] ?? "", requestBody: { summary: "Changed" } });
	await events.delete({ calendarId, eventId: ids[3] ?? "" });
	const made = await insert();
	const rest = await listAll({ maxResults: 2, pageToken: first.nextPageToken ?? "" });
	const seen = new Set([...(first.items ?? []).map(({ id }) => id ?? ""), ...rest.ids]);
	const later = await listAll({ syncToken: rest.syncToken });
	expect(later.ids).toEqual(expect.arrayContaining([ids[0], `-${ids[3]}`]));
	expect([...seen, ...later.ids]).toContain(made);
});

test("the control side can leave the sync token out", async () => {
	await insert();
	world.listing.withoutSyncToken = 1;
	expect((await listAll()).syncToken).toBe("");
	expect((await listAll()).syncToken).not.toBe("");
});

test("a sync token goes with no restriction, and with the parameters that it was made with", async () => {
	await insert();
	const { syncToken } = await listAll();
	const stamp = "2026-12-01T00:00:00Z";
	const restrictions: readonly Query[] = [
		...[{ timeMin: stamp }, { timeMax: stamp }, { updatedMin: stamp }, { q: "x" }, { iCalUID: "x" }],
		...[{ orderBy: "updated" }, { privateExtendedProperty: ["a=b"] }, { sharedExtendedProperty: ["a=b"] }],
		{ showDeleted: false },
	];
	for (const query of restrictions)
		expect(await refusal(listAll({ ...query, syncToken }))).toBe("400 invalidParameter");
	expect(await refusal(listAll({ singleEvents: true, syncToken }))).toBe("400 invalid");
	expect(await refusal(listAll({ syncToken: "nonsense" }))).toBe("400 invalid");
	const other = await calendars.insert({ requestBody: { summary: "Other" } });
	expect(await refusal(events.list({ calendarId: other.data.id ?? "", syncToken }))).toBe("400 invalid");
	expect((await listAll({ timeMin: stamp })).syncToken).not.toBe("");
	expect((await listAll({ q: "Event" })).syncToken).toBe("");
});

test("410 has three meanings", async () => {
	const eventId = await insert();
	const { syncToken } = await listAll();
	await events.delete({ calendarId, eventId });
	expect(await refusal(events.delete({ calendarId, eventId }))).toBe("410 deleted");
	const tooLongAgo = new Date(world.clock.now() - 40 * 86_400_000).toISOString();
	expect(await refusal(events.list({ calendarId, updatedMin: tooLongAgo }))).toBe("410 updatedMinTooLongAgo");
	expect((await listAll({ syncToken })).ids).toEqual([`-${eventId}`]);
	world.clock.advance(31 * 86_400_000);
	expect(await refusal(listAll({ syncToken }))).toBe("410 fullSyncRequired");
	const fresh = await listAll();
	const calendar = world.calendars.get(calendarId);
	if (calendar !== undefined) calendar.tokensFrom = world.revisions.next();
	expect(await refusal(listAll({ syncToken: fresh.syncToken }))).toBe("410 fullSyncRequired");
	expect((await listAll()).ids).toEqual([]);
});

test("a listing can be narrowed by time, words, properties, UID, type and change", async () => {
	const extendedProperties = { private: { mine: "1" }, shared: { ours: "2" } };
	const early = await insert(timed(3, { description: "About Lovelace", extendedProperties }));
	const late = await insert(timed(20, { attendees: [{ email: "guest@example.net", displayName: "Babbage" }] }));
	const whole = await insert({ start: { date: "2026-12-10" }, end: { date: "2026-12-11" } });
	const series = await insert(daily());
	const ids = async (query: Query) => (await listAll(query)).ids;
	expect(await ids({ timeMin: "2026-12-06T00:00:00Z" })).toEqual([late, whole]);
	expect(await ids({ timeMax: "2026-12-03T09:00:00Z" })).toEqual([series]);
	expect(await ids({ timeMin: "2026-12-03T09:30:00Z", timeMax: "2026-12-04T00:00:00Z" })).toEqual([]);
	expect(await refusal(ids({ timeMin: "2026-12-04T00:00:00Z", timeMax: "2026-12-03T00:00:00Z" }))).toBe(
		"400 timeRangeEmpty",
	);
	expect(await refusal(ids({ timeMin: "2026-12-04T00:00:00" }))).toBe("400 badRequest");
	expect(await ids({ q: "lovelace about" })).toEqual([early]);
	expect(await ids({ q: "babbage" })).toEqual([late]);
	expect(await ids({ privateExtendedProperty: ["mine=1"] })).toEqual([early]);
	expect(await ids({ sharedExtendedProperty: ["ours=1"] })).toEqual([]);
	expect(await ids({ iCalUID: `${late}@google.com` })).toEqual([late]);
	expect(await ids({ eventTypes: ["focusTime"] })).toEqual([]);
	await events.delete({ calendarId, eventId: late });
	expect(await ids({ showDeleted: true })).toEqual([early, `-${late}`, whole, series]);
	const soon = new Date(world.clock.now() + 1000).toISOString();
	expect(await ids({ updatedMin: soon })).toEqual([]);
});

test("who may see times alone sees instances without a word about them", async () => {
	await insert(timed(5, { location: "Secret" }));
	await insert(daily());
	const entry = { role: "freeBusyReader", scope: { type: "user", value: BOB } };
	await acl.insert({ calendarId, requestBody: entry });
	const { data } = await googleClient(sandbox, BOB).events.list({ calendarId, timeMax: "2026-12-31T00:00:00Z" });
	expect(data.accessRole).toBe("freeBusyReader");
	expect(data.items).toHaveLength(6);
	for (const event of data.items ?? []) {
		expect(event).not.toHaveProperty("summary");
		expect(event).not.toHaveProperty("location");
		expect(event).toHaveProperty("start.dateTime");
	}
});

test("private events are hidden from readers, who can write nothing", async () => {
	const eventId = await insert(timed(5, { visibility: "private", summary: "Secret" }));
	await insert(timed(6));
	const scope = { type: "user", value: BOB };
	await acl.insert({ calendarId, requestBody: { role: "reader", scope } });
	const bob = googleClient(sandbox, BOB).events;
	const shown = async () => (await bob.list({ calendarId })).data.items?.map(({ summary }) => summary);
	expect(await shown()).toEqual([undefined, "Event of 6"]);
	expect(await refusal(bob.insert({ calendarId, requestBody: timed(7) }))).toBe("403 requiredAccessLevel");
	await acl.update({ calendarId, ruleId: `user:${BOB}`, requestBody: { role: "writerWithoutPrivateAccess", scope } });
	expect(await shown()).toEqual([undefined, "Event of 6"]);
	expect(await refusal(bob.patch({ calendarId, eventId, requestBody: { summary: "Mine" } }))).toBe(
		"403 requiredAccessLevel",
	);
	await acl.update({ calendarId, ruleId: `user:${BOB}`, requestBody: { role: "writer", scope } });
	expect(await shown()).toEqual(["Secret", "Event of 6"]);
});

test("singleEvents with a sync token tells of instances that are gone", async () => {
	const id = await insert(daily());
	const { syncToken, ids } = await listAll({ singleEvents: true });
	expect(ids).toHaveLength(5);
	await events.patch({ calendarId, eventId: id, requestBody: { recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] } });
	const since = await listAll({ singleEvents: true, syncToken });
	expect(since.ids).toEqual([1, 2, 3, 4, 5].map((day) => `${day > 3 ? "-" : ""}${id}_2026120${day}T090000Z`));
});
