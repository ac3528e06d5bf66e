import { zoned } from "@kalends/model/testing";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { databaseFingerprint } from "../../testing/fingerprint.ts";
import { createWritingFixture, daily, guest, meeting, onDay, refusal, type WritingFixture } from "../testing.ts";

let fixture: WritingFixture;
beforeEach(async () => {
	fixture = await createWritingFixture();
});
afterEach(() => fixture.close());

const patch = (id: string, body: object, query = "", headers = {}) =>
	fixture.call("PATCH", `/v1/events/${id}${query}`, body, headers);
const utc = (date_time: string) => ({ date_time: `${date_time}Z`, time_zone: "UTC" });
const startsOf = async () =>
	(await fixture.call("GET", "/v1/events?from=2026-12-01&to=2027-01-01")).body.data.map(
		({ title, start }: { title: string; start: { date_time: string } }) => `${start.date_time} ${title}`,
	);

test("needs somebody signed in", async () => {
	const answer = await fixture.app.inject({ method: "PATCH", url: "/v1/events/evt_1", payload: {} });
	expect(answer.statusCode).toBe(401);
});

describe("a single", () => {
	it("is changed field by field; the rest stays", async () => {
		const id = await fixture.bring(meeting({ location: "Room 1", categories: ["Work"] }));
		const before = await fixture.read(id);
		const { status, body, headers } = await patch(id, {
			title: "Talk",
			location: null,
			start: utc("2026-12-02T11:00:00"),
		});
		expect(status).toBe(200);
		expect(body).toEqual({
			...before,
			title: "Talk",
			location: "",
			start: utc("2026-12-02T11:00:00"),
			etag: body.etag,
			updated_at: body.updated_at,
		});
		expect(body.etag).not.toBe(before.etag);
		expect(headers.etag).toBe(`"${body.etag}"`);
		expect(fixture.remote("u1")[0]).toMatchObject({ title: "Talk", location: "", categories: ["Work"] });
		expect((await patch(id, { title: "Both" }, "?scope=all")).body.title).toBe("Both");
	});

	it("takes back what was read of it, and writes nothing", async () => {
		const id = await fixture.bring(
			meeting({
				participants: [
					guest("boss@example.com", { organizer: true, response: "accepted" }),
					guest("ada", { self: true }),
				],
				attachments: [{ url: "http://files.example.com/a", title: "A", mime_type: null }],
				conference: { url: "https://meet.example.com/x", provider: "own" },
				color: "#112233",
			}),
		);
		const event = await fixture.read(id);
		const settable = Object.fromEntries(
			[
				...["title", "description", "location", "status", "start", "end", "recurrence", "participants", "reminders"],
				...["visibility", "busy", "color", "categories", "conference", "attachments", "calendar_id"],
			].map((name) => [name, event[name as keyof typeof event]]),
		);
		const before = await databaseFingerprint(fixture.services.db);
		for (const body of [settable, {}, { title: event.title }]) {
			expect(await patch(id, body)).toMatchObject({ status: 200, body: event });
		}
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
		expect(fixture.control.performed).toEqual([]);
	});

	it("becomes a series, and a day", async () => {
		const id = await fixture.bring(meeting());
		expect((await patch(id, { recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] })).body.recurrence).toEqual([
			"RRULE:FREQ=DAILY;COUNT=3",
		]);
		expect(await startsOf()).toHaveLength(3);
		const other = await fixture.bring(meeting({ uid: "u2" }));
		expect((await patch(other, { start: { date: "2026-12-03" }, end: { date: "2026-12-05" } })).body).toMatchObject({
			all_day: true,
			start: { date: "2026-12-03" },
			end: { date: "2026-12-05" },
		});
	});

	it("is told of every fault, each by its field", async () => {
		const id = await fixture.bring(meeting({ participants: [guest("boss@example.com", { organizer: true })] }));
		const before = await databaseFingerprint(fixture.services.db);
		const fields = async (body: object) => {
			const answer = await patch(id, body);
			expect(answer).toMatchObject({ status: 400, body: { code: "invalid_request" } });
			return answer.body.errors.map(({ field }: { field: string }) => field);
		};
		expect(
			await fields({
				calendar_id: "cal_other",
				end: utc("2026-12-02T12:00:00"),
				recurrence: ["RRULE:FREQ=DAILY;UNTIL=20261231"],
				participants: [{ email: "boss@example.com", organizer: false }],
				attachments: [{ url: "http://files.example.com/new" }],
			}),
		).toEqual(["calendar_id", "end", "recurrence[0]", "participants[0].organizer", "attachments[0].url"]);
		expect(await fields({ title: 1, end: null, start: null })).toEqual(["title"]);
		expect(await fields({ end: null, start: null })).toEqual(["start", "end"]);
		expect(
			await fields({
				busy: "no",
				...{ start: utc("2026-12-02T12:00:00"), end: utc("2026-12-02T11:00:00") },
				recurrence: ["RRULE:FREQ=X"],
			}),
		).toEqual(["busy", "end", "recurrence[0]"]);
		expect(await fields({ id: "evt_2", sync: {} })).toEqual(["id", "sync"]);
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
	});

	it("cannot be changed where its calendar cannot", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.changeCalendar(fixture.calendar, { access: "read" });
		await fixture.sync();
		for (const query of ["", "?dry_run=true"]) {
			expect(await patch(id, { title: "x" }, query)).toMatchObject({
				status: 403,
				body: { code: "calendar_read_only" },
			});
		}
		expect((await fixture.read(id)).read_only).toBe(true);
	});

	it("stays as wanted while the provider is away, and where it refuses", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("update", refusal("unavailable", "timeout"));
		expect(await patch(id, { title: "Later" })).toMatchObject({
			status: 202,
			body: { title: "Later", sync: { state: "pending" } },
		});
		const other = await fixture.bring(meeting({ uid: "u2" }));
		fixture.control.failNext("update", refusal("forbidden", "not_the_organizer"));
		expect(await patch(other, { title: "Mine" })).toMatchObject({
			status: 422,
			body: { code: "provider_refused", reason: "not_the_organizer", event_id: other },
		});
		expect(await fixture.read(other)).toMatchObject({ title: "Mine", sync: { state: "failed" } });
	});

	it("of somebody else answered by one's own response is nothing but an answer", async () => {
		const boss = guest("boss@example.com", { organizer: true, response: "accepted" });
		const id = await fixture.bring(meeting({ participants: [boss, guest("ada", { self: true })] }));
		expect((await patch(id, { participants: [boss, { email: "ada", response: "accepted" }] })).status).toBe(200);
		expect(fixture.control.performed).toMatchObject([{ operation: "update", responseOnly: true }]);
		expect((await patch(id, { title: "Mine" })).status).toBe(200);
		expect(fixture.control.performed[1]).toMatchObject({ responseOnly: false });
	});
});

describe("If-Match", () => {
	it("is the etag of the body; a stale one changes nothing", async () => {
		const id = await fixture.bring(daily());
		const { etag } = await fixture.read(id);
		const one = `${id}.20261203T120000Z`;
		expect((await fixture.read(one)).etag).toBe(etag);
		const stale = { "if-match": etag };
		const changed = await patch(one, { title: "Moved" }, "?scope=this", stale);
		expect(changed.status).toBe(200);
		const before = await databaseFingerprint(fixture.services.db);
		for (const query of ["?scope=this", "?scope=all", "?scope=all&dry_run=true"]) {
			expect(await patch(one, { title: "Late" }, query, stale)).toMatchObject({
				status: 412,
				body: { code: "precondition_failed", etag: changed.body.etag },
			});
		}
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
		const header = `"1-00000000", W/"${changed.body.etag}"`;
		expect((await patch(id, { title: "Again" }, "?scope=all", { "if-match": header })).status).toBe(200);
		expect((await patch(id, { title: "Any" }, "?scope=all", { "if-match": "*" })).status).toBe(200);
		expect((await patch("evt_0", { title: "Any" }, "", { "if-match": "*" })).status).toBe(404);
		expect((await fixture.call("GET", `/v1/events/${id}`)).headers.etag).toBe(`"${(await fixture.read(id)).etag}"`);
	});
});

describe("a series", () => {
	it("is not changed without a scope", async () => {
		const id = await fixture.bring(daily());
		const before = await databaseFingerprint(fixture.services.db);
		for (const each of [id, `${id}.20261203T120000Z`]) {
			expect(await patch(each, { title: "x" })).toMatchObject({
				status: 409,
				body: { code: "recurrence_scope_required", fix: expect.stringContaining("scope=this") },
			});
		}
		expect(await patch(id, { title: "x" }, "?scope=this")).toMatchObject({
			status: 400,
			body: { errors: [{ field: "scope" }] },
		});
		expect((await patch(id, { title: "x" }, "?scope=some")).body.errors[0].field).toBe("scope");
		expect((await patch(`${id}.20261209T120000Z`, { title: "x" }, "?scope=this")).status).toBe(404);
		expect((await patch(`${id}.20261203`, { title: "x" }, "?scope=this")).status).toBe(404);
		expect((await patch(`${id}.x`, { title: "x" }, "?scope=all")).status).toBe(404);
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
	});

	it("is changed in one occurrence", async () => {
		const id = await fixture.bring(daily());
		const one = `${id}.20261203T120000Z`;
		const times = { start: utc("2026-12-03T15:00:00"), end: utc("2026-12-03T16:00:00") };
		const { status, body } = await patch(one, { title: "Moved", ...times }, "?scope=this");
		expect(status).toBe(200);
		expect(body).toMatchObject({
			id: one,
			recurring_event_id: id,
			title: "Moved",
			original_start: utc("2026-12-03T12:00:00"),
			...times,
		});
		expect(await startsOf()).toEqual([
			"2026-12-02T12:00:00Z Meeting",
			"2026-12-03T15:00:00Z Moved",
			"2026-12-04T12:00:00Z Meeting",
			"2026-12-05T12:00:00Z Meeting",
			"2026-12-06T12:00:00Z Meeting",
		]);
		expect(fixture.remote("u1")).toHaveLength(2);
		const performed = fixture.control.performed.length;
		expect((await patch(one, { title: "Moved", ...times }, "?scope=this")).status).toBe(200);
		expect((await patch(`${id}.20261204T120000Z`, { title: "Meeting" }, "?scope=this")).status).toBe(200);
		expect(fixture.control.performed).toHaveLength(performed);
		expect((await patch(one, { recurrence: ["RRULE:FREQ=DAILY"] }, "?scope=this")).body.errors[0].field).toBe(
			"recurrence",
		);
	});

	it("is shifted as a whole by a change of one occurrence's time", async () => {
		const id = await fixture.bring(daily(), onDay("05", { title: "Special" }));
		const { status, body } = await patch(
			`${id}.20261203T120000Z`,
			{ start: utc("2026-12-03T13:30:00"), end: utc("2026-12-03T14:30:00") },
			"?scope=all",
		);
		expect({ status, id: body.id, start: body.start }).toEqual({ status: 200, id, start: utc("2026-12-02T13:30:00") });
		expect(await startsOf()).toEqual([
			"2026-12-02T13:30:00Z Meeting",
			"2026-12-03T13:30:00Z Meeting",
			"2026-12-04T13:30:00Z Meeting",
			"2026-12-05T13:30:00Z Special",
			"2026-12-06T13:30:00Z Meeting",
		]);
	});

	it("is split by following, which answers the new series", async () => {
		const id = await fixture.bring(daily());
		const { status, body } = await patch(`${id}.20261204T120000Z`, { title: "New" }, "?scope=following");
		expect(status).toBe(200);
		expect(body).toMatchObject({ title: "New", start: utc("2026-12-04T12:00:00"), sync: { state: "synced" } });
		expect(body.id).not.toBe(id);
		expect(body.ical_uid).not.toBe("u1");
		expect(await startsOf()).toEqual([
			"2026-12-02T12:00:00Z Meeting",
			"2026-12-03T12:00:00Z Meeting",
			"2026-12-04T12:00:00Z New",
			"2026-12-05T12:00:00Z New",
			"2026-12-06T12:00:00Z New",
		]);
		expect(fixture.control.performed.map(({ operation }) => operation)).toEqual(["update", "create"]);
		expect(await patch(`${body.id}.20261205T120000Z`, { title: "New" }, "?scope=following")).toMatchObject({
			status: 200,
			body: { id: body.id },
		});
		expect((await patch(`${id}.20261202T120000Z`, { title: "First" }, "?scope=following")).body.id).toBe(id);
	});

	it("is as it was where the provider refuses the new series of following, which its history has", async () => {
		const id = await fixture.bring(daily(), onDay("05", { title: "Special" }));
		const before = await startsOf();
		fixture.control.failNext("create", refusal("invalid", "too_many_guests"));
		const { status, body } = await patch(`${id}.20261204T120000Z`, { title: "New" }, "?scope=following");
		expect(status).toBe(422);
		expect(body).toMatchObject({ code: "provider_refused", reason: "too_many_guests", event_id: id });
		expect(body.detail).toMatch(/The new series was not made, so the old one is as it was\.$/);
		expect(await startsOf()).toEqual(before);
		const history = /GET (\S+\/history)/.exec(body.fix)?.[1] ?? "";
		expect((await fixture.call("GET", history)).body.data).toContainEqual(
			expect.objectContaining({ action: "conflict" }),
		);
		fixture.clock.advance(16_000);
		await fixture.pushDue();
		expect(await fixture.read(id)).toMatchObject({ sync: { state: "synced" } });
		expect(fixture.remote("u1").map(({ title }) => title)).toEqual(["Meeting", "Special"]);
		expect(fixture.control.resources(fixture.calendar)).toHaveLength(1);
		expect(await startsOf()).toEqual(before);
	});

	it("is split by following also where an occurrence moves to the time at which the series begins", async () => {
		const id = await fixture.bring(daily());
		const times = { start: utc("2026-12-02T12:00:00"), end: utc("2026-12-02T13:00:00") };
		const { body } = await patch(`${id}.20261203T120000Z`, times, "?scope=following");
		expect(body.id).not.toBe(id);
		expect(await startsOf()).toEqual([
			"2026-12-02T12:00:00Z Meeting",
			"2026-12-02T12:00:00Z Meeting",
			"2026-12-03T12:00:00Z Meeting",
			"2026-12-04T12:00:00Z Meeting",
			"2026-12-05T12:00:00Z Meeting",
		]);
	});

	it("is changed from its master with everything that it has", async () => {
		const id = await fixture.bring(
			daily({
				start: zoned("2026-12-02T09:00:00", "Europe/Berlin"),
				end: zoned("2026-12-02T10:00:00", "Europe/Berlin"),
			}),
		);
		const { body } = await patch(
			id,
			{ recurrence: ["RRULE:FREQ=WEEKLY;COUNT=2"], end: { date_time: "2026-12-02T11:00:00" } },
			"?scope=all",
		);
		expect(body).toMatchObject({
			id,
			recurrence: ["RRULE:FREQ=WEEKLY;COUNT=2"],
			end: { date_time: "2026-12-02T11:00:00+01:00" },
		});
		expect((await patch(id, { recurrence: null }, "?scope=all")).body.recurrence).toBeNull();
		expect(await startsOf()).toHaveLength(1);
	});
});
