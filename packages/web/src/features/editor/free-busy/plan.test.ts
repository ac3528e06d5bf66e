import type { CalendarEvent } from "@kalends/client";
import { expect, it } from "vitest";
import { calendarOf, eventOf } from "../../calendar/testing.ts";
import { type EventValues, newValues } from "../form/values.ts";
import { type Block, frameOf, peopleOf, rowsOf, ticksOf } from "./plan.ts";

const BERLIN = "Europe/Berlin";
const GRACE = { email: "Grace@Example.org", name: "Grace", optional: false };
const BOB = { email: "bob@example.org", name: null, optional: false };
const WORK = calendarOf({ last_synced_at: "2026-12-01T00:00:00Z" });
const THEIRS = calendarOf({
	...WORK,
	id: "cal_g",
	access: "free_busy",
	provider_calendar_id: "grace@example.org",
	name: "G.",
});
const CALENDARS = [WORK, THEIRS];
const PEOPLE = peopleOf([GRACE, BOB], CALENDARS, new Set(["ada@example.com"]));

const values = (change: Partial<EventValues> = {}): EventValues => ({
	...newValues({ calendarId: "cal_1", allDay: false, start: 0, end: 0, zone: BERLIN }),
	...{ startDay: "2026-12-07", startTime: "10:00", endDay: "2026-12-07", endTime: "11:00" },
	...change,
});

function frame(change: Partial<EventValues> = {}) {
	const made = frameOf(values(change), BERLIN);
	if (made === null) throw new Error("no frame");
	return made;
}

/** On 7 December in Berlin. */
const busy = (from: string, to: string, more: Partial<CalendarEvent> = {}) => {
	const point = (time: string) => ({ date_time: `2026-12-07T${time}:00+01:00`, time_zone: BERLIN });
	const id = `evt_${from}${to}${more.title}`;
	return eventOf({ id, ical_uid: id, start: point(from), end: point(to), ...more });
};

const rows = (events: readonly CalendarEvent[], edited: CalendarEvent | null = null, change = {}) =>
	rowsOf(events, PEOPLE, CALENDARS, frame(change), edited);

const clock = (instant: number, zone = BERLIN) =>
	Temporal.Instant.fromEpochMilliseconds(instant)
		.toZonedDateTimeISO(zone)
		.toPlainDateTime()
		.toString({ smallestUnit: "minute" })
		.slice(5);
const span = ({ start, end }: Block, zone = BERLIN) => `${clock(start, zone)} ${clock(end, zone)}`;

it("shows the working hours, widened to hold the event", () => {
	expect(span(frame())).toBe("12-07T08:00 12-07T18:00");
	expect(span(frame({ startTime: "06:30" }))).toBe("12-07T06:00 12-07T18:00");
	const night = frame({ startTime: "22:00", endDay: "2026-12-08", endTime: "01:15" });
	expect(span(night)).toBe("12-07T08:00 12-08T02:00");
	expect(night.days).toEqual({ from: "2026-12-07", to: "2026-12-09" });
	expect(frameOf(values({ endDay: "2027-12-07" }), BERLIN)).toBeNull();
});

it("shows all of whole days", () => {
	const days = frame({ allDay: true, endDay: "2026-12-08" });
	expect(span(days)).toBe("12-07T00:00 12-09T00:00");
	expect(days.days).toEqual({ from: "2026-12-07", to: "2026-12-09" });
	expect(days.event).toEqual({ start: days.start, end: days.end });
	const week = frame({ allDay: true, endDay: "2026-12-20" });
	expect(ticksOf(week)).toMatchObject({ kind: "day" });
	expect(ticksOf(week).at.map((tick) => clock(tick))).toEqual(
		["07", "10", "13", "16", "19"].map((day) => `12-${day}T00:00`),
	);
});

it("is in the event's own zone, and days and floating times in the person's", () => {
	const there = frame({ startZone: "America/New_York", endZone: "America/New_York" });
	expect(span(there, "America/New_York")).toBe("12-07T08:00 12-07T18:00");
	const row = rowsOf([busy("16:30", "17:30", { title: "Call" })], PEOPLE, CALENDARS, there, null)[0];
	expect(row?.conflicts.map((one) => span(one, "America/New_York"))).toEqual(["12-07T10:30 12-07T11:30"]);
	expect(frame({ startZone: "", endZone: "" }).zone).toBe(BERLIN);
	expect(frame({ allDay: true, startZone: "America/New_York" }).zone).toBe(BERLIN);
});

it("has its lines at hours of the wall clock, also where that is changed", () => {
	const hours = (change: Partial<EventValues>) => ticksOf(frame(change)).at.map((tick) => clock(tick).slice(6, 8));
	expect(hours({})).toEqual(["08", "10", "12", "14", "16"]);
	const spring = { startDay: "2026-03-29", endDay: "2026-03-29", endTime: "04:00" };
	expect(hours({ ...spring, startTime: "01:00" })).toEqual(["03", "06", "09", "12", "15"]);
	const short = frame({ ...spring, startTime: "00:30" });
	expect(short.end - short.start).toBe(17 * 3_600_000);
	const autumn = frame({ startDay: "2026-10-25", endDay: "2026-10-25", allDay: true });
	expect(autumn.end - autumn.start).toBe(25 * 3_600_000);
	expect(ticksOf(autumn).at.map((tick) => clock(tick))).toEqual(
		["00", "06", "12", "18"].map((hour) => `10-25T${hour}:00`),
	);
});

it("no line stands at an hour that is skipped", () => {
	const night = frame({
		...{ startDay: "2026-03-29", startTime: "01:00", endDay: "2026-03-29", endTime: "04:00" },
	});
	const ticks = ticksOf({ ...night, end: night.event.end });
	expect(ticks.at.map((tick) => clock(tick).slice(6, 8))).toEqual(["01", "03"]);
});

it("knows guests by the id or the name of a calendar, and never the person as one", () => {
	expect(PEOPLE.known.map(({ guest, calendars }) => [guest.name, ...calendars])).toEqual([["Grace", "cal_g"]]);
	expect(PEOPLE.unknown).toEqual([BOB]);
	expect([...PEOPLE.own]).toEqual(["cal_1"]);
	const named = {
		...THEIRS,
		provider: "ics",
		access: "read",
		provider_calendar_id: "x",
		name: "bob@example.org",
	} as const;
	expect(peopleOf([BOB], [named], new Set()).known).toHaveLength(1);
	expect(peopleOf([BOB], [named], new Set(["bob@example.org"]))).toMatchObject({ known: [], unknown: [] });
	for (const unread of [{ selected: false }, { last_synced_at: null }, { status: "gone" }] as const) {
		expect(peopleOf([BOB], [{ ...named, ...unread }], new Set()).unknown).toEqual([BOB]);
	}
	// Not a guest, and not the person either.
	expect(peopleOf([], [named, THEIRS], new Set()).own.size).toBe(0);
	expect(peopleOf([], [{ ...named, name: "Terms" }], new Set()).own.size).toBe(1);
});

it("joins what overlaps, names each conflict once by its start, and cuts at the edges", () => {
	const events = [
		busy("10:30", "11:30", { title: "Review" }),
		busy("10:00", "10:45", { title: "Stand-up" }),
		busy("10:30", "11:30", { title: "Lunch" }),
		busy("10:00", "10:45", { title: "Stand-up", id: "evt_copy" }),
		busy("11:00", "12:00", { title: "Next" }),
		busy("07:00", "08:30", { title: "Early" }),
		busy("10:15", "10:30", { title: "Elsewhere", calendar_id: "cal_g" }),
	];
	const [you, grace] = rows(events);
	expect(you?.busy.map((one) => span(one))).toEqual(["12-07T08:00 12-07T08:30", "12-07T10:00 12-07T12:00"]);
	expect(you?.conflicts.map(({ title }) => title)).toEqual(["Stand-up", "Lunch", "Review"]);
	// Of a calendar that shows times alone the title is a filler.
	expect(grace).toMatchObject({ guest: GRACE, conflicts: [{ title: null }] });
});

it("leaves out what takes no time", () => {
	const declined = [
		{ email: "ada@example.com", name: null, response: "declined", optional: false, organizer: false, self: true },
	] as const;
	const events = [
		busy("10:00", "11:00", { busy: false }),
		busy("10:00", "11:00", { status: "cancelled" }),
		busy("10:00", "11:00", { participants: declined }),
		busy("10:00", "10:00"),
	];
	expect(rows(events)[0]).toEqual({ guest: null, busy: [], conflicts: [] });
	const refused = [{ ...declined[0], email: "grace@example.org", self: false }];
	expect(rows([busy("10:00", "11:00", { calendar_id: "cal_g", participants: refused })])[1]?.conflicts).toEqual([]);
});

it("whole days take their days; what is private has no title", () => {
	const holiday = { start: { date: "2026-12-06" }, end: { date: "2026-12-08" }, all_day: true, title: "Leave" };
	const [you] = rows([eventOf(holiday), busy("10:00", "10:30", { visibility: "private", title: "Doctor" })]);
	expect(you?.busy.map((one) => span(one))).toEqual(["12-07T08:00 12-07T18:00"]);
	expect(you?.conflicts.map(({ title, allDay }) => [title, allDay])).toEqual([
		["Leave", true],
		[null, false],
	]);
	const whole = { allDay: true } as const;
	expect(rows([busy("19:00", "20:00", { title: "Dinner" })], null, whole)[0]?.conflicts).toHaveLength(1);
});

it("leaves out the edited event: itself, its series, its copies, and a guest's copy that only shows its times", () => {
	const participants = [
		{ email: "grace@example.org", name: null, response: "accepted", optional: false, organizer: false, self: false },
	] as const;
	const occurrence = { recurring_event_id: "evt_s", original_start: busy("10:00", "11:00").start, ical_uid: "s" };
	const edited = busy("10:00", "11:00", { id: "evt_s.1", ...occurrence, participants });
	const copy = { ...edited, id: "evt_c.1", recurring_event_id: "evt_c" };
	const other = busy("10:30", "11:30", { ...occurrence, id: "evt_s.2", original_start: busy("15:00", "16:00").start });
	const times = { calendar_id: "cal_g", ical_uid: "" };
	const theirs = busy("10:00", "11:00", { ...times, id: "evt_g" });
	const conflicts = (events: readonly CalendarEvent[], of: CalendarEvent | null) =>
		rows(events, of).map((row) => row.conflicts.length);
	expect(conflicts([edited, copy, theirs], edited)).toEqual([0, 0]);
	// Another of the series, moved there, and what else Grace has at that time.
	expect(conflicts([edited, other, theirs, { ...theirs, id: "evt_h", end: other.end }], edited)).toEqual([1, 1]);
	expect(conflicts([edited, other, copy], { ...edited, id: "evt_s", recurring_event_id: null })).toEqual([0, 0]);
	// Not with the provider yet, which gives the UID.
	expect(conflicts([{ ...other, ical_uid: "" }], { ...edited, id: "evt_s", recurring_event_id: null })).toEqual([0, 0]);
	expect(conflicts([edited, theirs], null)).toEqual([1, 1]);
	// Who is invited only now is busy with something else.
	expect(conflicts([edited, theirs], { ...edited, participants: [] })).toEqual([0, 1]);
	expect(conflicts([{ ...theirs, ical_uid: "s", original_start: edited.original_start }, theirs], edited)).toEqual([
		0, 1,
	]);
});
