import { afterEach, beforeEach, expect, it } from "vitest";
import { createLogger } from "../observability/log.ts";
import { createMetrics } from "../observability/metrics.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { type JobRunner, startJobs } from "./boss.ts";

let database: TestDatabase;
let jobs: JobRunner;
beforeEach(async () => {
	database = await createTestDatabase();
	jobs = await start(true);
});
afterEach(async () => {
	await jobs.stop(1_000);
	await database.drop();
});

function start(worker: boolean): Promise<JobRunner> {
	const log = createLogger({ level: "silent" });
	return startJobs({ databaseUrl: database.url, log, metrics: createMetrics(), worker });
}

const run = (id: string) => ({ user_id: "usr_1", connection_id: "con_1", run_id: id });

it("hands a job over when its transaction commits, and never one that was rolled back", async () => {
	const seen: string[] = [];
	await jobs.work({ "sync.run": async ({ run_id }) => void seen.push(run_id) });
	const sending = database.db.transaction().execute(async (tx) => {
		await jobs.send("sync.run", run("undone"), { transaction: tx });
		throw new Error("rolled back");
	});
	await expect(sending).rejects.toThrow("rolled back");
	await database.db.transaction().execute((tx) => jobs.send("sync.run", run("done"), { transaction: tx }));
	await expect.poll(() => seen, { timeout: 10_000 }).toEqual(["done"]);
});

it("keeps one job waiting for each key", async () => {
	for (const id of ["a", "a", "b"]) await jobs.send("sync.run", run(id), { transaction: database.db, key: id });
	const seen: string[] = [];
	await jobs.work({ "sync.run": async ({ run_id }) => void seen.push(run_id) });
	await expect.poll(() => seen.toSorted(), { timeout: 10_000 }).toEqual(["a", "b"]);
});

it("lets one that hangs starve nobody", async () => {
	const seen: string[] = [];
	await jobs.work({
		"sync.run": ({ run_id }, signal) => {
			if (run_id !== "hangs") return Promise.resolve(void seen.push(run_id));
			return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
		},
	});
	await jobs.send("sync.run", run("hangs"), { transaction: database.db });
	const others = Array.from({ length: 20 }, (_, index) => `other ${index}`);
	for (const id of others) await jobs.send("sync.run", run(id), { transaction: database.db, key: id });
	await expect.poll(() => seen.toSorted(), { timeout: 30_000 }).toEqual(others.toSorted());
});

it("lets one person's hanging jobs starve nobody else's", async () => {
	const seen: string[] = [];
	let hanging = 0;
	await jobs.work({
		"sync.run": ({ run_id }, signal) => {
			if (!run_id.startsWith("hangs")) return Promise.resolve(void seen.push(run_id));
			hanging++;
			return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
		},
	});
	const send = (id: string, owner: string) =>
		jobs.send("sync.run", run(id), { transaction: database.db, key: id, owner });
	for (let index = 0; index < 40; index++) await send(`hangs ${index}`, "usr_1");
	await expect.poll(() => hanging, { timeout: 20_000 }).toBe(12);
	for (const id of ["a", "b", "c"]) await send(id, "usr_2");
	await expect.poll(() => seen.toSorted(), { timeout: 20_000 }).toEqual(["a", "b", "c"]);
	expect(hanging).toBe(12);
});

it("aborts what runs when it stops, and waits for it", async () => {
	const began = Promise.withResolvers<void>();
	let ended = false;
	await jobs.work({
		"sync.run": async (_payload, signal) => {
			began.resolve();
			await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
			await new Promise(setImmediate);
			ended = true;
		},
	});
	await jobs.send("sync.run", run("long"), { transaction: database.db });
	await began.promise;
	await jobs.stop(5_000);
	expect(ended).toBe(true);
});

it("sends from a process that works on nothing", async () => {
	const api = await start(false);
	const seen: string[] = [];
	await jobs.work({ "sync.run": async ({ run_id }) => void seen.push(run_id) });
	await api.send("sync.run", run("from afar"), { transaction: database.db });
	await expect.poll(() => seen, { timeout: 30_000 }).toEqual(["from afar"]);
	await api.stop(1_000);
});
