import { type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createWritingFixture, type WritingFixture } from "../events/testing.ts";
import { holdOff } from "./connection-failure.ts";
import { makeIntentsDue } from "./intent-rows.ts";
import { failure } from "./testing.ts";

let fixture: WritingFixture;
beforeAll(async () => {
	fixture = await createWritingFixture();
	await fixture.sync();
});
afterAll(() => fixture.close());

/** What somebody holds who waits for the first of these is not the second. */
async function waitsFor(held: RawBuilder<unknown>, work: () => Promise<unknown>, free: RawBuilder<unknown>) {
	const { db } = fixture.services;
	const { working } = await db.transaction().execute(async (tx) => {
		await sql`${held} FOR UPDATE`.execute(tx);
		const working = work();
		await vi.waitUntil(async () => {
			const { rows } = await sql`
				SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
			return rows.length > 0;
		}, 30_000);
		await sql`${free} FOR UPDATE NOWAIT`.execute(tx);
		return { working };
	});
	await working;
}

test("the end of a sync, and a provider that asks to be left alone, pass over changes that somebody else holds", async () => {
	const { services, userId, connectionId } = fixture;
	const { db } = services;
	const { id: calendar_id } = await db.selectFrom("calendars").select("id").executeTakeFirstOrThrow();
	const intents = () => db.selectFrom("intents").selectAll().orderBy("seq").execute();
	for (const title of ["held", "free"]) {
		fixture.control.failNext("create", failure("unavailable", "connection_lost"));
		const [start, end] = [{ date: "2026-12-02" }, { date: "2026-12-03" }];
		expect((await fixture.call("POST", "/v1/events", { calendar_id, title, start, end })).status).toBe(202);
	}
	await db.updateTable("intents").set({ claimed_until: null }).execute();
	const [held, free] = await intents();
	if (held === undefined || free === undefined) throw new Error("nothing waits");
	const far = services.now() + 3_600_000;
	const dueAt = async () => (await intents()).map(({ next_attempt_at }) => next_attempt_at.getTime());
	const judgement = {
		...{ kind: "unavailable", reason: "connection_lost", message: "", status: "active", retryAt: null, failures: 0 },
		...{ notBefore: null, stopsConnection: true },
	} as Parameters<typeof holdOff>[2];
	const before = await dueAt();
	await db.transaction().execute(async (tx) => {
		await sql`SELECT FROM intents WHERE id = ${held.id} FOR UPDATE`.execute(tx);
		await holdOff(services, free, judgement, far);
		expect(await dueAt()).toEqual([before[0], far]);
		await db.transaction().execute((other) => makeIntentsDue(other, services, { userId, connectionId }, new Map()));
		expect(await dueAt()).toEqual([before[0], services.now()]);
	});
});

test("who pauses an account waits for it before its run, as the end of the run does", async () => {
	const { connectionId } = fixture;
	const runId = await fixture.makeRun();
	await waitsFor(
		sql`SELECT FROM connections WHERE id = ${connectionId}`,
		() => fixture.call("PATCH", `/v1/connections/${connectionId}`, { paused: true }),
		sql`SELECT FROM runs WHERE id = ${runId}`,
	);
	await fixture.call("PATCH", `/v1/connections/${connectionId}`, { paused: false });
});

test("a listing that changes several calendars takes them by their ids, as a move does", async () => {
	const { control, services } = fixture;
	for (const name of ["One", "Two"]) control.createCalendar("ada", { name });
	await fixture.sync();
	const [first, second] = await services.db
		.selectFrom("calendars")
		.select(["id", "provider_calendar_id"])
		.where("name", "in", ["One", "Two"])
		.orderBy("id")
		.execute();
	if (first === undefined || second === undefined) throw new Error("they were not found");
	control.deleteCalendar(first.provider_calendar_id);
	control.changeCalendar(second.provider_calendar_id, { name: "Renamed" });
	await waitsFor(
		sql`SELECT FROM calendars WHERE id = ${first.id}`,
		() => fixture.sync(),
		sql`SELECT FROM calendars WHERE id = ${second.id}`,
	);
	const renamed = services.db.selectFrom("calendars").select("id").where("name", "=", "Renamed");
	expect(await renamed.execute()).toEqual([{ id: second.id }]);
});
