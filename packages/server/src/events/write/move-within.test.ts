import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { pushConnection } from "../../push/push-lanes.ts";
import { verifyConnection } from "../../sync/verify.ts";
import { createWritingFixture, guest, meeting, onDay, refusal, type WritingFixture } from "../testing.ts";

/** Moves between calendars of one account whose provider itself moves events. */
let fixture: WritingFixture;
/** The provider's id of the calendar that events go to. */
let home: string;
beforeEach(async () => {
	fixture = await createWritingFixture({ moves: true });
	home = fixture.control.createCalendar("ada", { name: "Home", timeZone: "Europe/Berlin" });
});
afterEach(() => fixture.close());

const calendarId = async (name: string) =>
	(await fixture.call("GET", "/v1/calendars")).body.data.find((one: { name: string }) => one.name === name).id;
const move = async (id: string, more = {}, to = "Home") =>
	fixture.call("PATCH", `/v1/events/${id}?scope=all`, { calendar_id: await calendarId(to), ...more });
const intents = () => fixture.services.db.selectFrom("intents").selectAll().orderBy("seq").execute();
const there = (calendar: string) =>
	fixture.control.resources(calendar).map(({ id, events }) => `${id} ${events.map(({ title }) => title).sort()}`);
const both = () => [there(fixture.calendar), there(home)];
const writes = () => fixture.control.performed.map(({ operation }) => operation);
const away = () => refusal("unavailable", "timeout");

/** What is shown in each of the two calendars: titles of singles and series. */
async function shown(): Promise<readonly (readonly string[])[]> {
	const rows = await fixture.services.db.selectFrom("events").select(["calendar_id", "data", "master_id"]).execute();
	const ids = [await calendarId("Work"), await calendarId("Home")];
	return ids.map((id) =>
		rows.filter((row) => row.calendar_id === id && row.master_id === null).map(({ data }) => data.title),
	);
}

async function pushDue(turns = 4): Promise<void> {
	for (let turn = 0; turn < turns && (await intents()).some(({ state }) => state === "pending"); turn++) {
		await fixture.services.db
			.updateTable("intents")
			.set({ next_attempt_at: new Date(0), claimed_until: null })
			.execute();
		const { userId, connectionId } = fixture;
		await pushConnection(fixture.services, { userId, connectionId }, new AbortController().signal);
	}
}

const verified = async () => {
	const { services, userId, connectionId } = fixture;
	expect((await verifyConnection(services, userId, connectionId)).differences).toEqual([]);
};

describe("a move within an account", () => {
	it("is one write there, under the same id and UID, along with what is changed besides", async () => {
		const master = meeting({ recurrence: ["RRULE:FREQ=DAILY;COUNT=5"], participants: [guest("ann@example.com")] });
		const id = await fixture.bring(master, onDay("04", { title: "Special" }));
		const moved = await move(id);
		expect(moved).toMatchObject({ status: 200, body: { ical_uid: "u1", sync: { state: "synced" } } });
		expect(both()).toEqual([[], ["u1 Meeting,Special"]]);
		expect(writes()).toEqual(["move"]);
		expect((await fixture.read(`${moved.body.id}.20261204T120000Z`)).title).toBe("Special");
		const back = await move(moved.body.id, { title: "Talk" }, "Work");
		expect(back).toMatchObject({ status: 200, body: { title: "Talk", provider_event_id: "u1" } });
		expect(both()).toEqual([["u1 Special,Talk"], []]);
		expect(writes()).toEqual(["move", "move", "update"]);
		expect(await intents()).toEqual([]);
		await fixture.sync();
		expect(await shown()).toEqual([["Talk"], []]);
		await verified();
	});

	it("is found where its answer was lost, and is not sent again", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.loseAnswer("move");
		const { status, body } = await move(id, { title: "Talk" });
		expect(status).toBe(202);
		expect(both()).toEqual([[], ["u1 Meeting"]]);
		await pushDue();
		expect(both()).toEqual([[], ["u1 Talk"]]);
		expect(writes()).toEqual(["move", "update"]);
		expect(fixture.control.calls.move).toBe(1);
		expect(await fixture.read(body.id)).toMatchObject({ title: "Talk", sync: { state: "synced" } });
		expect(await intents()).toEqual([]);
		await fixture.sync();
		expect(await shown()).toEqual([[], ["Talk"]]);
		await verified();
	});

	it("is found by a sync that comes before whoever was to hear of it", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.loseAnswer("move");
		const { body } = await move(id, { title: "Talk" });
		await fixture.sync();
		await pushDue();
		await fixture.sync();
		expect(both()).toEqual([[], ["u1 Talk"]]);
		expect(fixture.control.calls).toMatchObject({ move: 1, create: 0, remove: 0 });
		expect(await shown()).toEqual([[], ["Talk"]]);
		expect((await fixture.read(body.id)).sync.state).toBe("synced");
		expect(await intents()).toEqual([]);
		await verified();
	});

	it("is done later where the provider was away, with what was changed there meanwhile", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("move", away());
		expect((await move(id, { title: "Talk" })).status).toBe(202);
		const [resource] = fixture.control.resources(fixture.calendar);
		const changed = resource?.raw.replace("END:VEVENT", "LOCATION:Hall\r\nEND:VEVENT") ?? "";
		fixture.control.put(fixture.calendar, "u1", changed);
		await fixture.sync();
		expect(await shown()).toEqual([[], ["Talk"]]);
		await pushDue();
		expect(both()).toEqual([[], ["u1 Talk"]]);
		expect(fixture.control.resources(home)).toMatchObject([{ events: [{ location: "Hall" }] }]);
		expect(writes()).toEqual(["move", "update"]);
		await fixture.sync();
		expect(await shown()).toEqual([[], ["Talk"]]);
		await verified();
	});

	it.each(["precondition_failed", "gone"] as const)("looks again where it is answered %s", async (kind) => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("move", refusal(kind, "changed_meanwhile"));
		expect((await move(id)).status).toBe(200);
		expect(both()).toEqual([[], ["u1 Meeting"]]);
		expect(fixture.control.calls).toMatchObject({ move: 2, read: 1 });
		expect(await intents()).toEqual([]);
	});

	it("ends where the event was deleted there meanwhile: it is in neither", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("move", away());
		await move(id, { title: "Talk" });
		fixture.control.remove(fixture.calendar, "u1");
		await fixture.sync();
		await pushDue();
		await fixture.sync();
		expect([both(), await shown(), await intents()]).toEqual([[[], []], [[], []], []]);
	});
});

describe("a move that is refused", () => {
	test.each(["retry", "discard"])(
		"leaves the event where it was with the reason; %s leaves it once",
		async (action) => {
			const id = await fixture.bring(meeting());
			fixture.control.failNext("move", refusal("forbidden", "not_the_organizer"));
			const { status, body } = await move(id, { title: "Talk" });
			expect({ status, ...body }).toMatchObject({ status: 422, event_id: id, reason: "not_the_organizer" });
			expect(await fixture.read(id)).toMatchObject({ title: "Meeting", sync: { state: "failed" } });
			expect([both(), await shown()]).toEqual([
				[["u1 Meeting"], []],
				[["Meeting"], []],
			]);
			// A sync neither loses the reason nor shows it twice.
			fixture.control.changeEtags(fixture.calendar);
			await fixture.sync();
			expect((await fixture.read(id)).sync).toMatchObject({ error: { code: "not_the_organizer" } });
			const answer = await fixture.call("POST", `/v1/events/${id}/sync`, { action });
			const title = action === "retry" ? "Talk" : "Meeting";
			expect(answer).toMatchObject({ status: 200, body: { title, sync: { state: "synced" } } });
			const once = action === "retry" ? [[], ["u1 Talk"]] : [["u1 Meeting"], []];
			expect([both(), await intents()]).toEqual([once, []]);
			await fixture.sync();
			expect((await shown()).flat()).toEqual([title]);
			await verified();
		},
	);

	test("and is refused again stays where it was", async () => {
		const id = await fixture.bring(meeting());
		for (const write of [() => move(id), () => fixture.call("POST", `/v1/events/${id}/sync`, { action: "retry" })]) {
			fixture.control.failNext("move", refusal("forbidden", "read_only"));
			expect(await write()).toMatchObject({ status: 422, body: { event_id: id, reason: "read_only" } });
			expect([both(), await shown()]).toEqual([
				[["u1 Meeting"], []],
				[["Meeting"], []],
			]);
		}
	});

	test("of which only a change is refused, is moved without it", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("update", refusal("invalid", "event_refused"));
		const { status, body } = await move(id, { title: "Talk" });
		expect({ status, reason: body.reason }).toEqual({ status: 422, reason: "event_refused" });
		expect(both()).toEqual([[], ["u1 Meeting"]]);
		await pushDue();
		expect(await fixture.read(body.event_id)).toMatchObject({ title: "Talk", sync: { state: "failed" } });
		await fixture.call("POST", `/v1/events/${body.event_id}/sync`, { action: "discard" });
		expect([await shown(), await intents()]).toEqual([[[], ["Meeting"]], []]);
		await verified();
	});
});

describe("what was moved and not sent yet", () => {
	test.each(["discarded", "restored"])("stays where it is where its old self is %s", async (how) => {
		const id = await fixture.bring(meeting());
		const pause = (paused: boolean) => fixture.call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused });
		await pause(true);
		await move(id);
		const { body } = await fixture.call("GET", `/v1/events/${id}/history`);
		const answer =
			how === "discarded"
				? await fixture.call("POST", `/v1/events/${id}/sync`, { action: "discard" })
				: await fixture.call("POST", `/v1/events/${id}/restore`, { version: body.data[0].version });
		expect(answer).toMatchObject({ status: 200, body: { id, title: "Meeting", sync: { state: "synced" } } });
		expect([await shown(), await intents()]).toEqual([[["Meeting"], []], []]);
		await pause(false);
		expect([both(), writes()]).toEqual([[["u1 Meeting"], []], []]);
	});

	test.each(["old", "new"])("and may have got through is not called back by its %s id", async (which) => {
		const old = await fixture.bring(meeting());
		fixture.control.loseAnswer("move");
		const { body } = await move(old);
		const id = which === "old" ? old : body.id;
		const answer = await fixture.call("POST", `/v1/events/${id}/sync`, { action: "discard" });
		expect([answer.status, answer.body.code]).toEqual([409, "sync_in_progress"]);
		await pushDue();
		expect([both(), await shown()]).toEqual([
			[[], ["u1 Meeting"]],
			[[], ["Meeting"]],
		]);
	});

	test("and begins to be sent while it is called back goes on", async () => {
		const id = await fixture.bring(meeting());
		const pause = (paused: boolean) => fixture.call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused });
		await pause(true);
		await move(id);
		await pause(false);
		const { db } = fixture.services;
		const called = await db.transaction().execute(async (tx) => {
			const work = await calendarId("Work");
			await tx.selectFrom("calendars").select("id").where("id", "=", work).forUpdate().execute();
			const answer = fixture.call("POST", `/v1/events/${id}/sync`, { action: "discard" });
			await vi.waitUntil(async () => {
				const { rows } = await sql`
					SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
				return rows.length > 0;
			}, 30_000);
			fixture.control.loseAnswer("move");
			await pushDue(1);
			return { answer };
		});
		expect(await called.answer).toMatchObject({ status: 409, body: { code: "sync_in_progress" } });
		await pushDue();
		expect([both(), await shown()]).toEqual([
			[[], ["u1 Meeting"]],
			[[], ["Meeting"]],
		]);
	});

	test("moves on, moves back, or is deleted, and is there once or never", async () => {
		const third = fixture.control.createCalendar("ada", { name: "Third" });
		const ids: string[] = [];
		for (const uid of ["u1", "u2", "u3"]) ids.push(await fixture.bring(meeting({ uid, title: uid })));
		const [on = "", back = "", gone = ""] = ids;
		const pause = (paused: boolean) => fixture.call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused });
		await pause(true);
		await move((await move(on)).body.id, {}, "Third");
		await move((await move(back)).body.id, {}, "Work");
		await fixture.call("DELETE", `/v1/events/${(await move(gone)).body.id}`);
		await pause(false);
		await pushDue();
		expect(there(third)).toEqual(["u1 u1"]);
		expect(fixture.control.resources(fixture.calendar).map(({ events }) => events[0]?.title)).toEqual(["u2"]);
		expect(there(home)).toEqual([]);
		expect(await intents()).toEqual([]);
		await fixture.sync();
		await verified();
	});
});
