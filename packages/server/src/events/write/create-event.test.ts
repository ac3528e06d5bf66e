import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { databaseFingerprint } from "../../testing/fingerprint.ts";
import { createWritingFixture, refusal, type WritingFixture } from "../testing.ts";

let fixture: WritingFixture;
beforeEach(async () => {
	fixture = await createWritingFixture();
	await fixture.sync();
});
afterEach(() => fixture.close());

const berlin = (date_time: string) => ({ date_time, time_zone: "Europe/Berlin" });
const TIMES = { start: berlin("2026-12-07T09:00:00"), end: berlin("2026-12-07T10:00:00") };
const LUNCH = { title: "Lunch", ...TIMES };
const create = (body: object, query = "", headers = {}) => fixture.call("POST", `/v1/events${query}`, body, headers);
const calendarId = (name = "Work") => fixture.calendarId(name);

test("needs somebody signed in", async () => {
	const answer = await fixture.app.inject({ method: "POST", url: "/v1/events", payload: LUNCH });
	expect(answer.statusCode).toBe(401);
});

describe("a new event", () => {
	it("is with the provider, with every field", async () => {
		const sent = {
			calendar_id: await calendarId(),
			title: "Launch; party, \\o/ 🎉",
			description: "line 1\r\nline 2\tשלום",
			location: "Room 5, “Süd”",
			status: "tentative",
			start: { date_time: "2026-12-07T09:00:00+01:00", time_zone: "Europe/Berlin" },
			end: { date_time: "2026-12-07T18:00:00+09:00", time_zone: "Asia/Tokyo" },
			recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=5", "EXDATE;TZID=Europe/Berlin:20261214T090000"],
			reminders: { use_default: false, overrides: [{ method: "popup", minutes: 15 }] },
			visibility: "private",
			busy: false,
			color: "#FF8800",
			categories: ["Work", "Fun, too"],
			conference: { url: "https://acme.zoom.us/j/1" },
			attachments: [{ url: "https://files.example.com/plan.pdf", title: "Plan", mime_type: "application/pdf" }],
			participants: [{ email: "ann@example.com", name: "Ann", optional: true }],
		};
		sent.end = { date_time: "2026-12-07T10:30:00+01:00", time_zone: "Europe/Berlin" };
		const { status, body, headers } = await create(sent);
		expect(body).toMatchObject({
			...sent,
			description: "line 1\nline 2\tשלום",
			color: "#ff8800",
			conference: { url: "https://acme.zoom.us/j/1", provider: "zoom" },
			participants: [
				{ organizer: true, response: "accepted" },
				{ email: "ann@example.com", name: "Ann", optional: true, response: "needs_action", organizer: false },
			],
			all_day: false,
			recurring_event_id: null,
			read_only: false,
			sync: { state: "synced" },
		});
		expect(status).toBe(201);
		expect(headers.etag).toBe(`"${body.etag}"`);
		expect(await fixture.read(body.id)).toEqual(body);
		expect(fixture.remote(body.ical_uid)).toHaveLength(1);
		const listed = await fixture.call("GET", "/v1/events?from=2026-12-01&to=2027-02-01");
		expect(listed.body.data.map(({ start }: { start: { date_time: string } }) => start.date_time.slice(0, 10))).toEqual(
			["2026-12-07", "2026-12-21", "2026-12-28", "2027-01-04"],
		);
		await fixture.sync();
		expect((await fixture.read(body.id)).etag).toBe(body.etag);
		expect(fixture.control.performed).toHaveLength(1);
	});

	it("has sensible defaults", async () => {
		await fixture.call("PATCH", `/v1/calendars/${await calendarId()}`, {
			default_reminders: [{ method: "popup", minutes: 10 }],
		});
		const { body } = await create({ ...LUNCH, recurrence: null, color: null, description: null });
		expect(body).toMatchObject({
			title: "Lunch",
			description: "",
			status: "confirmed",
			visibility: "default",
			busy: true,
			participants: [],
			reminders: { use_default: false, overrides: [{ method: "popup", minutes: 10 }] },
			color: null,
			categories: [],
			conference: null,
			attachments: [],
			recurrence: null,
		});
	});

	it("is a day, or floats", async () => {
		expect((await create({ start: { date: "2026-12-24" } })).body).toMatchObject({
			start: { date: "2026-12-24" },
			end: { date: "2026-12-25" },
			all_day: true,
		});
		const floating = (date_time: string) => ({ date_time, time_zone: null });
		expect(
			(await create({ start: floating("2026-12-24T09:00:00"), end: floating("2026-12-24T10:00:00") })).body,
		).toMatchObject({
			start: { date_time: "2026-12-24T09:00:00", time_zone: null },
		});
	});

	it("goes to the first primary calendar that can be written, else to the first such one", async () => {
		const { control } = fixture;
		control.changeCalendar(fixture.calendar, { primary: false });
		control.createCalendar("ada", { name: "Home", primary: true });
		await fixture.sync();
		expect((await create(LUNCH)).body.calendar_id).toBe(await calendarId("Home"));
		await fixture.call("PATCH", `/v1/calendars/${await calendarId("Home")}`, { selected: false });
		expect((await create(LUNCH)).body.calendar_id).toBe(await calendarId("Work"));
		await fixture.call("PATCH", `/v1/calendars/${await calendarId("Work")}`, { selected: false });
		expect(await create(LUNCH)).toMatchObject({ status: 409, body: { code: "no_writable_calendar" } });
	});

	it("is in the history and the feed", async () => {
		const before = (await fixture.call("GET", "/v1/changes")).body.last_seq;
		const { body } = await create(LUNCH);
		const changes = (await fixture.call("GET", `/v1/changes?after=${before}`)).body.data;
		expect(changes[0]).toMatchObject({ type: "event.created", id: body.id });
		expect((await fixture.call("GET", `/v1/events/${body.id}/history`)).body.data).toMatchObject([
			{ action: "created" },
		]);
	});

	it("is made once for each Idempotency-Key", async () => {
		const key = { "idempotency-key": "k1" };
		const first = await create(LUNCH, "", key);
		expect((await create(LUNCH, "", key)).body).toEqual(first.body);
		expect(fixture.control.performed).toHaveLength(1);
	});
});

describe("where the provider does not take it at once", () => {
	it("is pending while it cannot be reached", async () => {
		fixture.control.failNext("create", refusal("unavailable", "timeout"));
		const { status, body } = await create(LUNCH);
		expect({ status, sync: body.sync.state }).toEqual({ status: 202, sync: "pending" });
		expect((await fixture.call("GET", "/v1/events?from=2026-12-01&to=2027-01-01")).body.data).toHaveLength(1);
	});

	it("keeps what was sent where it is refused, and says why", async () => {
		fixture.control.failNext("create", refusal("invalid", "too_many_guests"));
		const { status, body } = await create(LUNCH);
		expect({ status, code: body.code, reason: body.reason }).toEqual({
			status: 422,
			code: "provider_refused",
			reason: "too_many_guests",
		});
		expect(await fixture.read(body.event_id)).toMatchObject({
			title: "Lunch",
			sync: { state: "failed", error: { code: "too_many_guests" } },
		});
		expect(await fixture.call("PATCH", `/v1/events/${body.event_id}`, { title: "Small lunch" })).toMatchObject({
			status: 200,
			body: { title: "Small lunch", sync: { state: "synced" } },
		});
	});
});

describe("an account that has to be signed in again", () => {
	it("takes writes, which are pushed once it is", async () => {
		const known = (await create(LUNCH)).body;
		fixture.control.setPassword("ada", "other");
		await fixture.sync();
		expect((await fixture.call("GET", "/v1/connections")).body.data).toMatchObject([{ status: "reauth_required" }]);
		const pending = { status: 202, body: { sync: { state: "pending" } } };
		const made = await create({ ...LUNCH, title: "Tea", calendar_id: await calendarId() });
		expect(made).toMatchObject(pending);
		expect(await create({ ...LUNCH, title: "Walk" })).toMatchObject(pending);
		expect(await fixture.call("PATCH", `/v1/events/${known.id}`, { title: "Late lunch" })).toMatchObject(pending);
		fixture.control.setPassword("ada", "secret");
		await fixture.sync();
		fixture.clock.advance(16_000);
		await fixture.pushDue();
		const titles = fixture.control
			.resources(fixture.calendar)
			.flatMap(({ events }) => events.map(({ title }) => title));
		expect(titles.sort()).toEqual(["Late lunch", "Tea", "Walk"]);
		expect(await fixture.read(made.body.id)).toMatchObject({ sync: { state: "synced" } });
	});
});

describe("a calendar that cannot be written", () => {
	const refused = async (status: number, code: string) => {
		const before = await databaseFingerprint(fixture.services.db);
		for (const query of ["", "?dry_run=true"]) {
			expect(await create({ ...LUNCH, calendar_id: await calendarId() }, query)).toMatchObject({
				status,
				body: { code },
			});
		}
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
		expect(fixture.control.performed).toEqual([]);
	};
	it.each(["read", "free_busy"] as const)("because its access is %s", async (access) => {
		fixture.control.changeCalendar(fixture.calendar, { access });
		await fixture.sync();
		await refused(403, "calendar_read_only");
	});
	it("because the account was connected for reading only, and says how to put that right", async () => {
		fixture.control.changeCalendar(fixture.calendar, { access: "read" });
		await fixture.sync();
		const consent = JSON.stringify({ access: "read", missing: ["View and edit events"] });
		await fixture.services.db.updateTable("connections").set({ consent }).execute();
		await refused(403, "calendar_read_only");
		const { body } = await create({ ...LUNCH, calendar_id: await calendarId() });
		expect(body.fix).toMatch(/^Connect the same account again/);
	});
	it("because it is gone", async () => {
		fixture.control.createCalendar("ada", { name: "Home" });
		fixture.control.deleteCalendar(fixture.calendar);
		await fixture.sync();
		await refused(409, "calendar_gone");
	});
	it("because it is not selected", async () => {
		await fixture.call("PATCH", `/v1/calendars/${await calendarId()}`, { selected: false });
		await refused(409, "calendar_not_selected");
	});
	it("because there is none", async () => {
		expect(await create({ ...LUNCH, calendar_id: "cal_0" })).toMatchObject({
			status: 400,
			body: { code: "invalid_request", errors: [{ field: "calendar_id" }] },
		});
	});
});

describe("a dry run", () => {
	it("says what would be, and writes nothing", async () => {
		fixture.control.changeCalendar(fixture.calendar, { sendsInvitations: true });
		await fixture.sync();
		const before = await databaseFingerprint(fixture.services.db);
		const participants = [{ email: "bob@example.com" }, { email: "ann@example.com" }];
		const { status, body } = await create({ ...LUNCH, participants }, "?dry_run=true");
		expect(status).toBe(200);
		expect(body).toMatchObject({
			dry_run: true,
			event: { id: null, etag: null, title: "Lunch", calendar_id: await calendarId() },
			changes: {},
			created: null,
			occurrences: [{ action: "added", start: { date_time: "2026-12-07T09:00:00+01:00" } }],
			dropped: [],
			mails: ["ann@example.com", "bob@example.com"],
		});
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
		expect(fixture.control.performed).toEqual([]);
		expect((await create({ title: "x" }, "?dry_run=true")).status).toBe(400);
		expect((await create(LUNCH, "?dry_run=yes")).body.errors).toEqual([
			{ field: "dry_run", detail: expect.any(String) },
		]);
	});

	it("tells the next dates of a series, also of one that comes once a year", async () => {
		const yearly = { ...LUNCH, recurrence: ["RRULE:FREQ=YEARLY"] };
		const { body } = await create(yearly, "?dry_run=true");
		const years = body.occurrences.map(({ start }: { start: { date_time: string } }) =>
			Number(start.date_time.slice(0, 4)),
		);
		expect(years.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((later) => years[0] + later));
	});
});
