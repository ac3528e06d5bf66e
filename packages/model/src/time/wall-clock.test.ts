import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	civilFromDays,
	DAY,
	dayOfWeek,
	daysFromCivil,
	formatDate,
	formatInstant,
	formatLocal,
	MAX_LOCAL,
	MIN_LOCAL,
	parseBasic,
	parseLocal,
	SECOND,
	toBasic,
} from "./wall-clock.ts";

const anyLocal = fc.integer({ min: MIN_LOCAL / SECOND, max: MAX_LOCAL / SECOND }).map((seconds) => seconds * SECOND);

describe("wall clocks", () => {
	test("agree with Date over the years 1 to 9999", () => {
		fc.assert(
			fc.property(anyLocal, (local) => {
				const date = new Date(local);
				expect(formatLocal(local)).toBe(date.toISOString().slice(0, 19));
				expect(parseLocal(date.toISOString().slice(0, 19))).toBe(local);
				expect(dayOfWeek(Math.floor(local / DAY))).toBe(((date.getUTCDay() + 6) % 7) + 1);
			}),
		);
	});

	test("read back what they wrote, in both forms", () => {
		fc.assert(
			fc.property(anyLocal, (local) => {
				expect(parseLocal(formatInstant(local))).toBe(local);
				expect(parseBasic(toBasic(formatLocal(local)))).toBe(local);
				expect(parseBasic(toBasic(formatDate(local)))).toBe(Math.floor(local / DAY) * DAY);
				const { year, month, day } = civilFromDays(Math.floor(local / DAY));
				expect(daysFromCivil(year, month, day)).toBe(Math.floor(local / DAY));
			}),
		);
	});

	test("count second 60 as 59", () => expect(parseBasic("20161231T235960Z")).toBe(Date.UTC(2016, 11, 31, 23, 59, 59)));

	test.each([
		"20260230",
		"20261301",
		"00001231",
		"2026",
		"",
		"20260101T2500",
		"20260101T250000",
		"2026010a",
		"abcdefgh",
	])("%j is no date", (text) => expect(parseBasic(text)).toBeNaN());
});
