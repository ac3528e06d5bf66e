import type { Calendar } from "@kalends/client";
import { describe, expect, it } from "vitest";
import { calendarOf, eventOf } from "../testing.ts";
import { canWrite, lookOf, toGrid } from "./to-grid.ts";

const calendars = new Map<string, Calendar>([["cal_1", calendarOf()]]);

describe("an event in the grid", () => {
	it("is an instant with an offset", () => {
		expect(toGrid(eventOf(), calendars, "America/New_York")).toMatchObject({
			start: "2026-12-07T03:00:00-05:00",
			end: "2026-12-07T04:00:00-05:00",
			allDay: false,
			editable: true,
		});
	});

	it("is the reader's wall clock where it floats", () => {
		const start = { date_time: "2026-12-07T09:00:00", time_zone: null };
		const end = { date_time: "2026-12-07T10:00:00", time_zone: null };
		expect(toGrid(eventOf({ start, end }), calendars, "Asia/Tokyo").start).toBe("2026-12-07T09:00:00+09:00");
	});

	it("is days, with the API's exclusive end", () => {
		const event = eventOf({ start: { date: "2026-12-07" }, end: { date: "2026-12-09" }, all_day: true });
		expect(toGrid(event, calendars, "Asia/Tokyo")).toMatchObject({
			start: "2026-12-07",
			end: "2026-12-09",
			allDay: true,
		});
	});

	it("stays where it is when it may not be changed, or its calendar is not known", () => {
		expect(toGrid(eventOf({ read_only: true }), calendars, "UTC").editable).toBe(false);
		expect(toGrid(eventOf({ calendar_id: "cal_2" }), calendars, "UTC").editable).toBe(false);
	});
});

it("knows which calendars can be written", () => {
	expect(canWrite(calendarOf())).toBe(true);
	expect(canWrite(calendarOf({ access: "read" }))).toBe(false);
	expect(canWrite(calendarOf({ status: "gone" }))).toBe(false);
	expect(canWrite(calendarOf({ selected: false }))).toBe(false);
});

describe("its look", () => {
	const self = (response: "accepted" | "declined" | "tentative" | "needs_action") =>
		eventOf({
			participants: [{ email: "me@example.org", name: null, response, optional: false, organizer: false, self: true }],
		});

	it("follows the person's answer", () => {
		expect(lookOf(self("declined"), 10, 5).declined).toBe(true);
		expect(lookOf(self("needs_action"), 10, 5).tentative).toBe(true);
		expect(lookOf(self("accepted"), 10, 5)).toMatchObject({ declined: false, tentative: false });
	});

	it("follows time and the state of its sync", () => {
		expect(lookOf(eventOf(), 10, 10).past).toBe(true);
		expect(lookOf(eventOf({ sync: { state: "pending" } }), 10, 5).pending).toBe(true);
		expect(lookOf(eventOf({ sync: { state: "failed" }, busy: false }), 10, 5)).toMatchObject({
			failed: true,
			free: true,
		});
	});
});
