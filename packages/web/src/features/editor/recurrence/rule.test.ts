import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonRules, linesOf, movedRule, type Rule, repetitionOf, ruleFrom, sameRule, WEEKDAYS } from "./rule.ts";

const ZONED = { date_time: "2026-12-07T09:00:00+01:00", time_zone: "Europe/Berlin" };
const read = (...lines: string[]) => repetitionOf(lines, ZONED, "UTC");
const again = (...lines: string[]) => linesOf(read(...lines), ZONED);

describe("rules that the editor has controls for", () => {
	it.each([
		"RRULE:FREQ=DAILY;INTERVAL=3;COUNT=10",
		"RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR",
		"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU",
		"RRULE:FREQ=MONTHLY;BYMONTHDAY=31",
		"RRULE:FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270630T215959Z",
		"RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=7",
		"RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
	])("%s is what it was", (line) => {
		expect(read(line).kind).toBe("rule");
		expect(again(line)).toEqual([line]);
	});

	it("says in full what a rule leaves to its start", () => {
		expect(again("RRULE:FREQ=WEEKLY")).toEqual(["RRULE:FREQ=WEEKLY;BYDAY=MO"]);
		expect(again("RRULE:FREQ=YEARLY")).toEqual(["RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=7"]);
		expect(again("RRULE:FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2")).toEqual(["RRULE:FREQ=MONTHLY;BYDAY=2TU"]);
	});

	it("keeps exceptions", () => {
		const lines = ["RRULE:FREQ=DAILY", "EXDATE;TZID=Europe/Berlin:20261209T090000"];
		expect(again(...lines)).toEqual(lines);
	});
});

it.each([
	"RRULE:FREQ=HOURLY",
	"RRULE:FREQ=DAILY;BYHOUR=9,17",
	"RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
	"RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15",
	"RRULE:FREQ=YEARLY;BYDAY=20MO",
	"RRULE:FREQ=YEARLY;BYWEEKNO=20",
])("keeps %s as it is", (line) => {
	expect(read(line)).toEqual({ kind: "other", lines: [line] });
	expect(again(line)).toEqual([line]);
});

it("keeps two rules, and dates alone, as they are", () => {
	expect(read("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY").kind).toBe("other");
	expect(read("RDATE:20261210T080000Z").kind).toBe("other");
	expect(repetitionOf(null, ZONED, "UTC")).toEqual({ kind: "none" });
});

describe("an end on a day", () => {
	const rule: Rule = { ...ruleFrom("2026-12-07", "DAILY"), end: { kind: "until", date: "2027-07-01" } };
	const untilFor = (start: Parameters<typeof linesOf>[1]) =>
		linesOf({ kind: "rule", rule, exceptions: [] }, start)?.[0];

	it("is of the start's type", () => {
		expect(untilFor(ZONED)).toBe("RRULE:FREQ=DAILY;UNTIL=20270701T215959Z");
		expect(untilFor({ date: "2026-12-07" })).toBe("RRULE:FREQ=DAILY;UNTIL=20270701");
		expect(untilFor({ date_time: "2026-12-07T09:00:00", time_zone: null })).toBe(
			"RRULE:FREQ=DAILY;UNTIL=20270701T235959",
		);
	});

	it("is read as the day in the event's zone", () => {
		const repetition = read("RRULE:FREQ=DAILY;UNTIL=20270630T230000Z");
		expect(repetition.kind === "rule" && repetition.rule.end).toEqual({ kind: "until", date: "2027-07-01" });
	});
});

describe("common rules", () => {
	const lines = (date: string) =>
		commonRules(date).map((rule) => linesOf({ kind: "rule", rule, exceptions: [] }, { date })?.[0]?.slice(6));

	it("follow from the day", () => {
		expect(lines("2026-12-07")).toEqual([
			"FREQ=DAILY",
			"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
			"FREQ=WEEKLY;BYDAY=MO",
			"FREQ=MONTHLY;BYMONTHDAY=7",
			"FREQ=MONTHLY;BYDAY=1MO",
			"FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=7",
		]);
	});

	it("offer the last weekday of a month, and no work days on a Sunday", () => {
		expect(lines("2026-05-31")).toEqual([
			"FREQ=DAILY",
			"FREQ=WEEKLY;BYDAY=SU",
			"FREQ=MONTHLY;BYMONTHDAY=31",
			"FREQ=MONTHLY;BYDAY=-1SU",
			"FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=31",
		]);
	});
});

describe("a rule whose event is put on another day", () => {
	it("moves the day that was meant, and keeps the others", () => {
		const rule: Rule = { ...ruleFrom("2026-12-07", "WEEKLY"), weekdays: ["MO", "TH"] };
		expect(movedRule(rule, "2026-12-07", "2026-12-08").weekdays).toEqual(["TU", "TH"]);
		expect(movedRule(rule, "2026-12-07", "2026-12-10").weekdays).toEqual(["MO", "TH"]);
	});

	it("moves days of months, and never ends before it begins", () => {
		const rule: Rule = { ...ruleFrom("2026-12-07", "MONTHLY"), end: { kind: "until", date: "2026-12-31" } };
		const moved = movedRule(rule, "2026-12-07", "2027-01-15");
		expect(moved.monthDay).toEqual({ by: "day", day: 15 });
		expect(moved.end).toEqual({ kind: "until", date: "2027-01-15" });
	});
});

it("reads what it writes", () => {
	const date = fc
		.integer({ min: 0, max: 20_000 })
		.map((days) => Temporal.PlainDate.from("1990-01-01").add({ days }).toString());
	const choice = date.chain((day) => fc.constantFrom(...commonRules(day)).map((rule) => ({ day, rule })));
	const end = fc.oneof(
		fc.constant({ kind: "never" } as const),
		fc.integer({ min: 1, max: 500 }).map((count) => ({ kind: "count", count }) as const),
		date.map((until) => ({ kind: "until", date: until }) as const),
	);
	fc.assert(
		fc.property(
			choice,
			end,
			fc.integer({ min: 1, max: 40 }),
			fc.constantFrom(null, ...WEEKDAYS),
			(from, ends, interval, weekStart) => {
				const rule: Rule = { ...from.rule, end: ends, interval, weekStart };
				const start = { date_time: `${from.day}T09:00:00+00:00`, time_zone: "America/New_York" };
				const read = repetitionOf(linesOf({ kind: "rule", rule, exceptions: [] }, start), start, "UTC");
				expect(read.kind === "rule" && sameRule(read.rule, rule)).toBe(true);
			},
		),
	);
});
