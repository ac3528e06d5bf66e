import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkRecurrence } from "./check-lines.ts";
import { hostileSeries } from "./testing/hostile.ts";
import { day, floating, zoned } from "./testing/series.ts";

const berlin = zoned("2026-12-07T09:00:00", "Europe/Berlin");
const check = (lines: readonly string[], start = berlin, known: readonly string[] = []) =>
	checkRecurrence(lines, { start, known });
const faults = (...args: Parameters<typeof check>) => check(...args).faults.map(({ index, detail }) => [index, detail]);

describe("checkRecurrence", () => {
	it("brings what is right into canonical form", () => {
		expect(
			check([
				"rrule:freq=weekly;byday=mo,we;until=20271231T225959Z",
				"EXDATE;TZID=W. Europe Standard Time:20261214T090000",
				"RDATE:20261225T080000Z",
			]),
		).toEqual({
			faults: [],
			lines: [
				"RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20271231T225959Z",
				"EXDATE;TZID=Europe/Berlin:20261214T090000",
				"RDATE:20261225T080000Z",
			],
		});
		expect(check(["RRULE:FREQ=DAILY;UNTIL=20261231", "EXDATE:20261224"], day("2026-12-07"))).toEqual({
			faults: [],
			lines: ["RRULE:FREQ=DAILY;UNTIL=20261231", "EXDATE;VALUE=DATE:20261224"],
		});
		expect(check(["RRULE:FREQ=DAILY;UNTIL=20261231T090000"], floating("2026-12-07T09:00:00")).faults).toEqual([]);
		expect(check([])).toEqual({ faults: [], lines: [] });
	});

	it.each([
		["a rule of unknown frequency", "RRULE:FREQ=FORTNIGHTLY", /"FORTNIGHTLY" is no frequency/],
		["a rule without frequency", "RRULE:COUNT=3", /no FREQ/],
		["a part out of range", "RRULE:FREQ=MONTHLY;BYMONTHDAY=32", /BYMONTHDAY holds 32/],
		["an unknown part", "RRULE:FREQ=DAILY;BYFULLMOON=1", /BYFULLMOON/],
		["COUNT with UNTIL", "RRULE:FREQ=DAILY;COUNT=3;UNTIL=20270101T000000Z", /COUNT and UNTIL/],
		["a numbered weekday of a week", "RRULE:FREQ=WEEKLY;BYDAY=2MO", /BYDAY with a number/],
		["a day of the month of a week", "RRULE:FREQ=WEEKLY;BYMONTHDAY=2", /BYMONTHDAY does not go with FREQ=WEEKLY/],
		["a week number of a month", "RRULE:FREQ=MONTHLY;BYWEEKNO=2", /BYWEEKNO/],
		["a position in nothing", "RRULE:FREQ=MONTHLY;BYSETPOS=-1", /BYSETPOS/],
		["a bare rule", "FREQ=WEEKLY", /RRULE:FREQ=/],
		["another property", "DTSTART:20261207T090000Z", /"DTSTART" is no recurrence property/],
		["a second property in the line", "RRULE:FREQ=DAILY\r\nSUMMARY:x", /no recurrence line/],
		["EXRULE", "EXRULE:FREQ=DAILY", /EXRULE/],
		["a date that is none", "RDATE:20260230T090000Z", /"20260230T090000Z", which is no date/],
		["dates of no value", "EXDATE:", /which is no date/],
		["an unknown zone", "EXDATE;TZID=Mars/Olympus:20261214T090000", /"Mars\/Olympus" is unknown/],
		["a date for a time", "EXDATE;VALUE=DATE:20261214", /EXDATE must list times with a zone/],
		["a floating time for a zoned one", "RDATE:20261214T090000", /RDATE must list times with a zone/],
		["UNTIL as a date", "RRULE:FREQ=DAILY;UNTIL=20261231", /UNTIL=20261231T225959Z/],
		["UNTIL without Z", "RRULE:FREQ=DAILY;UNTIL=20261231T090000", /UNTIL=20261231T080000Z/],
		["UNTIL before the start", "RRULE:FREQ=DAILY;UNTIL=20261201T090000Z", /before the start/],
	])("refuses %s", (_, line, detail) => {
		expect(faults(line.startsWith("EX") || line.startsWith("RDATE") ? ["RRULE:FREQ=DAILY", line] : [line])).toEqual([
			[line.startsWith("EX") || line.startsWith("RDATE") ? 1 : 0, expect.stringMatching(detail)],
		]);
	});

	it("compares with a start that is a day or floats", () => {
		expect(faults(["RRULE:FREQ=DAILY;UNTIL=20261231T225959Z"], day("2026-12-07"))).toEqual([
			[0, "UNTIL must be a date, as the start is one: UNTIL=20261231."],
		]);
		expect(faults(["RRULE:FREQ=HOURLY"], day("2026-12-07"))).toEqual([[0, expect.stringContaining("within a day")]]);
		expect(faults(["RDATE:20261231T090000Z"], day("2026-12-07"))).toEqual([[0, expect.stringContaining("VALUE=DATE")]]);
		expect(faults(["RRULE:FREQ=DAILY;UNTIL=20261231T225959Z"], floating("2026-12-07T09:00:00"))).toEqual([
			[0, expect.stringContaining("UNTIL=20261231T225959.")],
		]);
	});

	it("looks at what holds for any start where that is not known", () => {
		const { faults } = checkRecurrence(["RRULE:FREQ=DAILY;UNTIL=20261231", "RRULE:FREQ=X"], { start: null, known: [] });
		expect(faults.map(({ index }) => index)).toEqual([1, 1]);
	});

	it("tells all faults of all lines", () => {
		expect(faults(["RRULE:FREQ=X", "RRULE:FREQ=WEEKLY;BYDAY=1MO;BYMONTHDAY=1", "huh"])).toHaveLength(5);
	});

	it("refuses a rule longer than anybody writes", () => {
		expect(faults([`RRULE:FREQ=YEARLY;BYYEARDAY=${"1,".repeat(3000)}1`])).toEqual([[0, "The rule is too long."]]);
	});

	it("refuses EXDATE alone, and more dates than anybody lists", () => {
		expect(faults(["EXDATE:20261214T080000Z"])).toEqual([[0, expect.stringContaining("RRULE")]]);
		const many = Array.from({ length: 2001 }, () => "20261214T080000Z").join();
		expect(faults([`RDATE:${many}`])).toEqual([[0, expect.stringContaining("2000")]]);
	});

	it("leaves lines alone that the series has already", () => {
		const known = ["EXRULE:FREQ=MONTHLY", "RRULE:FREQ=DAILY;COUNT=9;UNTIL=20261231"];
		expect(check(known, berlin, known)).toEqual({ lines: known, faults: [] });
	});

	it("keeps a series' own zone that has no IANA name", () => {
		const start = {
			type: "zoned",
			local: "2026-12-07T09:00:00",
			zone: null,
			tzid: "Base",
			instant: "2026-12-07T02:00:00Z",
		};
		const lines = ["RRULE:FREQ=DAILY", "EXDATE;TZID=Base:20261208T090000"];
		expect(check(lines, start as typeof berlin)).toEqual({ lines, faults: [] });
	});

	it("never throws, and what it passes it passes again unchanged", () => {
		const line = fc.oneof(
			fc.string({ maxLength: 80 }),
			fc.constantFrom(...Object.values(hostileSeries()).flatMap((lines) => lines.slice(0, 3))),
			fc.constantFrom("RRULE:FREQ=WEEKLY; BYDAY=mo", 'rdate;tzid="Europe/Paris":20261214T090000,20261215T080000Z'),
		);
		fc.assert(
			fc.property(fc.array(line, { maxLength: 3 }), (lines) => {
				const first = check(lines);
				if (first.faults.length === 0) expect(check(first.lines)).toEqual(first);
			}),
		);
	});
});
