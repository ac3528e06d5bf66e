import { describe, expect, test } from "vitest";
import type { CalendarEvent, EventDateTime } from "../event/event.ts";
import { day, event, floating, zoned } from "../recurrence/testing/series.ts";
import { withLocal } from "../time/event-time.ts";
import { parseLocal } from "../time/wall-clock.ts";
import { BERLIN, codes, linesOf, override, patch, remove, shown, weekly } from "./testing/berlin.ts";
import { edited, STAMP } from "./testing/series.ts";

const berlin = (local: string): EventDateTime => zoned(local, BERLIN);

/** The recurrence of a series from `start`, one of whose occurrences, or itself, goes from `from` to `to`. */
function moved(rule: string, start: EventDateTime, to: EventDateTime): readonly string[] | string[] | null | undefined {
	const made = patch([event({ start, recurrence: [rule] })], null, "all", { start: to });
	return made.type === "refused" ? codes(made) : linesOf(made.events);
}

describe("a rule follows a change of days", () => {
	test.each([
		["weekly", "RRULE:FREQ=WEEKLY", "2026-03-04T09:00:00", "RRULE:FREQ=WEEKLY"],
		["weekdays rotate", "RRULE:FREQ=WEEKLY;BYDAY=MO,SU", "2026-03-03T09:00:00", "RRULE:FREQ=WEEKLY;BYDAY=TU,MO"],
		[
			"and the week where it counts",
			"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
			"2026-03-03T09:00:00",
			"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,MO;WKST=TU",
		],
		["over midnight", "RRULE:FREQ=WEEKLY;BYDAY=MO", "2026-03-01T23:30:00", "RRULE:FREQ=WEEKLY;BYDAY=SU"],
		[
			"daily but not at weekends",
			"RRULE:FREQ=DAILY;BYDAY=MO,TU",
			"2026-03-03T09:00:00",
			"RRULE:FREQ=DAILY;BYDAY=TU,WE",
		],
		["times of day", "RRULE:FREQ=DAILY;BYHOUR=9,15", "2026-03-02T10:30:00", "RRULE:FREQ=DAILY;BYHOUR=10,16"],
		["monthly", "RRULE:FREQ=MONTHLY", "2026-03-05T09:00:00", "RRULE:FREQ=MONTHLY"],
		[
			"monthly into a longer month",
			"RRULE:FREQ=MONTHLY;BYMONTHDAY=2",
			"2026-03-31T09:00:00",
			"RRULE:FREQ=MONTHLY;BYMONTHDAY=31",
		],
		[
			"the first Monday, a week later",
			"RRULE:FREQ=MONTHLY;BYDAY=1MO",
			"2026-03-09T09:00:00",
			"RRULE:FREQ=MONTHLY;BYDAY=2MO",
		],
		[
			"yearly into another month",
			"RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2",
			"2026-05-01T09:00:00",
			"RRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1",
		],
		["hourly", "RRULE:FREQ=HOURLY;INTERVAL=5;COUNT=9", "2026-03-03T10:30:00", "RRULE:FREQ=HOURLY;INTERVAL=5;COUNT=9"],
	])("%s", (_what, rule, to, expected) => {
		expect(moved(rule, berlin("2026-03-02T09:00:00"), berlin(to))).toEqual([expected]);
	});

	test.each([
		["the first Monday to a Tuesday", "RRULE:FREQ=MONTHLY;BYDAY=1MO", "2026-03-03T09:00:00"],
		["the first working day", "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", "2026-03-03T09:00:00"],
		["Mondays of some months", "RRULE:FREQ=WEEKLY;BYDAY=MO;BYMONTH=3,4", "2026-03-03T09:00:00"],
		["numbered weeks", "RRULE:FREQ=YEARLY;BYWEEKNO=10;BYDAY=MO", "2026-03-09T09:00:00"],
		["times of day over midnight", "RRULE:FREQ=DAILY;BYHOUR=9,22", "2026-03-02T12:00:00"],
		["two days of the month", "RRULE:FREQ=MONTHLY;BYMONTHDAY=2,30", "2026-03-04T09:00:00"],
	])("refused: %s", (_what, rule, to) => {
		expect(moved(rule, berlin("2026-03-02T09:00:00"), berlin(to))).toEqual(["recurrence_rule_needed"]);
	});

	test("the last day of the month can be followed to its last but one, and to the first of the next", () => {
		const last = "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1";
		expect(moved(last, day("2026-03-31"), day("2026-03-30"))).toEqual(["RRULE:FREQ=MONTHLY;BYMONTHDAY=-2"]);
		expect(moved(last, day("2026-03-31"), day("2026-04-01"))).toEqual(["RRULE:FREQ=MONTHLY;BYMONTHDAY=1"]);
	});

	test("a monthly rule goes to its new day in every month that has one; what lay in others is told", () => {
		const master = event({
			start: day("2026-01-28"),
			recurrence: ["RRULE:FREQ=MONTHLY;UNTIL=20260428", "EXDATE;VALUE=DATE:20260428"],
		});
		const february = event({ start: day("2026-02-28"), recurrence_id: day("2026-02-28"), title: "Own" });
		const made = edited(patch([master, february], day("2026-03-28"), "all", { start: day("2026-03-30") }));
		expect(linesOf(made.events)).toEqual(["RRULE:FREQ=MONTHLY;UNTIL=20260430", "EXDATE;VALUE=DATE:20260430"]);
		expect(shown(made.events)).toEqual(["2026-01-30", "2026-03-30"]);
		expect(made.dropped).toEqual([{ originalStart: "20260228", title: "Own", reason: expect.any(String) }]);
	});

	test("a rule that is sent along replaces it", () => {
		const made = edited(
			patch([weekly(["RRULE:FREQ=MONTHLY;BYDAY=1MO"])], null, "all", {
				start: berlin("2026-03-03T09:00:00"),
				recurrence: ["RRULE:FREQ=MONTHLY;BYDAY=1TU"],
			}),
		);
		expect(linesOf(made.events)).toEqual(["RRULE:FREQ=MONTHLY;BYDAY=1TU"]);
	});
});

describe("a change of time of one occurrence", () => {
	const third = berlin("2026-03-16T09:00:00");
	const series = (parts: Partial<CalendarEvent> = {}) => [
		weekly(
			[
				"RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260413T070000Z",
				"EXDATE;TZID=Europe/Berlin:20260309T090000",
				"RDATE:20260304T110000Z",
			],
			parts,
		),
		override("2026-03-23T09:00:00", "2026-03-24T15:00:00"),
		override("2026-03-30T09:00:00", "2026-03-30T09:00:00", { status: "cancelled" }),
	];

	test("shifts everything by the same wall clock, over a change of offset", () => {
		const made = edited(patch(series(), third, "all", { start: berlin("2026-03-17T10:30:00") }));
		expect(made.events).toMatchObject([
			{
				start: berlin("2026-03-03T10:30:00"),
				end: berlin("2026-03-03T11:30:00"),
				recurrence: [
					"RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20260414T083000Z",
					"EXDATE;TZID=Europe/Berlin:20260310T103000",
					"RDATE;TZID=Europe/Berlin:20260305T133000",
				],
				sequence: 1,
				updated_at: STAMP,
			},
			{ recurrence_id: berlin("2026-03-24T10:30:00"), start: berlin("2026-03-25T16:30:00"), sequence: 1 },
			{ recurrence_id: berlin("2026-03-31T10:30:00"), start: berlin("2026-03-31T10:30:00"), status: "cancelled" },
		]);
		expect(made.dropped).toEqual([]);
		expect(shown(made.events)).toEqual([
			"2026-03-03T10:30:00",
			"2026-03-05T13:30:00",
			"2026-03-17T10:30:00",
			"2026-03-25T16:30:00",
			"2026-03-31T10:30:00",
			"2026-04-07T10:30:00",
			"2026-04-14T10:30:00",
		]);
	});

	test("of an override shifts by its own difference, and it takes all of the patch", () => {
		const slot = berlin("2026-03-23T09:00:00");
		const made = edited(patch(series(), slot, "all", { start: berlin("2026-03-24T16:00:00"), title: "New" }));
		expect(made.events).toMatchObject([
			{ start: berlin("2026-03-02T10:00:00"), title: "New" },
			{ recurrence_id: berlin("2026-03-23T10:00:00"), start: berlin("2026-03-24T16:00:00"), title: "New" },
			{ recurrence_id: berlin("2026-03-30T10:00:00"), title: "Own" },
		]);
	});

	test("changes lengths that were like the series'", () => {
		const long = override("2026-04-06T09:00:00", "2026-04-06T09:00:00", { end: berlin("2026-04-06T12:00:00") });
		const made = edited(patch([...series(), long], third, "all", { end: berlin("2026-03-16T11:00:00") }));
		expect(made.events?.map(({ end }) => end)).toEqual([
			berlin("2026-03-02T11:00:00"),
			berlin("2026-03-24T17:00:00"),
			berlin("2026-03-30T11:00:00"),
			berlin("2026-04-06T12:00:00"),
		]);
		expect(linesOf(made.events)).toEqual(series()[0]?.recurrence);
		expect(
			codes(patch([...series(), long], long.recurrence_id, "all", { end: berlin("2026-04-06T09:30:00") })),
		).toEqual(["end_not_after_start"]);
	});

	test("takes the series to another zone by wall clock", () => {
		const made = edited(patch(series(), third, "all", { start: zoned("2026-03-16T09:00:00", "America/New_York") }));
		expect(made.events?.[0]).toMatchObject({
			start: zoned("2026-03-02T09:00:00", "America/New_York"),
			end: zoned("2026-03-02T10:00:00", "America/New_York"),
			recurrence: [
				"RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260413T130000Z",
				"EXDATE;TZID=America/New_York:20260309T090000",
				"RDATE;TZID=America/New_York:20260304T120000",
			],
		});
		expect(made.events?.[1]).toMatchObject({
			recurrence_id: zoned("2026-03-23T09:00:00", "America/New_York"),
			start: zoned("2026-03-24T15:00:00", "America/New_York"),
		});
	});

	test("makes it floating", () => {
		const times = { start: floating("2026-03-16T09:00:00"), end: floating("2026-03-16T10:00:00") };
		const made = edited(patch(series(), third, "all", times));
		expect(made.events?.[0]?.recurrence).toEqual([
			"RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260413T090000",
			"EXDATE:20260309T090000",
			"RDATE:20260304T120000",
		]);
		expect(made.events?.[2]).toMatchObject({
			recurrence_id: floating("2026-03-30T09:00:00"),
			start: { type: "floating" },
		});
	});

	test("makes it all-day, and timed again", () => {
		const made = edited(patch(series(), third, "all", { start: day("2026-03-17"), end: day("2026-03-18") }));
		expect(made.events).toMatchObject([
			{
				start: day("2026-03-03"),
				end: day("2026-03-04"),
				recurrence: [
					"RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20260414",
					"EXDATE;VALUE=DATE:20260310",
					"RDATE;VALUE=DATE:20260305",
				],
			},
			{ recurrence_id: day("2026-03-24"), start: day("2026-03-25"), end: day("2026-03-26") },
			{ recurrence_id: day("2026-03-31"), start: day("2026-03-31"), end: day("2026-04-01") },
		]);
		const back = { start: berlin("2026-03-16T09:00:00"), end: berlin("2026-03-16T10:00:00") };
		const again = edited(patch(made.events ?? [], day("2026-03-17"), "all", back));
		expect(
			again.events?.map(({ start, end, recurrence, recurrence_id }) => ({ start, end, recurrence, recurrence_id })),
		).toEqual([
			{
				start: berlin("2026-03-02T09:00:00"),
				end: berlin("2026-03-02T10:00:00"),
				recurrence: [
					"RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260413T070000Z",
					"EXDATE;TZID=Europe/Berlin:20260309T090000",
					"RDATE;TZID=Europe/Berlin:20260304T090000",
				],
				recurrence_id: null,
			},
			// What is a day has no time of its own to go back to.
			{
				start: berlin("2026-03-24T09:00:00"),
				end: berlin("2026-03-24T10:00:00"),
				recurrence: null,
				recurrence_id: berlin("2026-03-23T09:00:00"),
			},
			{
				start: berlin("2026-03-30T09:00:00"),
				end: berlin("2026-03-30T10:00:00"),
				recurrence: null,
				recurrence_id: berlin("2026-03-30T09:00:00"),
			},
		]);
	});

	test("is taken as given of the series itself", () => {
		const to = berlin("2026-03-09T08:00:00");
		expect(edited(patch(series(), null, "all", { start: to })).events?.[0]).toMatchObject({
			start: to,
			end: berlin("2026-03-09T09:00:00"),
		});
	});

	test("keeps the TZID that the series is written with, and its own zone", () => {
		const named = { ...berlin("2026-03-02T09:00:00"), tzid: "W. Europe Standard Time" } as EventDateTime;
		const master = weekly(["RRULE:FREQ=WEEKLY"], {
			start: named,
			end: withLocal(named, parseLocal("2026-03-02T10:00:00")),
		});
		const made = edited(patch([master], null, "all", { start: berlin("2026-03-02T11:00:00") }));
		expect(made.events?.[0]?.start).toMatchObject({ tzid: "W. Europe Standard Time", local: "2026-03-02T11:00:00" });
		expect(made.events?.[0]?.end).toMatchObject({ tzid: "W. Europe Standard Time", local: "2026-03-02T12:00:00" });
	});

	test("a time in a gap comes out of it", () => {
		const early = [
			event({
				start: berlin("2026-03-27T02:30:00"),
				recurrence: ["RRULE:FREQ=DAILY;COUNT=4", "EXDATE;TZID=Europe/Berlin:20260329T033000"],
			}),
		];
		const made = edited(patch(early, berlin("2026-03-28T02:30:00"), "all", { start: berlin("2026-03-28T05:30:00") }));
		expect(shown(made.events)).toEqual(["2026-03-27T05:30:00", "2026-03-28T05:30:00", "2026-03-30T05:30:00"]);
	});

	test("of a flight keeps the zones of both ends", () => {
		const flight = weekly(["RRULE:FREQ=WEEKLY;COUNT=2"], { end: zoned("2026-03-02T12:00:00", "America/New_York") });
		const made = edited(patch([flight], null, "all", { start: berlin("2026-03-02T10:00:00") }));
		expect(made.events?.[0]?.end).toEqual(zoned("2026-03-02T13:00:00", "America/New_York"));
	});
});

describe("fields", () => {
	test("are taken over by overrides that had what the series had", () => {
		const own = override("2026-03-09T09:00:00", "2026-03-09T09:00:00", { location: "Room", description: "Mine" });
		const series = [weekly(["RRULE:FREQ=WEEKLY"], { location: "Room" }), own];
		const changes = { title: "New", location: "Hall", description: "New" };
		const made = edited(patch(series, null, "all", changes));
		expect(made.events).toMatchObject([changes, { title: "Own", location: "Hall", description: "Mine", sequence: 0 }]);
	});
});

describe("a change of recurrence", () => {
	test("drops the overrides whose slot is gone, and tells so", () => {
		const series = [
			weekly(["RRULE:FREQ=WEEKLY"]),
			override("2026-03-09T09:00:00", "2026-03-09T10:00:00"),
			override("2026-03-16T09:00:00", "2026-03-16T10:00:00"),
		];
		const made = edited(patch(series, null, "all", { recurrence: ["RRULE:FREQ=WEEKLY;INTERVAL=2"] }));
		expect(made.events).toHaveLength(2);
		expect(made.events?.[1]).toBe(series[2]);
		expect(made.dropped).toEqual([{ originalStart: "20260309T080000Z", title: "Own", reason: expect.any(String) }]);
	});

	test("to none leaves one: the first, or the one that is named", () => {
		const own = override("2026-03-09T09:00:00", "2026-03-10T10:00:00", { sequence: 3 });
		const other = override("2026-03-16T09:00:00", "2026-03-16T10:00:00");
		const series = [weekly(["RRULE:FREQ=WEEKLY"]), own, other];
		const first = edited(patch(series, null, "all", { recurrence: null }));
		expect(first.events).toEqual([{ ...series[0], recurrence: null, sequence: 1, updated_at: STAMP }]);
		expect(first.dropped.map(({ originalStart }) => originalStart)).toEqual(["20260309T080000Z", "20260316T080000Z"]);
		const second = edited(patch(series, own.recurrence_id, "all", { recurrence: [] }));
		expect(second.events).toMatchObject([
			{ recurrence: null, recurrence_id: null, start: own.start, title: "Own", sequence: 4 },
		]);
		expect(second.dropped).toHaveLength(1);
	});

	test("makes a single a series", () => {
		const single = event({ start: berlin("2026-03-02T09:00:00") });
		const made = edited(patch([single], null, null, { recurrence: ["rrule:freq=weekly;count=2"] }));
		expect(made.events).toMatchObject([{ recurrence: ["RRULE:FREQ=WEEKLY;COUNT=2"], sequence: 1 }]);
	});

	test.each([
		["COUNT with UNTIL", ["RRULE:FREQ=WEEKLY;COUNT=2;UNTIL=20270101T000000Z"], "recurrence_invalid", "recurrence.0"],
		["an unknown part", ["RRULE:FREQ=WEEKLY;BYMOON=2"], "recurrence_invalid", "recurrence.0"],
		["a start that the rule does not have", ["RRULE:FREQ=WEEKLY;BYDAY=TU"], "recurrence_invalid", "recurrence.0"],
		["a rule of no time", ["RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"], "recurrence_invalid", "recurrence.0"],
		[
			"no occurrence left",
			["RRULE:FREQ=WEEKLY;COUNT=1", "EXDATE:20260302T080000Z"],
			"recurrence_invalid",
			"recurrence",
		],
		["every second", ["RRULE:FREQ=SECONDLY"], "recurrence_too_expensive", "recurrence"],
	])("refused: %s", (_what, recurrence, code, field) => {
		const made = patch([weekly(["RRULE:FREQ=WEEKLY"])], null, "all", { recurrence });
		expect(made).toMatchObject({ type: "refused", faults: [{ code, field }] });
	});

	test("tells the first start that the rule has, and faults of times at once", () => {
		const single = event({ start: berlin("2026-03-02T09:00:00") });
		const off = patch([single], null, null, { recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=TU"] });
		expect(off.type === "refused" && off.faults[0]?.fix).toContain("2026-03-03T09:00:00");
		const later = patch([weekly(["RRULE:FREQ=WEEKLY"])], berlin("2026-03-16T09:00:00"), "all", {
			recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=TU"],
		});
		expect(later.type === "refused" && later.faults[0]?.fix).toContain("2026-03-17T09:00:00");
		const both = patch([single], null, null, { recurrence: ["huh"], end: berlin("2026-03-01T09:00:00") });
		expect(codes(both)).toEqual(["end_not_after_start", "recurrence_invalid"]);
	});

	test("the same recurrence sent along does not stand in the way of a shift", () => {
		const series = [weekly(["RRULE:FREQ=WEEKLY;BYDAY=MO"])];
		const made = edited(
			patch(series, null, "all", { start: berlin("2026-03-03T09:00:00"), recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO"] }),
		);
		expect(linesOf(made.events)).toEqual(["RRULE:FREQ=WEEKLY;BYDAY=TU"]);
	});
});

test("a series of more dates than can be worked through in time is only deleted", () => {
	const dates = Array.from({ length: 5000 }, (_, index) => `${20270101 + (index % 28)}T${100000 + (index % 60)}Z`);
	const series = [weekly(["RRULE:FREQ=WEEKLY", `EXDATE:${dates.join()}`])];
	expect(codes(patch(series, null, "all", { title: "X" }))).toEqual(["recurrence_too_expensive"]);
	expect(edited(remove(series, null, "all")).events).toBeNull();
});

test("deleting all deletes the resource", () => {
	const series = [weekly(["RRULE:FREQ=WEEKLY"]), override("2026-03-09T09:00:00", "2026-03-09T10:00:00")];
	expect(edited(remove(series, null, "all")).events).toBeNull();
	expect(edited(remove(series, berlin("2026-03-16T09:00:00"), "all")).events).toBeNull();
});
