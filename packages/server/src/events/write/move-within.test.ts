import type { RemoteResource } from "@kalends/providers";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { verifyConnection } from "../../sync/verify.ts";
import { someoneWaits } from "../../testing/locks.ts";
import { daily, guest, meeting, onDay, refusal } from "../testing.ts";
import { away, createMoveFixture, type MoveFixture, titlesOf } from "./testing.ts";

/** Moves between calendars of one account whose provider itself moves events. */
let fixture: MoveFixture;
beforeEach(async () => {
	fixture = await createMoveFixture({ moves: true });
});
afterEach(() => fixture.close());

const inShort = (resource: RemoteResource) => `${resource.id} ${titlesOf(resource)}`;
const both = () => fixture.both(inShort);
const writes = () => fixture.control.performed.map(({ operation }) => operation);

const verified = async () => {
	const { services, userId, connectionId } = fixture;
	expect((await verifyConnection(services, userId, connectionId)).differences).toEqual([]);
};

describe("a move within an account", () => {
	it("is one write there, under the same id and UID, along with what is changed besides", async () => {
		const master = daily({ participants: [guest("ann@example.com")] });
		const id = await fixture.bring(master, onDay("04", { title: "Special" }));
		const moved = await fixture.move(id);
		expect(moved).toMatchObject({ status: 200, body: { ical_uid: "u1", sync: { state: "synced" } } });
		expect(both()).toEqual([[], ["u1 Meeting,Special"]]);
		expect(writes()).toEqual(["move"]);
		expect((await fixture.read(`${moved.body.id}.20261204T120000Z`)).title).toBe("Special");
		const back = await fixture.move(moved.body.id, { title: "Talk" }, "Work");
		expect(back).toMatchObject({ status: 200, body: { title: "Talk", provider_event_id: "u1" } });
		expect(both()).toEqual([["u1 Special,Talk"], []]);
		expect(writes()).toEqual(["move", "move", "update"]);
		expect(await fixture.intents()).toEqual([]);
		await fixture.sync();
		expect(await fixture.shown()).toEqual([["Talk"], []]);
		await verified();
	});

	it("is found where its answer was lost, and is not sent again", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.loseAnswer("move");
		const { status, body } = await fixture.move(id, { title: "Talk" });
		expect(status).toBe(202);
		expect(both()).toEqual([[], ["u1 Meeting"]]);
		await fixture.pushDue();
		expect(both()).toEqual([[], ["u1 Talk"]]);
		expect(writes()).toEqual(["move", "update"]);
		expect(fixture.control.calls.move).toBe(1);
		expect(await fixture.read(body.id)).toMatchObject({ title: "Talk", sync: { state: "synced" } });
		expect(await fixture.intents()).toEqual([]);
		await fixture.sync();
		expect(await fixture.shown()).toEqual([[], ["Talk"]]);
		await verified();
	});

	it("is found by a sync that comes before whoever was to hear of it", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.loseAnswer("move");
		const { body } = await fixture.move(id, { title: "Talk" });
		await fixture.sync();
		await fixture.pushDue();
		await fixture.sync();
		expect(both()).toEqual([[], ["u1 Talk"]]);
		expect(fixture.control.calls).toMatchObject({ move: 1, create: 0, remove: 0 });
		expect(await fixture.shown()).toEqual([[], ["Talk"]]);
		expect((await fixture.read(body.id)).sync.state).toBe("synced");
		expect(await fixture.intents()).toEqual([]);
		await verified();
	});

	it("is done later where the provider was away, with what was changed there meanwhile", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("move", away());
		expect((await fixture.move(id, { title: "Talk" })).status).toBe(202);
		const [resource] = fixture.control.resources(fixture.calendar);
		const changed = resource?.raw.replace("END:VEVENT", "LOCATION:Hall\r\nEND:VEVENT") ?? "";
		fixture.control.put(fixture.calendar, "u1", changed);
		await fixture.sync();
		expect(await fixture.shown()).toEqual([[], ["Talk"]]);
		await fixture.pushDue();
		expect(both()).toEqual([[], ["u1 Talk"]]);
		expect(fixture.control.resources(fixture.home)).toMatchObject([{ events: [{ location: "Hall" }] }]);
		expect(writes()).toEqual(["move", "update"]);
		await fixture.sync();
		expect(await fixture.shown()).toEqual([[], ["Talk"]]);
		await verified();
	});

	it.each(["precondition_failed", "gone"] as const)("looks again where it is answered %s", async (kind) => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("move", refusal(kind, "changed_meanwhile"));
		expect((await fixture.move(id)).status).toBe(200);
		expect(both()).toEqual([[], ["u1 Meeting"]]);
		expect(fixture.control.calls).toMatchObject({ move: 2, read: 1 });
		expect(await fixture.intents()).toEqual([]);
	});

	it("ends where the event was deleted there meanwhile: it is in neither", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("move", away());
		await fixture.move(id, { title: "Talk" });
		fixture.control.remove(fixture.calendar, "u1");
		await fixture.sync();
		await fixture.pushDue();
		await fixture.sync();
		expect([both(), await fixture.shown(), await fixture.intents()]).toEqual([[[], []], [[], []], []]);
	});
});

describe("a move that is refused", () => {
	test.each(["retry", "discard"])(
		"leaves the event where it was with the reason; %s leaves it once",
		async (action) => {
			const id = await fixture.bring(meeting());
			fixture.control.failNext("move", refusal("forbidden", "not_the_organizer"));
			const { status, body } = await fixture.move(id, { title: "Talk" });
			expect({ status, ...body }).toMatchObject({ status: 422, event_id: id, reason: "not_the_organizer" });
			expect(await fixture.read(id)).toMatchObject({ title: "Meeting", sync: { state: "failed" } });
			expect([both(), await fixture.shown()]).toEqual([
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
			expect([both(), await fixture.intents()]).toEqual([once, []]);
			await fixture.sync();
			expect((await fixture.shown()).flat()).toEqual([title]);
			await verified();
		},
	);

	test("and is refused again stays where it was", async () => {
		const id = await fixture.bring(meeting());
		for (const write of [
			() => fixture.move(id),
			() => fixture.call("POST", `/v1/events/${id}/sync`, { action: "retry" }),
		]) {
			fixture.control.failNext("move", refusal("forbidden", "read_only"));
			expect(await write()).toMatchObject({ status: 422, body: { event_id: id, reason: "read_only" } });
			expect([both(), await fixture.shown()]).toEqual([
				[["u1 Meeting"], []],
				[["Meeting"], []],
			]);
		}
	});

	test("of which only a change is refused, is moved without it", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("update", refusal("invalid", "event_refused"));
		const { status, body } = await fixture.move(id, { title: "Talk" });
		expect({ status, reason: body.reason }).toEqual({ status: 422, reason: "event_refused" });
		expect(both()).toEqual([[], ["u1 Meeting"]]);
		await fixture.pushDue();
		expect(await fixture.read(body.event_id)).toMatchObject({ title: "Talk", sync: { state: "failed" } });
		await fixture.call("POST", `/v1/events/${body.event_id}/sync`, { action: "discard" });
		expect([await fixture.shown(), await fixture.intents()]).toEqual([[[], ["Meeting"]], []]);
		await verified();
	});
});

describe("what was moved and not sent yet", () => {
	test.each(["discarded", "restored"])("stays where it is where its old self is %s", async (how) => {
		const id = await fixture.bring(meeting());
		await fixture.pause(true);
		await fixture.move(id);
		const { body } = await fixture.call("GET", `/v1/events/${id}/history`);
		const answer =
			how === "discarded"
				? await fixture.call("POST", `/v1/events/${id}/sync`, { action: "discard" })
				: await fixture.call("POST", `/v1/events/${id}/restore`, { version: body.data[0].version });
		expect(answer).toMatchObject({ status: 200, body: { id, title: "Meeting", sync: { state: "synced" } } });
		expect([await fixture.shown(), await fixture.intents()]).toEqual([[["Meeting"], []], []]);
		await fixture.pause(false);
		expect([both(), writes()]).toEqual([[["u1 Meeting"], []], []]);
	});

	test.each(["old", "new"])("and may have got through is not called back by its %s id", async (which) => {
		const old = await fixture.bring(meeting());
		fixture.control.loseAnswer("move");
		const { body } = await fixture.move(old);
		const id = which === "old" ? old : body.id;
		const answer = await fixture.call("POST", `/v1/events/${id}/sync`, { action: "discard" });
		expect([answer.status, answer.body.code]).toEqual([409, "sync_in_progress"]);
		await fixture.pushDue();
		expect([both(), await fixture.shown()]).toEqual([
			[[], ["u1 Meeting"]],
			[[], ["Meeting"]],
		]);
	});

	test("and begins to be sent while it is called back goes on", async () => {
		const id = await fixture.bring(meeting());
		await fixture.pause(true);
		await fixture.move(id);
		await fixture.pause(false);
		const { db } = fixture.services;
		const called = await db.transaction().execute(async (tx) => {
			const work = await fixture.calendarId("Work");
			await tx.selectFrom("calendars").select("id").where("id", "=", work).forUpdate().execute();
			const answer = fixture.call("POST", `/v1/events/${id}/sync`, { action: "discard" });
			await someoneWaits(db);
			fixture.control.loseAnswer("move");
			await fixture.pushDue(1);
			return { answer };
		});
		expect(await called.answer).toMatchObject({ status: 409, body: { code: "sync_in_progress" } });
		await fixture.pushDue();
		expect([both(), await fixture.shown()]).toEqual([
			[[], ["u1 Meeting"]],
			[[], ["Meeting"]],
		]);
	});

	test("moves on, moves back, or is deleted, and is there once or never", async () => {
		const third = fixture.control.createCalendar("ada", { name: "Third" });
		const ids: string[] = [];
		for (const uid of ["u1", "u2", "u3"]) ids.push(await fixture.bring(meeting({ uid, title: uid })));
		const [on = "", back = "", gone = ""] = ids;
		await fixture.pause(true);
		await fixture.move((await fixture.move(on)).body.id, {}, "Third");
		await fixture.move((await fixture.move(back)).body.id, {}, "Work");
		await fixture.call("DELETE", `/v1/events/${(await fixture.move(gone)).body.id}`);
		await fixture.pause(false);
		await fixture.pushDue();
		expect(fixture.control.resources(third).map(inShort)).toEqual(["u1 u1"]);
		expect(fixture.control.resources(fixture.calendar).map(({ events }) => events[0]?.title)).toEqual(["u2"]);
		expect(fixture.both(inShort)[1]).toEqual([]);
		expect(await fixture.intents()).toEqual([]);
		await fixture.sync();
		await verified();
	});
});
