import type { Calendar, CalendarEvent } from "@kalends/client";
import { dayOf, daysOf, instantOf } from "../calendar/time/instants.ts";

/** One thing that happens, in however many calendars it is. */
export interface Upcoming {
	/** The one of its events that is opened: that of a calendar that can be written, else the first. */
	readonly event: CalendarEvent;
	/** Of every calendar that has it, one each, `event` among them. */
	readonly copies: readonly CalendarEvent[];
	/** Epoch milliseconds. */
	readonly start: number;
	readonly end: number;
	/** Titles of what happens at the same time; both take time, and nobody has declined them. */
	readonly clashes: readonly string[];
}

/**
 * What is not over yet, by start. Events with the same UID at the same time are one; within a calendar nothing is merged.
 * @param zone in which days and floating times are read
 * @param now epoch milliseconds
 */
export function upcomingOf(
	events: readonly CalendarEvent[],
	calendars: ReadonlyMap<string, Calendar>,
	zone: string,
	now: number,
): readonly Upcoming[] {
	const merged = new Map<string, CalendarEvent[]>();
	for (const event of events) {
		const end = instantOf(event.end, zone);
		if (event.status === "cancelled" || end <= now) continue;
		const what = event.ical_uid === "" ? event.id : event.ical_uid;
		const key = JSON.stringify([what, instantOf(event.start, zone), end, event.all_day]);
		const known = merged.get(key);
		if (known === undefined) merged.set(key, [event]);
		else if (known.some(({ calendar_id }) => calendar_id === event.calendar_id)) merged.set(event.id, [event]);
		else known.push(event);
	}
	const items = [...merged.values()].flatMap((copies) => {
		const event = copies.find((copy) => isWritable(calendars.get(copy.calendar_id))) ?? copies[0];
		if (event === undefined) return [];
		return [{ event, copies, start: instantOf(event.start, zone), end: instantOf(event.end, zone) }];
	});
	items.sort(
		(a, b) =>
			a.start - b.start || Number(b.event.all_day) - Number(a.event.all_day) || (a.event.id < b.event.id ? -1 : 1),
	);
	return withClashes(items);
}

function isWritable(calendar: Calendar | undefined): boolean {
	return calendar?.access === "write" || calendar?.access === "owner";
}

function withClashes(items: readonly Omit<Upcoming, "clashes">[]): readonly Upcoming[] {
	const clashes = new Map<CalendarEvent, string[]>();
	const note = (event: CalendarEvent, other: CalendarEvent) =>
		clashes.set(event, [...(clashes.get(event) ?? []), other.title]);
	const taking = items.filter(({ event, start, end }) => end > start && takesTime(event));
	taking.forEach((one, index) => {
		for (const other of taking.slice(index + 1)) {
			if (other.start >= one.end) break;
			note(one.event, other.event);
			note(other.event, one.event);
		}
	});
	return items.map((item) => ({ ...item, clashes: clashes.get(item.event) ?? [] }));
}

/** Whole days (holidays, birthdays) keep nobody from a meeting. */
function takesTime(event: CalendarEvent): boolean {
	return event.busy && !event.all_day && !isDeclined(event);
}

function isDeclined({ participants }: CalendarEvent): boolean {
	return participants.some(({ self, response }) => self && response === "declined");
}

const SOON_MS = 15 * 60_000;

/**
 * What a person has to go to next: what goes on now, the latest begun of it, unless something begins within a quarter of an
 * hour; else what begins next. Neither whole days nor what was declined.
 */
export function nextOf(items: readonly Upcoming[], now: number): Upcoming | null {
	const mine = items.filter(({ event }) => !event.all_day && !isDeclined(event));
	const coming = mine.find(({ start }) => start > now) ?? null;
	if (coming !== null && coming.start - now <= SOON_MS) return coming;
	return mine.findLast(({ start }) => start <= now) ?? coming;
}

/** Whether the days before the one on which it begins are free: of whole days too, though not of what was declined. */
export function isFirst(next: Upcoming, items: readonly Upcoming[], zone: string): boolean {
	const day = dayOf(next.start, zone);
	return !items.some(
		({ event }) => event !== next.event && !isDeclined(event) && daysOf(event.start, event.end, zone).first < day,
	);
}

export interface DayOfUpcoming {
	/** `YYYY-MM-DD` */
	readonly day: string;
	readonly items: readonly Upcoming[];
}

/** By day: each under its first, what has begun before under today; whole days before times. */
export function byFirstDay(items: readonly Upcoming[], zone: string, now: number): readonly DayOfUpcoming[] {
	const today = dayOf(now, zone);
	const days = new Map<string, Upcoming[]>();
	for (const item of items) {
		const { first } = daysOf(item.event.start, item.event.end, zone);
		const day = first < today ? today : first;
		days.set(day, [...(days.get(day) ?? []), item]);
	}
	return [...days]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([day, own]) => ({ day, items: own.toSorted((a, b) => Number(b.event.all_day) - Number(a.event.all_day)) }));
}
