import { expect, test } from "vitest";
import { pushDelay } from "./backoff.ts";
import { planAnswer } from "./plan-answer.ts";

test("each attempt waits for twice as long, a quarter left to chance, an hour at the most", () => {
	expect([1, 2, 3, 20].map((attempts) => pushDelay("unavailable", attempts, 1))).toEqual([
		15_000, 30_000, 60_000, 3_600_000,
	]);
	expect(pushDelay("unavailable", 1, 0)).toBe(11_250);
	expect(pushDelay("unavailable", 1, 0, 120)).toBe(120_000);
});

test("attempts in a row, as of a person who goes on editing, wait no longer than the first has waited already", () => {
	const remove = { type: "remove", lost: [] } as const;
	const answer = { type: "failed", kind: "unavailable" } as const;
	const at = (since: number) =>
		planAnswer(remove, answer, { attempts: 20, exchanges: 1, now: 1_000_000, since, random: () => 1 });
	expect(at(999_000)).toEqual({ type: "later", at: 1_015_000 });
	expect(at(900_000)).toEqual({ type: "later", at: 1_100_000 });
	expect(at(-10_000_000)).toEqual({ type: "later", at: 4_600_000 });
});
