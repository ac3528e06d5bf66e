import fc from "fast-check";
import { expect, it } from "vitest";
import { nextPollAt } from "./polling.ts";

const NOW = 1_800_000_000_000;
const wait = (patch: Partial<Parameters<typeof nextPollAt>[0]>) =>
	(nextPollAt({
		now: NOW,
		lastChangedAt: NOW,
		floorSeconds: 60,
		refreshAfterSeconds: null,
		random: () => 0,
		...patch,
	}) -
		NOW) /
	1000;

it("looks at what has just changed at the floor, at what is quiet more seldom, at the least every quarter of an hour", () => {
	expect(wait({})).toBe(60);
	expect(wait({ lastChangedAt: NOW - 3_600_000 })).toBe(360);
	expect(wait({ lastChangedAt: NOW - 30 * 86_400_000 })).toBe(900);
	expect(wait({ floorSeconds: 3_600, lastChangedAt: NOW - 30 * 86_400_000 })).toBe(3_600);
});

it("comes when a feed asks it to, within bounds", () => {
	expect(wait({ refreshAfterSeconds: 7_200 })).toBe(7_200);
	expect(wait({ refreshAfterSeconds: 1 })).toBe(60);
	expect(wait({ refreshAfterSeconds: 10_000_000 })).toBe(86_400);
});

it("never comes before the floor, and spreads by at most a tenth", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 86_400 }),
			fc.integer({ min: -1_000, max: 10_000_000 }),
			fc.double({ min: 0, max: 0.999, noNaN: true }),
			(floorSeconds, quiet, random) => {
				const input = { floorSeconds, lastChangedAt: NOW - quiet * 1000 };
				const least = wait({ ...input, random: () => 0 });
				const seconds = wait({ ...input, random: () => random });
				expect(seconds).toBeGreaterThanOrEqual(floorSeconds);
				expect(seconds).toBeGreaterThanOrEqual(least);
				expect(seconds).toBeLessThanOrEqual(least * 1.1 + 0.001);
			},
		),
	);
});
