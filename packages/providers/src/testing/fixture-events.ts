import type { CalendarEvent, EventDateTime } from "@kalends/model";

/** An iCalendar resource for tests, and what a reader of it must find. */
export interface Fixture {
	readonly uid: string;
	readonly ics: string;
	/** `describeEvent` of each event, sorted. */
	readonly expected: readonly string[];
}

export interface FixtureSpec {
	readonly uid: string;
	readonly title: string;
	/** Day of January 2026, 1..28; the event lasts from 09:00 to 10:00 UTC. */
	readonly day?: number;
	/** Makes it a daily series of five whose second instance is renamed to this and moved to 15:00 UTC. */
	readonly override?: string;
}

/** One VCALENDAR with one event, or with a series and its override. */
export function fixture({ uid, title, day = 5, override }: FixtureSpec): Fixture {
	const first = `202601${pad(day)}`;
	const second = `202601${pad(day + 1)}`;
	const expected = [`${uid} - ${title} ${iso(first, "09")}`];
	const lines = component(uid, title, first, "09", override === undefined ? [] : ["RRULE:FREQ=DAILY;COUNT=5"]);
	if (override !== undefined) {
		lines.push(...component(uid, override, second, "15", [`RECURRENCE-ID:${second}T090000Z`]));
		expected.push(`${uid} ${iso(second, "09")} ${override} ${iso(second, "15")}`);
	}
	return { uid, ics: calendar(lines), expected: expected.sort() };
}

/** A VTODO: stored among the events, and none. */
export function todoFixture(uid: string): Fixture {
	const lines = ["BEGIN:VTODO", `UID:${uid}`, "DTSTAMP:20260101T000000Z", "SUMMARY:Not an event", "END:VTODO"];
	return { uid, ics: calendar(lines), expected: [] };
}

/** One line that tells events apart: UID, original start or `-`, title, start. */
export function describeEvent(event: CalendarEvent): string {
	const original = event.recurrence_id === null ? "-" : moment(event.recurrence_id);
	return `${event.uid} ${original} ${event.title} ${moment(event.start)}`;
}

function moment(time: EventDateTime): string {
	if (time.type === "date") return time.date;
	return time.type === "floating" ? time.local : time.instant;
}

function component(uid: string, title: string, day: string, hour: string, more: readonly string[]): string[] {
	return [
		"BEGIN:VEVENT",
		`UID:${uid}`,
		"DTSTAMP:20260101T000000Z",
		`DTSTART:${day}T${hour}0000Z`,
		`DTEND:${day}T${pad(Number(hour) + 1)}0000Z`,
		`SUMMARY:${escapeText(title)}`,
		...more,
		"END:VEVENT",
	];
}

function calendar(lines: readonly string[]): string {
	const all = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kalends//Tests//EN", ...lines, "END:VCALENDAR", ""];
	return all.join("\r\n");
}

const pad = (value: number) => String(value).padStart(2, "0");
const iso = (day: string, hour: string) => `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T${hour}:00:00Z`;

/** RFC 5545 §3.3.11. */
function escapeText(text: string): string {
	return text.replace(/[\\;,]/g, "\\$&");
}
