import { describe, expect, test } from "vitest";
import { assessRule, assessSeries } from "./assess.ts";
import { seriesBounds } from "./bounds.ts";
import { expandSeries } from "./expand.ts";
import { parseRule } from "./rule.ts";
import { hostileSeries } from "./testing/hostile.ts";
import { between, event, zoned } from "./testing/series.ts";
import { walkRule } from "./walk.ts";

const YEAR = between("2025-01-01", "2026-01-01");
const OPTIONS = { floatingZone: "UTC" };

describe("hostile recurrence", () => {
	test.each(Object.entries(hostileSeries()))("%s ends, and says how far it came", (_name, recurrence) => {
		const master = event({ start: zoned("2020-01-06T09:00:00", "America/New_York"), recurrence });
		const series = { master, overrides: [] };
		const { occurrences, completeTo, problem } = expandSeries(series, YEAR, OPTIONS);
		// A rule is either done with, or capped and reported.
		if (completeTo < YEAR.to) expect(problem).not.toBeNull();
		expect(occurrences.length).toBeLessThanOrEqual(10_000);
		expect(completeTo).toBeGreaterThanOrEqual(YEAR.from);
		seriesBounds(series);
		// The event is kept: DTSTART is shown where the range holds it.
		const start = expandSeries(series, between("2020-01-06", "2020-01-07"), OPTIONS);
		const excluded = recurrence.some((line) => line.startsWith("EXRULE"));
		expect(start.occurrences[0]?.start).toEqual(excluded ? undefined : master.start);
	});

	test("the work is counted: no rule looks at more than it may", () => {
		for (const recurrence of Object.values(hostileSeries())) {
			for (const line of recurrence.slice(0, 10)) {
				const { rule } = parseRule(line.slice(line.indexOf(":") + 1));
				if (!line.startsWith("RRULE") || rule === null) continue;
				let spent = 0;
				let visited = 0;
				const work = {
					spend: (steps: number) => {
						spent += steps;
						return spent <= 20_000;
					},
				};
				const start = Date.UTC(2020, 0, 6, 9);
				const window = { from: start, to: Date.UTC(9999, 11, 31), until: Number.POSITIVE_INFINITY };
				const walked = walkRule(rule, { start, startCounts: true, ...window, work }, () => ++visited < 30_000);
				expect(visited).toBeLessThanOrEqual(20_000);
				// One step too far ends the walk: at most one period, or one set of times of day, is charged beyond.
				expect(spent).toBeLessThanOrEqual(20_000 + 86_400);
				expect(walked.ended || walked.reached > start).toBe(true);
			}
		}
	});
});

describe("assessment", () => {
	test.each([
		["FREQ=WEEKLY;BYDAY=MO,WE", "cheap"],
		["FREQ=MONTHLY;BYDAY=-1FR;COUNT=60", "cheap"],
		["FREQ=YEARLY", "cheap"],
		["FREQ=DAILY;COUNT=1000000000", "cheap"],
		["FREQ=SECONDLY", "expensive"],
		["FREQ=MINUTELY;BYHOUR=9", "expensive"],
		["FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "expensive"],
		["FREQ=HOURLY;INTERVAL=0", "invalid"],
		["FREQ=FORTNIGHTLY", "invalid"],
		["FREQ=YEARLY;RSCALE=CHINESE", "invalid"],
	])("%s is %s", (value, cost) => {
		expect(assessRule(value)).toBe(cost);
	});

	test.each([
		["a weekly series", ["RRULE:FREQ=WEEKLY"], "cheap"],
		["an hourly series over a year", ["RRULE:FREQ=HOURLY"], "expensive"],
		["an hourly series that ends soon", ["RRULE:FREQ=HOURLY;COUNT=24"], "cheap"],
		["many exclusions", ["RRULE:FREQ=DAILY", `EXDATE:${"20250101T090000Z,".repeat(20_000)}`], "expensive"],
		["a broken rule", ["RRULE:FREQ=NEVER"], "invalid"],
		["no rule", ["RDATE:20250101T090000Z"], "cheap"],
	])("%s", (_name, recurrence, cost) => {
		const master = event({ start: zoned("2020-01-06T09:00:00", "America/New_York"), recurrence });
		expect(assessSeries({ master, overrides: [] }, YEAR, OPTIONS)).toBe(cost);
	});
});
