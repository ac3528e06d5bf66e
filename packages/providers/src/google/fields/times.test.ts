import type { EventDateTime } from "@kalends/model";
import { expect, test } from "vitest";
import { CONTEXT, canonical, google } from "../testing/sample.ts";
import type { GoogleTime } from "../types.ts";
import { readOriginalStart, readTime, times } from "./times.ts";

const zoned = (local: string, zone: string, instant: string): EventDateTime => ({
	type: "zoned",
	local,
	zone,
	instant,
});

const READ: readonly (readonly [string, GoogleTime, EventDateTime])[] = [
	["a day", { date: "2026-03-02" }, { type: "date", date: "2026-03-02" }],
	[
		"a time with its zone",
		{ dateTime: "2026-03-02T09:00:00+01:00", timeZone: "Europe/Berlin" },
		zoned("2026-03-02T09:00:00", "Europe/Berlin", "2026-03-02T08:00:00Z"),
	],
	[
		"a time told in the reader's zone",
		{ dateTime: "2026-03-02T03:00:00-05:00", timeZone: "Europe/Berlin" },
		zoned("2026-03-02T09:00:00", "Europe/Berlin", "2026-03-02T08:00:00Z"),
	],
	[
		"a wall clock",
		{ dateTime: "2026-03-02T09:00:00", timeZone: "Asia/Tokyo" },
		zoned("2026-03-02T09:00:00", "Asia/Tokyo", "2026-03-02T00:00:00Z"),
	],
	[
		"a time of no zone, in the calendar's",
		{ dateTime: "2026-03-02T08:00:00.000Z" },
		zoned("2026-03-02T09:00:00", "Europe/Vienna", "2026-03-02T08:00:00Z"),
	],
	[
		"UTC",
		{ dateTime: "2026-03-02T08:00:00Z", timeZone: "UTC" },
		zoned("2026-03-02T08:00:00", "UTC", "2026-03-02T08:00:00Z"),
	],
];

test.each(READ)("reads %s", (_, given, expected) => {
	expect(readTime(given, CONTEXT, false)).toEqual(expected);
});

test("what is no time is none", () => {
	for (const given of [undefined, null, {}, { date: "soon" }, { dateTime: "2026-13-02T09:00:00Z" }]) {
		expect(readTime(given, CONTEXT, false)).toBeNull();
	}
});

test("an unknown zone is kept and told, its instant is right", () => {
	const warnings: string[] = [];
	const context = { ...CONTEXT, warn: (sentence: string) => void warnings.push(sentence) };
	const time = readTime({ dateTime: "2026-03-02T09:00:00+01:00", timeZone: "Mars/Base" }, context, false);
	expect(time).toMatchObject({ zone: null, tzid: "Mars/Base", instant: "2026-03-02T08:00:00Z", uncertain: true });
	expect(warnings).toEqual(['The zone "Mars/Base" is not known.']);
});

test("an end that is not told is the start, and so is one of another kind", () => {
	const unspecified = times.read(google({ endTimeUnspecified: true }), CONTEXT);
	expect(unspecified.end).toEqual(unspecified.start);
	const mixed = times.read(google({ end: { date: "2026-03-03" } }), CONTEXT);
	expect(mixed.end).toEqual(mixed.start);
});

test("a patch to a day takes the time away, and back", () => {
	const day = canonical({ start: { date: "2026-03-02" }, end: { date: "2026-03-03" } });
	const none = { dateTime: null, timeZone: null };
	expect(times.write?.(day, google(), CONTEXT)).toEqual({
		start: { date: "2026-03-02", ...none },
		end: { date: "2026-03-03", ...none },
	});
	expect(times.write?.(canonical(), google(), CONTEXT)).toEqual({
		start: { dateTime: "2026-03-02T09:00:00+01:00", timeZone: "Europe/Berlin", date: null },
		end: { dateTime: "2026-03-02T10:00:00+01:00", timeZone: "Europe/Berlin", date: null },
	});
	expect(times.write?.(day, null, CONTEXT)).toEqual({ start: { date: "2026-03-02" }, end: { date: "2026-03-03" } });
});

test.each([
	["in winter", "2026-03-02T09:00:00", "America/New_York", "2026-03-02T14:00:00Z", "2026-03-02T09:00:00-05:00"],
	["on the half hour", "2026-03-02T09:00:00", "Asia/Kolkata", "2026-03-02T03:30:00Z", "2026-03-02T09:00:00+05:30"],
	[
		"the second of two readings",
		"2026-10-25T02:30:00",
		"Europe/Berlin",
		"2026-10-25T01:30:00Z",
		"2026-10-25T02:30:00+01:00",
	],
	["in UTC", "2026-03-02T09:00:00", "UTC", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"],
])("writes a time %s so that it is read again as it was", (_, local, zone, instant, dateTime) => {
	const start = zoned(local, zone, instant);
	const body = times.write?.(canonical({}, { start, end: start }), null, CONTEXT);
	expect(body?.start).toEqual({ dateTime, timeZone: zone });
	expect(readTime(body?.start, CONTEXT, false)).toEqual(start);
});

test("a floating time is kept as one in a property, and given up with it", () => {
	const floating = { type: "floating", local: "2026-03-02T09:00:00" } as const;
	const body = times.write?.(canonical({}, { start: floating, end: floating }), null, CONTEXT);
	expect(body).toMatchObject({ start: { dateTime: floating.local, timeZone: "Europe/Vienna" } });
	const stored = google({
		start: { dateTime: "2026-03-02T09:00:00+01:00", timeZone: "Europe/Vienna" },
		end: { dateTime: "2026-03-02T09:00:00+01:00", timeZone: "Europe/Vienna" },
		extendedProperties: body?.extendedProperties as { private: Record<string, string> },
	});
	expect(times.read(stored, CONTEXT)).toMatchObject({ start: floating, end: floating });
	const back = times.write?.(canonical(), stored, CONTEXT);
	expect(back?.extendedProperties).toEqual({ private: { kalendsTime: null } });
});

test("a zone of its own becomes UTC, and is refused for a series", () => {
	const own: EventDateTime = {
		type: "zoned",
		local: "2026-03-02T09:00:00",
		zone: null,
		tzid: "Our Own",
		instant: "2026-03-02T04:30:00Z",
	};
	const single = canonical({}, { start: own, end: own });
	expect(times.write?.(single, null, CONTEXT)).toMatchObject({
		start: { dateTime: "2026-03-02T04:30:00Z", timeZone: "UTC" },
	});
	const series = { ...single, recurrence: ["RRULE:FREQ=DAILY"] };
	expect(() => times.write?.(series, null, CONTEXT)).toThrow(/zone of its own/);
});

test("the slot of an exception is written as its series is", () => {
	const exception = google({
		originalStartTime: { dateTime: "2026-03-09T03:00:00-05:00", timeZone: "America/New_York" },
	});
	expect(readOriginalStart(exception, canonical(), CONTEXT)).toEqual(
		zoned("2026-03-09T09:00:00", "Europe/Berlin", "2026-03-09T08:00:00Z"),
	);
	expect(readOriginalStart(exception, null, CONTEXT)).toMatchObject({ zone: "America/New_York" });
	expect(readOriginalStart(google(), canonical(), CONTEXT)).toBeNull();
});
