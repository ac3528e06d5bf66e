import { describe, expect, it } from "vitest";
import { calendarOf, eventOf } from "../calendar/testing.ts";
import { byFirstDay, isFirst, nextOf, upcomingOf } from "./upcoming.ts";

const zone = "Europe/Berlin";
const work = calendarOf({ id: "work" });
const feed = calendarOf({ id: "feed", access: "read" });
const calendars = new Map([work, feed].map((calendar) => [calendar.id, calendar] as const));
const at = (time: string) => Date.parse(`2026-12-07T${time}:00+01:00`);
const now = at("08:00");

function meeting(id: string, from: string, to: string, fields: Parameters<typeof eventOf>[0] = {}) {
	const point = (time: string) => ({ date_time: `2026-12-07T${time}:00+01:00`, time_zone: zone });
	return eventOf({ id, ical_uid: id, title: id, calendar_id: "work", start: point(from), end: point(to), ...fields });
}

const declined = [
	{ email: "me@example.org", name: null, response: "declined", optional: false, organizer: false, self: true },
] as const;

describe("what is upcoming", () => {
	it("is one row where two calendars have it, opened where it can be written", () => {
		const copies = [
			meeting("in feed", "09:00", "10:00", { ical_uid: "same", calendar_id: "feed" }),
			meeting("in work", "09:00", "10:00", { ical_uid: "same" }),
		];
		const [item, ...more] = upcomingOf(copies, calendars, zone, now);
		expect(more).toEqual([]);
		expect(item?.event.id).toBe("in work");
		expect(item?.copies.map(({ calendar_id }) => calendar_id)).toEqual(["feed", "work"]);
		expect(item?.clashes).toEqual([]);
	});

	it("stays two rows at two times, and within one calendar", () => {
		const apart = [
			meeting("a", "09:00", "10:00"),
			meeting("b", "10:00", "11:00", { ical_uid: "a", calendar_id: "feed" }),
		];
		expect(upcomingOf(apart, calendars, zone, now)).toHaveLength(2);
		const twice = [meeting("a", "09:00", "10:00"), meeting("b", "09:00", "10:00", { ical_uid: "a" })];
		expect(upcomingOf(twice, calendars, zone, now)).toHaveLength(2);
	});

	it("leaves out what is over or cancelled", () => {
		const events = [meeting("over", "06:00", "08:00"), meeting("off", "09:00", "10:00", { status: "cancelled" })];
		expect(upcomingOf(events, calendars, zone, now)).toEqual([]);
	});

	it("marks what clashes: touching, free, declined and whole days do not", () => {
		const whole = { all_day: true, start: { date: "2026-12-07" }, end: { date: "2026-12-08" } };
		const events = [
			meeting("long", "09:00", "12:00"),
			meeting("inside", "10:00", "10:30"),
			meeting("touching", "12:00", "13:00"),
			meeting("free", "09:00", "12:00", { busy: false }),
			meeting("declined", "09:00", "12:00", { participants: declined }),
			meeting("birthday", "00:00", "00:00", whole),
		];
		const clashes = Object.fromEntries(
			upcomingOf(events, calendars, zone, now).map((item) => [item.event.id, item.clashes] as const),
		);
		expect(clashes).toEqual({
			long: ["inside"],
			inside: ["long"],
			touching: [],
			free: [],
			declined: [],
			birthday: [],
		});
	});
});

describe("what is next", () => {
	const items = (clock: string) =>
		upcomingOf(
			[meeting("focus", "09:00", "12:00"), meeting("call", "09:30", "10:00"), meeting("lunch", "12:00", "13:00")],
			calendars,
			zone,
			at(clock),
		);

	it.each([
		["08:00", "focus"],
		["09:00", "focus"],
		["09:15", "call"],
		["09:45", "call"],
		["10:15", "focus"],
		["11:50", "lunch"],
		["14:00", undefined],
	])("at %s is %s", (clock, title) => {
		expect(nextOf(items(clock), at(clock))?.event.title).toBe(title);
	});
});

it("lists each under its first day, what began before under today, whole days first", () => {
	const events = [
		meeting("early", "08:30", "09:00"),
		meeting("trip", "00:00", "00:00", { all_day: true, start: { date: "2026-12-05" }, end: { date: "2026-12-09" } }),
		meeting("later", "00:00", "00:00", { all_day: true, start: { date: "2026-12-08" }, end: { date: "2026-12-09" } }),
	];
	const days = byFirstDay(upcomingOf(events, calendars, zone, now), zone, now);
	expect(days.map(({ day, items }) => [day, ...items.map(({ event }) => event.id)])).toEqual([
		["2026-12-07", "trip", "early"],
		["2026-12-08", "later"],
	]);
});

describe("what is first", () => {
	const tomorrow = meeting("next", "09:00", "10:00", {
		start: { date_time: "2026-12-08T09:00:00+01:00", time_zone: zone },
		end: { date_time: "2026-12-08T10:00:00+01:00", time_zone: zone },
	});
	const holiday = meeting("holiday", "00:00", "00:00", {
		all_day: true,
		start: { date: "2026-12-07" },
		end: { date: "2026-12-08" },
	});
	const isFirstAmong = (...others: ReturnType<typeof meeting>[]) => {
		const items = upcomingOf([tomorrow, ...others], calendars, zone, now);
		const next = nextOf(items, now);
		return next !== null && isFirst(next, items, zone);
	};

	it("has nothing on the days before it: no whole day either", () => {
		expect(isFirstAmong()).toBe(true);
		expect(isFirstAmong(holiday)).toBe(false);
		expect(isFirstAmong({ ...holiday, participants: [...declined] })).toBe(true);
	});
});
