import { describe, expect, test } from "vitest";
import { ianaZone } from "./iana.ts";
import { customZone } from "./vtimezone.ts";
import { HOUR } from "./wall-clock.ts";

function zoneOfLines(...lines: string[]) {
	const zone = customZone(["BEGIN:VTIMEZONE", "TZID:Custom", ...lines, "END:VTIMEZONE", ""].join("\r\n"));
	if (zone === null) throw new Error("The VTIMEZONE defines no zone.");
	return zone;
}

function observance(kind: string, start: string, from: string, to: string, ...rest: string[]): string[] {
	return [`BEGIN:${kind}`, `DTSTART:${start}`, `TZOFFSETFROM:${from}`, `TZOFFSETTO:${to}`, ...rest, `END:${kind}`];
}

const OUTLOOK_EUROPE = [
	...observance("STANDARD", "16010101T030000", "+0200", "+0100", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"),
	...observance("DAYLIGHT", "16010101T020000", "+0100", "+0200", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"),
];

describe("customZone", () => {
	test("follows Outlook's rules from 1601 like the zone that they describe", () => {
		const zone = zoneOfLines(...OUTLOOK_EUROPE);
		const paris = ianaZone("Europe/Paris");
		for (let hour = Date.UTC(1997, 0, 1); hour < Date.UTC(2040, 0, 1); hour += 7 * HOUR) {
			if (zone.offsetAt(hour) !== paris?.offsetAt(hour)) expect(new Date(hour).toISOString()).toBe("no difference");
		}
		expect(zone.toInstant(Date.UTC(2026, 2, 29, 2, 30))).toBe(Date.UTC(2026, 2, 29, 1, 30));
		expect(zone.toInstant(Date.UTC(2026, 9, 25, 2, 30))).toBe(Date.UTC(2026, 9, 25, 0, 30));
	});

	test("goes on after 2099", () => {
		const zone = zoneOfLines(...OUTLOOK_EUROPE);
		expect(zone.offsetAt(Date.UTC(2150, 6, 1))).toBe(2 * HOUR);
		expect(zone.offsetAt(Date.UTC(2150, 0, 1))).toBe(HOUR);
		expect(zone.offsetAt(Date.UTC(9999, 6, 1))).toBe(2 * HOUR);
	});

	test("stops a rule at its UNTIL and starts the next", () => {
		const zone = zoneOfLines(
			...observance(
				"STANDARD",
				"20001029T020000",
				"-0400",
				"-0500",
				"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z",
			),
			...observance("STANDARD", "20071104T020000", "-0400", "-0500", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),
			...observance(
				"DAYLIGHT",
				"20000402T020000",
				"-0500",
				"-0400",
				"RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z",
			),
			...observance("DAYLIGHT", "20070311T020000", "-0500", "-0400", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"),
		);
		const newYork = ianaZone("America/New_York");
		for (let hour = Date.UTC(2001, 0, 1); hour < Date.UTC(2030, 0, 1); hour += 5 * HOUR) {
			if (zone.offsetAt(hour) !== newYork?.offsetAt(hour)) expect(new Date(hour).toISOString()).toBe("no difference");
		}
	});

	test("counts COUNT from DTSTART", () => {
		const zone = zoneOfLines(
			...observance("DAYLIGHT", "20200301T000000", "+0000", "+0100", "RRULE:FREQ=YEARLY;COUNT=2"),
			...observance("STANDARD", "20200901T000000", "+0100", "+0000", "RRULE:FREQ=YEARLY;COUNT=2"),
		);
		expect([2020, 2021, 2022].map((year) => zone.offsetAt(Date.UTC(year, 5, 1)))).toEqual([HOUR, HOUR, 0]);
	});

	test("takes RDATE onsets, in local time and in UTC", () => {
		const zone = zoneOfLines(
			...observance("STANDARD", "20200101T000000", "+0300", "+0300"),
			...observance("DAYLIGHT", "20210601T000000", "+0300", "+0400", "RDATE:20220601T000000,20230531T210000Z"),
			...observance("STANDARD", "20210901T000000", "+0400", "+0300", "RDATE:20220901T000000", "RDATE:20230901T000000"),
		);
		for (const year of [2021, 2022, 2023]) {
			expect(zone.offsetAt(Date.UTC(year, 4, 31, 21))).toBe(4 * HOUR);
			expect(zone.offsetAt(Date.UTC(year, 4, 31, 21) - 1)).toBe(3 * HOUR);
		}
		expect(zone.offsetAt(Date.UTC(2024, 6, 1))).toBe(3 * HOUR);
	});

	test("reads days like the Friday before the last Sunday", () => {
		const zone = zoneOfLines(
			...observance(
				"DAYLIGHT",
				"20130322T020000",
				"+0200",
				"+0300",
				"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29",
			),
			...observance("STANDARD", "20131027T020000", "+0300", "+0200", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
		);
		const jerusalem = ianaZone("Asia/Jerusalem");
		for (let hour = Date.UTC(2014, 0, 1); hour < Date.UTC(2035, 0, 1); hour += 5 * HOUR) {
			if (zone.offsetAt(hour) !== jerusalem?.offsetAt(hour)) expect(new Date(hour).toISOString()).toBe("no difference");
		}
	});

	test("before the first observance, the offset that it starts from holds", () =>
		expect(zoneOfLines(...observance("STANDARD", "20200101T000000", "+0530", "+0600")).offsetAt(0)).toBe(5.5 * HOUR));

	test.each([
		["no observance", []],
		["no offset", ["BEGIN:STANDARD", "DTSTART:20200101T000000", "END:STANDARD"]],
		["no start", ["BEGIN:STANDARD", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100", "END:STANDARD"]],
		["an impossible offset", observance("STANDARD", "20200101T000000", "+0100", "+9900")],
	])("is null with %s", (_name, lines) =>
		expect(customZone(["BEGIN:VTIMEZONE", "TZID:X", ...lines, "END:VTIMEZONE"].join("\r\n"))).toBeNull(),
	);

	test("reads 300 observances at most, whatever their rules say", () => {
		const hostile = Array.from({ length: 5000 }, (_, i) =>
			observance(
				"STANDARD",
				"16010101T000000",
				"+0100",
				"+0200",
				`RRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=${1e9 + i}`,
			),
		).flat();
		expect(zoneOfLines(...hostile).offsetAt(0)).toBe(2 * HOUR);
	});
});
