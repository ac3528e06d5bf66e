import { setImmediate as turn } from "node:timers/promises";
import { expandSeries, type Series } from "@kalends/model";
import { between, event, hostileSeries, starts, zoned } from "@kalends/model/testing";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { createExpansionPool, type ExpansionPool, type ExpansionPoolOptions, expandSafely } from "./expansion-pool.ts";

const YEAR = between("2025-01-01", "2026-01-01");
const OPTIONS = { floatingZone: "UTC" };

const pools: ExpansionPool[] = [];

function poolWith(options: ExpansionPoolOptions = {}): ExpansionPool {
	const pool = createExpansionPool(options);
	pools.push(pool);
	return pool;
}

afterEach(async () => {
	for (const pool of pools.splice(0)) await pool.close();
});

function repeating(...recurrence: string[]): Series {
	return { master: event({ start: zoned("2025-03-03T09:00:00", "America/New_York"), recurrence }), overrides: [] };
}

/** A thread that does the given instead of expanding. */
const threadThat = (does: string): URL =>
	new URL(
		`data:text/javascript,${encodeURIComponent(`
			import { parentPort } from "node:worker_threads";
			parentPort.on("message", () => { ${does} });
			parentPort.postMessage("ready");
		`)}`,
	);

/** Counts turns of the event loop until the work is done. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
	let turns = 0;
	let done = false;
	const finished = work.finally(() => {
		done = true;
	});
	while (!done) {
		await turn();
		turns++;
	}
	await finished;
	return turns;
}

describe("hostile series in the thread", () => {
	const shared = createExpansionPool();
	afterAll(async () => {
		await shared.close();
	});

	let turnsInAll = 0;
	test.each(Object.entries(hostileSeries()))("%s: answered", async (_name, recurrence) => {
		const series = repeating(...recurrence);
		const answer = shared.expandInThread(series, YEAR, OPTIONS);
		const turns = await turnsDuring(answer);
		const { occurrences, completeTo, problem } = await answer;
		turnsInAll += turns;
		if (completeTo < YEAR.to) expect(problem).not.toBeNull();
		expect(occurrences.length).toBeLessThanOrEqual(10_000);
		expect(occurrences.every((one) => one.event === series.master)).toBe(true);
	});

	test("the event loop went on meanwhile", () => {
		// Computed on it, there would be a turn or none for each series.
		expect(turnsInAll).toBeGreaterThan(5 * Object.keys(hostileSeries()).length);
	});
});

test("a neighbour's cheap series does not wait for an expensive one", async () => {
	const pool = poolWith({ script: threadThat("for (;;);"), timeout: 1000 });
	const order: string[] = [];
	const expensive = pool.expand(repeating("RRULE:FREQ=SECONDLY"), YEAR, OPTIONS).then(() => order.push("expensive"));
	const cheap = pool.expand(repeating("RRULE:FREQ=WEEKLY"), YEAR, OPTIONS).then(() => order.push("cheap"));
	await Promise.all([expensive, cheap]);
	expect(order).toEqual(["cheap", "expensive"]);
});

test("the thread gives what the event loop would, with the caller's own events", async () => {
	const series = repeating("RRULE:FREQ=HOURLY");
	const moved = event({
		start: zoned("2025-03-05T12:00:00", "America/New_York"),
		recurrence_id: zoned("2025-03-04T09:00:00", "America/New_York"),
		title: "Moved",
	});
	const both = { ...series, overrides: [moved] };
	const expansion = await poolWith().expandInThread(both, YEAR, OPTIONS);
	expect(expansion).toEqual(expandSeries(both, YEAR, OPTIONS));
	expect(expansion.occurrences.filter((one) => one.event === moved)).toHaveLength(1);
});

test("cheap series start no thread", async () => {
	const pool = poolWith();
	await pool.expand(repeating("RRULE:FREQ=WEEKLY;BYDAY=MO"), YEAR, OPTIONS);
	expect(pool.running()).toBe(false);
});

test("a series that takes too much time is given up: its start is shown, and the next one is served", async () => {
	const endless = `if (globalThis.seen) return; globalThis.seen = true; for (;;);`;
	const pool = poolWith({ script: threadThat(endless), timeout: 100 });
	const series = repeating("RRULE:FREQ=SECONDLY");
	const answers = await Promise.all([1, 2].map(() => pool.expand(series, YEAR, OPTIONS)));
	for (const { occurrences, problem } of answers) {
		expect(starts(occurrences)).toEqual(["2025-03-03T09:00:00"]);
		expect(occurrences[0]?.event).toBe(series.master);
		expect(problem?.code).toBe("recurrence_too_expensive");
	}
});

test("a series that takes too much memory is given up", async () => {
	const hog = "const kept = []; for (;;) kept.push(new Array(10_000).fill(0).map((_, i) => ({ i })));";
	const pool = poolWith({ script: threadThat(hog), timeout: 60_000, heap: 16 });
	const { occurrences, problem } = await pool.expand(repeating("RRULE:FREQ=SECONDLY"), YEAR, OPTIONS);
	expect(starts(occurrences)).toEqual(["2025-03-03T09:00:00"]);
	expect(problem?.code).toBe("recurrence_too_expensive");
});

test("a thread that cannot start fails what waits for it", async () => {
	const pool = poolWith({ script: new URL("data:text/javascript,throw new Error('no')") });
	const { problem } = await pool.expand(repeating("RRULE:FREQ=SECONDLY"), YEAR, OPTIONS);
	expect(problem?.code).toBe("recurrence_too_expensive");
});

test("the thread ends when idle", async () => {
	const pool = poolWith({ idle: 1 });
	await pool.expand(repeating("RRULE:FREQ=SECONDLY"), YEAR, OPTIONS);
	await vi.waitUntil(() => !pool.running());
	const { occurrences } = await pool.expand(repeating("RRULE:FREQ=SECONDLY"), YEAR, OPTIONS);
	expect(occurrences).toHaveLength(10_000);
});

test("closing gives up what is under way and what waits", async () => {
	const pool = poolWith({ script: threadThat("for (;;);"), timeout: 60_000 });
	const answers = [1, 2, 3].map(() => pool.expand(repeating("RRULE:FREQ=SECONDLY"), YEAR, OPTIONS));
	await pool.close();
	for (const { problem } of await Promise.all(answers)) expect(problem?.code).toBe("recurrence_too_expensive");
	expect(pool.running()).toBe(false);
});

test("expandSafely serves cheap and expensive series alike", async () => {
	const weekly = await expandSafely(repeating("RRULE:FREQ=WEEKLY;COUNT=3"), YEAR, OPTIONS);
	expect(weekly.occurrences).toHaveLength(3);
	const seconds = await expandSafely(repeating("RRULE:FREQ=SECONDLY"), YEAR, OPTIONS);
	expect(seconds.problem?.code).toBe("recurrence_too_many");
});
