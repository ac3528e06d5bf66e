import { describe, expect, test } from "vitest";
import type { CalendarEvent, EventDateTime } from "../event/event.ts";
import { zonedAt } from "../time/event-time.ts";
import { customZone } from "../time/vtimezone.ts";
import { parseLocal } from "../time/wall-clock.ts";
import { expandSeries } from "./expand.ts";
import { originalStartKey } from "./keys.ts";
import { ALL, expand } from "./testing/expanding.ts";
import { between, event, floating, starts, textOf, zoned } from "./testing/series.ts";

const NEW_YORK = "America/New_York";
const instantsOf = (times: readonly EventDateTime[]): string[] =>
	times.map((time) => (time.type === "zoned" ? time.instant : ""));

describe("changes of offset", () => {
	test("a time in a gap is shifted forward by its length, and counts", () => {
		const master = event({
			start: zoned("2026-03-07T02:30:00", NEW_YORK),
			recurrence: ["RRULE:FREQ=DAILY;COUNT=3"],
		});
		const { occurrences } = expand(master);
		expect(starts(occurrences)).toEqual(["2026-03-07T02:30:00", "2026-03-08T03:30:00", "2026-03-09T02:30:00"]);
		expect(occurrences.map((one) => originalStartKey(one.original_start))).toEqual([
			"20260307T073000Z",
			"20260308T073000Z",
			"20260309T063000Z",
		]);
	});

	test("an ambiguous time is the first of the two", () => {
		const master = event({
			start: zoned("2026-10-31T01:30:00", NEW_YORK),
			recurrence: ["RRULE:FREQ=DAILY;COUNT=3"],
		});
		expect(instantsOf(expand(master).occurrences.map((one) => one.start))).toEqual([
			"2026-10-31T05:30:00Z",
			"2026-11-01T05:30:00Z",
			"2026-11-02T06:30:00Z",
		]);
	});

	test("an override of an instance in a gap matches it by its instant", () => {
		const master = event({ start: zoned("2026-03-07T02:30:00", NEW_YORK), recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] });
		for (const slot of ["2026-03-08T02:30:00", "2026-03-08T03:30:00"]) {
			const moved = event({ start: zoned("2026-03-08T12:00:00", NEW_YORK), recurrence_id: zoned(slot, NEW_YORK) });
			expect(starts(expand(master, [moved]).occurrences)).toEqual([
				"2026-03-07T02:30:00",
				"2026-03-08T12:00:00",
				"2026-03-09T02:30:00",
			]);
		}
	});

	test("hours that a gap pushes together occur once", () => {
		const master = event({
			start: zoned("2026-03-08T01:00:00", NEW_YORK),
			recurrence: ["RRULE:FREQ=HOURLY;UNTIL=20260308T090000Z"],
		});
		expect(instantsOf(expand(master).occurrences.map((one) => one.start))).toEqual([
			"2026-03-08T06:00:00Z",
			"2026-03-08T07:00:00Z",
			"2026-03-08T08:00:00Z",
			"2026-03-08T09:00:00Z",
		]);
	});

	test("a whole day that a zone leaves out is shifted to the next", () => {
		const master = event({
			start: zoned("2011-12-29T12:00:00", "Pacific/Apia"),
			recurrence: ["RRULE:FREQ=DAILY;COUNT=4"],
		});
		const { occurrences } = expandSeries({ master, overrides: [] }, between("2011-12-01", "2012-02-01"), {
			floatingZone: "UTC",
		});
		// 30 December does not exist there; shifted forward by a day it falls on the next instance.
		expect(starts(occurrences)).toEqual(["2011-12-29T12:00:00", "2011-12-31T12:00:00", "2012-01-01T12:00:00"]);
	});

	test("floating times keep their wall clock whatever the reader's zone does", () => {
		const master = event({ start: floating("2026-03-07T02:30:00"), recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] });
		const { occurrences } = expandSeries({ master, overrides: [] }, ALL, { floatingZone: NEW_YORK });
		expect(starts(occurrences)).toEqual(["2026-03-07T02:30:00", "2026-03-08T02:30:00", "2026-03-09T02:30:00"]);
	});
});

describe("length over a change of offset", () => {
	const ends = (kind: CalendarEvent["duration_kind"], start: string, end: string): string[] => {
		const master = event({
			start: zoned(start, NEW_YORK),
			end: zoned(end, NEW_YORK),
			duration_kind: kind,
			recurrence: ["RRULE:FREQ=DAILY;COUNT=3"],
		});
		return expand(master).occurrences.map((one) => textOf(one.end));
	};

	test("exact: the same number of hours", () => {
		expect(ends("exact", "2026-03-06T12:00:00", "2026-03-07T12:00:00")).toEqual([
			"2026-03-07T12:00:00",
			"2026-03-08T13:00:00",
			"2026-03-09T12:00:00",
		]);
	});

	test("nominal: the same number of days", () => {
		expect(ends("nominal", "2026-03-06T12:00:00", "2026-03-07T12:00:00")).toEqual([
			"2026-03-07T12:00:00",
			"2026-03-08T12:00:00",
			"2026-03-09T12:00:00",
		]);
	});

	test("nominal: hours beyond whole days stay exact", () => {
		expect(ends("nominal", "2026-03-06T23:00:00", "2026-03-07T04:00:00")).toEqual([
			"2026-03-07T04:00:00",
			"2026-03-08T05:00:00",
			"2026-03-09T04:00:00",
		]);
	});

	test("start and end in different zones keep theirs", () => {
		const master = event({
			start: zoned("2026-03-02T09:00:00", "Europe/London"),
			end: zoned("2026-03-02T12:00:00", NEW_YORK),
			recurrence: ["RRULE:FREQ=WEEKLY;COUNT=2"],
		});
		// A week later New York's clock is an hour ahead: the same eight hours end at 13:00 there.
		expect(expand(master).occurrences.map((one) => one.end)).toMatchObject([
			{ local: "2026-03-02T12:00:00", zone: NEW_YORK },
			{ local: "2026-03-09T13:00:00", zone: NEW_YORK },
		]);
	});
});

describe("a custom VTIMEZONE", () => {
	const TZID = "Customized Time Zone";
	const text = [
		"BEGIN:VTIMEZONE",
		`TZID:${TZID}`,
		"BEGIN:STANDARD",
		"DTSTART:16010101T020000",
		"TZOFFSETFROM:+0130",
		"TZOFFSETTO:+0030",
		"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU",
		"END:STANDARD",
		"BEGIN:DAYLIGHT",
		"DTSTART:16010101T020000",
		"TZOFFSETFROM:+0030",
		"TZOFFSETTO:+0130",
		"RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU",
		"END:DAYLIGHT",
		"END:VTIMEZONE",
		"",
	].join("\r\n");
	const custom_zones = { [TZID]: text };
	const at = (local: string): EventDateTime => {
		const zone = customZone(text);
		if (zone === null) throw new Error("the VTIMEZONE of this test is broken");
		return zonedAt(parseLocal(local), zone, { zone: null, tzid: TZID });
	};

	test("its offsets place every instance", () => {
		const master = event({
			start: at("2026-03-29T09:00:00"),
			custom_zones,
			recurrence: ["RRULE:FREQ=WEEKLY;COUNT=4", `EXDATE;TZID=${TZID}:20260412T090000`],
		});
		const { occurrences, problem } = expand(master);
		expect(problem).toBeNull();
		expect(occurrences.map((one) => one.start)).toEqual([
			{ type: "zoned", local: "2026-03-29T09:00:00", zone: null, tzid: TZID, instant: "2026-03-29T08:30:00Z" },
			{ type: "zoned", local: "2026-04-05T09:00:00", zone: null, tzid: TZID, instant: "2026-04-05T07:30:00Z" },
			{ type: "zoned", local: "2026-04-19T09:00:00", zone: null, tzid: TZID, instant: "2026-04-19T07:30:00Z" },
		]);
	});
});
