import { afterAll, beforeAll, expect, test } from "vitest";
import { createWritingFixture, meeting, refusal, type WritingFixture } from "../events/testing.ts";
import { whileSyncing } from "./testing.ts";

let fixture: WritingFixture;

beforeAll(async () => {
	fixture = await createWritingFixture();
});
afterAll(() => fixture.close());

const syncing = <T>(request: Promise<T>): Promise<T> => whileSyncing(fixture.services, request);

const rows = async () => (await fixture.call("GET", "/api/calendar/connections/")).body;

test("one row a calendar, and one where none is known yet", async () => {
	expect(await rows()).toEqual([
		{
			id: fixture.connectionId,
			provider: expect.any(String),
			calendar_id: null,
			calendar_name: "Ada's",
			is_active: false,
			last_synced_at: null,
		},
	]);
	await fixture.sync("first");
	const [calendar] = (await fixture.call("GET", "/v1/calendars")).body.data;
	expect(await rows()).toEqual([
		{
			id: fixture.connectionId,
			provider: calendar.provider,
			calendar_id: calendar.id,
			calendar_name: "Work",
			is_active: true,
			last_synced_at: calendar.last_synced_at,
		},
	]);
});

test("active is what is synced", async () => {
	const [{ calendar_id: id }] = await rows();
	await fixture.call("PATCH", `/v1/calendars/${id}`, { selected: false });
	expect(await rows()).toMatchObject([{ is_active: false }]);
	await fixture.call("PATCH", `/v1/calendars/${id}`, { selected: true });
	for (const [status, active] of [
		["reauth_required", false],
		["error", true],
		["active", true],
	] as const) {
		await fixture.services.db.updateTable("connections").set({ status }).execute();
		expect(await rows()).toMatchObject([{ is_active: active }]);
	}
});

test("sync waits, and answers what it brought", async () => {
	const { control, calendar } = fixture;
	control.putEvents(calendar, "u1", [meeting()]);
	const answer = await syncing(fixture.call("POST", "/api/calendar/sync/"));
	const counts = { connection_id: fixture.connectionId, updated: 0, deleted: 0 };
	expect([answer.status, answer.body]).toEqual([200, { synced: [{ ...counts, created: 1 }] }]);
	expect((await syncing(fixture.call("POST", "/api/calendar/sync", {}))).body).toEqual({
		synced: [{ ...counts, created: 0 }],
	});
});

test("sync says what went wrong", async () => {
	fixture.control.failNext("list", refusal("unavailable", "connection_refused"));
	const failed = await syncing(fixture.call("POST", "/api/calendar/sync/"));
	expect(failed.body.synced).toMatchObject([{ error: expect.stringMatching(/\.$/) }]);
	await fixture.call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused: true });
	const paused = await fixture.call("POST", "/api/calendar/sync/");
	expect(paused.body.synced).toMatchObject([{ created: 0, error: expect.stringContaining("paused") }]);
	await fixture.call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused: false });
});

test("upcoming: every field, series expanded, ordered", async () => {
	const { control, calendar } = fixture;
	control.putEvents(calendar, "u1", [
		meeting({ title: "Daily", location: "Here", description: "Words", recurrence: ["RRULE:FREQ=DAILY;COUNT=2"] }),
	]);
	const { start: _, end: __, ...day } = meeting({ uid: "u2", title: "Day" });
	const date = (text: string) => ({ type: "date", date: text }) as const;
	control.putEvents(calendar, "u2", [{ ...day, start: date("2026-12-03"), end: date("2026-12-04") }]);
	await fixture.sync();
	const { status, body } = await fixture.call("GET", "/api/calendar/events/upcoming/");
	expect(status).toBe(200);
	expect(body).toHaveLength(3);
	expect(body[0]).toEqual({
		id: expect.stringMatching(/^evt_.+\.20261202T120000Z$/),
		external_event_id: expect.stringMatching(/./),
		title: "Daily",
		description: "Words",
		start_time: "2026-12-02T12:00:00Z",
		end_time: "2026-12-02T13:00:00Z",
		location: "Here",
		all_day: false,
		provider: expect.any(String),
		calendar_name: "Work",
		color: null,
	});
	expect(body.slice(1)).toMatchObject([
		{ title: "Day", start_time: "2026-12-03", end_time: "2026-12-04", all_day: true },
		{ title: "Daily", start_time: "2026-12-03T12:00:00Z" },
	]);
	expect((await fixture.call("GET", "/api/calendar/events/upcoming?days=1")).body).toHaveLength(0);
	expect((await fixture.call("GET", "/api/calendar/events/upcoming/?days=x")).body.errors).toEqual([
		{ field: "days", detail: "This must be a whole number from 1 to 366." },
	]);
	const [{ calendar_id }] = await rows();
	await fixture.call("PATCH", `/v1/calendars/${calendar_id}`, { color: "#123456", name: "Mine" });
	const [first] = (await fixture.call("GET", "/api/calendar/events/upcoming")).body;
	expect(first).toMatchObject({ color: "#123456", calendar_name: "Mine" });
});

test("disconnect erases the connection", async () => {
	const url = `/api/calendar/connections/${fixture.connectionId}/disconnect/`;
	expect(await fixture.call("POST", url)).toMatchObject({ status: 200, body: { message: expect.any(String) } });
	expect(await rows()).toEqual([]);
	expect((await fixture.call("POST", url)).status).toBe(404);
	expect((await fixture.call("POST", "/api/calendar/sync/")).body).toEqual({ synced: [] });
});
