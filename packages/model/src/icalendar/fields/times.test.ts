import { describe, expect, test } from "vitest";
import { eventLines, parseLines, readOne, rewritten, writtenLines } from "../testing/read-one.ts";

const endOf = (...lines: string[]) => {
	const { end } = readOne(...lines);
	return end.type === "date" ? end.date : end.type === "zoned" ? end.instant : end.local;
};

describe("start", () => {
	test.each([
		["DTSTART;VALUE=DATE:20260301", { type: "date", date: "2026-03-01" }],
		["DTSTART:20260301", { type: "date", date: "2026-03-01" }],
		["DTSTART:20260301T090000", { type: "floating", local: "2026-03-01T09:00:00" }],
		["DTSTART:20260301T0900", { type: "floating", local: "2026-03-01T09:00:00" }],
		[
			"DTSTART:20260301T090000Z",
			{ type: "zoned", local: "2026-03-01T09:00:00", zone: "UTC", instant: "2026-03-01T09:00:00Z" },
		],
		[
			"DTSTART;TZID=Europe/Paris:20260301T090000",
			{ type: "zoned", local: "2026-03-01T09:00:00", zone: "Europe/Paris", instant: "2026-03-01T08:00:00Z" },
		],
		[
			"DTSTART;TZID=Europe/Paris:20260301T090000Z",
			{ type: "zoned", local: "2026-03-01T09:00:00", zone: "UTC", instant: "2026-03-01T09:00:00Z" },
		],
		[
			"DTSTART:20260301T090000-0800",
			{ type: "zoned", local: "2026-03-01T17:00:00", zone: "UTC", instant: "2026-03-01T17:00:00Z" },
		],
		[
			'DTSTART;TZID="Romance Standard Time":20260301T090000 ',
			{
				type: "zoned",
				local: "2026-03-01T09:00:00",
				zone: "Europe/Paris",
				tzid: "Romance Standard Time",
				instant: "2026-03-01T08:00:00Z",
			},
		],
		[
			"DTSTART;TZID=Europe/Paris:20260329T023000",
			{ type: "zoned", local: "2026-03-29T02:30:00", zone: "Europe/Paris", instant: "2026-03-29T01:30:00Z" },
		],
	])("%s", (line, start) => expect(readOne(line).start).toEqual(start));

	test("a TZID with a colon in it may stand without quotes", () =>
		expect(readOne("DTSTART;TZID=(UTC+01:00) Paris:20260301T090000").start).toMatchObject({
			local: "2026-03-01T09:00:00",
			tzid: "(UTC+01:00) Paris",
			uncertain: true,
		}));

	test.each(["DTSTART:soon", "DTSTART:20260230T090000", "DTSTART:"])("%s costs the event, with a warning", (line) => {
		const calendar = parseLines(eventLines(line));
		expect(calendar.groups).toMatchObject([{ uid: "1@example.org", events: [] }]);
		expect(calendar.warnings.join()).toContain("DTSTART");
	});
});

describe("end", () => {
	test.each([
		["the day after, of a date without end", ["DTSTART;VALUE=DATE:20260301"], "2026-03-02"],
		["the start, of a time without end", ["DTSTART:20260301T090000Z"], "2026-03-01T09:00:00Z"],
		["DTEND, exclusive", ["DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260303"], "2026-03-03"],
		["one day, where DTEND equals a date", ["DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260301"], "2026-03-02"],
		[
			"one day, where DTEND is before a date",
			["DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260220"],
			"2026-03-02",
		],
		["the start, where DTEND is before it", ["DTEND:20260301T080000Z"], "2026-03-01T09:00:00Z"],
		["the first of DTEND and DURATION", ["DURATION:PT2H", "DTEND:20260301T100000Z"], "2026-03-01T11:00:00Z"],
		[
			"the first of DTEND and DURATION, turned round",
			["DTEND:20260301T100000Z", "DURATION:PT2H"],
			"2026-03-01T10:00:00Z",
		],
		["a day, of a date with a DURATION in hours", ["DTSTART;VALUE=DATE:20260301", "DURATION:PT24H"], "2026-03-02"],
		["the start, of a negative DURATION", ["DURATION:-PT1H"], "2026-03-01T09:00:00Z"],
		["a date, of a date with a timed DTEND", ["DTSTART;VALUE=DATE:20260301", "DTEND:20260302T120000Z"], "2026-03-03"],
		[
			"midnight, of a time with a date as DTEND",
			["DTSTART:20260301T090000Z", "DTEND;VALUE=DATE:20260302"],
			"2026-03-02T00:00:00Z",
		],
		["days before hours", ["DTSTART;TZID=Europe/Paris:20260328T090000", "DURATION:P1DT1H"], "2026-03-29T08:00:00Z"],
		[
			"in a zone of its own",
			["DTSTART;TZID=Europe/Paris:20260301T090000", "DTEND;TZID=Europe/London:20260301T090000"],
			"2026-03-01T09:00:00Z",
		],
	])("is %s", (_name, lines, end) => expect(endOf(...lines)).toBe(end));

	test("a DURATION with days is nominal, one of hours and a DTEND are exact", () => {
		expect(readOne("DURATION:P1D").duration_kind).toBe("nominal");
		expect(readOne("DURATION:PT36H").duration_kind).toBe("exact");
		expect(readOne("DTEND:20260302T090000Z").duration_kind).toBe("exact");
	});
});

describe("Outlook's all-day flag", () => {
	const FLAG = "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE";

	test("makes midnight to midnight a date", () =>
		expect(
			readOne("DTSTART;TZID=Europe/Paris:20260301T000000", "DTEND;TZID=Europe/Paris:20260303T000000", FLAG),
		).toMatchObject({
			start: { type: "date", date: "2026-03-01" },
			end: { type: "date", date: "2026-03-03" },
		}));

	test("does nothing to other times", () =>
		expect(readOne("DTSTART:20260301T000000", "DTEND:20260301T120000", FLAG).start.type).toBe("floating"));

	test("follows a change of the times", () =>
		expect(
			rewritten(
				["DTSTART", "DTEND", "X-MICROSOFT-CDO-ALLDAYEVENT"],
				{
					start: { type: "floating", local: "2026-03-01T09:00:00" },
					end: { type: "floating", local: "2026-03-01T10:00:00" },
				},
				"DTSTART:20260301T000000",
				"DTEND:20260302T000000",
				FLAG,
			),
		).toEqual(["DTSTART:20260301T090000", "DTEND:20260301T100000", "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE"]));
});

describe("writing", () => {
	test.each([
		["DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260303"],
		["DTSTART:20260301T090000", "DTEND:20260301T100000"],
		["DTSTART:20260301T090000Z", "DTEND:20260301T100000Z"],
		["DTSTART;TZID=Europe/Paris:20260301T090000", "DTEND;TZID=Europe/London:20260301T100000"],
		["DTSTART;TZID=Romance Standard Time:20260301T090000", "DURATION:P1DT1H"],
	])("%s, %s", (start, end) => expect(writtenLines(readOne(start, end))).toEqual(expect.arrayContaining([start, end])));

	test("an event of no length has no DTEND", () => expect(writtenLines(readOne()).join()).not.toContain("DTEND"));

	test("an end in an unknown zone is written, however far from the start it seems to be", () => {
		const lines = ["DTSTART:20260301T090000Z", "DTEND;TZID=Unknown:20260301T090000"];
		expect(writtenLines(readOne(...lines))).toEqual(expect.arrayContaining(lines));
	});

	test("what RFC 5545 forbids is put right, even if the times did not change", () => {
		const names = ["DTSTART", "DTEND", "DURATION"];
		expect(rewritten(names, { title: "new" }, "DTEND:20260301T100000Z", "DURATION:PT2H")).toEqual([
			"DTSTART:20260301T090000Z",
			"DTEND:20260301T100000Z",
		]);
		expect(rewritten(names, { title: "new" }, "DTEND:20260301T080000Z")).toEqual(["DTSTART:20260301T090000Z"]);
	});

	test("unchanged times keep their spelling", () => {
		const lines = ["DTSTART;X-A=1;TZID=Europe/Paris:20260301T090000", "DURATION:P0DT60M"];
		expect(rewritten(["DTSTART", "DURATION"], { title: "new" }, ...lines)).toEqual(lines);
	});
});
