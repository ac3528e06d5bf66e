import { describe, expect, test } from "vitest";
import { day, event, floating, zoned } from "../recurrence/testing/series.ts";
import { BERLIN, codes, linesOf, override, patch, remove, shown, weekly } from "./testing/berlin.ts";
import { edited, STAMP } from "./testing/series.ts";

describe("scope and target", () => {
	const series = [weekly(["RRULE:FREQ=WEEKLY;COUNT=4"])];
	const second = zoned("2026-03-09T09:00:00", BERLIN);

	test("a series needs a scope", () => {
		expect(codes(patch(series, second, null, { title: "X" }))).toEqual(["recurrence_scope_required"]);
		expect(codes(remove(series, null, null))).toEqual(["recurrence_scope_required"]);
	});

	test("a single needs none, and takes any", () => {
		const single = event({ start: second });
		for (const scope of [null, "this", "following", "all"] as const) {
			expect(edited(patch([single], null, scope, { title: "X" })).events?.[0]).toMatchObject({
				title: "X",
				sequence: 0,
				updated_at: STAMP,
			});
			expect(edited(remove([single], second, scope)).events).toBeNull();
		}
		expect(codes(remove([single], zoned("2026-03-10T09:00:00", BERLIN), null))).toEqual(["not_an_occurrence"]);
	});

	test.each([
		["another time", zoned("2026-03-09T10:00:00", BERLIN)],
		["after COUNT", zoned("2026-03-30T09:00:00", BERLIN)],
		["another type", day("2026-03-09")],
		["a floating time", floating("2026-03-09T09:00:00")],
	])("no occurrence: %s", (_what, target) => {
		for (const scope of ["this", "following", "all"] as const) {
			expect(codes(patch(series, target, scope, { title: "X" }))).toEqual(["not_an_occurrence"]);
		}
	});

	test("an occurrence that was deleted is none", () => {
		const excluded = [weekly(["RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Berlin:20260309T090000"])];
		expect(codes(remove(excluded, second, "this"))).toEqual(["not_an_occurrence"]);
	});

	test("one and following ones need an occurrence, not the series", () => {
		expect(codes(patch(series, null, "this", { title: "X" }))).toEqual(["not_an_occurrence"]);
		expect(codes(remove(series, null, "following"))).toEqual(["not_an_occurrence"]);
	});

	test("a patch that changes nothing leaves everything as it is", () => {
		const made = edited(patch(series, second, "all", { title: "Series", start: second }));
		expect(made.events).toEqual(series);
		expect(edited(patch(series, second, "this", { title: "Series" })).events).toEqual(series);
	});
});

describe("this", () => {
	const series = [weekly(["RRULE:FREQ=WEEKLY;COUNT=4", "RDATE;TZID=Europe/Berlin:20260303T120000"])];
	const third = zoned("2026-03-16T09:00:00", BERLIN);

	test("makes an override with the slot as RECURRENCE-ID, and leaves the master alone", () => {
		const { events } = edited(patch(series, third, "this", { start: zoned("2026-03-17T15:00:00", BERLIN) }));
		expect(events?.[0]).toBe(series[0]);
		expect(events?.[1]).toMatchObject({
			recurrence_id: third,
			recurrence: null,
			start: zoned("2026-03-17T15:00:00", BERLIN),
			end: zoned("2026-03-17T16:00:00", BERLIN),
			sequence: 1,
			updated_at: STAMP,
		});
	});

	test("does not raise SEQUENCE for what is not significant", () => {
		const { events } = edited(patch(series, third, "this", { title: "X", location: "Y", busy: false }));
		expect(events?.[1]).toMatchObject({ title: "X", location: "Y", busy: false, sequence: 0 });
		expect(edited(patch(series, third, "this", { status: "cancelled" })).events?.[1]?.sequence).toBe(1);
	});

	test("changes the override that is there, in its place", () => {
		const own = override("2026-03-16T09:00:00", "2026-03-17T15:00:00", { sequence: 4, location: "Room" });
		const other = override("2026-03-23T09:00:00", "2026-03-23T10:00:00");
		const { events } = edited(
			patch([...series, own, other], third, "this", { end: zoned("2026-03-17T18:00:00", BERLIN) }),
		);
		expect(events?.slice(1)).toEqual([
			{ ...own, end: zoned("2026-03-17T18:00:00", BERLIN), sequence: 5, updated_at: STAMP },
			other,
		]);
	});

	test("gives an instance of an RDATE an override too, with the end of its PERIOD", () => {
		const slot = zoned("2026-03-03T12:00:00", BERLIN);
		expect(edited(patch(series, slot, "this", { title: "X" })).events?.[1]).toMatchObject({ recurrence_id: slot });
		const period = [weekly(["RDATE;VALUE=PERIOD;TZID=Europe/Berlin:20260303T120000/PT3H"])];
		expect(edited(patch(period, slot, "this", { title: "X" })).events?.[1]?.end).toEqual(
			zoned("2026-03-03T15:00:00", BERLIN),
		);
	});

	test("refuses a recurrence, and times that cannot be, all at once", () => {
		const made = patch(series, third, "this", { recurrence: null, end: zoned("2026-03-16T09:00:00", BERLIN) });
		expect(made).toMatchObject({
			type: "refused",
			faults: [
				{ code: "scope_unsupported", field: "recurrence" },
				{ code: "end_not_after_start", field: "end" },
			],
		});
		expect(codes(patch(series, third, "this", { start: day("2026-03-16") }))).toEqual(["time_invalid"]);
	});

	test("keeps a moment without length, but makes none", () => {
		const moment = event({ start: third, end: third });
		const moved = zoned("2026-03-16T10:00:00", BERLIN);
		expect(edited(patch([moment], null, null, { start: moved })).events?.[0]).toMatchObject({
			start: moved,
			end: moved,
		});
		expect(codes(patch([event({ start: third })], null, null, { end: third }))).toEqual(["end_not_after_start"]);
		const allDay = event({ start: day("2026-03-16") });
		expect(codes(patch([allDay], null, null, { end: day("2026-03-16") }))).toEqual(["end_not_after_start"]);
	});

	test("makes one occurrence of an all-day series a timed one", () => {
		const days = [event({ start: day("2026-03-02"), recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] })];
		const times = { start: zoned("2026-03-03T09:00:00", BERLIN), end: zoned("2026-03-03T10:00:00", BERLIN) };
		const { events } = edited(patch(days, day("2026-03-03"), "this", times));
		expect(events?.[1]).toMatchObject({ ...times, recurrence_id: day("2026-03-03") });
		expect(shown(events)).toEqual(["2026-03-02", "2026-03-03T09:00:00", "2026-03-04"]);
	});

	test.each([
		[
			"zoned",
			weekly(["RRULE:FREQ=WEEKLY;COUNT=3"]),
			zoned("2026-03-09T09:00:00", BERLIN),
			"EXDATE;TZID=Europe/Berlin:20260309T090000",
		],
		[
			"UTC",
			event({ start: zoned("2026-03-02T09:00:00"), recurrence: ["RRULE:FREQ=WEEKLY"] }),
			zoned("2026-03-09T09:00:00"),
			"EXDATE:20260309T090000Z",
		],
		[
			"floating",
			event({ start: floating("2026-03-02T09:00:00"), recurrence: ["RRULE:FREQ=WEEKLY"] }),
			floating("2026-03-09T09:00:00"),
			"EXDATE:20260309T090000",
		],
		[
			"all-day",
			event({ start: day("2026-03-02"), recurrence: ["RRULE:FREQ=WEEKLY"] }),
			day("2026-03-09"),
			"EXDATE;VALUE=DATE:20260309",
		],
	])("deleted: an EXDATE like DTSTART, %s", (_kind, master, slot, line) => {
		const { events } = edited(remove([master], slot, "this"));
		expect(linesOf(events)?.at(-1)).toBe(line);
		expect(events?.[0]).toMatchObject({ sequence: 1, updated_at: STAMP });
		expect(shown(events)).not.toContain(slot.type === "date" ? slot.date : slot.local);
	});

	test("deleted: the override goes too, a stray one without EXDATE", () => {
		const own = override("2026-03-16T09:00:00", "2026-03-17T15:00:00");
		expect(edited(remove([...series, own], third, "this")).events).toEqual([
			{
				...series[0],
				recurrence: [...(series[0]?.recurrence ?? []), "EXDATE;TZID=Europe/Berlin:20260316T090000"],
				sequence: 1,
				updated_at: STAMP,
			},
		]);
		const stray = override("2026-03-18T09:00:00", "2026-03-18T09:00:00");
		expect(edited(remove([...series, stray], stray.recurrence_id, "this")).events).toEqual(series);
	});

	test("deleted: the last one takes the resource with it", () => {
		const two = [weekly(["RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE;TZID=Europe/Berlin:20260302T090000"])];
		expect(edited(remove(two, zoned("2026-03-09T09:00:00", BERLIN), "this")).events).toBeNull();
	});

	test("a THISANDFUTURE goes on behind the occurrence that is edited", () => {
		const future = override("2026-03-09T09:00:00", "2026-03-09T11:00:00", { this_and_future: true });
		const second = zoned("2026-03-09T09:00:00", BERLIN);
		const { events } = edited(patch([...series, future], second, "this", { title: "Once" }));
		expect(events?.slice(1)).toMatchObject([
			{ recurrence_id: second, title: "Once", this_and_future: false },
			{ recurrence_id: third, title: "Own", this_and_future: true, start: zoned("2026-03-16T11:00:00", BERLIN) },
		]);
		expect(shown(edited(remove([...series, future], second, "this")).events)).toEqual([
			"2026-03-02T09:00:00",
			"2026-03-03T12:00:00",
			"2026-03-16T11:00:00",
			"2026-03-23T11:00:00",
		]);
	});
});

describe("overrides without a master", () => {
	const guest = override("2026-03-09T09:00:00", "2026-03-09T09:00:00");
	const other = override("2026-03-16T09:00:00", "2026-03-16T09:00:00");

	test("are edited and deleted one by one", () => {
		const { events } = edited(patch([guest, other], guest.recurrence_id, "this", { title: "X" }));
		expect(events).toEqual([{ ...guest, title: "X", updated_at: STAMP }, other]);
		expect(edited(remove([guest, other], guest.recurrence_id, "this")).events).toEqual([other]);
		expect(edited(remove([guest], null, null)).events).toBeNull();
		expect(edited(remove([guest, other], null, "all")).events).toBeNull();
	});

	test("know nothing of their series", () => {
		expect(codes(patch([guest], guest.recurrence_id, "following", { title: "X" }))).toEqual(["scope_unsupported"]);
		expect(codes(patch([guest], guest.recurrence_id, "this", { recurrence: [] }))).toEqual(["scope_unsupported"]);
		expect(codes(remove([guest, other], null, null))).toEqual(["not_an_occurrence"]);
	});
});

describe("following", () => {
	const third = zoned("2026-03-16T09:00:00", BERLIN);

	test("on the first occurrence is all", () => {
		const series = [weekly(["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Europe/Berlin:20260302T090000,20260309T090000"])];
		const made = edited(patch(series, third, "following", { title: "X" }));
		expect(made.created).toBeNull();
		expect(made.events?.[0]?.title).toBe("X");
		expect(edited(remove(series, third, "following")).events).toBeNull();
	});

	test("another rule from the first that is left begins with it; what was deleted before does not come back", () => {
		const series = [weekly(["RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=Europe/Berlin:20260302T090000,20260309T090000"])];
		const made = edited(patch(series, third, "following", { recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] }));
		expect(made).toMatchObject({ created: null, events: [{ uid: "series@example.com", start: third, sequence: 1 }] });
		expect(shown(made.events).map((text) => text.slice(0, 10))).toEqual(["2026-03-16", "2026-03-17", "2026-03-18"]);
	});

	test("the recurrence that the series has says nothing, as it is read with every occurrence", () => {
		const recurrence = ["RRULE:FREQ=WEEKLY;COUNT=4"];
		const made = edited(patch([weekly(recurrence)], third, "following", { title: "X", recurrence }));
		expect(linesOf(made.created)).toEqual(["RRULE:FREQ=WEEKLY;COUNT=2"]);
	});

	test.each([
		["COUNT", "RRULE:FREQ=WEEKLY;COUNT=6", "RRULE:FREQ=WEEKLY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=4"],
		["no end", "RRULE:FREQ=WEEKLY", "RRULE:FREQ=WEEKLY;UNTIL=20260316T075959Z", "RRULE:FREQ=WEEKLY"],
		[
			"UNTIL",
			"RRULE:FREQ=WEEKLY;UNTIL=20260501T000000Z",
			"RRULE:FREQ=WEEKLY;UNTIL=20260316T075959Z",
			"RRULE:FREQ=WEEKLY;UNTIL=20260501T000000Z",
		],
		[
			"every other week",
			"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR",
			"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20260316T075959Z",
			"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR",
		],
	])("splits a rule with %s", (_what, rule, old, next) => {
		const made = edited(patch([weekly([rule])], third, "following", { title: "X" }));
		expect(linesOf(made.events)).toEqual([old]);
		expect(made.events?.[0]).toMatchObject({ uid: "series@example.com", title: "Series", sequence: 1 });
		expect(linesOf(made.created)).toEqual([next]);
		expect(made.created?.[0]).toMatchObject({
			uid: "new@example.org",
			title: "X",
			start: third,
			sequence: 0,
			created_at: STAMP,
			updated_at: STAMP,
		});
	});

	test("ends an all-day series by a date, a floating one by a local time", () => {
		const days = [event({ start: day("2026-03-02"), recurrence: ["RRULE:FREQ=DAILY"] })];
		expect(linesOf(edited(remove(days, day("2026-03-05"), "following")).events)).toEqual([
			"RRULE:FREQ=DAILY;UNTIL=20260304",
		]);
		const local = [event({ start: floating("2026-03-02T09:00:00"), recurrence: ["RRULE:FREQ=DAILY"] })];
		expect(linesOf(edited(remove(local, floating("2026-03-05T09:00:00"), "following")).events)).toEqual([
			"RRULE:FREQ=DAILY;UNTIL=20260305T085959",
		]);
	});

	test("parts RDATE, EXDATE and overrides, and carries later ones along with a change of time", () => {
		const series = [
			weekly([
				"RRULE:FREQ=WEEKLY;COUNT=6",
				"EXDATE;TZID=Europe/Berlin:20260309T090000,20260330T090000",
				"RDATE;TZID=Europe/Berlin:20260304T120000,20260401T120000",
			]),
			override("2026-03-02T09:00:00", "2026-03-02T10:00:00"),
			override("2026-03-23T09:00:00", "2026-03-24T10:00:00"),
		];
		const made = edited(patch(series, third, "following", { start: zoned("2026-03-17T08:00:00", BERLIN) }));
		expect(linesOf(made.events)).toEqual([
			"RRULE:FREQ=WEEKLY;COUNT=2",
			"EXDATE;TZID=Europe/Berlin:20260309T090000",
			"RDATE;TZID=Europe/Berlin:20260304T120000",
		]);
		expect(made.events?.slice(1)).toEqual([series[1]]);
		expect(linesOf(made.created)).toEqual([
			"RRULE:FREQ=WEEKLY;COUNT=4",
			"EXDATE;TZID=Europe/Berlin:20260331T080000",
			"RDATE;TZID=Europe/Berlin:20260402T110000",
		]);
		expect(made.created?.[1]).toMatchObject({
			uid: "new@example.org",
			recurrence_id: zoned("2026-03-24T08:00:00", BERLIN),
			start: zoned("2026-03-25T09:00:00", BERLIN),
		});
		expect(made.dropped).toEqual([]);
	});

	test("at an RDATE the new rule says what it took from the old start", () => {
		const series = [weekly(["RRULE:FREQ=WEEKLY;COUNT=4", "RDATE;TZID=Europe/Berlin:20260312T120000"])];
		const made = edited(patch(series, zoned("2026-03-12T12:00:00", BERLIN), "following", {}));
		expect(linesOf(made.created)).toEqual(["RRULE:FREQ=WEEKLY;COUNT=3;BYHOUR=9;BYMINUTE=0;BYSECOND=0;BYDAY=MO"]);
		expect(shown(made.created)).toEqual(["2026-03-12T12:00:00", "2026-03-16T09:00:00", "2026-03-23T09:00:00"]);
	});

	test("takes a THISANDFUTURE that is in force for the new master", () => {
		const future = override("2026-03-09T09:00:00", "2026-03-10T11:00:00", { this_and_future: true });
		const series = [weekly(["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4"]), future];
		const made = edited(patch(series, third, "following", { location: "X" }));
		expect(made.created).toMatchObject([
			{
				title: "Own",
				location: "X",
				start: zoned("2026-03-17T11:00:00", BERLIN),
				this_and_future: false,
				recurrence_id: null,
			},
		]);
		expect(linesOf(made.created)).toEqual(["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2"]);
		expect(shown(made.events)).toEqual(["2026-03-02T09:00:00", "2026-03-10T11:00:00"]);
	});

	test("keeps a THISANDFUTURE that the rule cannot follow", () => {
		const monthly = event({
			start: zoned("2026-03-10T09:00:00", BERLIN),
			recurrence: ["RRULE:FREQ=MONTHLY;BYDAY=2TU"],
		});
		const future = override("2026-04-14T09:00:00", "2026-04-15T11:00:00", { this_and_future: true });
		const target = zoned("2026-05-12T09:00:00", BERLIN);
		const made = edited(patch([monthly, future], target, "following", { title: "X" }));
		expect(made.created).toMatchObject([
			{ start: target },
			{ recurrence_id: target, title: "X", this_and_future: true },
		]);
		expect(shown(made.created).slice(0, 3)).toEqual([
			"2026-05-13T11:00:00",
			"2026-06-10T11:00:00",
			"2026-07-15T11:00:00",
		]);
	});

	test("two rules: cut always, split where both can be counted from there", () => {
		const rules = ["RRULE:FREQ=WEEKLY", "RRULE:FREQ=MONTHLY;BYMONTHDAY=15;BYHOUR=12"];
		const made = edited(patch([weekly(rules)], third, "following", { title: "X" }));
		expect(shown(made.created).slice(0, 5)).toEqual([
			"2026-03-16T09:00:00",
			"2026-03-23T09:00:00",
			"2026-03-30T09:00:00",
			"2026-04-06T09:00:00",
			"2026-04-13T09:00:00",
		]);
		const uneven = [weekly(["RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY;INTERVAL=5"])];
		expect(codes(patch(uneven, third, "following", { title: "X" }))).toEqual(["recurrence_rule_needed"]);
		const ruled = edited(patch(uneven, third, "following", { title: "X", recurrence: ["RRULE:FREQ=WEEKLY;COUNT=2"] }));
		expect(linesOf(ruled.created)).toEqual(["RRULE:FREQ=WEEKLY;COUNT=2"]);
		expect(shown(edited(remove(uneven, third, "following")).events)).toEqual([
			"2026-03-02T09:00:00",
			"2026-03-07T09:00:00",
			"2026-03-09T09:00:00",
			"2026-03-12T09:00:00",
		]);
	});
});
