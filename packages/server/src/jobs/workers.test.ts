import { afterEach, beforeEach, expect, it } from "vitest";
import type { Services } from "../services.ts";
import { claimRun } from "../sync/run-lease.ts";
import { createSyncFixture, event, type SyncFixture, storedState } from "../sync/testing.ts";
import { type JobRunner, startJobs } from "./boss.ts";
import { startWork } from "./workers.ts";

let fixture: SyncFixture;
let jobs: JobRunner;
let services: Services;
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
	await jobs.stop(5_000);
	await fixture.close();
});

const events = async () => (await storedState(fixture)).events.length;

it("syncs by itself what is due when the server starts", async () => {
	await startWork(services, jobs, false);
	await expect.poll(events, { timeout: 20_000 }).toBe(1);
});

it("takes up at once what a dead server left on a database of its own", async () => {
	const runId = await fixture.makeRun();
	await claimRun(services.db, { userId: fixture.userId, connectionId: fixture.connectionId, runId });
	await startWork(services, jobs, true);
	await expect.poll(events, { timeout: 20_000 }).toBe(1);
	const run = () => services.db.selectFrom("runs").select("state").where("id", "=", runId).executeTakeFirst();
	await expect.poll(run, { timeout: 20_000 }).toEqual({ state: "done" });
});
