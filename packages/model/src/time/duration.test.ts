import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";
import { DAY, HOUR, MINUTE, SECOND } from "./wall-clock.ts";

describe("parseDuration", () => {
	test.each([
		["PT15M", 0, 15 * MINUTE],
		["-P1DT2H", -1, -2 * HOUR],
		["+P2W", 14, 0],
		["P15DT5H0M20S", 15, 5 * HOUR + 20 * SECOND],
		["PT0S", 0, 0],
		["p1d", 1, 0],
		[" -PT30M ", 0, -30 * MINUTE],
		["PT24H", 0, DAY],
	])("%s", (text, days, milliseconds) => expect(parseDuration(text)).toEqual({ days, milliseconds }));

	test.each(["", "P", "PT", "15M", "P1Y", "PT1D", "-", "P1.5D", "20260101T000000Z", "P99999999999999D"])(
		"%j is none",
		(text) => expect(parseDuration(text)).toBeNull(),
	);
});

test("formatDuration is the inverse of parseDuration", () => {
	const size = fc.tuple(fc.nat(4000), fc.nat(2 * 86400), fc.boolean());
	fc.assert(
		fc.property(size, ([days, seconds, negative]) => {
			const sign = negative ? -1 : 1;
			const duration = {
				days: days === 0 ? 0 : sign * days,
				milliseconds: seconds === 0 ? 0 : sign * seconds * SECOND,
			};
			expect(parseDuration(formatDuration(duration))).toEqual(duration);
		}),
	);
});
