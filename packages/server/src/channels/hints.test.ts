import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHints, type Hints } from "./hints.ts";

let hints: Hints;
let syncs: number[];
let failures: unknown[];

beforeEach(() => {
	vi.useFakeTimers();
	syncs = [];
	failures = [];
	hints = createHints(
		() => Date.now(),
		(error) => failures.push(error),
	);
});
afterEach(() => {
	hints.close();
	vi.useRealTimers();
});

function give(key = "one"): void {
	hints.give(key, async () => {
		syncs.push(Date.now());
	});
}

test("the first message syncs at once, a later one of its own too", () => {
	const start = Date.now();
	give();
	vi.advanceTimersByTime(5_000);
	give();
	expect(syncs.map((at) => at - start)).toEqual([0, 5_000]);
});

test("messages that follow are put together, and seen within a second of the last", () => {
	const start = Date.now();
	for (let message = 0; message < 5; message++) {
		give();
		vi.advanceTimersByTime(100);
	}
	vi.advanceTimersByTime(10_000);
	expect(syncs.map((at) => at - start)).toEqual([0, 700]);
});

test("messages that do not end are seen every two seconds", () => {
	for (let message = 0; message < 40; message++) {
		give();
		vi.advanceTimersByTime(250);
	}
	vi.advanceTimersByTime(10_000);
	expect(syncs.length).toBeGreaterThanOrEqual(5);
	expect(syncs.length).toBeLessThanOrEqual(7);
});

test("T16: 10,000 messages, at once or over half a minute, are two syncs; another connection is none the later", () => {
	for (const pause of [0, 3]) {
		syncs.length = 0;
		for (let message = 0; message < 10_000; message++) {
			give();
			vi.advanceTimersByTime(pause);
		}
		give("other");
		expect(syncs).toHaveLength(2);
		vi.advanceTimersByTime(120_000);
		expect(syncs).toHaveLength(3);
	}
});

test("a sync that cannot be asked for is told, and the next message asks again", async () => {
	hints.give("one", () => Promise.reject(new Error("away")));
	await vi.advanceTimersByTimeAsync(5_000);
	expect(failures).toHaveLength(1);
	give();
	expect(syncs).toHaveLength(1);
});
