import { writeCalendar } from "@kalends/model";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { databaseFingerprint } from "../../testing/fingerprint.ts";
import { createWritingFixture, daily, guest, meeting, onDay, refusal, type WritingFixture } from "../testing.ts";

let fixture: WritingFixture;
beforeEach(async () => {
	fixture = await createWritingFixture();
});
afterEach(() => fixture.close());

const remove = (id: string, query = "", headers = {}) =>
	fixture.call("DELETE", `/v1/events/${id}${query}`, undefined, headers);
const daysOf = async () =>
	(await fixture.call("GET", "/v1/events?from=2026-12-01&to=2027-01-01")).body.data.map(
		({ start }: { start: { date_time: string } }) => start.date_time.slice(8, 10),
	);

test("needs somebody signed in", async () => {
	const answer = await fixture.app.inject({ method: "DELETE", url: "/v1/events/evt_1" });
	expect(answer.statusCode).toBe(401);
});

describe("a single", () => {
	it("is gone here and there", async () => {
		const id = await fixture.bring(meeting());
		expect(await remove(id)).toMatchObject({ status: 204, body: null });
		expect((await fixture.call("GET", `/v1/events/${id}`)).status).toBe(404);
		expect(fixture.remote("u1")).toEqual([]);
		expect((await remove(id)).status).toBe(404);
		await fixture.sync();
		expect(await daysOf()).toEqual([]);
	});

	it("is gone here while the provider is away", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("remove", refusal("unavailable", "timeout"));
		expect(await remove(id)).toMatchObject({ status: 202, body: null });
		expect(await daysOf()).toEqual([]);
	});

	it("is shown again where the provider refuses", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("remove", refusal("forbidden", "read_only"));
		expect(await remove(id)).toMatchObject({
			status: 422,
			body: { code: "provider_refused", reason: "read_only", event_id: id },
		});
		expect(await fixture.read(id)).toMatchObject({ title: "Meeting", sync: { state: "failed" } });
	});

	it("stays where it was changed with the provider meanwhile, which is told", async () => {
		const id = await fixture.bring(meeting());
		const theirs = [meeting({ title: "Theirs" })];
		fixture.control.put(
			fixture.calendar,
			"u1",
			writeCalendar({ events: theirs, base: null, now: fixture.services.now() }),
		);
		expect(await remove(id)).toMatchObject({ status: 409, body: { code: "conflict" } });
		expect(await fixture.read(id)).toMatchObject({ title: "Theirs", sync: { state: "synced" } });
	});

	it("stays where it was changed meanwhile, or its calendar cannot be written", async () => {
		const id = await fixture.bring(meeting());
		expect(await remove(id, "", { "if-match": '"0-00000000"' })).toMatchObject({
			status: 412,
			body: { code: "precondition_failed", etag: (await fixture.read(id)).etag },
		});
		fixture.control.changeCalendar(fixture.calendar, { access: "read" });
		await fixture.sync();
		expect(await remove(id)).toMatchObject({ status: 403, body: { code: "calendar_read_only" } });
		expect(fixture.control.performed).toEqual([]);
	});
});

describe("a series", () => {
	it("needs a scope", async () => {
		const id = await fixture.bring(daily());
		for (const each of [id, `${id}.20261203T120000Z`]) {
			expect(await remove(each)).toMatchObject({ status: 409, body: { code: "recurrence_scope_required" } });
		}
		expect(await daysOf()).toEqual(["02", "03", "04", "05", "06"]);
	});

	it("loses one occurrence, all later ones, or all", async () => {
		const id = await fixture.bring(daily(), onDay("05", { title: "Special" }));
		expect((await remove(`${id}.20261203T120000Z`, "?scope=this")).status).toBe(204);
		expect(await daysOf()).toEqual(["02", "04", "05", "06"]);
		expect((await remove(`${id}.20261203T120000Z`, "?scope=this")).status).toBe(404);
		expect((await remove(`${id}.20261205T120000Z`, "?scope=following")).status).toBe(204);
		expect(await daysOf()).toEqual(["02", "04"]);
		expect((await remove(`${id}.20261204T120000Z`, "?scope=all")).status).toBe(204);
		expect(await daysOf()).toEqual([]);
		expect(fixture.remote("u1")).toEqual([]);
		expect(fixture.control.performed.map(({ operation }) => operation)).toEqual(["update", "update", "remove"]);
	});

	it("goes with its last occurrence", async () => {
		const id = await fixture.bring(meeting({ recurrence: ["RRULE:FREQ=DAILY;COUNT=1"] }));
		expect((await remove(`${id}.20261202T120000Z`, "?scope=this")).status).toBe(204);
		expect(fixture.remote("u1")).toEqual([]);
	});
});

test("a dry run tells what would go, and who is mailed", async () => {
	fixture.control.changeCalendar(fixture.calendar, { sendsInvitations: true });
	const ada = guest("ada", { organizer: true, response: "accepted" });
	const id = await fixture.bring(daily({ participants: [ada, guest("ann@example.com")] }));
	const before = await databaseFingerprint(fixture.services.db);
	const utc = (date_time: string) => ({ date_time, time_zone: "UTC" });
	const one = await remove(`${id}.20261203T120000Z`, "?scope=this&dry_run=true");
	expect(one).toMatchObject({
		status: 200,
		body: {
			dry_run: true,
			event: null,
			changes: {},
			occurrences: [
				{
					original_start: utc("2026-12-03T12:00:00Z"),
					action: "removed",
					start: utc("2026-12-03T12:00:00Z"),
					end: utc("2026-12-03T13:00:00Z"),
				},
			],
			mails: ["ann@example.com"],
		},
	});
	const all = await remove(id, "?scope=all&dry_run=true");
	expect(all.body.event).toBeNull();
	expect(all.body.occurrences).toHaveLength(5);
	expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
	expect(fixture.control.performed).toEqual([]);
});
