import { describe, expect, test } from "vitest";
import { expandSeries } from "./expand.ts";
import { parseRule } from "./rule.ts";
import { between, day, event, starts } from "./testing/series.ts";

describe("parsing a rule", () => {
	test("reads every part, in any order and letter case, lists sorted and without duplicates", () => {
		const { rule } = parseRule(
			"bymonth=12,1;wkst=su;byday=-1fr, 2TU,MO;Interval=2;until=20301231T235959Z;bymonthday=-1,5,5;bysecond=60,59;freq=monthly;bysetpos=-1;X-OWN=1;",
		);
		expect(rule).toEqual({
			frequency: "MONTHLY",
			interval: 2,
			count: null,
			until: { local: Date.UTC(2030, 11, 31, 23, 59, 59), kind: "utc" },
			weekStart: 7,
			byMonth: [1, 12],
			byWeekNo: [],
			byYearDay: [],
			byMonthDay: [-1, 5],
			byDay: [
				{ weekday: 5, ordinal: -1 },
				{ weekday: 2, ordinal: 2 },
				{ weekday: 1, ordinal: 0 },
			],
			byHour: [],
			byMinute: [],
			bySecond: [59],
			bySetPos: [-1],
			skip: "OMIT",
		});
	});

	test.each([
		["", "no FREQ"],
		["FREQ=", "FREQ has no value"],
		["FREQ=DAILY;COUNT=0", "COUNT is 0"],
		["FREQ=DAILY;INTERVAL=-1", "INTERVAL is -1"],
		["FREQ=DAILY;INTERVAL=1.5", "INTERVAL holds"],
		["FREQ=DAILY;BYHOUR=24", "BYHOUR holds 24"],
		["FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY holds 0"],
		["FREQ=MONTHLY;BYDAY=0MO", "BYDAY holds"],
		["FREQ=MONTHLY;BYDAY=XX", "no weekday"],
		["FREQ=MONTHLY;BYSETPOS=367", "BYSETPOS holds 367"],
		["FREQ=DAILY;UNTIL=tomorrow", "UNTIL is"],
		["FREQ=DAILY;SKIP=FORWARD", "SKIP needs RSCALE"],
		["FREQ=DAILY;FREQ=WEEKLY", "FREQ is given twice"],
	])("%j is malformed: %s", (value, what) => {
		const { rule, problem } = parseRule(value);
		expect(rule).toBeNull();
		expect(problem?.code).toBe("recurrence_malformed");
		expect(problem?.detail).toContain(what);
	});
});

// Where the implementations that judge the rest are themselves wrong, or forbid what is met in the wild.
describe("times of rare rules", () => {
	test.each([
		["2000-01-03", "FREQ=YEARLY;BYDAY=53MO", ["2000-01-03", "2001-12-31", "2007-12-31"]],
		["2000-01-03", "FREQ=YEARLY;BYDAY=-53MO", ["2000-01-03", "2001-01-01", "2007-01-01"]],
		["2026-01-05", "FREQ=MONTHLY;BYDAY=MO,1TU", ["2026-01-05", "2026-01-06", "2026-01-12"]],
		["2026-01-05", "FREQ=WEEKLY;BYDAY=1MO", ["2026-01-05", "2026-01-12", "2026-01-19"]],
		["2026-01-05", "FREQ=WEEKLY;BYMONTHDAY=5", ["2026-01-05", "2026-10-05", "2027-04-05"]],
		["2026-01-05", "FREQ=DAILY;BYYEARDAY=5,-1", ["2026-01-05", "2026-12-31", "2027-01-05"]],
		["2026-01-05", "FREQ=MONTHLY;BYWEEKNO=2", ["2026-01-05", "2026-01-06", "2026-01-07"]],
		["2026-01-05", "FREQ=YEARLY;BYWEEKNO=2", ["2026-01-05", "2027-01-11", "2028-01-10"]],
		["2026-01-05", "FREQ=YEARLY;BYMONTHDAY=5", ["2026-01-05", "2026-02-05", "2026-03-05"]],
		["2026-01-05", "FREQ=DAILY;COUNT=2;UNTIL=20270101", ["2026-01-05", "2026-01-06"]],
	])("%s %s", (start, rule, expected) => {
		const master = event({ start: day(start), recurrence: [`RRULE:${rule}`] });
		const { occurrences } = expandSeries({ master, overrides: [] }, between("1999-01-01", "2030-01-01"), {
			floatingZone: "UTC",
		});
		expect(starts(occurrences).slice(0, 3)).toEqual(expected);
	});
});
