import { afterEach, describe, expect, test } from "vitest";
import { pushConnection } from "../../push/push-lanes.ts";
import { createWritingFixture, meeting, onDay, refusal, type WritingFixture } from "../testing.ts";

/** Moves whose outcome is not known, or is refused, while the event is changed here or there. */
let fixture: WritingFixture;
/** The provider's id of the calendar that events go to. */
let home: string;
afterEach(() => fixture.close());

async function open(moves: boolean): Promise<void> {
	fixture = await createWritingFixture({ moves });
	home = fixture.control.createCalendar("ada", { name: "Home" });
}

const call: WritingFixture["call"] = (...asked) => fixture.call(...asked);
const patch = (id: string, body: object, scope = "all") => call("PATCH", `/v1/events/${id}?scope=${scope}`, body);
const move = async (id: string, more = {}) => {
	const { data } = (await call("GET", "/v1/calendars")).body;
	return patch(id, { calendar_id: data.find((one: { name: string }) => one.name === "Home").id, ...more });
};
const pause = (paused: boolean) => call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused });
const intents = () => fixture.services.db.selectFrom("intents").selectAll().orderBy("seq").execute();
const at = (calendar: string) =>
	fixture.control.resources(calendar).map(({ events }) => events.map((one) => `${one.title} ${one.location}`).sort());
const both = () => [at(fixture.calendar), at(home)];
const away = () => refusal("unavailable", "timeout");

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

describe("moved by the provider", () => {
	test("it leaves nothing behind, though an occurrence that was changed here is gone there", async () => {
		await open(true);
		const master = meeting({ recurrence: ["RRULE:FREQ=DAILY;COUNT=5"], location: "" });
		const id = await fixture.bring(master, onDay("04", { title: "Special" }));
		await pause(true);
		const { body } = await move(id);
		await patch(`${body.id}.20261204T120000Z`, { title: "Mine" }, "this");
		fixture.control.putEvents(fixture.calendar, "u1", [
			{ ...master, recurrence: [...(master.recurrence ?? []), "EXDATE:20261204T120000Z"] },
		]);
		await pause(false);
		await pushDue();
		expect(both()).toEqual([[], [["Meeting "]]]);
		expect(await intents()).toEqual([]);
		const shown = (await call("GET", "/v1/events?from=2026-12-01&to=2026-12-08")).body.data;
		expect(shown.map((one: { id: string }) => one.id.split(".")[0])).toEqual(Array(4).fill(body.id));
	});

	test("what was deleted here before it moved stays where somebody has changed it since, unseen", async () => {
		await open(true);
		const id = await fixture.bring(meeting());
		await pause(true);
		const { body } = await move(id);
		fixture.control.putEvents(fixture.calendar, "u1", [meeting({ location: "Hall" })]);
		await fixture.sync();
		expect((await call("DELETE", `/v1/events/${body.id}`)).status).toBeLessThan(300);
		await pause(false);
		await pushDue();
		expect(both()).toEqual([[["Meeting Hall"]], []]);
		await fixture.sync();
		expect(await fixture.read(id)).toMatchObject({ location: "Hall" });
	});

	test("a change of it that is refused takes back nothing of what was found", async () => {
		await open(true);
		const id = await fixture.bring(meeting());
		await pause(true);
		const { body } = await move(id, { title: "Talk" });
		fixture.control.putEvents(fixture.calendar, "u1", [meeting({ location: "Hall" })]);
		await pause(false);
		fixture.control.failNext("update", refusal("invalid", "event_refused"));
		await pushDue();
		expect(both()).toEqual([[], [["Meeting Hall"]]]);
		expect(await fixture.read(body.id)).toMatchObject({ title: "Talk", location: "Hall", sync: { state: "failed" } });
		await call("POST", `/v1/events/${body.id}/sync`, { action: "retry" });
		await pushDue();
		expect(both()).toEqual([[], [["Talk Hall"]]]);
	});

	test("what was moved on before its change is refused stays where somebody has changed it, unseen", async () => {
		await open(true);
		const id = await fixture.bring(meeting());
		await pause(true);
		const { body } = await move(id, { title: "Talk" });
		fixture.control.putEvents(fixture.calendar, "u1", [meeting({ location: "Hall" })]);
		await pause(false);
		fixture.control.failNext("move", away());
		await pushDue(1);
		fixture.control.failNext("update", refusal("invalid", "event_refused"));
		expect((await call("DELETE", `/v1/events/${body.id}`)).body.detail).toContain("so it stays");
		await pushDue();
		expect(both()).toEqual([[], [["Meeting Hall"]]]);
		expect(await intents()).toEqual([]);
	});

	test("what was deleted here, and is refused to be moved, stays where somebody has changed it, unseen", async () => {
		await open(true);
		const id = await fixture.bring(meeting());
		fixture.control.failNext("move", away());
		const { body } = await move(id);
		fixture.control.putEvents(fixture.calendar, "u1", [meeting({ location: "Hall" })]);
		await fixture.sync();
		await pause(true);
		await call("DELETE", `/v1/events/${body.id}`);
		await pause(false);
		fixture.control.failNext("move", refusal("forbidden", "read_only"));
		await pushDue();
		expect(both()).toEqual([[["Meeting Hall"]], []]);
		expect(await fixture.read(id)).toMatchObject({ location: "Hall" });
	});

	test("what is refused, and tried again, takes back nothing that was changed there meanwhile", async () => {
		await open(true);
		const id = await fixture.bring(meeting());
		await pause(true);
		await move(id, { title: "Talk" });
		fixture.control.putEvents(fixture.calendar, "u1", [meeting({ location: "Hall" })]);
		await fixture.sync();
		await pause(false);
		fixture.control.failNext("move", refusal("forbidden", "read_only"));
		await pushDue();
		expect(both()).toEqual([[["Meeting Hall"]], []]);
		const { status } = await call("POST", `/v1/events/${id}/sync`, { action: "retry" });
		expect(status).toBe(200);
		expect(both()).toEqual([[], [["Talk Hall"]]]);
	});
});

describe("copied", () => {
	test("it stays where it was until its copy is made, though a change before it is refused", async () => {
		await open(false);
		const id = await fixture.bring(meeting());
		fixture.control.failNext("update", away());
		await patch(id, { title: "Talk" });
		fixture.control.failNext("create", away());
		await move(id);
		fixture.control.failNext("update", refusal("invalid", "event_refused"));
		fixture.control.failNext("create", away());
		await pushDue(1);
		expect(both()).toEqual([[["Meeting "]], []]);
		expect((await intents()).map(({ kind, waits_for }) => [kind, waits_for !== null])).toEqual([
			["create", false],
			["delete", true],
		]);
		await pushDue();
		expect([both(), await intents()]).toEqual([[[], [["Talk "]]], []]);
	});

	test.each(["deleted", "moved"])(
		"what is refused to be looked for, and was made, goes where it is %s",
		async (how) => {
			await open(false);
			await fixture.sync();
			const { data } = (await call("GET", "/v1/calendars")).body;
			const calendar_id = data.find((one: { name: string }) => one.name === "Work").id;
			fixture.control.loseAnswer("create", away());
			const time = { date_time: "2026-12-02T12:00:00", time_zone: "UTC" };
			const draft = { calendar_id, title: "Meeting", start: time, duration_minutes: 30 };
			const { duration_minutes: _, ...rest } = draft;
			const end = { ...time, date_time: "2026-12-02T13:00:00" };
			const { body } = await call("POST", "/v1/events", { ...rest, end });
			const act = () => (how === "deleted" ? call("DELETE", `/v1/events/${body.id}`) : move(body.id));
			fixture.control.failNext("find_created", refusal("forbidden", "read_only"));
			await pushDue(1);
			expect((await intents()).map(({ state }) => state)).toEqual(["failed"]);
			expect((await act()).status).toBeLessThan(300);
			await pushDue();
			const moved = how === "moved" ? [["Meeting "]] : [];
			expect([both(), await intents()]).toEqual([[[], moved], []]);
		},
	);

	test("what was made, deleted here, and then refused to be looked for, goes when it is found", async () => {
		await open(false);
		await fixture.sync();
		const { data } = (await call("GET", "/v1/calendars")).body;
		const calendar_id = data.find((one: { name: string }) => one.name === "Work").id;
		fixture.control.loseAnswer("create", away());
		const at = (hour: string) => ({ date_time: `2026-12-02T${hour}:00:00`, time_zone: "UTC" });
		const draft = { calendar_id, title: "Meeting", start: at("12"), end: at("13") };
		const { body } = await call("POST", "/v1/events", draft);
		fixture.control.failNext("find_created", refusal("forbidden", "read_only"));
		expect((await call("DELETE", `/v1/events/${body.id}`)).status).toBeLessThan(300);
		await pushDue();
		expect([both(), await intents()]).toEqual([[[], []], []]);
		await fixture.sync();
		expect((await call("GET", "/v1/events?from=2026-12-01&to=2026-12-05")).body.data).toEqual([]);
	});
});
