import { describe, expect, test } from "vitest";
import type { CalendarEvent } from "../event/event.ts";
import { seriesBounds } from "./bounds.ts";
import { day, event, zoned } from "./testing/series.ts";

const BERLIN = "Europe/Berlin";

function bounds(
	master: CalendarEvent | null,
	overrides: readonly CalendarEvent[] = [],
): readonly [string, string | null] {
	const { startsAt, endsAt } = seriesBounds({ master, overrides });
	return [new Date(startsAt).toISOString(), endsAt === null ? null : new Date(endsAt).toISOString()];
}

const series = (...recurrence: string[]): CalendarEvent =>
	event({ start: zoned("2026-01-05T09:00:00", BERLIN), recurrence });

describe("bounds of a series", () => {
	test.each([
		["a single", [], "2026-01-05T09:00:00.000Z"],
		["COUNT", ["RRULE:FREQ=WEEKLY;COUNT=3"], "2026-01-19T09:00:00.000Z"],
		["UNTIL", ["RRULE:FREQ=WEEKLY;UNTIL=20260125T000000Z"], "2026-01-19T09:00:00.000Z"],
		["UNTIL far away", ["RRULE:FREQ=YEARLY;UNTIL=20991231T000000Z"], "2099-01-05T09:00:00.000Z"],
		[
			"UNTIL with nothing before it",
			["RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20991231T000000Z"],
			"2026-01-05T09:00:00.000Z",
		],
		["several rules", ["RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"], "2026-01-12T09:00:00.000Z"],
		["RDATE", ["RDATE:20260301T080000Z"], "2026-03-01T09:00:00.000Z"],
		["a period", ["RDATE;VALUE=PERIOD:20260301T080000Z/PT5H"], "2026-03-01T13:00:00.000Z"],
		["a rule that is broken", ["RRULE:FREQ=NEVER"], "2026-01-05T09:00:00.000Z"],
	])("%s", (_name, lines, end) => {
		expect(bounds(series(...lines))).toEqual(["2026-01-05T08:00:00.000Z", end]);
	});

	test("endless rules, and ends too far to find", () => {
		expect(bounds(series("RRULE:FREQ=WEEKLY"))[1]).toBeNull();
		expect(bounds(series("RRULE:FREQ=DAILY;COUNT=1000000000"))[1]).toBeNull();
	});

	test("an RDATE before DTSTART", () => {
		expect(bounds(series("RDATE:20251224T080000Z"))[0]).toBe("2025-12-24T08:00:00.000Z");
	});

	test("overrides widen them, alone or with a master", () => {
		const moved = event({
			start: zoned("2026-06-01T09:00:00", BERLIN),
			recurrence_id: zoned("2026-01-05T09:00:00", BERLIN),
		});
		expect(bounds(series(), [moved])).toEqual(["2026-01-05T08:00:00.000Z", "2026-06-01T08:00:00.000Z"]);
		expect(bounds(null, [moved])).toEqual(["2026-06-01T07:00:00.000Z", "2026-06-01T08:00:00.000Z"]);
	});

	test("dates hold for readers in every zone", () => {
		expect(bounds(event({ start: day("2026-01-05") }))).toEqual([
			"2026-01-04T10:00:00.000Z",
			"2026-01-06T12:00:00.000Z",
		]);
	});
});
