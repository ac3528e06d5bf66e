import { describe, expect, it } from "vitest";
import { ruleFrom } from "../recurrence/rule.ts";
import {
	type EventValues,
	faultsOf,
	faultsOfChange,
	newEventOf,
	newValues,
	patchOf,
	skippedTo,
	spanOf,
	valuesOf,
	withStart,
} from "./values.ts";

const NEW = newValues({
	calendarId: "cal_1",
	allDay: false,
	start: Date.parse("2026-12-07T08:00:00Z"),
	end: Date.parse("2026-12-07T09:00:00Z"),
	zone: "Europe/Berlin",
});

const EVENT = {
	calendar_id: "cal_1",
	title: "Planning",
	description: "",
	location: "Room 4",
	status: "confirmed",
	start: { date_time: "2026-12-07T09:00:00+01:00", time_zone: "Europe/Berlin" },
	end: { date_time: "2026-12-07T10:00:00+01:00", time_zone: "Europe/Berlin" },
	all_day: false,
	recurrence: null,
	participants: [
		{ email: "me@example.org", name: null, response: "accepted", optional: false, organizer: true, self: true },
		{ email: "ann@example.org", name: "Ann", response: "tentative", optional: false, organizer: false, self: false },
	],
	reminders: { use_default: false, overrides: [{ method: "popup", minutes: 10 }] },
	visibility: "default",
	busy: true,
	color: null,
	categories: [],
	conference: null,
	attachments: [],
	html_link: null,
} as const;
const VALUES = valuesOf(EVENT, "UTC");

describe("a new event", () => {
	it("sends what was filled in, and no more", () => {
		expect(newEventOf({ ...NEW, title: " Lunch " })).toEqual({
			calendar_id: "cal_1",
			title: "Lunch",
			start: { date_time: "2026-12-07T09:00:00+01:00", time_zone: "Europe/Berlin" },
			end: { date_time: "2026-12-07T10:00:00+01:00", time_zone: "Europe/Berlin" },
			busy: true,
		});
	});

	it("sends days with an exclusive end, and does not block them", () => {
		const values = newValues({
			calendarId: "cal_1",
			allDay: true,
			start: Date.parse("2026-03-28T23:00:00Z"),
			end: Date.parse("2026-03-29T22:00:00Z"),
			zone: "Europe/Berlin",
		});
		expect([values.startDay, values.endDay]).toEqual(["2026-03-29", "2026-03-29"]);
		expect(newEventOf(values)).toMatchObject({
			start: { date: "2026-03-29" },
			end: { date: "2026-03-30" },
			busy: false,
		});
	});

	it("sends repetition, guests, reminders and a conference", () => {
		const rule = { ...ruleFrom("2026-12-07", "WEEKLY"), end: { kind: "count", count: 3 } as const };
		const body = newEventOf({
			...NEW,
			repetition: { kind: "rule", rule, exceptions: [] },
			guests: [{ email: "ann@example.org", name: null, optional: true }],
			reminders: [],
			conference: { create: true, url: "" },
		});
		expect(body).toMatchObject({
			recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3"],
			participants: [{ email: "ann@example.org", optional: true }],
			reminders: { use_default: false, overrides: [] },
			conference: { create: true },
		});
	});
});

describe("a change", () => {
	const patch = (change: Partial<EventValues>) => patchOf(VALUES, { ...VALUES, ...change }, EVENT);

	it("of nothing is nothing", () => {
		expect(patch({})).toEqual({});
	});

	it("holds only what was changed", () => {
		expect(patch({ title: "Plans" })).toEqual({ title: "Plans" });
		expect(patch({ location: "" })).toEqual({ location: "" });
		expect(patch({ reminders: "default" })).toEqual({ reminders: { use_default: true } });
	});

	it("sends start and end together", () => {
		expect(patch({ endTime: "10:30" })).toEqual({
			start: EVENT.start,
			end: { date_time: "2026-12-07T10:30:00+01:00", time_zone: "Europe/Berlin" },
		});
	});

	it("keeps the organizer among the guests", () => {
		const guests = [...VALUES.guests, { email: "bob@example.org", name: null, optional: false }];
		expect(patch({ guests }).participants?.map(({ email }) => email)).toEqual([
			"me@example.org",
			"ann@example.org",
			"bob@example.org",
		]);
		expect(patch({ guests: [] }).participants).toEqual([]);
	});
});

it("shows times in the event's own zones", () => {
	const flight = { ...EVENT, end: { date_time: "2026-12-07T11:30:00-05:00", time_zone: "America/New_York" } };
	expect(valuesOf(flight, "Asia/Tokyo")).toMatchObject({
		startTime: "09:00",
		startZone: "Europe/Berlin",
		endTime: "11:30",
		endZone: "America/New_York",
	});
	expect(spanOf(valuesOf(flight, "Asia/Tokyo")).end).toEqual(flight.end);
});

it("keeps floating times floating", () => {
	const point = { date_time: "2026-12-07T09:00:00", time_zone: null };
	const values = valuesOf({ ...EVENT, start: point, end: { ...point, date_time: "2026-12-07T10:00:00" } }, "UTC");
	expect(values.startZone).toBe("");
	expect(spanOf(values).start).toEqual(point);
});

describe("another start", () => {
	it("takes the end along", () => {
		expect(withStart(NEW, { startTime: "23:30" })).toMatchObject({ endDay: "2026-12-08", endTime: "00:30" });
		expect(withStart(NEW, { startDay: "2026-12-20" })).toMatchObject({ endDay: "2026-12-20", endTime: "10:00" });
		expect(withStart(NEW, { startZone: "Asia/Tokyo" }).endZone).toBe("Asia/Tokyo");
	});

	it("waits while it is being typed", () => {
		expect(withStart(NEW, { startTime: "" })).toMatchObject({ endTime: "10:00" });
	});
});

describe("a time that the clocks skip", () => {
	const zone = "America/New_York";
	const day = "2027-03-14";
	const SPRING = { ...NEW, startDay: day, endDay: day, startZone: zone, endZone: zone };

	it("becomes the one as much later", () => {
		expect(skippedTo(day, "02:30", zone)?.toString()).toBe("2027-03-14T03:30:00");
		expect(skippedTo("2011-12-30", "10:00", "Pacific/Apia")?.toString()).toBe("2011-12-31T10:00:00");
	});

	it("is none where it exists, floats or is being typed", () => {
		expect(skippedTo(day, "03:00", zone)).toBeNull();
		expect(skippedTo("2027-11-07", "01:30", zone)).toBeNull();
		expect(skippedTo(day, "02:30", "")).toBeNull();
		expect(skippedTo(day, "", zone)).toBeNull();
	});

	it("takes the end along from what it becomes, and back", () => {
		const skipped = withStart(SPRING, { startTime: "02:30" });
		expect(skipped).toMatchObject({ startTime: "02:30", endTime: "04:30" });
		expect([...faultsOf(skipped)]).toEqual([]);
		expect(spanOf(skipped)).toMatchObject({
			start: { date_time: "2027-03-14T03:30:00-04:00" },
			end: { date_time: "2027-03-14T04:30:00-04:00" },
		});
		expect(withStart(skipped, { startTime: "09:00" })).toMatchObject({ endTime: "10:00" });
	});

	it("takes an end along that is skipped too", () => {
		const skipped = withStart({ ...SPRING, endTime: "09:20" }, { startTime: "02:30" });
		expect(skipped).toMatchObject({ endTime: "02:50" });
		expect([...faultsOf(skipped)]).toEqual([]);
		expect(withStart(skipped, { startTime: "09:00" })).toMatchObject({ endTime: "09:20" });
	});

	it("moves no day of what takes whole days", () => {
		const days = { ...SPRING, allDay: true, startDay: "2027-03-13", startTime: "02:30", endTime: "23:30" };
		expect(withStart(days, { startDay: day })).toMatchObject({ endDay: "2027-03-15" });
	});

	it("is refused as an end only where what it becomes is not after the start", () => {
		expect([...faultsOf({ ...SPRING, startTime: "01:30", endTime: "02:30" })]).toEqual([]);
		expect([...faultsOf({ ...SPRING, startTime: "03:00", endTime: "02:30" })]).toEqual([]);
		expect([...faultsOf({ ...SPRING, startTime: "02:30", endTime: "03:00" })]).toEqual(["end-before-start"]);
	});
});

describe("what cannot be saved", () => {
	it("is nothing that was there before and was not touched", () => {
		const given = { ...NEW, endTime: NEW.startTime, conference: { create: false, url: "tel:+49301234" } };
		expect([...faultsOf(given)]).toEqual(["end-before-start", "conference"]);
		expect([...faultsOfChange({ ...given, title: "Renamed" }, given)]).toEqual([]);
		expect([...faultsOfChange({ ...given, startTime: "23:00", endTime: "22:00" }, given)]).toEqual([
			"end-before-start",
		]);
	});

	it("is an end that is not after the start, in instants", () => {
		expect([...faultsOf({ ...NEW, endTime: "09:00" })]).toEqual(["end-before-start"]);
		expect([...faultsOf({ ...NEW, endTime: "08:30", endZone: "UTC" })]).toEqual([]);
	});

	it("is what is missing or no time", () => {
		expect([...faultsOf({ ...NEW, calendarId: "", startTime: "25:00" })]).toEqual(["calendar", "start"]);
	});

	it("is a rule that ends before it begins, or lacks a number or a day", () => {
		const daily = ruleFrom("2026-12-07", "DAILY");
		const of = (rule: typeof daily) => [...faultsOf({ ...NEW, repetition: { kind: "rule", rule, exceptions: [] } })];
		expect(of({ ...daily, end: { kind: "until", date: "2026-12-01" } })).toEqual(["repeat-ends"]);
		expect(of({ ...daily, end: { kind: "until", date: "" } })).toEqual(["repeat-ends"]);
		expect(of({ ...daily, interval: 0, end: { kind: "count", count: 0 } })).toEqual(["repeat-every", "repeat-times"]);
		expect(of({ ...daily, interval: 2, end: { kind: "count", count: 1 } })).toEqual([]);
	});

	it("is a guest without an address, and a call without a link, beside everything else", () => {
		const values = {
			...NEW,
			startDay: "",
			guestText: "ann, bob@example.org",
			conference: { create: false, url: "meet" },
		};
		expect([...faultsOf(values)]).toEqual(["start", "guests", "conference"]);
		expect([...faultsOf({ ...NEW, guestText: " bob@example.org " })]).toEqual([]);
	});
});

describe("guests that are typed", () => {
	it("are invited with the others, once each", () => {
		const values = { ...NEW, guests: [{ email: "ann@example.org", name: "Ann", optional: true }] };
		const typed = { ...values, guestText: "Ann@example.org; Bob <bob@example.org>" };
		expect(newEventOf(typed).participants).toEqual([
			{ email: "ann@example.org", name: "Ann", optional: true },
			{ email: "bob@example.org", name: "Bob", optional: false },
		]);
		const before = valuesOf(EVENT, "Europe/Berlin");
		const after = { ...before, guestText: "bob@example.org" };
		expect(patchOf(before, after, EVENT).participants).toMatchObject([
			{ email: "me@example.org" },
			{ email: "ann@example.org" },
			{ email: "bob@example.org" },
		]);
		expect(patchOf(before, { ...before, guestText: "nobody" }, EVENT)).toEqual({});
	});
});
