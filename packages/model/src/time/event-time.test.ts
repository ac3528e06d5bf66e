import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DateTimeZoned, EventDateTime } from "../event/event.ts";
import {
	addDays,
	addDuration,
	addExact,
	compareTimes,
	exactBetween,
	instantOf,
	nominalBetween,
	sameTime,
	utcAt,
	zonedAt,
	zoneOf,
} from "./event-time.ts";
import { ianaZone, UTC } from "./iana.ts";
import { DAY, HOUR, MINUTE, parseLocal } from "./wall-clock.ts";

const in_ = (zone: string, local: string): DateTimeZoned => zonedAt(parseLocal(local), ianaZone(zone) ?? UTC, { zone });
const paris = (local: string): DateTimeZoned => in_("Europe/Paris", local);
const date = (text: string): EventDateTime => ({ type: "date", date: text });
const floating = (text: string): EventDateTime => ({ type: "floating", local: text });

describe("instantOf", () => {
	test("a date starts at midnight in the reader's zone", () =>
		expect(instantOf(date("2026-07-01"), "Europe/Paris")).toBe(Date.UTC(2026, 5, 30, 22)));
	test("a date starts at the first instant of its day where midnight falls in a gap", () =>
		expect(instantOf(date("2018-11-04"), "America/Sao_Paulo")).toBe(Date.UTC(2018, 10, 4, 3)));
	test("a floating time is that wall clock in the reader's zone", () =>
		expect(instantOf(floating("2026-01-01T09:00:00"), "Asia/Tokyo")).toBe(Date.UTC(2026, 0, 1, 0)));
	test("a zoned time is its instant, whoever reads it", () =>
		expect(instantOf(paris("2026-01-01T09:00:00"), "Asia/Tokyo")).toBe(Date.UTC(2026, 0, 1, 8)));
	test("an unknown reader's zone counts as UTC", () =>
		expect(instantOf(date("2026-07-01"), "Nowhere/Town")).toBe(Date.UTC(2026, 6, 1)));
});

describe("adding", () => {
	const saturday = paris("2026-03-28T09:00:00");

	test("a day over a change of clocks keeps the wall clock", () =>
		expect(addDays(saturday, 1)).toEqual(paris("2026-03-29T09:00:00")));
	test("24 hours over a change of clocks does not", () =>
		expect(addExact(saturday, DAY)).toEqual(paris("2026-03-29T10:00:00")));
	test("a duration adds its days first, then its hours", () =>
		expect(addDuration(saturday, { days: 1, milliseconds: 2 * HOUR })).toEqual(paris("2026-03-29T11:00:00")));
	test("days to a date gives a date", () => expect(addDays(date("2026-02-27"), 2)).toEqual(date("2026-03-01")));
	test("past the year 9999 stays in it", () => expect(addDays(date("9999-12-30"), 1e6)).toEqual(date("9999-12-31")));
});

test("nominalBetween gives the duration that leads from start to end", () => {
	const zones = fc.constantFrom("Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe");
	const minutes = fc.integer({ min: Date.UTC(2020, 0, 1) / MINUTE, max: Date.UTC(2030, 0, 1) / MINUTE });
	fc.assert(
		fc.property(zones, zones, minutes, fc.integer({ min: 0, max: 60 * 24 * 60 }), (a, b, from, length) => {
			const start = zonedAt(from * MINUTE, ianaZone(a) ?? UTC, { zone: a });
			const end = zonedAt((from + length) * MINUTE, ianaZone(b) ?? UTC, { zone: b });
			expect(instantOf(addDuration(start, nominalBetween(start, end)), "UTC")).toBe(instantOf(end, "UTC"));
		}),
	);
});

test("a zoned time at either end of the calendar keeps an instant that can be read", () => {
	for (const time of [in_("Asia/Tokyo", "0001-01-01T00:00:00"), in_("America/Lima", "9999-12-31T23:59:59")]) {
		expect(parseLocal(time.instant)).not.toBeNaN();
	}
});

test("exactBetween measures instants of zoned times and wall clocks of others", () => {
	expect(exactBetween(paris("2026-03-28T09:00:00"), paris("2026-03-29T09:00:00"))).toBe(23 * HOUR);
	expect(exactBetween(floating("2026-03-28T09:00:00"), floating("2026-03-29T09:00:00"))).toBe(DAY);
	expect(exactBetween(date("2026-03-28"), date("2026-03-30"))).toBe(2 * DAY);
});

test("sameTime and compareTimes look at the instant, not at its spelling", () => {
	const there = paris("2026-01-01T09:00:00");
	expect(sameTime(there, utcAt(Date.UTC(2026, 0, 1, 8)))).toBe(true);
	expect(sameTime(there, floating("2026-01-01T09:00:00"))).toBe(false);
	expect(compareTimes(there, floating("2026-01-01T09:00:00"), "Europe/Paris")).toBe(0);
	expect(compareTimes(date("2026-01-01"), there, "Europe/Paris")).toBeLessThan(0);
});

describe("zoneOf", () => {
	const definition =
		"BEGIN:VTIMEZONE\r\nTZID:Base\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0730\r\nTZOFFSETTO:+0730\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
	const time: DateTimeZoned = {
		type: "zoned",
		local: "2026-01-01T09:00:00",
		zone: null,
		tzid: "Base",
		instant: "2026-01-01T02:00:00Z",
	};

	test("takes a custom zone by TZID", () => expect(zoneOf(time, { Base: definition }).offsetAt(0)).toBe(7.5 * HOUR));
	test("falls back to the offset that the time itself shows", () => expect(zoneOf(time).offsetAt(0)).toBe(7 * HOUR));
	test("moves a time of a custom zone by its rules", () =>
		expect(addDays({ ...time, instant: "2026-01-01T01:30:00Z" }, 1, { Base: definition })).toEqual({
			...time,
			local: "2026-01-02T09:00:00",
			instant: "2026-01-02T01:30:00Z",
		}));
});
