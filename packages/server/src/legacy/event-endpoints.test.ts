import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createUser } from "../accounts/users.ts";
import { createWritingFixture, meeting, refusal, type WritingFixture } from "../events/testing.ts";
import { createTestKey } from "../testing/people.ts";

let fixture: WritingFixture;
let calendarId: string;

beforeAll(async () => {
	fixture = await createWritingFixture();
	await fixture.sync("first");
	calendarId = (await ask("GET", "/api/calendar/connections/")).body[0].calendar_id;
});
afterAll(() => fixture.close());

async function ask(
	method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
	url: string,
	body?: object,
	headers: Readonly<Record<string, string>> = fixture.headers,
) {
	const payload = body === undefined ? {} : { payload: body };
	const answer = await fixture.app.inject({ method, url, headers, ...payload });
	return { status: answer.statusCode, headers: answer.headers, body: answer.body === "" ? null : answer.json() };
}

const BODY = {
	participants: ["ann@example.com", "bob@example.com"],
	start_time: "2026-12-05T09:00:00",
	end_time: "2026-12-05T10:00:00",
	time_zone: "Europe/Berlin",
} as const;

const made = async (patch: object = {}) => (await ask("POST", "/api/events/", { ...BODY, ...patch })).body;

describe("POST /api/events/", () => {
	test("answers every field, and the provider has the event", async () => {
		const details = { title: "Plan", description: "All of it", location: "Room 1" };
		const { status, body } = await ask("POST", "/api/events/", { ...BODY, ...details });
		expect(status).toBe(201);
		expect(body).toEqual({
			id: expect.stringMatching(/^evt_/),
			participants: ["ann@example.com", "bob@example.com"],
			start_time: "2026-12-05T09:00:00+01:00",
			end_time: "2026-12-05T10:00:00+01:00",
			time_zone: "Europe/Berlin",
			...details,
			google_calendar_event_id: expect.stringMatching(/./),
		});
		const event = await fixture.read(body.id);
		expect(event.provider_event_id).toBe(body.google_calendar_event_id);
		expect(event).toMatchObject({ calendar_id: calendarId, ...details });
		expect(fixture.remote(event.ical_uid)).toMatchObject([{ title: "Plan" }]);
	});

	test("without a slash too, and the optional fields are empty", async () => {
		const { status, body } = await ask("POST", "/api/events", { ...BODY, participants: [] });
		expect([status, body.title, body.description, body.location, body.participants]).toEqual([201, "", "", "", []]);
	});

	test.each([
		["naive, in time_zone", "2026-07-05T09:00:00", "2026-07-05T10:00", "Europe/Berlin", "2026-07-05T09:00:00+02:00"],
		[
			"UTC beside a zone",
			"2026-12-05T08:00:00Z",
			"2026-12-05T09:00:00.000Z",
			"Europe/Berlin",
			"2026-12-05T09:00:00+01:00",
		],
		[
			"another offset",
			"2026-12-05T08:00:00-0500",
			"2026-12-05T15:00:00+01:00",
			"Asia/Tokyo",
			"2026-12-05T22:00:00+09:00",
		],
		["UTC", "2026-12-05T08:00:00Z", "2026-12-05T09:00:00Z", "UTC", "2026-12-05T08:00:00Z"],
		[
			"a Windows name",
			"2026-12-05T08:00:00Z",
			"2026-12-05T09:00:00Z",
			"W. Europe Standard Time",
			"2026-12-05T09:00:00+01:00",
		],
		["floating", "2026-12-05T08:00:00", "2026-12-05T09:00:00", null, "2026-12-05T08:00:00"],
		["days", "2026-12-05", "2026-12-07", "Europe/Berlin", "2026-12-05"],
	])("times: %s", async (_, start_time, end_time, time_zone, expected) => {
		const { status, body } = await ask("POST", "/api/events/", { ...BODY, start_time, end_time, time_zone });
		expect([status, body.start_time]).toEqual([201, expected]);
		// What was answered can be sent back, and changes nothing.
		const again = await ask("PUT", `/api/events/${body.id}/`, body);
		expect([again.status, again.body]).toEqual([200, body]);
	});

	test("takes times as Python's isoformat() writes them, and drops what is below a second", async () => {
		const times = { start_time: "2026-12-05T08:00:00.123456+00:00", end_time: "2026-12-05T10:00:00.654321" };
		const { status, body } = await ask("POST", "/api/events/", { ...BODY, ...times });
		expect([status, body.start_time, body.end_time]).toEqual([
			201,
			"2026-12-05T09:00:00+01:00",
			"2026-12-05T10:00:00+01:00",
		]);
	});

	test("goes to calendar_id where one is named", async () => {
		const other = fixture.control.createCalendar("ada", { name: "Other" });
		await fixture.sync();
		const rows = (await ask("GET", "/api/calendar/connections/")).body;
		const named = rows.find((row: { calendar_name: string }) => row.calendar_name === "Other").calendar_id;
		const event = await made({ calendar_id: named });
		expect((await fixture.read(event.id)).calendar_id).toBe(named);
		expect((await ask("GET", `/api/events/?calendar_id=${named}`)).body).toEqual([event]);
		expect(fixture.control.resources(other)).toHaveLength(1);
	});

	test.each([
		[{}, { participants: "This field is required.", end_time: "This field is required." }],
		[{ ...BODY, end_time: BODY.start_time }, { end_time: "The end must be after the start." }],
		[{ ...BODY, end_time: "2026-12-05T07:00:00Z" }, { end_time: "The end must be after the start." }],
		[{ ...BODY, start_time: "soon" }, { start_time: "There is no such time" }],
		[{ ...BODY, end_time: "2026-12-06" }, { end_time: "The end must be" }],
		[{ ...BODY, time_zone: "Europe/Berln" }, { time_zone: "Did you mean Europe/Berlin?" }],
		[{ ...BODY, participants: ["nobody"] }, { participants: "This is no e-mail address" }],
		[[BODY], { non_field_errors: "A JSON object is required." }],
		[
			{ ...BODY, participants: "ann@example.com" },
			{ participants: 'must be a list of e-mail addresses, e.g. ["ann@example.com"]' },
		],
		[{ ...BODY, participants: ["a@b.c", "A@b.c"] }, { participants: "given twice" }],
		[{ ...BODY, participants: [5] }, { participants: "must be an e-mail address, e.g." }],
		[{ ...BODY, title: 5 }, { title: "must be text, e.g." }],
		[{ ...BODY, time_zone: 2 }, { time_zone: 'must be the name of a time zone, e.g. "Europe/Berlin", or null' }],
		[{ ...BODY, calendar_id: 7 }, { calendar_id: "must be text, e.g." }],
		[{ ...BODY, calendar_id: "cal_0" }, { calendar_id: "There is no calendar with this id." }],
		[{ ...BODY, color: "red" }, { color: "There is no such field" }],
		[{ ...BODY, start: "2026-12-05" }, { start: "There is no such field" }],
		[
			{ start_time: "soon", end_time: 5, participants: ["nobody"], time_zone: "Mars" },
			{
				start_time: "There is no such time",
				end_time: 'must be text, e.g. "2026-12-05T09:00:00Z"',
				participants: "no e-mail",
				time_zone: "unknown",
			},
		],
	])("%j: 400, each fault with its field", async (body, messages) => {
		const answer = await ask("POST", "/api/events/", body);
		expect([answer.status, answer.headers["content-type"]]).toEqual([400, "application/json; charset=utf-8"]);
		for (const [field, text] of Object.entries(messages)) {
			expect(answer.body[field], JSON.stringify(answer.body)).toEqual([expect.stringContaining(text)]);
		}
	});

	test("no body: 400", async () => {
		expect(await ask("POST", "/api/events/")).toMatchObject({
			status: 400,
			body: { non_field_errors: [expect.any(String)] },
		});
	});

	test("202 without the provider's id where it cannot be reached yet", async () => {
		fixture.control.failNext("create", refusal("unavailable", "connection_refused"));
		const { status, body } = await ask("POST", "/api/events/", BODY);
		expect([status, body.google_calendar_event_id]).toEqual([202, null]);
	});

	test("once for an Idempotency-Key", async () => {
		const headers = { ...fixture.headers, "idempotency-key": "once" };
		const one = await ask("POST", "/api/events/", BODY, headers);
		expect((await ask("POST", "/api/events/", BODY, headers)).body).toEqual(one.body);
	});
});

describe("one event", () => {
	test("GET, PATCH of each field, PUT, DELETE", async () => {
		const event = await made({ title: "Old", description: "Words", location: "Here" });
		const url = `/api/events/${event.id}/`;
		expect((await ask("GET", url)).body).toEqual(event);
		expect((await ask("GET", url.slice(0, -1))).body).toEqual(event);
		for (const [patch, expected] of [
			[{ title: "New" }, { title: "New" }],
			[{ description: "" }, { description: "" }],
			[{ location: null }, { location: "" }],
			[{ participants: ["cy@example.com"] }, { participants: ["cy@example.com"] }],
			[{ start_time: "2026-12-05T08:30:00" }, { start_time: "2026-12-05T08:30:00+01:00" }],
			[{ end_time: "2026-12-05T10:30:00Z" }, { end_time: "2026-12-05T11:30:00+01:00" }],
			[{ time_zone: "Asia/Tokyo" }, { time_zone: "Asia/Tokyo", start_time: "2026-12-05T08:30:00+09:00" }],
			[{ id: "x", google_calendar_event_id: "y" }, { id: event.id }],
		] as const) {
			expect(await ask("PATCH", url, patch)).toMatchObject({ status: 200, body: expected });
		}
		const whole = { ...BODY, title: "Whole" };
		const put = await ask("PUT", url, whole);
		expect(put).toMatchObject({ status: 200, body: { title: "Whole", start_time: event.start_time, description: "" } });
		expect((await ask("DELETE", url)).status).toBe(204);
		expect((await ask("GET", url)).status).toBe(404);
		expect((await ask("DELETE", url)).status).toBe(404);
	});

	test("PUT needs what is needed, keeps what it leaves out, and touches nothing that it has no name for", async () => {
		const event = await made({ title: "Kept", location: "Here" });
		await fixture.call("PATCH", `/v1/events/${event.id}`, { categories: ["Work"], visibility: "private" });
		const { title: _, ...without } = { ...BODY, title: "" };
		expect((await ask("PUT", `/api/events/${event.id}/`, without)).body).toMatchObject({
			title: "Kept",
			location: "Here",
		});
		expect(await fixture.read(event.id)).toMatchObject({ categories: ["Work"], visibility: "private" });
		const missing = await ask("PUT", `/api/events/${event.id}/`, { start_time: "soon" });
		expect(missing.status).toBe(400);
		expect(Object.keys(missing.body).toSorted()).toEqual(["end_time", "participants", "start_time", "time_zone"]);
	});

	test("PATCH and PUT with another calendar_id move it there, those with its own leave it where it is", async () => {
		const there = fixture.control.createCalendar("ada", { name: "There", timeZone: "Europe/Berlin" });
		await fixture.sync();
		const calendars = (await ask("GET", "/api/calendar/connections/")).body;
		const { calendar_id } = calendars.find((one: { calendar_name: string }) => one.calendar_name === "There");
		const event = await made({ title: "Moving" });
		const stays = await ask("PATCH", `/api/events/${event.id}/`, { calendar_id: calendarId, title: "Staying" });
		expect(stays).toMatchObject({ status: 200, body: { id: event.id, title: "Staying" } });
		const moved = await ask("PATCH", `/api/events/${event.id}/`, { calendar_id });
		expect(moved).toMatchObject({ status: 200, body: { title: "Staying", participants: BODY.participants } });
		expect((await ask("GET", `/api/events/${event.id}/`)).status).toBe(404);
		expect((await fixture.read(moved.body.id)).calendar_id).toBe(calendar_id);
		expect(fixture.control.resources(there)).toMatchObject([{ events: [{ title: "Staying" }] }]);
		const back = await ask("PUT", `/api/events/${moved.body.id}/`, { ...BODY, calendar_id: calendarId, title: "Back" });
		expect(back).toMatchObject({ status: 200, body: { title: "Back" } });
		expect((await fixture.read(back.body.id)).calendar_id).toBe(calendarId);
		expect(fixture.control.resources(there)).toEqual([]);
		const nowhere = await ask("PATCH", `/api/events/${back.body.id}/`, { calendar_id: "cal_none" });
		expect(nowhere).toMatchObject({ status: 400, body: { calendar_id: ["There is no calendar with this id."] } });
		await ask("DELETE", `/api/events/${back.body.id}/`);
		fixture.control.deleteCalendar(there);
		await fixture.sync();
	});

	test("a change that leaves the end before the start: 400", async () => {
		const event = await made();
		const answer = await ask("PATCH", `/api/events/${event.id}/`, { start_time: "2026-12-05T11:00:00" });
		expect([answer.status, answer.body]).toEqual([400, { end_time: ["The end must be after the start."] }]);
	});

	test("the answers of who is invited stay when others are", async () => {
		const event = await made();
		const participants = [{ email: "ann@example.com", response: "accepted" }, { email: "bob@example.com" }];
		await fixture.call("PATCH", `/v1/events/${event.id}`, { participants });
		await ask("PATCH", `/api/events/${event.id}/`, { participants: ["cy@example.com", "ann@example.com"] });
		const after = await fixture.read(event.id);
		expect(after.participants.find(({ email }) => email === "ann@example.com")?.response).toBe("accepted");
	});

	test("If-Match is heeded", async () => {
		const event = await made();
		const stale = { ...fixture.headers, "if-match": '"0-00000000"' };
		expect((await ask("PATCH", `/api/events/${event.id}/`, { title: "x" }, stale)).status).toBe(412);
	});
});

describe("series", () => {
	test("a write says its scope, as in /v1", async () => {
		const id = await fixture.bring(meeting({ uid: "series", recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] }));
		const refused = await ask("PATCH", `/api/events/${id}/`, { title: "x" });
		expect(refused).toMatchObject({ status: 409, body: { code: "recurrence_scope_required" } });
		expect((await ask("DELETE", `/api/events/${id}/`)).status).toBe(409);
		expect(await ask("PATCH", `/api/events/${id}/?scope=all`, { title: "All" })).toMatchObject({ status: 200 });
		const second = `${id}.20261203T120000Z`;
		const one = await ask("PATCH", `/api/events/${second}/?scope=this`, { title: "One" });
		expect(one).toMatchObject({ status: 200, body: { id: second, title: "One" } });
		expect((await ask("DELETE", `/api/events/${second}/?scope=following`)).status).toBe(204);
		expect(await ask("PATCH", `/api/events/${id}/?scope=some`, { title: "x" })).toMatchObject({
			status: 400,
			body: { scope: [expect.any(String)] },
		});
		const listed = (await ask("GET", "/api/events/")).body.filter((each: { id: string }) => each.id.startsWith(id));
		expect(listed).toMatchObject([{ id, title: "All" }]);
	});
});

describe("GET /api/events/", () => {
	test("all events of all times, by start, in parts where that is asked for", async () => {
		const far = await made({ start_time: "2035-01-01T09:00:00", end_time: "2035-01-01T10:00:00" });
		const past = await made({ start_time: "1999-01-01T09:00:00", end_time: "1999-01-01T10:00:00" });
		const all = (await ask("GET", "/api/events")).body;
		expect([all[0], all.at(-1)]).toEqual([past, far]);
		const parts: { id: string }[] = [];
		let url: string | undefined = "/api/events/?limit=3";
		while (url !== undefined) {
			const part = await ask("GET", url);
			expect(part.body.length).toBeLessThanOrEqual(3);
			parts.push(...part.body);
			url = /^<([^>]+)>; rel="next"$/.exec(String(part.headers.link ?? ""))?.[1];
		}
		const ids = (events: readonly { id: string }[]) => events.map(({ id }) => id).toSorted();
		expect(ids(parts)).toEqual(ids(all));
	});

	test("nobody else's, and none of a calendar that is not selected", async () => {
		const { id } = await createUser(fixture.services, { email: "other@example.com", password: null });
		const { headers } = await createTestKey(fixture.services, id, ["read"]);
		expect((await ask("GET", "/api/events/", undefined, headers)).body).toEqual([]);
		await fixture.call("PATCH", `/v1/calendars/${calendarId}`, { selected: false });
		const left = (await ask("GET", `/api/events/?calendar_id=${calendarId}`)).body;
		await fixture.call("PATCH", `/v1/calendars/${calendarId}`, { selected: true });
		expect(left).toEqual([]);
	});
});

describe("with a session", () => {
	test("a write is taken from pages of this server alone", async () => {
		const { app, services } = fixture;
		const password = "correct horse battery";
		await createUser(services, { email: "eve@example.com", password });
		const payload = { email: "eve@example.com", password };
		const signedIn = await app.inject({ method: "POST", url: "/api/auth/sign-in/email", payload });
		const cookie = signedIn.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join("; ");
		expect((await ask("GET", "/api/events/", undefined, { cookie })).body).toEqual([]);
		const crossed = await ask("POST", "/api/events/", BODY, { cookie, origin: "https://evil.example.com" });
		expect([crossed.status, crossed.body.code]).toEqual([403, "cross_site_request"]);
		const own = await ask("POST", "/api/events/", BODY, { cookie, origin: "http://localhost:3000" });
		expect([own.status, own.body.code]).toEqual([409, "no_writable_calendar"]);
	});
});
