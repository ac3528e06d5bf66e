import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databaseFingerprint } from "../../testing/fingerprint.ts";
import { createWritingFixture, daily, guest, onDay, type WritingFixture } from "../testing.ts";

let fixture: WritingFixture;
beforeEach(async () => {
	fixture = await createWritingFixture();
});
afterEach(() => fixture.close());

const patch = (id: string, body: object, query = "", headers = {}) =>
	fixture.call("PATCH", `/v1/events/${id}${query}`, body, headers);
const utc = (date_time: string) => ({ date_time: `${date_time}Z`, time_zone: "UTC" });

describe("a dry run", () => {
	const preview = async (id: string, body: object, query: string) => {
		const before = await databaseFingerprint(fixture.services.db);
		const answer = await patch(id, body, `${query}&dry_run=true`);
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
		expect(fixture.control.performed).toEqual([]);
		return answer;
	};
	const ann = guest("ann@example.com");
	const ada = guest("ada@example.com", { organizer: true, response: "accepted" });

	it("of one occurrence tells the change and who is mailed", async () => {
		fixture.control.changeCalendar(fixture.calendar, { sendsInvitations: true });
		const id = await fixture.bring(daily({ participants: [ada, ann] }));
		await fixture.services.db.updateTable("connections").set({ account: "ada@example.com" }).execute();
		const one = `${id}.20261203T120000Z`;
		const times = { start: utc("2026-12-03T15:00:00"), end: utc("2026-12-03T16:00:00") };
		const old = { start: utc("2026-12-03T12:00:00"), end: utc("2026-12-03T13:00:00") };
		expect((await preview(one, { title: "Moved", ...times }, "?scope=this")).body).toEqual({
			dry_run: true,
			event: expect.objectContaining({ id: one, title: "Moved", etag: null, ...times }),
			changes: {
				title: { before: "Meeting", after: "Moved" },
				start: { before: old.start, after: times.start },
				end: { before: old.end, after: times.end },
			},
			created: null,
			occurrences: [{ original_start: old.start, action: "changed", ...times }],
			dropped: [],
			mails: ["ann@example.com"],
		});
		expect((await preview(one, { color: "#ff0000" }, "?scope=this")).body.mails).toEqual([]);
		expect((await preview(one, {}, "?scope=this")).body).toMatchObject({ changes: {}, occurrences: [], mails: [] });
	});

	it("of all tells every occurrence, and what is dropped", async () => {
		const id = await fixture.bring(daily(), onDay("05", { title: "Special" }));
		const { body } = await preview(id, { recurrence: ["RRULE:FREQ=DAILY;COUNT=2"] }, "?scope=all");
		expect(
			body.occurrences.map(({ action, original_start }: { action: string; original_start: object }) => [
				action,
				original_start,
			]),
		).toEqual([
			["removed", utc("2026-12-04T12:00:00")],
			["removed", utc("2026-12-05T12:00:00")],
			["removed", utc("2026-12-06T12:00:00")],
		]);
		expect(body.dropped).toEqual([
			{
				id: `${id}.20261205T120000Z`,
				original_start: utc("2026-12-05T12:00:00"),
				title: "Special",
				reason: expect.any(String),
			},
		]);
		expect(body.changes).toEqual({
			recurrence: { before: ["RRULE:FREQ=DAILY;COUNT=5"], after: ["RRULE:FREQ=DAILY;COUNT=2"] },
		});
	});

	it("of following shows both series", async () => {
		const id = await fixture.bring(daily());
		const { body } = await preview(`${id}.20261205T120000Z`, { title: "New" }, "?scope=following");
		expect(body).toMatchObject({
			event: { id, title: "Meeting" },
			created: { id: null, title: "New", start: utc("2026-12-05T12:00:00") },
			changes: { title: { before: "Meeting", after: "New" } },
			mails: [],
		});
		expect(body.occurrences).toHaveLength(2);
	});

	it("refuses as the write itself would", async () => {
		const id = await fixture.bring(daily());
		expect((await patch(id, { title: "x" }, "?dry_run=true")).status).toBe(409);
		expect((await preview(id, { end: utc("2026-12-01T12:00:00") }, "?scope=all")).body.errors[0].field).toBe("end");
		expect((await preview("evt_0", {}, "?scope=all")).status).toBe(404);
	});
});
