import { expect, test } from "vitest";
import { CONTEXT, canonical, google } from "../testing/sample.ts";
import { recurrence } from "./recurrence.ts";

test("lines in canonical form; none is no series", () => {
	const lines = ["RRULE:FREQ=WEEKLY;BYDAY=mo", "EXDATE;TZID=europe/berlin:20260309T090000", "DTSTART:20200101", "torn"];
	expect(recurrence.read(google({ recurrence: lines }), CONTEXT)).toEqual({
		recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO", "EXDATE;TZID=Europe/Berlin:20260309T090000"],
	});
	expect(recurrence.read(google(), CONTEXT)).toEqual({ recurrence: null });
	expect(recurrence.read(google({ recurrence: [] }), CONTEXT)).toEqual({ recurrence: null });
});

test("an exception has none", () => {
	const exception = google({ recurringEventId: "abc", recurrence: ["RRULE:FREQ=DAILY"] });
	expect(recurrence.read(exception, CONTEXT)).toEqual({ recurrence: null });
	const override = canonical({}, { recurrence_id: { type: "date", date: "2026-03-02" } });
	expect(recurrence.write?.(override, exception, CONTEXT)).toEqual({});
});

test("lines are written as they are, and a single has none any more", () => {
	const lines = ["RRULE:FREQ=DAILY;COUNT=3"];
	expect(recurrence.write?.(canonical({ recurrence: lines }), null, CONTEXT)).toEqual({ recurrence: lines });
	expect(recurrence.write?.(canonical(), google({ recurrence: lines }), CONTEXT)).toEqual({ recurrence: null });
});

test("a floating series is written in the calendar's zone, and read back on its wall clock", () => {
	const context = { ...CONTEXT, timeZone: "Europe/Berlin" };
	const lines = ["RRULE:FREQ=DAILY;UNTIL=20260402T090000", "EXDATE:20260325T090000,20260401T090000"];
	const start = { type: "floating", local: "2026-03-23T09:00:00" } as const;
	const written = [
		"RRULE:FREQ=DAILY;UNTIL=20260402T070000Z",
		"EXDATE;TZID=Europe/Berlin:20260325T090000,20260401T090000",
	];
	expect(recurrence.write?.(canonical({}, { recurrence: lines, start }), null, context)).toEqual({
		recurrence: written,
	});
	const stored = {
		recurrence: [...written, "RDATE:20260410T070000Z"],
		start: { dateTime: "2026-03-23T09:00:00+01:00", timeZone: "Europe/Berlin" },
		extendedProperties: { private: { kalendsTime: "floating" } },
	};
	expect(recurrence.read(google(stored), CONTEXT)).toEqual({ recurrence: [...lines, "RDATE:20260410T090000"] });
	// Elsewhere lines mean what they say.
	expect(recurrence.read(google({ ...stored, extendedProperties: {} }), context)).toEqual({
		recurrence: stored.recurrence,
	});
});
