import { ProviderFailure } from "@kalends/providers";
import { afterEach, describe, expect, it } from "vitest";
import { at, createSyncFixture, event, type SyncFixture, storedState } from "./testing.ts";

let fixture: SyncFixture;
afterEach(() => fixture.close());

async function runRow(id: string) {
	return fixture.services.db
		.selectFrom("runs")
		.selectAll()
		.where("user_id", "=", fixture.userId)
		.where("id", "=", id)
		.executeTakeFirstOrThrow();
}

async function connectionRow() {
	return fixture.services.db
		.selectFrom("connections")
		.selectAll()
		.where("user_id", "=", fixture.userId)
		.executeTakeFirstOrThrow();
}

async function calendarRows() {
	return fixture.services.db
		.selectFrom("calendars")
		.selectAll()
		.where("user_id", "=", fixture.userId)
		.orderBy("provider_calendar_id")
		.execute();
}

/** Moves whenever a row of the three tables is written, even to the same values. */
async function writeMarks() {
	const marks: unknown[] = [];
	for (const table of ["events", "occurrences", "changes", "resources"] as const) {
		const rows = await fixture.services.db
			.selectFrom(table)
			.select((eb) => [
				eb.fn.countAll().as("count"),
				eb.fn.agg<string>("string_agg", [eb.cast("xmin" as never, "text"), eb.val(",")]).as("xmins"),
			])
			.execute();
		marks.push(table, rows);
	}
	return marks;
}

describe("a first sync", () => {
	it("stores every event and occurrence and says so with one entry a calendar", async () => {
		fixture = await createSyncFixture({ pageSize: 100 });
		const calendar = fixture.control.createCalendar("ada", { name: "Work" });
		for (let index = 0; index < 300; index++) {
			fixture.control.putEvents(calendar, `u${index}`, [
				event({ uid: `u${index}`, start: at(1 + (index % 28)), end: at(1 + (index % 28), 10) }),
			]);
		}
		fixture.control.putEvents(calendar, "s1", [
			event({ uid: "s1", recurrence: ["RRULE:FREQ=WEEKLY;COUNT=4"] }),
			event({ uid: "s1", recurrence_id: at(9), start: at(9, 15), end: at(9, 16), title: "Moved" }),
		]);
		const run = await runRow(await fixture.sync("first"));
		expect(run).toMatchObject({ state: "done", created: 301, updated: 0, deleted: 0, error: null, trigger: "first" });
		const state = await storedState(fixture);
		expect(state.events).toHaveLength(302);
		expect(state.occurrences).toHaveLength(304);
		const series = state.events.find((row) => row.kind === "master");
		expect(state.occurrences.filter((text) => text.startsWith(`${series?.id}.`))).toEqual([
			`${series?.id}.20261202T090000Z 2026-12-02T09:00:00.000Z`,
			`${series?.id}.20261209T090000Z 2026-12-09T15:00:00.000Z`,
			`${series?.id}.20261216T090000Z 2026-12-16T09:00:00.000Z`,
			`${series?.id}.20261223T090000Z 2026-12-23T09:00:00.000Z`,
		]);
		expect(state.changes.map((change) => change.type)).toEqual(["calendar.created", "calendar.synced"]);
		expect(await connectionRow()).toMatchObject({ status: "active", status_reason: null, failures: 0 });
	});
});

describe("a later sync", () => {
	it("writes no event, occurrence or feed row when nothing changed, and pulls nothing", async () => {
		fixture = await createSyncFixture();
		const calendar = fixture.control.createCalendar("ada");
		fixture.control.putEvents(calendar, "u1", [event({ uid: "u1", recurrence: ["RRULE:FREQ=DAILY;COUNT=9"] })]);
		await fixture.sync();
		const before = await writeMarks();
		const run = await runRow(await fixture.sync());
		expect(run).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
		expect(await writeMarks()).toEqual(before);
		expect(fixture.control.calls).toMatchObject({ list: 2, pull: 1 });
	});

	it("writes no event, occurrence or feed row when only etags changed, delta or full", async () => {
		fixture = await createSyncFixture();
		const calendar = fixture.control.createCalendar("ada");
		fixture.control.putEvents(calendar, "u1", [event({ uid: "u1", recurrence: ["RRULE:FREQ=DAILY;COUNT=9"] })]);
		fixture.control.putEvents(calendar, "u2", [event({ uid: "u2" })]);
		await fixture.sync();
		const before = await storedState(fixture);
		const marks = (await writeMarks()).slice(0, 6);
		fixture.control.changeEtags(calendar);
		await fixture.sync();
		fixture.control.changeEtags(calendar);
		fixture.control.expireCursors(calendar);
		await fixture.sync();
		expect(await storedState(fixture)).toEqual(before);
		expect((await writeMarks()).slice(0, 6)).toEqual(marks);
		expect(fixture.control.calls.pull).toBe(3);
	});

	it("brings ten changes exactly once", async () => {
		fixture = await createSyncFixture();
		const calendar = fixture.control.createCalendar("ada");
		for (let index = 0; index < 20; index++)
			fixture.control.putEvents(calendar, `u${index}`, [event({ uid: `u${index}` })]);
		await fixture.sync();
		for (let index = 0; index < 4; index++)
			fixture.control.putEvents(calendar, `u${index}`, [event({ uid: `u${index}`, title: "New" })]);
		for (let index = 4; index < 7; index++) fixture.control.remove(calendar, `u${index}`);
		for (let index = 20; index < 23; index++)
			fixture.control.putEvents(calendar, `u${index}`, [event({ uid: `u${index}` })]);
		expect(await runRow(await fixture.sync())).toMatchObject({ created: 3, updated: 4, deleted: 3, state: "done" });
		expect(await runRow(await fixture.sync())).toMatchObject({ created: 0, updated: 0, deleted: 0 });
		const { changes, events } = await storedState(fixture);
		expect(events).toHaveLength(20);
		const types = changes
			.slice(2)
			.map((change) => change.type)
			.sort();
		expect(types).toEqual([
			...Array(3).fill("event.created"),
			...Array(3).fill("event.deleted"),
			...Array(4).fill("event.updated"),
		]);
		expect(changes.map((change) => change.seq)).toEqual(changes.map((_, index) => index + 1));
	});

	it("deletes nothing falsely when the cursor expired, and deletes what is gone", async () => {
		fixture = await createSyncFixture({ pageSize: 3 });
		const calendar = fixture.control.createCalendar("ada");
		for (let index = 0; index < 10; index++)
			fixture.control.putEvents(calendar, `u${index}`, [event({ uid: `u${index}` })]);
		await fixture.sync();
		fixture.control.remove(calendar, "u3");
		fixture.control.expireCursors(calendar);
		expect(await runRow(await fixture.sync())).toMatchObject({ created: 0, updated: 0, deleted: 1 });
		expect((await calendarRows())[0]).toMatchObject({ generation: 2, status: "active" });
	});

	it("keeps the event of a renamed resource", async () => {
		fixture = await createSyncFixture();
		const calendar = fixture.control.createCalendar("ada");
		fixture.control.putEvents(calendar, "old", [event({ uid: "u1" })]);
		await fixture.sync();
		const before = await storedState(fixture);
		fixture.control.remove(calendar, "old");
		fixture.control.putEvents(calendar, "new", [event({ uid: "u1" })]);
		expect(await runRow(await fixture.sync())).toMatchObject({ created: 0, updated: 0, deleted: 0 });
		expect(await storedState(fixture)).toEqual(before);
	});
});

describe("a failure", () => {
	it("of one calendar leaves the others alone and is told with a fix", async () => {
		fixture = await createSyncFixture();
		const good = fixture.control.createCalendar("ada", { id: "a", name: "Good" });
		const bad = fixture.control.createCalendar("ada", { id: "b", name: "Bad" });
		await fixture.sync();
		fixture.control.putEvents(good, "u1", [event({ uid: "u1" })]);
		fixture.control.putEvents(bad, "u2", [event({ uid: "u2" })]);
		const { provider } = { provider: fixture.services.providers.get("caldav") };
		const failing = {
			...provider,
			pull: (...args: Parameters<NonNullable<typeof provider>["pull"]>) => {
				if (args[0].id === bad) throw new ProviderFailure("unavailable", { reason: "timeout", message: "no answer" });
				return provider?.pull(...args);
			},
		};
		const run = await fixture.makeRun();
		await fixture.perform(run, { ...fixture.services, providers: new Map([["caldav", failing as never]]) });
		expect(await runRow(run)).toMatchObject({ state: "failed", created: 1, error: { code: "timeout" } });
		expect((await runRow(run)).error?.detail).toContain("Bad");
		expect((await calendarRows()).map((row) => [row.name, row.status, row.status_reason])).toEqual([
			["Good", "active", null],
			["Bad", "error", "timeout"],
		]);
		expect(await connectionRow()).toMatchObject({ status: "active", status_reason: "calendars_failing" });
		await fixture.sync();
		expect((await calendarRows()).map((row) => row.status)).toEqual(["active", "active"]);
		expect(await connectionRow()).toMatchObject({ status: "active", status_reason: null });
		expect((await storedState(fixture)).events).toHaveLength(2);
	});

	it("of every calendar for one reason is the connection's, which goes on being polled", async () => {
		let broken = false;
		const reason = "resource_gone";
		fixture = await createSyncFixture({
			wrap: (provider) => ({
				...provider,
				pull: (...args) => {
					if (broken) throw new ProviderFailure("gone", { reason, message: "no longer there" });
					return provider.pull(...args);
				},
			}),
		});
		const calendar = fixture.control.createCalendar("ada", { name: "Feed" });
		await fixture.sync();
		const { last_synced_at } = await connectionRow();
		broken = true;
		for (let round = 0; round < 8; round++) {
			fixture.clock.advance(3_600_000);
			fixture.control.putEvents(calendar, `u${round}`, [event({ uid: `u${round}` })]);
			expect(await runRow(await fixture.sync())).toMatchObject({ state: "failed", error: { code: reason } });
		}
		expect(await connectionRow()).toMatchObject({
			status: "error",
			status_reason: reason,
			failures: 8,
			last_synced_at,
			next_sync_at: expect.any(Date),
		});
		broken = false;
		await fixture.sync();
		expect(await connectionRow()).toMatchObject({ status: "active", status_reason: null, failures: 0 });
	});

	it("of the password stops polling and keeps the data", async () => {
		fixture = await createSyncFixture();
		const calendar = fixture.control.createCalendar("ada");
		fixture.control.putEvents(calendar, "u1", [event({ uid: "u1" })]);
		await fixture.sync();
		fixture.control.setPassword("ada", "changed");
		expect(await runRow(await fixture.sync())).toMatchObject({ state: "failed", error: { code: "wrong_credentials" } });
		expect(await connectionRow()).toMatchObject({
			status: "reauth_required",
			status_reason: "wrong_credentials",
			next_sync_at: null,
		});
		expect((await storedState(fixture)).events).toHaveLength(1);
	});

	it("with Retry-After keeps every request away until then", async () => {
		fixture = await createSyncFixture();
		fixture.control.createCalendar("ada");
		fixture.control.failNext(
			"list",
			new ProviderFailure("rate_limited", { reason: "rate_limited", message: "429", retryAfter: 120 }),
		);
		await fixture.sync();
		const { next_sync_at, retry_after } = await connectionRow();
		expect(retry_after?.getTime()).toBe(fixture.services.now() + 120_000);
		expect(next_sync_at?.getTime()).toBeGreaterThanOrEqual(fixture.services.now() + 120_000);
		const run = await fixture.makeRun();
		expect(fixture.sentJobs.at(-1)?.startAfter).toEqual(retry_after);
		await fixture.perform(run);
		expect(fixture.control.calls.list).toBe(1);
		expect((await runRow(run)).state).toBe("running");
	});
});
