import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { claimIntentIn } from "../../push/intent-lease.ts";
import { databaseFingerprint } from "../../testing/fingerprint.ts";
import { daily, guest, meeting, onDay } from "../testing.ts";
import { connectOther, createMoveFixture, type MoveFixture, titlesOf } from "./testing.ts";

let fixture: MoveFixture;
beforeEach(async () => {
	fixture = await createMoveFixture();
});
afterEach(() => fixture.close());

const patch = (id: string, body: object, query = "", headers = {}) =>
	fixture.call("PATCH", `/v1/events/${id}${query}`, body, headers);
const feed = async () =>
	(await fixture.services.db.selectFrom("changes").select(["type", "entity_id"]).orderBy("seq").execute()).map(
		({ type, entity_id }) => `${type} ${entity_id}`,
	);

describe("a move", () => {
	test("makes the event there with what was changed besides, and deletes it here; it can be restored", async () => {
		const id = await fixture.bring(meeting({ location: "Room 1", categories: ["Work"] }));
		const before = await fixture.read(id);
		const calendar_id = await fixture.calendarId("Home");
		const told = (await feed()).length;
		const { status, body, headers } = await patch(id, { calendar_id, title: "Talk" });
		expect(status).toBe(200);
		expect(body).toMatchObject({ calendar_id, title: "Talk", location: "Room 1", categories: ["Work"] });
		expect(body).toMatchObject({ start: before.start, end: before.end, sync: { state: "synced" } });
		expect(body.id).not.toBe(id);
		expect(headers.etag).toBe(`"${body.etag}"`);
		expect(fixture.both(titlesOf)).toEqual([[], [["Talk"]]]);
		expect((await fixture.call("GET", `/v1/events/${id}`)).status).toBe(404);
		expect((await feed()).slice(told)).toEqual(
			expect.arrayContaining([`event.deleted ${id}`, `event.created ${body.id}`]),
		);
		expect(await fixture.intents()).toEqual([]);
		// A request that is sent again finds nothing to move, and makes no second copy.
		expect((await patch(id, { calendar_id, title: "Talk" })).status).toBe(404);
		await fixture.sync();
		expect((await fixture.read(body.id)).title).toBe("Talk");
		const [version] = (await fixture.call("GET", `/v1/events/${id}/history`)).body.data;
		const restored = await fixture.call("POST", `/v1/events/${id}/restore`, { version: version.version });
		expect(restored).toMatchObject({ status: 200, body: { id, title: "Meeting" } });
	});

	it("waits for nobody who sends, as those may wait for the feed that it has begun to write", async () => {
		const id = await fixture.bring(meeting());
		const calendar_id = await fixture.calendarId("Home");
		const { services, userId, connectionId } = fixture;
		const moving = await services.db.transaction().execute(async (tx) => {
			await claimIntentIn(tx, { userId, connectionId }, services.now());
			const answer = patch(id, { calendar_id });
			await expect.poll(fixture.shown).toEqual([[], ["Meeting"]]);
			return { answer };
		});
		expect((await moving.answer).status).toBe(200);
	});

	test("keeps what no field knows", async () => {
		const id = await fixture.bring(meeting());
		const [resource] = fixture.control.resources(fixture.calendar);
		const raw = resource?.raw.replace("END:VEVENT", "X-OTHER:kept\r\nEND:VEVENT") ?? "";
		fixture.control.put(fixture.calendar, "u1", raw);
		await fixture.sync();
		expect((await patch(id, { calendar_id: await fixture.calendarId("Home") })).status).toBe(200);
		expect(fixture.control.resources(fixture.home)[0]?.raw).toContain("X-OTHER:kept");
		expect(fixture.control.resources(fixture.home)[0]?.raw).not.toContain("UID:u1");
	});

	it("takes a series along as a whole, changed occurrences included", async () => {
		const master = daily();
		const id = await fixture.bring(master, onDay("04", { title: "Special" }));
		const calendar_id = await fixture.calendarId("Home");
		for (const [target, query] of [
			[id, "?scope=following"],
			[`${id}.20261203T120000Z`, "?scope=this"],
			[`${id}.20261203T120000Z`, "?scope=following"],
		] as const) {
			expect(await patch(target, { calendar_id }, query)).toMatchObject({
				status: 400,
				body: { code: "invalid_request", errors: [{ field: "calendar_id" }] },
			});
		}
		expect((await patch(id, { calendar_id })).body.code).toBe("recurrence_scope_required");
		const { status, body } = await patch(`${id}.20261203T120000Z`, { calendar_id }, "?scope=all");
		expect({ status, recurrence: body.recurrence }).toEqual({ status: 200, recurrence: master.recurrence });
		expect(fixture.both(titlesOf)).toEqual([[], [["Meeting", "Special"]]]);
		expect((await fixture.read(`${body.id}.20261204T120000Z`)).title).toBe("Special");
	});

	it("goes to another account", async () => {
		const { connectionId, other } = await connectOther(fixture);
		const id = await fixture.bring(meeting({ participants: [guest("ann@example.com")] }));
		const { status, body } = await patch(id, { calendar_id: await fixture.calendarId("Other account") });
		expect(status).toBe(200);
		expect(body).toMatchObject({ connection_id: connectionId, participants: expect.any(Array) });
		expect(body.participants.map(({ email }: { email: string }) => email)).toContain("ann@example.com");
		expect([fixture.both(titlesOf)[0], fixture.control.resources(other).map(titlesOf)]).toEqual([[], [["Meeting"]]]);
	});
});

describe("what the provider has no more and was kept", () => {
	async function keep(more: Parameters<typeof meeting>[0] = {}): Promise<string> {
		const id = await fixture.bring(meeting({ title: "Kept", ...more }));
		fixture.control.removeAll(fixture.calendar);
		fixture.control.expireCursors(fixture.calendar);
		await fixture.sync();
		const work = await fixture.calendarId("Work");
		expect((await fixture.call("POST", `/v1/calendars/${work}/deletions`, { action: "keep" })).status).toBe(200);
		return id;
	}

	test("is changed as any event is, and so made there anew", async () => {
		const id = await keep();
		expect((await fixture.call("GET", `/v1/events/${id}`)).body.sync).toEqual({ state: "synced" });
		const { status, body } = await patch(id, { title: "Mine" });
		expect(status).toBe(200);
		expect(body).toMatchObject({ id, ical_uid: "u1", title: "Mine" });
		expect(body.sync).toEqual({ state: "synced" });
		expect(fixture.both(titlesOf)[0]).toEqual([["Mine"]]);
	});

	test("is copied to the calendar that it moves to, and deleted here once it is there", async () => {
		const id = await keep();
		const { status, body } = await patch(id, { calendar_id: await fixture.calendarId("Home") });
		expect(status).toBe(200);
		expect(body.sync).toEqual({ state: "synced" });
		await fixture.pushDue();
		expect(fixture.both(titlesOf)[1]).toEqual([["Kept"]]);
		expect(await fixture.shown()).toEqual([[], ["Kept"]]);
		expect(await fixture.intents()).toEqual([]);
	});

	test("stays with all its occurrences where one of them is changed", async () => {
		const id = await keep({ recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] });
		const { status } = await patch(`${id}.20261203T120000Z`, { title: "Other" }, "?scope=this");
		expect(status).toBe(200);
		expect(fixture.both(titlesOf)[0]).toEqual([["Kept", "Other"]]);
		expect((await fixture.call("GET", `/v1/events/${id}`)).body).toMatchObject({ id, title: "Kept" });
	});
});

describe("nothing is moved", () => {
	test("where the event has changed since it was read", async () => {
		const id = await fixture.bring(meeting());
		const body = { calendar_id: await fixture.calendarId("Home") };
		const { etag } = await fixture.read(id);
		await patch(id, { title: "Changed" });
		const before = await databaseFingerprint(fixture.services.db);
		expect((await patch(id, body, "", { "if-match": `"${etag}"` })).status).toBe(412);
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
		const now = await fixture.read(id);
		expect((await patch(id, body, "", { "if-match": `"${now.etag}"` })).status).toBe(200);
	});

	test("by a dry run, which tells of it", async () => {
		const id = await fixture.bring(meeting({ participants: [guest("ann@example.com")] }));
		const [from, calendar_id] = [await fixture.calendarId("Work"), await fixture.calendarId("Home")];
		const before = await databaseFingerprint(fixture.services.db);
		const { status, body } = await patch(id, { calendar_id, title: "Talk" }, "?dry_run=true");
		expect({ status, ...body }).toMatchObject({
			status: 200,
			dry_run: true,
			event: { id: null, calendar_id, title: "Talk" },
			changes: {
				calendar_id: { before: from, after: calendar_id },
				title: { before: "Meeting", after: "Talk" },
			},
		});
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
		expect(fixture.control.performed).toEqual([]);
	});

	test("to a calendar that cannot be written, nor of somebody else's event", async () => {
		fixture.control.createCalendar("ada", { name: "Team", access: "read" });
		const id = await fixture.bring(
			meeting({ participants: [guest("boss@example.com", { organizer: true }), guest("ada", { self: true })] }),
		);
		expect((await patch(id, { calendar_id: await fixture.calendarId("Team") })).body.code).toBe("calendar_read_only");
		expect(await patch(id, { calendar_id: await fixture.calendarId("Home") })).toMatchObject({
			status: 400,
			body: { errors: [{ field: "calendar_id" }] },
		});
		expect(fixture.control.performed).toEqual([]);
	});
});
