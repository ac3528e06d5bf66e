import { describe, expect, test } from "vitest";
import type { CalendarEvent } from "../event/event.ts";
import { type Expansion, expandSeries } from "./expand.ts";
import { ALL, expand } from "./testing/expanding.ts";
import { between, day, event, floating, starts, textOf, zoned } from "./testing/series.ts";

const BERLIN = "Europe/Berlin";

const instants = (expansion: Expansion): string[] =>
	expansion.occurrences.map(({ start }) => (start.type === "zoned" ? start.instant : ""));

const weekly = (lines: readonly string[], parts: Partial<CalendarEvent> = {}): CalendarEvent =>
	event({ start: zoned("2026-01-05T09:00:00", BERLIN), recurrence: ["RRULE:FREQ=WEEKLY;COUNT=4", ...lines], ...parts });

describe("the set", () => {
	test("a single occurs once", () => {
		const master = event({ start: zoned("2026-01-05T09:00:00", BERLIN) });
		const [only, ...others] = expand(master).occurrences;
		expect(others).toEqual([]);
		expect(only).toEqual({ original_start: master.start, start: master.start, end: master.end, event: master });
	});

	test("RDATE alone makes a series", () => {
		const master = weekly([], { recurrence: ["RDATE:20260106T080000Z"] });
		expect(starts(expand(master).occurrences)).toEqual(["2026-01-05T09:00:00", "2026-01-06T09:00:00"]);
	});

	test("several RRULEs unite, duplicates collapse", () => {
		const master = weekly(["RRULE:FREQ=DAILY;INTERVAL=14;COUNT=3"]);
		expect(starts(expand(master).occurrences)).toEqual([
			"2026-01-05T09:00:00",
			"2026-01-12T09:00:00",
			"2026-01-19T09:00:00",
			"2026-01-26T09:00:00",
			"2026-02-02T09:00:00",
		]);
	});

	test("a DTSTART off the pattern is included and counts", () => {
		const master = weekly([], { recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=3"] });
		expect(starts(expand(master).occurrences)).toEqual([
			"2026-01-05T09:00:00",
			"2026-01-07T09:00:00",
			"2026-01-14T09:00:00",
		]);
	});

	test("RDATE adds dates of every form, each once, also before DTSTART", () => {
		const lines = [
			"RRULE:FREQ=WEEKLY;COUNT=2",
			"RDATE:20260106T080000Z,20260112T080000Z",
			"RDATE;TZID=America/New_York:20260107T030000",
			"RDATE;VALUE=DATE:20260109",
			"RDATE:20260110T100000",
			"RDATE;TZID=Europe/Berlin:20251224T120000",
		];
		expect(starts(expand(weekly([], { recurrence: lines })).occurrences)).toEqual([
			"2025-12-24T12:00:00",
			"2026-01-05T09:00:00",
			"2026-01-06T09:00:00",
			"2026-01-07T09:00:00",
			"2026-01-09T09:00:00",
			"2026-01-10T10:00:00",
			"2026-01-12T09:00:00",
		]);
	});

	test("an RDATE period has its own end, and wins over the same slot of the rule", () => {
		const master = weekly(["RDATE;VALUE=PERIOD:20260112T080000Z/20260112T103000Z,20260113T080000Z/PT15M"]);
		const ends = expand(master).occurrences.map(({ end }) => textOf(end));
		expect(ends).toEqual([
			"2026-01-05T10:00:00",
			"2026-01-12T11:30:00",
			"2026-01-13T09:15:00",
			"2026-01-19T10:00:00",
			"2026-01-26T10:00:00",
		]);
	});

	test.each([
		["in the zone", "EXDATE;TZID=Europe/Berlin:20260112T090000"],
		["by its instant in UTC", "EXDATE:20260112T080000Z"],
		["by its instant in another zone", "EXDATE;TZID=America/New_York:20260112T030000"],
		["by a Windows zone name", 'EXDATE;TZID="W. Europe Standard Time":20260112T090000'],
		["floating", "EXDATE:20260112T090000"],
		["by its local day", "EXDATE;VALUE=DATE:20260112"],
		["by its local day, kind not said", "EXDATE:20260112"],
		["among others", "EXDATE;TZID=Europe/Berlin:20250112T090000,20260112T090000 ,20270112T090000"],
		["by EXRULE", "EXRULE:FREQ=MONTHLY;BYMONTHDAY=12"],
	])("EXDATE removes an instance %s", (_how, line) => {
		expect(starts(expand(weekly([line])).occurrences)).toEqual([
			"2026-01-05T09:00:00",
			"2026-01-19T09:00:00",
			"2026-01-26T09:00:00",
		]);
	});

	test("an EXDATE off by a minute removes nothing", () => {
		expect(expand(weekly(["EXDATE:20260112T080100Z"])).occurrences).toHaveLength(4);
	});

	test("EXDATE removes the first instance; the others stay counted from it", () => {
		expect(starts(expand(weekly(["EXDATE:20260105T080000Z"])).occurrences)).toEqual([
			"2026-01-12T09:00:00",
			"2026-01-19T09:00:00",
			"2026-01-26T09:00:00",
		]);
	});

	test("EXDATE wins over RDATE", () => {
		const master = weekly(["RDATE:20260106T080000Z", "EXDATE:20260106T080000Z"]);
		expect(expand(master).occurrences).toHaveLength(4);
	});

	test("an EXRULE that DTSTART does not match leaves DTSTART", () => {
		const master = weekly(["EXRULE:FREQ=DAILY;BYDAY=TU;COUNT=5"]);
		expect(expand(master).occurrences).toHaveLength(4);
	});

	test.each([
		["of an all-day series as a time", day("2026-01-05"), "EXDATE:20260112T230000Z", "2026-01-12"],
		["of a floating series in UTC", floating("2026-01-05T09:00:00"), "EXDATE:20260112T090000Z", "2026-01-12T09:00:00"],
	])("EXDATE %s counts as written", (_how, start, line, gone) => {
		const master = event({ start, recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3", line] });
		const all = expand({ ...master, recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"] });
		expect(starts(all.occurrences)).toContain(gone);
		expect(starts(expand(master).occurrences)).toEqual(starts(all.occurrences).filter((start) => start !== gone));
	});
});

describe("UNTIL", () => {
	const until = (text: string, start = zoned("2026-01-05T09:00:00", BERLIN)): string[] =>
		starts(expand(event({ start, recurrence: [`RRULE:FREQ=DAILY;UNTIL=${text}`] })).occurrences);

	test.each([
		["in UTC, inclusive", "20260107T080000Z", "2026-01-07T09:00:00"],
		["in UTC, a second short", "20260107T075959Z", "2026-01-06T09:00:00"],
		["as a date: to the end of that local day", "20260107", "2026-01-07T09:00:00"],
		["floating: wall clock of the zone", "20260107T085959", "2026-01-06T09:00:00"],
	])("%s", (_how, text, last) => {
		expect(until(text).at(-1)).toBe(last);
	});

	test("as a date counts local days, also where the UTC day differs", () => {
		expect(until("20260107", zoned("2026-01-05T23:30:00", "America/Los_Angeles")).at(-1)).toBe("2026-01-07T23:30:00");
	});

	test.each([
		["20260107", "2026-01-07"],
		["20260107T000000Z", "2026-01-07"],
		["20260106T235959Z", "2026-01-06"],
	])("%s on an all-day series", (text, last) => {
		expect(until(text, day("2026-01-05")).at(-1)).toBe(last);
	});

	test("in UTC on a floating series counts as written", () => {
		expect(until("20260107T090000Z", floating("2026-01-05T09:00:00")).at(-1)).toBe("2026-01-07T09:00:00");
	});

	test("before DTSTART leaves DTSTART", () => {
		expect(until("20200101T000000Z")).toEqual(["2026-01-05T09:00:00"]);
	});
});

describe("the window", () => {
	const master = event({
		start: zoned("2026-01-05T09:00:00", BERLIN),
		end: zoned("2026-01-05T10:00:00", BERLIN),
		recurrence: ["RRULE:FREQ=DAILY"],
	});

	test("holds what touches it: start before its end and end after its start", () => {
		const touching = (from: string, to: string): string[] => starts(expand(master, [], between(from, to)).occurrences);
		expect(touching("2026-02-01T08:59:59", "2026-02-01T09:00:00")).toEqual(["2026-02-01T09:00:00"]);
		expect(touching("2026-02-01T09:00:00", "2026-02-02T08:00:00")).toEqual([]);
		expect(touching("2026-02-01T09:00:00", "2026-02-02T08:00:01")).toEqual(["2026-02-02T09:00:00"]);
	});

	test("holds instances without length at its start, not at its end", () => {
		const instant = { ...master, end: master.start };
		const touching = (from: string, to: string): number => expand(instant, [], between(from, to)).occurrences.length;
		expect(touching("2026-02-01T08:00:00", "2026-02-01T09:00:00")).toBe(1);
		expect(touching("2026-02-01T07:00:00", "2026-02-01T08:00:00")).toBe(0);
	});

	test("holds instances that began long before", () => {
		const long = { ...master, end: zoned("2026-01-15T10:00:00", BERLIN) };
		expect(expand(long, [], between("2026-02-01", "2026-02-01T01:00:00")).occurrences).toHaveLength(10);
	});

	test("places dates and floating times in the reader's zone", () => {
		const allDay = event({ start: day("2026-01-05"), recurrence: ["RRULE:FREQ=DAILY"] });
		const window = between("2026-02-01T15:00:00", "2026-02-02T15:00:00");
		expect(starts(expand(allDay, [], window, "Asia/Tokyo").occurrences)).toEqual(["2026-02-02"]);
		expect(starts(expand(allDay, [], window, "UTC").occurrences)).toEqual(["2026-02-01", "2026-02-02"]);
		const clock = event({ start: floating("2026-01-05T23:00:00"), recurrence: ["RRULE:FREQ=DAILY"] });
		expect(starts(expand(clock, [], window, "Asia/Tokyo").occurrences)).toEqual(["2026-02-02T23:00:00"]);
		expect(starts(expand(clock, [], window, "UTC").occurrences)).toEqual(["2026-02-01T23:00:00"]);
	});
});

describe("limits", () => {
	const master = event({ start: zoned("2026-01-05T09:00:00"), recurrence: ["RRULE:FREQ=DAILY"] });
	const limited = (limits: object, lines = master.recurrence): Expansion =>
		expandSeries({ master: { ...master, recurrence: lines }, overrides: [] }, ALL, { floatingZone: "UTC", limits });

	test("too many occurrences: the first are given, and until when they are complete", () => {
		const expansion = limited({ maxOccurrences: 3 });
		expect(starts(expansion.occurrences)).toEqual([
			"2026-01-05T09:00:00",
			"2026-01-06T09:00:00",
			"2026-01-07T09:00:00",
		]);
		expect(new Date(expansion.completeTo).toISOString()).toBe("2026-01-08T09:00:00.000Z");
		expect(expansion.problem?.code).toBe("recurrence_too_many");
	});

	test("going on from there gives the rest without loss or doubles", () => {
		const seen: string[] = [];
		let from = ALL.from;
		const to = Date.UTC(2026, 0, 20);
		for (let round = 0; from < to && round < 20; round++) {
			const { occurrences, completeTo } = expandSeries(
				{ master, overrides: [] },
				{ from, to },
				{
					floatingZone: "UTC",
					limits: { maxOccurrences: 4 },
				},
			);
			for (const one of occurrences) if (Date.parse(`${textOf(one.start)}Z`) >= from) seen.push(textOf(one.start));
			from = completeTo;
		}
		expect(seen).toHaveLength(15);
		expect(new Set(seen).size).toBe(15);
	});

	test("too many RDATEs: the first in order are given", () => {
		const lines = ["RDATE:20260301T090000Z,20260201T090000Z,20260106T090000Z"];
		const expansion = limited({ maxOccurrences: 2 }, lines);
		expect(starts(expansion.occurrences)).toEqual(["2026-01-05T09:00:00", "2026-01-06T09:00:00"]);
		expect(new Date(expansion.completeTo).toISOString()).toBe("2026-02-01T09:00:00.000Z");
	});

	test("too many steps: DTSTART is kept", () => {
		const expansion = limited({ maxSteps: 3 });
		expect(starts(expansion.occurrences)[0]).toBe("2026-01-05T09:00:00");
		expect(expansion.completeTo).toBeLessThan(ALL.to);
		expect(expansion.problem?.code).toBe("recurrence_too_expensive");
	});
});

describe("broken recurrence", () => {
	const shown = (line: string, start = zoned("2026-01-05T09:00:00", BERLIN)): Expansion =>
		expand(event({ start, recurrence: [line, "RDATE:20260301T080000Z"] }));

	test.each([
		["no FREQ", "RRULE:INTERVAL=2", "recurrence_malformed"],
		["an unknown frequency", "RRULE:FREQ=FORTNIGHTLY", "recurrence_malformed"],
		["INTERVAL 0", "RRULE:FREQ=DAILY;INTERVAL=0", "recurrence_malformed"],
		["a part twice", "RRULE:FREQ=DAILY;COUNT=2;COUNT=3", "recurrence_malformed"],
		["a day 32", "RRULE:FREQ=MONTHLY;BYMONTHDAY=32", "recurrence_malformed"],
		["no property", "FREQ=DAILY", "recurrence_malformed"],
		["another calendar", "RRULE:FREQ=YEARLY;RSCALE=HEBREW;BYMONTH=5L", "recurrence_unsupported"],
		["an unknown part", "RRULE:FREQ=YEARLY;BYEASTER=0", "recurrence_unsupported"],
		["a broken date", "EXDATE:20261301T090000Z", "recurrence_malformed"],
	])("%s: reported, and the rest is shown", (_what, line, code) => {
		const expansion = shown(line);
		expect(starts(expansion.occurrences)).toEqual(["2026-01-05T09:00:00", "2026-03-01T09:00:00"]);
		expect(expansion.problem?.code).toBe(code);
		expect(expansion.completeTo).toBe(ALL.to);
	});

	test("an all-day event cannot repeat hourly", () => {
		const expansion = expand(event({ start: day("2026-01-05"), recurrence: ["RRULE:FREQ=HOURLY"] }));
		expect(starts(expansion.occurrences)).toEqual(["2026-01-05"]);
		expect(expansion.problem?.code).toBe("recurrence_malformed");
	});

	test("parts of the clock are ignored for an all-day event", () => {
		const master = event({ start: day("2026-01-05"), recurrence: ["RRULE:FREQ=DAILY;COUNT=2;BYHOUR=9;BYMINUTE=1,2"] });
		expect(starts(expand(master).occurrences)).toEqual(["2026-01-05", "2026-01-06"]);
	});
});

describe("RSCALE=GREGORIAN", () => {
	const rscale = (start: string, text: string): string[] =>
		starts(expand(event({ start: day(start), recurrence: [`RRULE:RSCALE=GREGORIAN;${text}`] })).occurrences);

	test.each([
		["2020-01-31", "FREQ=MONTHLY;COUNT=4", ["2020-01-31", "2020-03-31", "2020-05-31", "2020-07-31"]],
		["2020-01-31", "FREQ=MONTHLY;SKIP=OMIT;COUNT=2", ["2020-01-31", "2020-03-31"]],
		["2020-01-31", "FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4", ["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30"]],
		["2020-01-31", "FREQ=MONTHLY;SKIP=FORWARD;COUNT=4", ["2020-01-31", "2020-03-01", "2020-03-31", "2020-05-01"]],
		[
			"2020-01-31",
			"FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=1,31;COUNT=5",
			["2020-01-31", "2020-02-01", "2020-03-01", "2020-03-31", "2020-04-01"],
		],
		["2020-02-29", "FREQ=YEARLY;SKIP=FORWARD;COUNT=3", ["2020-02-29", "2021-03-01", "2022-03-01"]],
		["2020-02-29", "FREQ=YEARLY;SKIP=BACKWARD;COUNT=3", ["2020-02-29", "2021-02-28", "2022-02-28"]],
		["2020-02-29", "FREQ=YEARLY;COUNT=3", ["2020-02-29", "2024-02-29", "2028-02-29"]],
	])("%s %s", (start, text, expected) => {
		expect(rscale(start, text)).toEqual(expected);
	});
});

test("the same input gives the same instants whichever zone a series is written in", () => {
	const lines = ["RRULE:FREQ=WEEKLY;COUNT=3"];
	const utc = expand(event({ start: zoned("2026-01-05T08:00:00"), recurrence: lines }));
	const kolkata = expand(event({ start: zoned("2026-01-05T13:30:00", "Asia/Kolkata"), recurrence: lines }));
	expect(instants(kolkata)).toEqual(instants(utc));
});
