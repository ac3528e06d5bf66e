import { expect, test } from "vitest";
import { ADA, googleClient, refusal, stage, timed } from "../../testing/google-client.ts";

const sandbox = await stage();
const { events, calendars } = googleClient(sandbox, ADA);
const calendarId = "primary";

async function make(requestBody = timed(5)) {
	const { data } = await events.insert({ calendarId, requestBody });
	return { ...data, at: { calendarId, eventId: data.id ?? "" } };
}

test("an event is inserted, read, changed, replaced and deleted", async () => {
	const { at, ...made } = await make(timed(5, { description: "Old", location: "Here", colorId: "4" }));
	expect(made).toMatchObject({
		kind: "calendar#event",
		status: "confirmed",
		iCalUID: `${made.id}@google.com`,
		creator: { email: ADA, self: true },
		organizer: { email: ADA, self: true },
		start: { dateTime: "2026-12-05T10:00:00+01:00", timeZone: "UTC" },
		sequence: 0,
		reminders: { useDefault: true },
		eventType: "default",
	});
	expect((await events.get(at)).data).toEqual(made);

	const { data: patched } = await events.patch({ ...at, requestBody: { summary: "New", description: null } });
	expect(patched).toMatchObject({ id: made.id, summary: "New", location: "Here", colorId: "4", created: made.created });
	expect(patched).not.toHaveProperty("description");
	expect(patched.etag).not.toBe(made.etag);

	const { data: replaced } = await events.update({ ...at, requestBody: timed(6) });
	expect(replaced).toMatchObject({ id: made.id, summary: "Event of 6", sequence: 1, iCalUID: made.iCalUID });
	expect(replaced).not.toHaveProperty("location");
	expect(replaced).not.toHaveProperty("colorId");

	await events.delete(at);
	expect((await events.get(at)).data).toMatchObject({ id: made.id, status: "cancelled" });
	expect(await refusal(events.delete(at))).toBe("410 deleted");
	expect(await refusal(events.patch({ ...at, requestBody: { summary: "Late" } }))).toBe("410 deleted");
	const { data: revived } = await events.update({ ...at, requestBody: timed(7, { status: "confirmed" }) });
	expect(revived).toMatchObject({ id: made.id, status: "confirmed", summary: "Event of 7" });
});

test("all-day events and times of other zones keep what they were written in", async () => {
	const day = { start: { date: "2026-12-24" }, end: { date: "2026-12-27" } };
	expect(await make(day)).toMatchObject(day);
	const local = await make({
		start: { dateTime: "2026-07-01T09:00:00", timeZone: "America/New_York" },
		end: { dateTime: "2026-07-01T16:00:00+02:00" },
	});
	expect(local).toMatchObject({
		start: { dateTime: "2026-07-01T15:00:00+02:00", timeZone: "America/New_York" },
		end: { dateTime: "2026-07-01T16:00:00+02:00", timeZone: "Europe/Berlin" },
	});
	const elsewhere = await events.get({ ...local.at, timeZone: "Asia/Tokyo" });
	expect(elsewhere.data.start?.dateTime).toBe("2026-07-01T22:00:00+09:00");
});

test("a client's id is taken once, and stays taken when the event is deleted", async () => {
	const requestBody = timed(5, { id: "mine0001" });
	const { at } = await make(requestBody);
	expect(at.eventId).toBe("mine0001");
	expect(await refusal(events.insert({ calendarId, requestBody }))).toBe("409 duplicate");
	await events.delete(at);
	expect(await refusal(events.insert({ calendarId, requestBody }))).toBe("409 duplicate");
	// Also when nothing is left of it.
	sandbox.world.clock.advance(40 * 86_400_000);
	await events.list({ calendarId });
	expect(await refusal(events.get(at))).toBe("404 notFound");
	expect(await refusal(events.insert({ calendarId, requestBody }))).toBe("409 duplicate");
	for (const id of ["abc", "Upper01", "wxyz0", "with-hyphen"]) {
		expect(await refusal(events.insert({ calendarId, requestBody: timed(5, { id }) }))).toBe("400 invalid");
	}
});

test("an iCalUID is of one event; import writes over what has it", async () => {
	const { at, iCalUID } = await make(timed(5, { iCalUID: "uid@elsewhere" }));
	expect(iCalUID).toBe("uid@elsewhere");
	expect(await refusal(make(timed(6, { iCalUID: "uid@elsewhere" })))).toBe("409 duplicate");
	await events.delete(at);
	await make(timed(6, { iCalUID: "uid@elsewhere" }));

	const organizer = { email: "boss@example.net" };
	const requestBody = timed(8, { iCalUID: "imported@elsewhere", organizer });
	const { data: imported } = await events.import({ calendarId, requestBody });
	expect(imported).toMatchObject({ iCalUID: "imported@elsewhere", organizer, privateCopy: true });
	const again = await events.import({ calendarId, requestBody: { ...requestBody, summary: "Again" } });
	expect(again.data).toMatchObject({ id: imported.id, summary: "Again" });
	expect(await refusal(events.import({ calendarId, requestBody: timed(8) }))).toBe("400 required");
});

test("writes are held to the version that If-Match names", async () => {
	const { at, etag } = await make();
	const match = { headers: { "If-Match": etag ?? "" } };
	const { data: second } = await events.patch({ ...at, requestBody: { summary: "Second" } }, match);
	expect(await refusal(events.patch({ ...at, requestBody: { summary: "Stale" } }, match))).toBe("412 conditionNotMet");
	expect(await refusal(events.update({ ...at, requestBody: timed(9) }, match))).toBe("412 conditionNotMet");
	expect(await refusal(events.delete(at, match))).toBe("412 conditionNotMet");
	expect((await events.get(at)).data).toEqual(second);
	await events.patch({ ...at, requestBody: { summary: "Forced" } }, { headers: { "If-Match": "*" } });
	expect((await events.get(at)).data.summary).toBe("Forced");
});

test("reading is spared where If-None-Match names the version", async () => {
	const { at, etag } = await make();
	const sparing = { headers: { "If-None-Match": etag ?? "" }, validateStatus: () => true };
	expect((await events.get(at, sparing)).status).toBe(304);
	await events.patch({ ...at, requestBody: { summary: "Changed" } });
	expect((await events.get(at, sparing)).status).toBe(200);
});

test("nothing moves without a change, and `updated` not by reminders alone", async () => {
	const { at, etag, updated } = await make();
	const same = await events.patch({ ...at, requestBody: { summary: "Event of 5" } });
	expect(same.data.etag).toBe(etag);
	sandbox.world.clock.advance(60_000);
	const reminders = { useDefault: false, overrides: [{ method: "popup", minutes: 5 }] };
	const { data } = await events.patch({ ...at, requestBody: { reminders } });
	expect(data).toMatchObject({ reminders, updated });
	expect(data.etag).not.toBe(etag);
});

test("what cannot be taken is refused", async () => {
	const bad: readonly [ReturnType<typeof timed>, string][] = [
		[{ summary: "When?" }, "400 required"],
		[timed(5, { end: { date: "2026-12-06" } }), "400 invalid"],
		[timed(5, { end: { dateTime: "2026-12-04T09:00:00Z" } }), "400 timeRangeEmpty"],
		[timed(5, { start: { dateTime: "2026-12-05T09:00:00" } }), "400 required"],
		[timed(5, { start: { dateTime: "2026-12-05T09:00:00Z", timeZone: "Mars/Base" } }), "400 invalid"],
		[timed(5, { colorId: "99" }), "400 invalid"],
		[timed(5, { attendees: [{ displayName: "Nobody" }] }), "400 required"],
		[timed(5, { reminders: { useDefault: false, overrides: [{ method: "popup", minutes: 40_321 }] } }), "400 invalid"],
		[
			timed(5, { reminders: { useDefault: true, overrides: [{ method: "popup", minutes: 1 }] } }),
			"400 cannotUseDefaultRemindersAndSpecifyOverride",
		],
	];
	for (const [requestBody, reason] of bad)
		expect(await refusal(events.insert({ calendarId, requestBody }))).toBe(reason);
	expect(await refusal(events.get({ calendarId, eventId: "nothing0" }))).toBe("404 notFound");
	expect(await refusal(events.get({ calendarId: "nobody@example.com", eventId: "nothing0" }))).toBe("404 notFound");
});

test("extended properties: long names are dropped, long values cut, and null takes one away", async () => {
	const extendedProperties = { private: { a: "1", b: "2", ["n".repeat(45)]: "3" }, shared: { long: "v".repeat(2000) } };
	const { at, ...made } = await make(timed(5, { extendedProperties }));
	expect(made.extendedProperties).toEqual({ private: { a: "1", b: "2" }, shared: { long: "v".repeat(1024) } });
	const gone = { extendedProperties: { private: { a: null } } } as never;
	const { data } = await events.patch({ ...at, requestBody: gone });
	expect(data.extendedProperties?.private).toEqual({ b: "2" });
});

test("attachments are kept from clients that do not know of them", async () => {
	const attachments = [{ fileUrl: "https://drive.example.com/file/d/abc123/view", title: "Plan" }];
	const known = await events.insert({ calendarId, supportsAttachments: true, requestBody: timed(5, { attachments }) });
	expect(known.data.attachments).toMatchObject([{ ...attachments[0], fileId: "abc123" }]);
	const at = { calendarId, eventId: known.data.id ?? "" };
	const { data } = await events.update({ ...at, requestBody: timed(5) });
	expect(data.attachments).toHaveLength(1);
	const cleared = await events.update({ ...at, supportsAttachments: true, requestBody: timed(5) });
	expect(cleared.data).not.toHaveProperty("attachments");
	expect((await make(timed(5, { attachments }))).attachments).toBeUndefined();
});

test("an event moves to another calendar of its organizer under its id", async () => {
	const { data: other } = await calendars.insert({ requestBody: { summary: "Other" } });
	const destination = other.id ?? "";
	const { at, id } = await make();
	const { data: moved } = await events.move({ ...at, destination });
	expect(moved).toMatchObject({ id, organizer: { email: destination, displayName: "Other", self: true } });
	expect((await events.get({ calendarId: destination, eventId: id ?? "" })).data).toEqual(moved);
	expect((await events.get(at)).data).toMatchObject({ id, status: "cancelled" });
	expect(await refusal(events.move({ ...at, destination }))).toBe("410 deleted");
});
