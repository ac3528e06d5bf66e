import { sql } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Services } from "../services.ts";
import { claimRun } from "../sync/run-lease.ts";
import { createSyncFixture, event, type SyncFixture, storedState } from "../sync/testing.ts";
import { type JobRunner, startJobs } from "./boss.ts";
import { startWork } from "./workers.ts";

let fixture: SyncFixture;
let jobs: JobRunner;
let services: Services;
let stopLooking = () => {};
beforeEach(async () => {
	fixture = await createSyncFixture();
	const { database } = fixture;
	if (database === null) throw new Error("no database");
	const { log, metrics } = fixture.services;
	jobs = await startJobs({ databaseUrl: database.url, log, metrics, worker: true });
	services = { ...fixture.services, jobs };
	fixture.control.putEvents(fixture.control.createCalendar("ada"), "u1", [event({ uid: "u1" })]);
});
afterEach(async () => {
	stopLooking();
	await jobs.stop(5_000);
	await fixture.close();
});

const events = async () => (await storedState(fixture)).events.length;

it("syncs by itself what is due when the server starts", async () => {
	stopLooking = await startWork(services, jobs, { alone: false });
	await expect.poll(events, { timeout: 20_000 }).toBe(1);
});

it("takes up at once what a dead server left on a database of its own", async () => {
	const runId = await fixture.makeRun();
	await claimRun(services.db, { userId: fixture.userId, connectionId: fixture.connectionId, runId });
	stopLooking = await startWork(services, jobs, { alone: true });
	await expect.poll(events, { timeout: 20_000 }).toBe(1);
	const run = () => services.db.selectFrom("runs").select("state").where("id", "=", runId).executeTakeFirst();
	await expect.poll(run, { timeout: 20_000 }).toEqual({ state: "done" });
});

it("goes on looking whatever becomes of a single look, and whatever the time is here", async () => {
	fixture.clock.advance(600_000);
	stopLooking = await startWork(services, jobs, { alone: false, lookEveryMs: 200 });
	await expect.poll(events, { timeout: 20_000 }).toBe(1);
	await sql`delete from pgboss.job where name = 'sync.due'`.execute(services.db);
	fixture.clock.advance(-1_200_000);
	fixture.control.putEvents(fixture.control.createCalendar("ada"), "u2", [event({ uid: "u2" })]);
	await services.db
		.updateTable("connections")
		.set({ next_sync_at: new Date(services.now()) })
		.execute();
	await expect.poll(events, { timeout: 20_000 }).toBe(2);
});
