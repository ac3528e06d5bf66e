import { afterEach, describe, expect, it } from "vitest";
import { applyHeldDeletions, keepHeldDeletions } from "./held-deletions.ts";
import { at, createSyncFixture, event, type SyncFixture, storedState } from "./testing.ts";

let fixture: SyncFixture;
afterEach(() => fixture.close());

async function calendarRow() {
	return fixture.services.db
		.selectFrom("calendars")
		.selectAll()
		.where("user_id", "=", fixture.userId)
		.executeTakeFirstOrThrow();
}

async function runState(id: string) {
	const run = await fixture.services.db.selectFrom("runs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
	return { state: run.state, deleted: run.deleted };
}

function fill(calendar: string, count: number, start = 0) {
	for (let index = start; index < start + count; index++) {
		fixture.control.putEvents(calendar, `u${index}`, [event({ uid: `u${index}`, start: at(5), end: at(5, 10) })]);
	}
}

/** A calendar of 40 events of which the server suddenly lacks 30. */
async function loseThirty(options: Parameters<typeof createSyncFixture>[0] = {}, expire = false) {
	fixture = await createSyncFixture(options);
	const calendar = fixture.control.createCalendar("ada");
	fill(calendar, 40);
	await fixture.sync();
	for (let index = 0; index < 30; index++) fixture.control.remove(calendar, `u${index}`);
	if (expire) fixture.control.expireCursors(calendar);
	const run = await fixture.sync();
	return { calendar, run };
}

describe("the valve", () => {
	it.each([
		["by delta", false],
		["by listing", true],
	])("holds mass deletions back (%s), asks once and goes on syncing", async (_name, expire) => {
		const { calendar, run } = await loseThirty({}, expire);
		expect(await runState(run)).toEqual({ state: "paused", deleted: 0 });
		expect(await calendarRow()).toMatchObject({ status: "paused", status_reason: "deletions_held" });
		const before = await storedState(fixture);
		expect(before.events).toHaveLength(40);
		fill(calendar, 1, 100);
		fixture.control.remove(calendar, "u39");
		expect((await runState(await fixture.sync())).deleted).toBe(0);
		const after = await storedState(fixture);
		expect(after.events).toHaveLength(41);
		expect(after.changes.filter((change) => change.fields?.includes("status"))).toHaveLength(1);
	});

	it("holds an empty listing back, however few events there were", async () => {
		fixture = await createSyncFixture();
		const calendar = fixture.control.createCalendar("ada");
		fill(calendar, 3);
		await fixture.sync();
		fixture.control.removeAll(calendar);
		fixture.control.expireCursors(calendar);
		await fixture.sync();
		expect((await storedState(fixture)).events).toHaveLength(3);
		expect((await calendarRow()).status).toBe("paused");
	});

	it("deletes ten of ten, and a fifth of many", async () => {
		fixture = await createSyncFixture();
		const calendar = fixture.control.createCalendar("ada");
		fill(calendar, 100);
		await fixture.sync();
		for (let index = 0; index < 20; index++) fixture.control.remove(calendar, `u${index}`);
		expect(await runState(await fixture.sync())).toEqual({ state: "done", deleted: 20 });
	});

	it("is not fooled by as many new events as old ones are gone", async () => {
		fixture = await createSyncFixture();
		const calendar = fixture.control.createCalendar("ada");
		fill(calendar, 40);
		await fixture.sync();
		fixture.clock.advance(60_000);
		fixture.control.removeAll(calendar);
		fill(calendar, 400, 1000);
		fixture.control.expireCursors(calendar);
		await fixture.sync();
		expect((await storedState(fixture)).events).toHaveLength(440);
		expect((await calendarRow()).status).toBe("paused");
	});

	it("opens by itself when the events are there again", async () => {
		const { calendar } = await loseThirty();
		fill(calendar, 30);
		await fixture.sync();
		expect(await calendarRow()).toMatchObject({ status: "active", status_reason: null });
		const { events, changes } = await storedState(fixture);
		expect(events).toHaveLength(40);
		expect(changes.filter((change) => change.type === "event.deleted")).toEqual([]);
	});
});

describe("the decision", () => {
	it("to apply deletes, tells the feed, and the calendar goes on", async () => {
		await loseThirty();
		const { id: calendarId } = await calendarRow();
		await applyHeldDeletions(fixture.services, { userId: fixture.userId, calendarId });
		expect(await calendarRow()).toMatchObject({ status: "active", status_reason: null });
		const { events, changes } = await storedState(fixture);
		expect(events).toHaveLength(10);
		expect(changes.filter((change) => change.type === "event.deleted")).toHaveLength(30);
		expect((await runState(await fixture.sync())).state).toBe("done");
	});

	it("to keep keeps, through later listings too", async () => {
		const { calendar } = await loseThirty();
		const { id: calendarId } = await calendarRow();
		await keepHeldDeletions(fixture.services, { userId: fixture.userId, calendarId });
		expect((await calendarRow()).status).toBe("active");
		fixture.control.expireCursors(calendar);
		fill(calendar, 1, 200);
		expect(await runState(await fixture.sync())).toEqual({ state: "done", deleted: 0 });
		expect((await storedState(fixture)).events).toHaveLength(41);
		expect((await calendarRow()).status).toBe("active");
	});
});

describe("feeds", () => {
	it("keep past events that left their window, and lose coming ones that were removed", async () => {
		fixture = await createSyncFixture({ capabilities: { pastAbsenceMeansDeletion: false } });
		const calendar = fixture.control.createCalendar("ada");
		fixture.clock.set("2026-12-10T12:00:00Z");
		fixture.control.putEvents(calendar, "past", [event({ uid: "past", start: at(2), end: at(2, 10) })]);
		fixture.control.putEvents(calendar, "ended", [
			event({ uid: "ended", start: at(1), end: at(1, 10), recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] }),
		]);
		fixture.control.putEvents(calendar, "endless", [
			event({ uid: "endless", start: at(1), end: at(1, 10), recurrence: ["RRULE:FREQ=DAILY"] }),
		]);
		fixture.control.putEvents(calendar, "coming", [event({ uid: "coming", start: at(20), end: at(20, 10) })]);
		fixture.control.putEvents(calendar, "stays", [event({ uid: "stays", start: at(21), end: at(21, 10) })]);
		await fixture.sync();
		for (const uid of ["past", "ended", "endless", "coming"]) fixture.control.remove(calendar, uid);
		fixture.control.expireCursors(calendar);
		expect(await runState(await fixture.sync())).toEqual({ state: "done", deleted: 2 });
		const { data } = await fixture.services.db
			.selectFrom("events")
			.select((eb) => eb.fn.agg<string[]>("array_agg", ["ical_uid"]).as("data"))
			.executeTakeFirstOrThrow();
		expect(data.sort()).toEqual(["ended", "past", "stays"]);
	});
});
