import { describe, expect, it } from "vitest";
import { afterAttempt, DOWN_AFTER, judgeAnswer, KEEP_TRYING_MS, nextTry } from "./schedule.ts";

const NOW = Date.parse("2026-12-01T12:00:00Z");
const FAILED = { type: "failed", retryAfterMs: null } as const;

describe("an answer", () => {
	it.each([
		[200, "delivered"],
		[204, "delivered"],
		[302, "failed"],
		[404, "failed"],
		[410, "gone"],
		[500, "failed"],
	])("%i means %s", (status, type) => expect(judgeAnswer(status, null, NOW).type).toBe(type));
	it("may say when to come again, within bounds", () => {
		expect(judgeAnswer(503, "120", NOW)).toEqual({ type: "failed", retryAfterMs: 120_000 });
		expect(judgeAnswer(503, "Tue, 01 Dec 2026 12:01:00 GMT", NOW)).toEqual({ type: "failed", retryAfterMs: 60_000 });
		expect(judgeAnswer(503, "999999999", NOW)).toEqual({ type: "failed", retryAfterMs: 12 * 3_600_000 });
		for (const text of ["soon", "-1", "Mon, 30 Nov 2026 12:00:00 GMT"])
			expect(judgeAnswer(503, text, NOW)).toEqual(FAILED);
	});
});

describe("a delivery", () => {
	it("is tried ever more seldom for three days, and a last time when they are over", () => {
		const tries: number[] = [];
		let at = NOW;
		let giveUpAt: number | null = null;
		for (let attempts = 1; ; attempts++) {
			const next = nextTry({ attempts, giveUpAt }, null, at, 0.5);
			if (next.type === "given_up") break;
			tries.push(next.at - at);
			({ at, giveUpAt } = next);
		}
		expect(tries.slice(0, 4)).toEqual([5_000, 30_000, 120_000, 600_000]);
		expect(at).toBe(NOW + KEEP_TRYING_MS);
		expect(tries.length).toBeLessThan(20);
	});
	it("waits for as long as the receiver asks", () => {
		expect(nextTry({ attempts: 1, giveUpAt: null }, 90_000, NOW, 0.5)).toMatchObject({ at: NOW + 90_000 });
	});
});

describe("an endpoint", () => {
	it("is left alone after failures in a row, disabled after three days of them, and well after one success", () => {
		let health = { failures: 0, failingSince: null as number | null };
		for (let failure = 1; failure < DOWN_AFTER; failure++) {
			const change = afterAttempt(health, FAILED, NOW);
			expect(change).toMatchObject({ failures: failure, holdUntil: null, disable: null });
			health = change;
		}
		const down = afterAttempt(health, FAILED, NOW);
		expect(down).toMatchObject({ failures: DOWN_AFTER, holdUntil: NOW + 10_000 });
		expect(afterAttempt({ ...down, failures: 1_000 }, FAILED, NOW).holdUntil).toBe(NOW + 600_000);
		expect(afterAttempt(down, FAILED, NOW + KEEP_TRYING_MS).disable).toBe("failing");
		expect(afterAttempt(down, { type: "gone" }, NOW).disable).toBe("gone");
		expect(afterAttempt(down, { type: "delivered" }, NOW)).toEqual({
			failures: 0,
			failingSince: null,
			holdUntil: null,
			disable: null,
			recovered: true,
		});
	});
});
