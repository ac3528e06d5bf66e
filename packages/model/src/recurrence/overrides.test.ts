import { describe, expect, test } from "vitest";
import type { CalendarEvent } from "../event/event.ts";
import { expand } from "./testing/expanding.ts";
import { between, day, event, floating, starts, textOf, zoned } from "./testing/series.ts";

const BERLIN = "Europe/Berlin";

const weekly = (lines: readonly string[], parts: Partial<CalendarEvent> = {}): CalendarEvent =>
	event({ start: zoned("2026-01-05T09:00:00", BERLIN), recurrence: ["RRULE:FREQ=WEEKLY;COUNT=4", ...lines], ...parts });

const override = (slot: string, start: string, parts: Partial<CalendarEvent> = {}): CalendarEvent =>
	event({ start: zoned(start, BERLIN), recurrence_id: zoned(slot, BERLIN), title: "Override", ...parts });

describe("overrides", () => {
	test("replace their slot and keep it as original start", () => {
		const moved = override("2026-01-12T09:00:00", "2026-01-13T15:00:00");
		const { occurrences } = expand(weekly([]), [moved]);
		expect(starts(occurrences)).toEqual([
			"2026-01-05T09:00:00",
			"2026-01-13T15:00:00",
			"2026-01-19T09:00:00",
			"2026-01-26T09:00:00",
		]);
		expect(occurrences[1]).toEqual({
			original_start: moved.recurrence_id,
			start: moved.start,
			end: moved.end,
			event: moved,
		});
	});

	test.each([
		["in UTC", zoned("2026-01-12T08:00:00")],
		["in another zone", zoned("2026-01-12T03:00:00", "America/New_York")],
		["floating", floating("2026-01-12T09:00:00")],
		["as a date", day("2026-01-12")],
	])("match their slot %s", (_how, recurrence_id) => {
		const moved = override("", "2026-01-13T15:00:00", { recurrence_id });
		expect(starts(expand(weekly([]), [moved]).occurrences)).toEqual([
			"2026-01-05T09:00:00",
			"2026-01-13T15:00:00",
			"2026-01-19T09:00:00",
			"2026-01-26T09:00:00",
		]);
	});

	test("cancelled ones are yielded as such", () => {
		const gone = override("2026-01-12T09:00:00", "2026-01-12T09:00:00", { status: "cancelled" });
		const { occurrences } = expand(weekly([]), [gone]);
		expect(occurrences.map((one) => one.event.status)).toEqual(["confirmed", "cancelled", "confirmed", "confirmed"]);
	});

	test("moved out of the window leave nothing there, moved into it appear", () => {
		const window = between("2026-01-10", "2026-01-17");
		const out = override("2026-01-12T09:00:00", "2026-03-01T09:00:00");
		expect(expand(weekly([]), [out], window).occurrences).toEqual([]);
		const into = override("2026-01-26T09:00:00", "2026-01-15T09:00:00");
		expect(starts(expand(weekly([]), [into], window).occurrences)).toEqual([
			"2026-01-12T09:00:00",
			"2026-01-15T09:00:00",
		]);
		const before = override("2026-01-05T09:00:00", "2026-01-16T09:00:00");
		expect(starts(expand(weekly([]), [before], window).occurrences)).toEqual([
			"2026-01-12T09:00:00",
			"2026-01-16T09:00:00",
		]);
	});

	test("that match no slot are shown where they are", () => {
		const stray = override("2026-01-14T09:00:00", "2026-01-14T11:00:00");
		const { occurrences } = expand(weekly([]), [stray]);
		expect(occurrences).toHaveLength(5);
		expect(occurrences[2]?.event).toBe(stray);
	});

	test("without a master are shown, and no master is invented", () => {
		const guest = override("2026-01-12T09:00:00", "2026-01-12T09:00:00");
		const { occurrences, problem } = expand(null, [guest]);
		expect(occurrences.map((one) => one.event)).toEqual([guest]);
		expect(problem).toBeNull();
	});

	test("of one slot: the higher SEQUENCE wins", () => {
		const newer = override("2026-01-12T09:00:00", "2026-01-13T09:00:00", { sequence: 2 });
		const older = override("2026-01-12T09:00:00", "2026-01-14T09:00:00", { sequence: 1 });
		const { occurrences } = expand(weekly([]), [newer, older]);
		expect(occurrences.map((one) => one.event)).toContain(newer);
		expect(occurrences).toHaveLength(4);
	});

	test("replace the instance also where COUNT ends at it, and do not lengthen the series", () => {
		const last = override("2026-01-26T09:00:00", "2026-02-26T09:00:00");
		expect(starts(expand(weekly([]), [last]).occurrences).at(-1)).toBe("2026-02-26T09:00:00");
		expect(expand(weekly([]), [last]).occurrences).toHaveLength(4);
	});
});

describe("RANGE=THISANDFUTURE", () => {
	const endless = (lines: readonly string[] = []): CalendarEvent =>
		event({ start: zoned("2026-03-02T09:00:00", BERLIN), recurrence: ["RRULE:FREQ=WEEKLY;COUNT=6", ...lines] });
	const future = override("2026-03-16T09:00:00", "2026-03-17T10:30:00", {
		this_and_future: true,
		end: zoned("2026-03-17T12:30:00", BERLIN),
	});

	test("shifts later instances by the same wall-clock delta and gives them its length, over a change of offset", () => {
		const { occurrences } = expand(endless(), [future]);
		expect(starts(occurrences)).toEqual([
			"2026-03-02T09:00:00",
			"2026-03-09T09:00:00",
			"2026-03-17T10:30:00",
			"2026-03-24T10:30:00",
			"2026-03-31T10:30:00",
			"2026-04-07T10:30:00",
		]);
		expect(occurrences.map(({ end }) => textOf(end)).slice(3)).toEqual([
			"2026-03-24T12:30:00",
			"2026-03-31T12:30:00",
			"2026-04-07T12:30:00",
		]);
		expect(occurrences.map((one) => textOf(one.original_start))[4]).toBe("2026-03-30T09:00:00");
		expect(occurrences[4]?.event).toBe(future);
	});

	test("spares instances with an override of their own", () => {
		const own = override("2026-03-30T09:00:00", "2026-03-30T07:00:00");
		const { occurrences } = expand(endless(), [future, own]);
		expect(starts(occurrences)).toContain("2026-03-30T07:00:00");
		expect(starts(occurrences)).toContain("2026-04-07T10:30:00");
		expect(occurrences).toHaveLength(6);
	});

	test("a later one takes over from an earlier one", () => {
		const later = override("2026-03-30T09:00:00", "2026-03-30T08:00:00", { this_and_future: true });
		const { occurrences } = expand(endless(), [later, future]);
		expect(starts(occurrences).slice(2)).toEqual([
			"2026-03-17T10:30:00",
			"2026-03-24T10:30:00",
			"2026-03-30T08:00:00",
			"2026-04-06T08:00:00",
		]);
	});

	test("cancels all later instances where it is cancelled", () => {
		const gone = { ...future, status: "cancelled" as const };
		expect(expand(endless(), [gone]).occurrences.map((one) => one.event.status)).toEqual([
			"confirmed",
			"confirmed",
			"cancelled",
			"cancelled",
			"cancelled",
			"cancelled",
		]);
	});

	test("shifts instances into and out of a window", () => {
		expect(starts(expand(endless(), [future], between("2026-03-31", "2026-04-01")).occurrences)).toEqual([
			"2026-03-31T10:30:00",
		]);
		expect(expand(endless(), [future], between("2026-03-30", "2026-03-31")).occurrences).toEqual([]);
	});

	test("may make later instances all-day, or move them to another zone", () => {
		const allDay = override("", "2026-03-17T00:00:00", {
			recurrence_id: zoned("2026-03-16T09:00:00", BERLIN),
			this_and_future: true,
			start: day("2026-03-17"),
			end: day("2026-03-18"),
		});
		expect(starts(expand(endless(), [allDay]).occurrences).slice(2)).toEqual([
			"2026-03-17",
			"2026-03-24",
			"2026-03-31",
			"2026-04-07",
		]);
		const abroad = override("", "2026-03-16T09:00:00", {
			recurrence_id: zoned("2026-03-16T09:00:00", BERLIN),
			this_and_future: true,
			start: zoned("2026-03-16T17:00:00", "Asia/Tokyo"),
			end: zoned("2026-03-16T18:00:00", "Asia/Tokyo"),
		});
		// The shift is one of the series' own clock: none. In Tokyo the meeting moves when Berlin's clock does.
		expect(starts(expand(endless(), [abroad]).occurrences).slice(2)).toEqual([
			"2026-03-16T17:00:00",
			"2026-03-23T17:00:00",
			"2026-03-30T16:00:00",
			"2026-04-06T16:00:00",
		]);
	});
});
