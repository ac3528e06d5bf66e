import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { secondsUntil, type Usage, usedLately } from "./window.ts";

const LIMIT = 100;
const usages = fc.record({
	used: fc.integer({ min: 0, max: LIMIT }),
	before: fc.integer({ min: 0, max: LIMIT }),
	passed: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

/** The same budget after so many seconds in which nobody took anything. */
function later({ used, before, passed }: Usage, seconds: number): Usage {
	const minutes = passed + seconds / 60;
	if (minutes < 1) return { used, before, passed: minutes };
	if (minutes < 2) return { used: 0, before: used, passed: minutes - 1 };
	return { used: 0, before: 0, passed: minutes % 1 };
}

describe("secondsUntil", () => {
	test("is when the units fit, and not before", () => {
		fc.assert(
			fc.property(usages, fc.integer({ min: 1, max: LIMIT }), (usage, needed) => {
				const seconds = secondsUntil(usage, { limit: LIMIT, needed });
				expect(seconds).toBeGreaterThanOrEqual(0);
				expect(seconds).toBeLessThanOrEqual(120);
				expect(usedLately(later(usage, seconds + 0.001)) + needed).toBeLessThanOrEqual(LIMIT);
				if (seconds > 0.01) expect(usedLately(later(usage, seconds - 0.01)) + needed).toBeGreaterThan(LIMIT);
			}),
		);
	});

	test("half a minute after a full one, half of it fits", () => {
		expect(secondsUntil({ used: 0, before: 100, passed: 0.25 }, { limit: LIMIT, needed: 50 })).toBeCloseTo(15);
		expect(secondsUntil({ used: 0, before: 100, passed: 0.5 }, { limit: LIMIT, needed: 50 })).toBe(0);
		expect(secondsUntil({ used: 100, before: 0, passed: 0.5 }, { limit: LIMIT, needed: 100 })).toBeCloseTo(90);
	});
});
