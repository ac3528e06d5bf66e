import type { RemoteResource } from "@kalends/providers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { daily, meeting, onDay, refusal } from "../testing.ts";
import { away, createMoveFixture, type MoveFixture } from "./testing.ts";

/** Moves whose outcome is not known, or is refused, while the event is changed here or there. */
let fixture: MoveFixture;
afterEach(() => fixture.close());

const patch = (id: string, body: object, scope = "all") =>
	fixture.call("PATCH", `/v1/events/${id}?scope=${scope}`, body);
const resolve = (id: string, action: "retry" | "discard") => fixture.call("POST", `/v1/events/${id}/sync`, { action });
const remove = (id: string) => fixture.call("DELETE", `/v1/events/${id}`);
const inShort = ({ events }: RemoteResource) => events.map((one) => `${one.title} ${one.location}`).sort();
const both = () => fixture.both(inShort);
const changedThere = () => fixture.control.putEvents(fixture.calendar, "u1", [meeting({ location: "Hall" })]);

describe("moved by the provider", () => {
	beforeEach(async () => {
		fixture = await createMoveFixture({ moves: true });
	});

	/** Brings an event, and moves it while nothing is sent; answers its old id and its new one. */
	async function movedUnsent(change = {}): Promise<readonly [string, string]> {
		const id = await fixture.bring(meeting());
		await fixture.pause(true);
		return [id, (await fixture.move(id, change)).body.id];
	}

	test("it leaves nothing behind, though an occurrence that was changed here is gone there", async () => {
		const master = daily({ location: "" });
		const id = await fixture.bring(master, onDay("04", { title: "Special" }));
		await fixture.pause(true);
		const moved = (await fixture.move(id)).body.id;
		await patch(`${moved}.20261204T120000Z`, { title: "Mine" }, "this");
		fixture.control.putEvents(fixture.calendar, "u1", [
			{ ...master, recurrence: [...(master.recurrence ?? []), "EXDATE:20261204T120000Z"] },
		]);
		await fixture.pause(false);
		await fixture.pushDue();
		expect(both()).toEqual([[], [["Meeting "]]]);
		expect(await fixture.intents()).toEqual([]);
		const shown = (await fixture.call("GET", "/v1/events?from=2026-12-01&to=2026-12-08")).body.data;
		expect(shown.map((one: { id: string }) => one.id.split(".")[0])).toEqual(Array(4).fill(moved));
	});

	test("what was deleted here before it moved stays where somebody has changed it since, unseen", async () => {
		const [id, moved] = await movedUnsent();
		changedThere();
		await fixture.sync();
		expect((await remove(moved)).status).toBeLessThan(300);
		await fixture.pause(false);
		await fixture.pushDue();
		expect(both()).toEqual([[["Meeting Hall"]], []]);
		await fixture.sync();
		expect(await fixture.read(id)).toMatchObject({ location: "Hall" });
	});

	test("a change of it that is refused takes back nothing of what was found", async () => {
		const [, moved] = await movedUnsent({ title: "Talk" });
		changedThere();
		await fixture.pause(false);
		fixture.control.failNext("update", refusal("invalid", "event_refused"));
		await fixture.pushDue();
		expect(both()).toEqual([[], [["Meeting Hall"]]]);
		expect(await fixture.read(moved)).toMatchObject({ title: "Talk", location: "Hall", sync: { state: "failed" } });
		await resolve(moved, "retry");
		await fixture.pushDue();
		expect(both()).toEqual([[], [["Talk Hall"]]]);
	});

	test("what was moved on before its change is refused stays where somebody has changed it, unseen", async () => {
		const [, moved] = await movedUnsent({ title: "Talk" });
		changedThere();
		await fixture.pause(false);
		fixture.control.failNext("move", away());
		await fixture.pushDue(1);
		fixture.control.failNext("update", refusal("invalid", "event_refused"));
		expect((await remove(moved)).body.detail).toContain("so it stays");
		await fixture.pushDue();
		expect(both()).toEqual([[], [["Meeting Hall"]]]);
		expect(await fixture.intents()).toEqual([]);
	});

	test("what was deleted here, and is refused to be moved, stays where somebody has changed it, unseen", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("move", away());
		const moved = (await fixture.move(id)).body.id;
		changedThere();
		await fixture.sync();
		await fixture.pause(true);
		await remove(moved);
		await fixture.pause(false);
		fixture.control.failNext("move", refusal("forbidden", "read_only"));
		await fixture.pushDue();
		expect(both()).toEqual([[["Meeting Hall"]], []]);
		expect(await fixture.read(id)).toMatchObject({ location: "Hall" });
	});

	test("what is refused, and tried again, takes back nothing that was changed there meanwhile", async () => {
		const [id] = await movedUnsent({ title: "Talk" });
		changedThere();
		await fixture.sync();
		await fixture.pause(false);
		fixture.control.failNext("move", refusal("forbidden", "read_only"));
		await fixture.pushDue();
		expect(both()).toEqual([[["Meeting Hall"]], []]);
		const { status } = await resolve(id, "retry");
		expect(status).toBe(200);
		expect(both()).toEqual([[], [["Talk Hall"]]]);
	});
});

describe("copied", () => {
	beforeEach(async () => {
		fixture = await createMoveFixture({ moves: false });
	});

	/** Makes an event there whose answer is lost, so that nobody knows of it. */
	async function madeUnknown(): Promise<string> {
		await fixture.sync();
		fixture.control.loseAnswer("create", away());
		const at = (hour: string) => ({ date_time: `2026-12-02T${hour}:00:00`, time_zone: "UTC" });
		const draft = { calendar_id: await fixture.calendarId("Work"), title: "Meeting", start: at("12"), end: at("13") };
		return (await fixture.call("POST", "/v1/events", draft)).body.id;
	}

	test("it stays where it was until its copy is made, though a change before it is refused", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("update", away());
		await patch(id, { title: "Talk" });
		fixture.control.failNext("create", away());
		await fixture.move(id);
		fixture.control.failNext("update", refusal("invalid", "event_refused"));
		fixture.control.failNext("create", away());
		await fixture.pushDue(1);
		expect(both()).toEqual([[["Meeting "]], []]);
		expect((await fixture.intents()).map(({ kind, waits_for }) => [kind, waits_for !== null])).toEqual([
			["create", false],
			["delete", true],
		]);
		await fixture.pushDue();
		expect([both(), await fixture.intents()]).toEqual([[[], [["Talk "]]], []]);
	});

	test.each(["deleted", "moved"])(
		"what is refused to be looked for, and was made, goes where it is %s",
		async (how) => {
			const id = await madeUnknown();
			const act = () => (how === "deleted" ? remove(id) : fixture.move(id));
			fixture.control.failNext("find_created", refusal("forbidden", "read_only"));
			await fixture.pushDue(1);
			expect((await fixture.intents()).map(({ state }) => state)).toEqual(["failed"]);
			expect((await act()).status).toBeLessThan(300);
			await fixture.pushDue();
			const moved = how === "moved" ? [["Meeting "]] : [];
			expect([both(), await fixture.intents()]).toEqual([[[], moved], []]);
		},
	);

	test("what was made, deleted here, and then refused to be looked for, goes when it is found", async () => {
		const id = await madeUnknown();
		fixture.control.failNext("find_created", refusal("forbidden", "read_only"));
		expect((await remove(id)).status).toBeLessThan(300);
		await fixture.pushDue();
		expect([both(), await fixture.intents()]).toEqual([[[], []], []]);
		await fixture.sync();
		expect((await fixture.call("GET", "/v1/events?from=2026-12-01&to=2026-12-05")).body.data).toEqual([]);
	});

	describe.each(["made", "not made"])("given up, though it is not known whether the copy was %s", (how) => {
		test.each(["old", "new"])("it is where it was, asked for by its %s id", async (which) => {
			const id = await fixture.bring(meeting());
			if (how === "made") fixture.control.loseAnswer("create");
			else fixture.control.failNext("create", away());
			const moved = (await fixture.move(id)).body.id;
			expect((await resolve(which === "old" ? id : moved, "discard")).status).toBeLessThan(300);
			expect(await fixture.shown()).toEqual([["Meeting"], []]);
			await fixture.sync();
			expect(await fixture.shown()).toEqual([["Meeting"], []]);
			await fixture.pushDue();
			expect([both(), await fixture.intents()]).toEqual([[[["Meeting "]], []], []]);
			await fixture.sync();
			expect(await fixture.shown()).toEqual([["Meeting"], []]);
		});
	});
});
