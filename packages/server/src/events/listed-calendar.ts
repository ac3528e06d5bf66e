import type { CalendarEvent } from "@kalends/model";
import { at, event } from "../sync/testing.ts";

const zoned = (local: string, zone: string) => ({
	type: "zoned" as const,
	local,
	zone,
	instant: Temporal.PlainDateTime.from(local).toZonedDateTime(zone).toInstant().toString(),
});
const floating = (local: string) => ({ type: "floating" as const, local });
const date = (day: string) => ({ type: "date" as const, date: day });

/** By UID: series of every kind, short and endless, near the window and far from it, and singles among them. */
export const CALENDAR: Readonly<Record<string, readonly CalendarEvent[]>> = {
	single: [event({ uid: "single", title: "Zebra lunch", location: "Straße 5" })],
	zero: [event({ uid: "zero", title: "Alarm", start: at(3), end: at(3) })],
	long: [event({ uid: "long", title: "Sabbatical", start: date("2026-09-01"), end: date("2027-01-11") })],
	day: [event({ uid: "day", title: "Holiday", start: date("2026-12-02"), end: date("2026-12-03") })],
	floats: [
		event({
			uid: "floats",
			title: "Pill",
			start: floating("2026-12-02T23:30:00"),
			end: floating("2026-12-03T00:15:00"),
		}),
	],
	gone: [event({ uid: "gone", title: "Called off", status: "cancelled" })],
	past: [
		event({
			uid: "past",
			title: "Long ago",
			start: zoned("2019-05-05T10:00:00", "Asia/Tokyo"),
			end: zoned("2019-05-05T11:00:00", "Asia/Tokyo"),
		}),
	],
	alone: [event({ uid: "alone", title: "Invited once", recurrence_id: at(9), start: at(9, 12), end: at(9, 13) })],
	weekly: [
		event({
			uid: "weekly",
			title: "Stand-up",
			start: zoned("2020-01-06T09:30:00", "Europe/Berlin"),
			end: zoned("2020-01-06T10:00:00", "Europe/Berlin"),
			recurrence: ["RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Berlin:20261214T093000"],
		}),
		event({
			uid: "weekly",
			title: "Moved out of the window",
			recurrence_id: zoned("2026-12-07T09:30:00", "Europe/Berlin"),
			start: zoned("2029-12-07T09:30:00", "Europe/Berlin"),
			end: zoned("2029-12-07T10:30:00", "Europe/Berlin"),
		}),
		event({
			uid: "weekly",
			title: "Moved into the window",
			recurrence_id: zoned("2021-03-01T09:30:00", "Europe/Berlin"),
			start: zoned("2026-12-08T08:00:00", "Europe/Berlin"),
			end: zoned("2026-12-08T09:00:00", "Europe/Berlin"),
		}),
		event({
			uid: "weekly",
			title: "Stand-up",
			status: "cancelled",
			recurrence_id: zoned("2026-12-21T09:30:00", "Europe/Berlin"),
			start: zoned("2026-12-21T09:30:00", "Europe/Berlin"),
			end: zoned("2026-12-21T10:00:00", "Europe/Berlin"),
		}),
	],
	birthdays: [
		event({
			uid: "birthdays",
			title: "Birthday",
			start: date("1990-12-02"),
			end: date("1990-12-03"),
			recurrence: ["RRULE:FREQ=YEARLY"],
		}),
	],
	daily: [
		event({
			uid: "daily",
			title: "Walk",
			start: floating("2026-10-01T00:10:00"),
			end: floating("2026-10-01T00:40:00"),
			recurrence: ["RRULE:FREQ=DAILY;COUNT=700"],
		}),
	],
	hourly: [
		event({
			uid: "hourly",
			title: "Ping",
			start: zoned("2026-11-20T00:00:00", "America/New_York"),
			end: zoned("2026-11-20T00:05:00", "America/New_York"),
			recurrence: ["RRULE:FREQ=HOURLY;INTERVAL=2"],
		}),
	],
};
