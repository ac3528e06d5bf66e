import type { CalendarEvent } from "../../event/event.ts";
import { parseCalendar } from "../parse.ts";
import type { ParsedCalendar, ParseOptions } from "../parsed-calendar.ts";
import { writeCalendar } from "../write.ts";

export const NOW = Date.UTC(2026, 0, 1);

/** A calendar of the given lines, CRLF at each end. */
export function calendarText(...lines: readonly string[]): string {
	return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//Test//EN", ...lines, "END:VCALENDAR", ""].join("\r\n");
}

/** The lines of a VEVENT that starts on 1 March 2026, 09:00 UTC, unless `lines` has a DTSTART. */
export function eventLines(...lines: readonly string[]): string[] {
	const start = lines.some((line) => line.startsWith("DTSTART")) ? [] : ["DTSTART:20260301T090000Z"];
	const uid = lines.some((line) => line.startsWith("UID")) ? [] : ["UID:1@example.org"];
	return ["BEGIN:VEVENT", ...uid, "DTSTAMP:20260101T000000Z", ...start, ...lines, "END:VEVENT"];
}

/** A VTIMEZONE of four hours east of UTC. */
export function timezoneLines(tzid: string): string[] {
	const offsets = ["TZOFFSETFROM:+0400", "TZOFFSETTO:+0400"];
	const standard = ["BEGIN:STANDARD", "DTSTART:16010101T000000", ...offsets, "END:STANDARD"];
	return ["BEGIN:VTIMEZONE", `TZID:${tzid}`, ...standard, "END:VTIMEZONE"];
}

export function parseLines(lines: readonly string[], options?: ParseOptions): ParsedCalendar {
	return parseCalendar(calendarText(...lines), options);
}

/** The one event of a calendar that holds one VEVENT with the given lines. */
export function readOne(...lines: readonly string[]): CalendarEvent {
	return onlyEvent(parseLines(eventLines(...lines)));
}

export function onlyEvent(calendar: ParsedCalendar): CalendarEvent {
	const events = calendar.groups.flatMap((group) => group.events);
	const [event] = events;
	if (event === undefined || events.length !== 1) throw new Error(`Expected one event, found ${events.length}.`);
	return event;
}

/** The unfolded lines of the VEVENTs that an event is written as, over an optional base. */
export function writtenLines(event: CalendarEvent, base: string | null = null): string[] {
	const lines = writeCalendar({ events: [event], base, now: NOW })
		.replaceAll("\r\n ", "")
		.trimEnd()
		.split("\r\n");
	return lines.slice(lines.indexOf("BEGIN:VEVENT"), lines.lastIndexOf("END:VEVENT") + 1);
}

/** The lines of one property that remain when one VEVENT of `lines` is read, changed and written over itself. */
export function rewritten(
	names: readonly string[],
	change: Partial<CalendarEvent>,
	...lines: readonly string[]
): string[] {
	const base = calendarText(...eventLines(...lines));
	const written = writtenLines({ ...onlyEvent(parseCalendar(base)), ...change }, base);
	return written.filter((line) => names.some((name) => line.startsWith(`${name}:`) || line.startsWith(`${name};`)));
}
