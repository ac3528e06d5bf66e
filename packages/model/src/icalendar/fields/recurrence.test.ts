import { expect, test } from "vitest";
import {
	calendarText,
	eventLines,
	onlyEvent,
	parseLines,
	readOne,
	rewritten,
	timezoneLines,
	writtenLines,
} from "../testing/read-one.ts";

const lines = (...text: string[]) => readOne(...text).recurrence;

test.each([
	["RRULE:FREQ=WEEKLY;BYDAY=MO,FR", "RRULE:FREQ=WEEKLY;BYDAY=MO,FR"],
	["rrule:freq=weekly;count=3; ", "RRULE:FREQ=WEEKLY;COUNT=3"],
	["EXRULE:FREQ=DAILY", "EXRULE:FREQ=DAILY"],
	["EXDATE:20260308T090000Z,20260309T090000Z", "EXDATE:20260308T090000Z,20260309T090000Z"],
	["EXDATE;TZID=Europe/Paris:20260308T090000", "EXDATE;TZID=Europe/Paris:20260308T090000"],
	["EXDATE;TZID=Romance Standard Time:20260308T090000", "EXDATE;TZID=Europe/Paris:20260308T090000"],
	["EXDATE;TZID=Europe/Paris:20260308T090000Z", "EXDATE:20260308T090000Z"],
	["EXDATE;TZID=UTC:20260308T090000", "EXDATE:20260308T090000Z"],
	["EXDATE;VALUE=DATE:20260308", "EXDATE;VALUE=DATE:20260308"],
	["EXDATE:20260308", "EXDATE;VALUE=DATE:20260308"],
	["RDATE;VALUE=DATE-TIME:20260308T090000", "RDATE:20260308T090000"],
	["RDATE;VALUE=PERIOD:20260308T090000Z/PT1H", "RDATE;VALUE=PERIOD:20260308T090000Z/PT1H"],
	[
		"RDATE;VALUE=PERIOD;TZID=Europe/Paris:20260308T090000/20260308T100000",
		"RDATE;VALUE=PERIOD;TZID=Europe/Paris:20260308T090000/20260308T100000",
	],
])("%s is kept as %s", (line, kept) => expect(lines(line)).toEqual([kept]));

test("a list of mixed kinds becomes one line for each", () =>
	expect(lines("EXDATE:20260308,20260309T090000Z,20260310,nonsense")).toEqual([
		"EXDATE;VALUE=DATE:20260308,20260310",
		"EXDATE:20260309T090000Z",
	]));

test("an unreadable date is reported", () =>
	expect(parseLines(eventLines("EXDATE:20260230T000000Z")).warnings.join()).toContain("EXDATE"));

test("no recurrence is null, and so is the recurrence of an override", () => {
	expect(lines()).toBeNull();
	expect(lines("RECURRENCE-ID:20260308T090000Z", "RRULE:FREQ=DAILY")).toBeNull();
});

test("is written with the TZID text of the start", () => {
	const event = readOne(
		"DTSTART;TZID=Romance Standard Time:20260301T090000",
		"RRULE:FREQ=DAILY",
		"EXDATE;TZID=Romance Standard Time:20260308T090000",
	);
	expect(writtenLines(event)).toEqual(
		expect.arrayContaining(["RRULE:FREQ=DAILY", "EXDATE;TZID=Romance Standard Time:20260308T090000"]),
	);
});

test("a change replaces all rules and dates; none leaves their spelling", () => {
	const base = ["RRULE:freq=daily", "EXDATE:20260308T090000Z", "EXDATE:20260309T090000Z"];
	expect(rewritten(["RRULE", "EXDATE"], { title: "new" }, ...base)).toEqual(base);
	expect(rewritten(["RRULE", "EXDATE"], { recurrence: ["RRULE:FREQ=DAILY;COUNT=2"] }, ...base)).toEqual([
		"RRULE:FREQ=DAILY;COUNT=2",
	]);
});

test("zones that only the file defines come with the event", () => {
	const zone = timezoneLines("Ours");
	const event = onlyEvent(parseLines([...zone, ...eventLines("RRULE:FREQ=DAILY", "EXDATE;TZID=Ours:20260308T090000")]));
	expect(event.recurrence).toEqual(["RRULE:FREQ=DAILY", "EXDATE;TZID=Ours:20260308T090000"]);
	expect(Object.keys(event.custom_zones ?? {})).toEqual(["Ours"]);
	expect(calendarText(...zone)).toContain(event.custom_zones?.Ours ?? "missing");
});
