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
