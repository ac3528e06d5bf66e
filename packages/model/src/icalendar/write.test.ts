import { describe, expect, test } from "vitest";
import type { CalendarEvent } from "../event/event.ts";
import { parseCalendar } from "./parse.ts";
import { calendarText, eventLines, NOW, onlyEvent, parseLines, readOne, timezoneLines } from "./testing/read-one.ts";
import { writeCalendar } from "./write.ts";

const eventsOf = (text: string): readonly CalendarEvent[] => parseCalendar(text).groups.flatMap(({ events }) => events);
const write = (events: readonly CalendarEvent[], base: string | null = null) =>
	writeCalendar({ events, base, now: NOW });
const count = (text: string, part: string) => text.split(part).length - 1;

const ZONE = timezoneLines("Ours");
const MASTER = eventLines("DTSTART;TZID=Europe/Paris:20260301T090000", "RRULE:FREQ=WEEKLY", "SUMMARY:master", "X-M:1");
const OVERRIDE = eventLines(
	"RECURRENCE-ID;TZID=Europe/Paris:20260308T090000",
	"DTSTART;TZID=Europe/Paris:20260308T110000",
	"SUMMARY:override",
	"X-O:1",
);

describe("VTIMEZONE", () => {
	test("is written once for each TZID, from the tz database", () => {
		const events = eventsOf(calendarText(...MASTER, ...OVERRIDE));
		const text = write(events);
		expect(count(text, "BEGIN:VTIMEZONE")).toBe(1);
		expect(text).toContain("TZID:Europe/Paris\r\n");
	});

	test("is the event's own for a custom zone", () => {
		const event = onlyEvent(parseLines([...ZONE, ...eventLines("DTSTART;TZID=Ours:20260301T090000")]));
		expect(write([event])).toContain(ZONE.join("\r\n"));
		expect(onlyEvent(parseCalendar(write([event])))).toEqual(event);
	});

	test("of the base stays, used or not, and is not doubled", () => {
		const paris = ["BEGIN:VTIMEZONE", "TZID:Europe/Paris", "X-THEIRS:1", "END:VTIMEZONE"];
		const base = calendarText(...ZONE, ...paris, ...MASTER);
		const text = write(eventsOf(base), base);
		expect(text).toContain(ZONE.join("\r\n"));
		expect(text).toContain(paris.join("\r\n"));
		expect(count(text, "BEGIN:VTIMEZONE")).toBe(2);
	});

	test("is not needed for UTC, floating times and dates", () => {
		for (const start of ["DTSTART:20260301T090000Z", "DTSTART:20260301T090000", "DTSTART;VALUE=DATE:20260301"]) {
			expect(write([readOne(start)])).not.toContain("VTIMEZONE");
		}
	});
});

describe("a series", () => {
	const base = calendarText(...MASTER, ...OVERRIDE);
	const [master, override] = eventsOf(base);
	if (master === undefined || override === undefined) throw new Error("The series was not read.");

	test("keeps the component that did not change, octet for octet", () => {
		const text = write([{ ...master, title: "new" }, override], base);
		expect(text).toContain(OVERRIDE.join("\r\n"));
		expect(text).toContain(MASTER.join("\r\n").replace("SUMMARY:master", "SUMMARY:new"));
	});

	test("gains an override beside the others", () => {
		const slot = {
			type: "zoned",
			local: "2026-03-15T09:00:00",
			zone: "Europe/Paris",
			instant: "2026-03-15T08:00:00Z",
		} as const;
		const added: CalendarEvent = {
			...master,
			recurrence: null,
			recurrence_id: slot,
			start: slot,
			end: slot,
			status: "cancelled",
		};
		const text = write([master, override, added], base);
		expect(eventsOf(text)).toEqual([master, override, added]);
		expect(text).toContain([...MASTER, ...OVERRIDE].join("\r\n"));
	});

	test("a new override has what its master has, also what no field knows", () => {
		const people = ["ORGANIZER:mailto:a@example.org", "ATTENDEE;CUTYPE=ROOM;X-A=1:mailto:b@example.org"];
		const alarm = ["BEGIN:VALARM", "ACTION:X-OURS", "TRIGGER:-PT1M", "END:VALARM"];
		const start = "DTSTART;TZID=Europe/Paris:20260301T090000";
		const text = calendarText(
			...eventLines(start, "RRULE:FREQ=WEEKLY", "EXDATE:20260322T080000Z", ...people, ...alarm),
		);
		const [series] = eventsOf(text);
		if (series === undefined) throw new Error("The series was not read.");
		const slot = { ...override.start, local: "2026-03-15T09:00:00", instant: "2026-03-15T08:00:00Z" };
		const participants = series.participants.map((one) => ({ ...one, response: "declined" as const }));
		const added = { ...series, recurrence: null, recurrence_id: slot, start: slot, end: slot, participants };
		const written = write([series, added], text);
		expect(eventsOf(written)).toEqual([series, added]);
		const component = written.slice(written.lastIndexOf("BEGIN:VEVENT"));
		expect(component).toContain(alarm.join("\r\n"));
		expect(component).toContain("ATTENDEE;CUTYPE=ROOM;X-A=1;PARTSTAT=DECLINED:mailto:b@example.org");
		expect(component).not.toMatch(/RRULE|EXDATE/);
	});

	test("split off under another UID keeps what no field knows", () => {
		const events = [master, override].map((event) => ({ ...event, uid: "new, uid" }));
		const text = write(events, base);
		expect(eventsOf(text)).toEqual(events);
		expect(text).toContain("X-M:1");
		expect(text).toContain("X-O:1");
		expect(count(text, "UID:new\\, uid\r\n")).toBe(2);
		expect(text).not.toContain("UID:1@example.org");
	});

	test("loses the override that is no longer wanted", () => expect(eventsOf(write([master], base))).toEqual([master]));

	test("matches an override by its instant, however it is written", () => {
		const utc = calendarText(
			...MASTER,
			...OVERRIDE.map((line) => line.replace(";TZID=Europe/Paris:20260308T090000", ":20260308T080000Z")),
		);
		expect(write([master, { ...override, title: "new" }], utc)).toContain("X-O:1");
	});
});

test("a line that a server wrote twice is written once, as strict ones refuse it; what differs, or may repeat, stays", () => {
	const lines = [
		"TRANSP:OPAQUE",
		"X-S:1",
		"X-S:1",
		"COMMENT:a",
		"COMMENT:a",
		"CLASS:PUBLIC",
		"CLASS:PRIVATE",
		"TRANSP:OPAQUE",
	];
	const base = calendarText(...eventLines("DTSTART:20260301T090000Z", "SUMMARY:old", ...lines));
	const [event] = eventsOf(base);
	if (event === undefined) throw new Error("no event");
	const text = write([event], base);
	expect(["TRANSP:OPAQUE", "X-S:1", "COMMENT:a", "CLASS:"].map((part) => count(text, part))).toEqual([1, 2, 2, 2]);
});

test("DTSTAMP moves with a change and only then", () => {
	const base = calendarText(...eventLines("SUMMARY:old"));
	const event = onlyEvent(parseCalendar(base));
	expect(writeCalendar({ events: [event], base, now: Date.UTC(2027, 0, 1) })).toContain("DTSTAMP:20260101T000000Z");
	expect(writeCalendar({ events: [{ ...event, title: "new" }], base, now: Date.UTC(2027, 0, 1) })).toContain(
		"DTSTAMP:20270101T000000Z",
	);
});

test("an event that went through JSONB and lost the order of its keys is still unchanged", () => {
	const base = calendarText(
		...eventLines("ORGANIZER:mailto:a@example.org", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT5M", "END:VALARM"),
	);
	const reversed = JSON.parse(JSON.stringify(onlyEvent(parseCalendar(base))), (_key, value: unknown) =>
		typeof value === "object" && value !== null && !Array.isArray(value)
			? Object.fromEntries(Object.entries(value).reverse())
			: value,
	) as CalendarEvent;
	expect(writeCalendar({ events: [reversed], base, now: Date.UTC(2027, 0, 1) })).toBe(base);
});

test("an unusable component of the base stays", () => {
	const lost = eventLines("UID:lost", "DTSTART:someday");
	const base = calendarText(...eventLines("SUMMARY:old"), ...lost);
	expect(write(eventsOf(base), base)).toContain(lost.join("\r\n"));
});

test("a base that is no calendar is refused", () =>
	expect(() => write([readOne()], "<html>")).toThrow("no BEGIN:VCALENDAR"));

test("a body of which not all can be kept is not written over", () => {
	const people = "ATTENDEE:mailto:a@example.com\r\n".repeat(20_001);
	const base = `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:20260301T090000Z\r\n${people}END:VEVENT\r\nEND:VCALENDAR\r\n`;
	const events = eventsOf(base);
	expect(events).toHaveLength(1);
	expect(() => write(events, base)).toThrow("without loss");
});
