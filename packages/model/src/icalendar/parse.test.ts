import { describe, expect, test } from "vitest";
import { parseCalendar } from "./parse.ts";
import { calendarText, eventLines, parseLines, timezoneLines } from "./testing/read-one.ts";

describe("what a calendar says of itself", () => {
	test.each([
		[["NAME:New", "X-WR-CALNAME:Old"], { name: "New" }],
		[[String.raw`X-WR-CALNAME:a\, b `], { name: "a, b" }],
		[["NAME:"], { name: null }],
		[["X-WR-TIMEZONE:europe/paris"], { timeZone: "Europe/Paris" }],
		[["X-WR-TIMEZONE:Romance Standard Time"], { timeZone: "Europe/Paris" }],
		[["X-WR-TIMEZONE:Nowhere/Town"], { timeZone: null }],
		[["COLOR:turquoise", "X-APPLE-CALENDAR-COLOR:#111111"], { color: "#40e0d0" }],
		[["X-APPLE-CALENDAR-COLOR:#FF2968FF"], { color: "#ff2968" }],
		[["REFRESH-INTERVAL;VALUE=DURATION:PT12H", "X-PUBLISHED-TTL:PT1H"], { refreshInterval: 43200 }],
		[["X-PUBLISHED-TTL:P1D"], { refreshInterval: 86400 }],
		[["X-PUBLISHED-TTL:-PT1H"], { refreshInterval: null }],
		[[], { name: null, timeZone: null, color: null, refreshInterval: null }],
	])("%j", (lines, expected) => expect(parseLines(lines)).toMatchObject(expected));

	test("the first of several VCALENDARs that says it counts", () =>
		expect(parseCalendar(calendarText() + calendarText("NAME:Second")).name).toBe("Second"));
});

describe("groups", () => {
	test("stand in the order of the file and hold events only", () => {
		const todo = ["BEGIN:VTODO", "UID:t", "END:VTODO"];
		const calendar = parseLines([...eventLines("UID:b"), ...todo, ...eventLines("UID:a")]);
		expect(calendar.groups.map(({ uid }) => uid)).toEqual(["b", "a"]);
	});

	test("raw is a calendar of the group alone, with the zones that it names, and reads as the same events", () => {
		const zone = timezoneLines;
		const mine = eventLines("UID:a", "DTSTART;TZID=One:20260301T090000", "X-A;B=c:d");
		const calendar = parseLines([
			"METHOD:PUBLISH",
			"X-WR-TIMEZONE:Asia/Tokyo",
			...zone("One"),
			...zone("Two"),
			...mine,
			...eventLines("UID:b"),
		]);
		const [first] = calendar.groups;
		expect(first?.raw()).toBe(calendarText("X-WR-TIMEZONE:Asia/Tokyo", ...zone("One"), ...mine));
		expect(parseCalendar(first?.raw() ?? "").groups[0]?.events).toEqual(first?.events);
	});

	test("the content hash ignores UID, DTSTAMP and order, and nothing else", () => {
		const hash = (...lines: string[]) => parseLines(lines).groups[0]?.contentHash();
		const base = eventLines("SUMMARY:a", "LOCATION:b");
		expect(hash(...base)).toMatch(/^[0-9a-f]{64}$/);
		expect(hash(...base.map((line) => line.replace("DTSTAMP:2026", "DTSTAMP:2027")))).toBe(hash(...base));
		expect(hash(...eventLines("LOCATION:b", "SUMMARY:a"))).toBe(hash(...base));
		expect(hash(...base.map((line) => line.replace("UID:1", "UID:2")))).toBe(hash(...base));
		expect(hash(...base.map((line) => line.replace("SUMMARY:a", "SUMMARY:A")))).not.toBe(hash(...base));
		expect(hash(...base, ...eventLines("RECURRENCE-ID:20260308T090000Z"))).not.toBe(hash(...base));
	});
});

describe("20 MB of hostile text end in an answer", () => {
	const withLines = (lines: string) => calendarText(...eventLines()).replace("END:VEVENT", `${lines}END:VEVENT`);
	const SIZE = 20e6;

	test.each([
		["one folded line", `X-${"A;B=c".repeat(10)}:${"\\,".repeat(400)}\r\n `],
		["lines without a colon", `${"no colon here ".repeat(5)}\r\n`],
		["parameters without an end", `X${';A="'.repeat(1000)}\r\n`],
		["quoted parameters without an end, in one line", ';A="x'],
		["properties", "X-A:1\r\n"],
		["components", "BEGIN:X\r\nEND:X\r\n"],
		["depth", "BEGIN:X\r\nBEGIN:Y\r\n"],
		["quotes", `ATTENDEE;CN="${'a"b'.repeat(2000)}:mailto:a@example.org\r\n`],
	])("%s", (_name, unit) => {
		const text = withLines(unit.repeat(Math.ceil(SIZE / unit.length)));
		try {
			parseCalendar(new TextEncoder().encode(text));
		} catch (error) {
			expect(error).toMatchObject({ name: "CalendarSyntaxError", reason: "malformed" });
		}
	});
});
