import type { Calendar, CalendarEvent } from "@kalends/client";
import { ownInvitation } from "../../calendar/self.ts";
import { at, daysOf, instantOf } from "../../calendar/time/instants.ts";
import type { EventPoint } from "../../calendar/wire.ts";
import { type EventValues, type Guest, spanOf } from "../form/values.ts";

/** Epoch milliseconds, `end` exclusive. */
export interface Block {
	readonly start: number;
	readonly end: number;
}

/** What of a day the strip shows, all in epoch milliseconds. */
export interface Frame extends Block {
	/** IANA; ticks and days are of it. */
	readonly zone: string;
	/** Days (`YYYY-MM-DD`) that the event touches there, the last one exclusive. */
	readonly days: { readonly from: string; readonly to: string };
	readonly event: Block;
}

const HOUR = 3_600_000;
const DAY_BEGINS = 8;
const DAY_ENDS = 18;
/** What is longer is looked up nowhere: six weeks are what the calendar reads for a month. */
const MOST = 42 * 24 * HOUR;

/**
 * The working hours of the event's first day, widened to hold it; of whole days all of them.
 * @param values whose times can be read as a span
 * @param ownZone in which days and floating times are read
 * @returns null of an event longer than six weeks
 */
export function frameOf(values: EventValues, ownZone: string): Frame | null {
	const zone = values.allDay || values.startZone === "" ? ownZone : values.startZone;
	const span = spanOf(values);
	const event = blockOf(span, zone);
	if (event.end - event.start > MOST) return null;
	const { first, last } = daysOf(span.start, span.end, zone);
	const days = { from: first, to: Temporal.PlainDate.from(last).add({ days: 1 }).toString() };
	if (values.allDay) return { zone, days, event, ...event };
	const hourOf = (hour: number) =>
		Temporal.PlainDate.from(first).toZonedDateTime({ timeZone: zone, plainTime: { hour } }).epochMilliseconds;
	const floor = at(event.start, zone).round({ smallestUnit: "hour", roundingMode: "floor" });
	const ceil = at(event.end, zone).round({ smallestUnit: "hour", roundingMode: "ceil" });
	return {
		zone,
		days,
		event,
		start: Math.min(hourOf(DAY_BEGINS), floor.epochMilliseconds),
		end: Math.max(hourOf(DAY_ENDS), ceil.epochMilliseconds),
	};
}

const MOST_TICKS = 6;

/** Where the strip's lines are, by the wall clock: at hours, of many days at midnights. An hour that is skipped has none. */
export function ticksOf({ start, end, zone, days }: Frame): {
	readonly kind: "hour" | "day";
	readonly at: readonly number[];
} {
	const hours = (end - start) / HOUR;
	const ofDays = Math.ceil(hours / 24 / MOST_TICKS) * 24;
	const step = [1, 2, 3, 4, 6, 12].find((one) => hours / one <= MOST_TICKS) ?? ofDays;
	const ticks: number[] = [];
	let wall = Temporal.PlainDate.from(days.from).toPlainDateTime();
	for (;;) {
		const there = wall.toZonedDateTime(zone);
		const instant = there.epochMilliseconds;
		if (instant >= end) break;
		if (instant >= start && (step >= 24 || there.hour === wall.hour)) ticks.push(instant);
		wall = wall.add({ hours: step });
	}
	return { kind: step >= 24 ? "day" : "hour", at: ticks };
}

/** Of whom it is known when they are busy, and by which calendars (ids). */
export interface People {
	readonly own: ReadonlySet<string>;
	readonly known: readonly { readonly guest: Guest; readonly calendars: ReadonlySet<string> }[];
	readonly unknown: readonly Guest[];
}

/**
 * A guest is known by a calendar that is theirs: its id with the provider or its name is their address.
 * @param ownAddresses in lower case; such a guest is the person
 */
export function peopleOf(
	guests: readonly Guest[],
	calendars: readonly Calendar[],
	ownAddresses: ReadonlySet<string>,
): People {
	const read = calendars.filter(
		({ selected, status, last_synced_at }) => selected && status !== "gone" && last_synced_at !== null,
	);
	const known: { guest: Guest; calendars: ReadonlySet<string> }[] = [];
	const unknown: Guest[] = [];
	for (const guest of guests) {
		const address = guest.email.toLowerCase();
		if (ownAddresses.has(address)) continue;
		const theirs = read.filter(({ provider_calendar_id, name }) =>
			[provider_calendar_id, name].some((text) => text.toLowerCase() === address),
		);
		if (theirs.length === 0) unknown.push(guest);
		else known.push({ guest, calendars: new Set(theirs.map(({ id }) => id)) });
	}
	const own = read.filter(
		(calendar) => isOwn(calendar, ownAddresses) && !known.some(({ calendars: theirs }) => theirs.has(calendar.id)),
	);
	return { own: new Set(own.map(({ id }) => id)), known, unknown };
}

/** Whose times are the person's: what they may write, and feeds, unless it is called by the address of somebody else. */
function isOwn({ access, provider, name }: Calendar, ownAddresses: ReadonlySet<string>): boolean {
	if (access === "owner") return true;
	if (/^\S+@\S+$/.test(name) && !ownAddresses.has(name.toLowerCase())) return false;
	return access === "write" || (access === "read" && provider === "ics");
}

export interface Row {
	/** Null: the person. */
	readonly guest: Guest | null;
	/** Within the frame, joined where they touch. */
	readonly busy: readonly Block[];
	/** What is at the event's own time. */
	readonly conflicts: readonly Conflict[];
}

export interface Conflict extends Block {
	/** Null: it is not for everybody's eyes. */
	readonly title: string | null;
	readonly allDay: boolean;
}

/**
 * When the person and the guests that are known are busy.
 * @param events of the frame's days, each with the person marked
 * @param edited the event as it is saved, which keeps nobody from itself; null: it is new
 */
export function rowsOf(
	events: readonly CalendarEvent[],
	people: People,
	calendars: readonly Calendar[],
	frame: Frame,
	edited: CalendarEvent | null,
): readonly Row[] {
	const hidden = new Set(calendars.filter(({ access }) => access === "free_busy").map(({ id }) => id));
	const busy = events.filter((event) => event.busy && event.status !== "cancelled");
	const row = (guest: Guest | null, taking: readonly CalendarEvent[]): Row => {
		const seen = new Map<string, Conflict>();
		for (const event of taking) {
			const block = blockOf(event, frame.zone);
			const title = hidden.has(event.calendar_id) || event.visibility === "private" ? null : event.title;
			const conflict = { ...block, title, allDay: event.all_day };
			if (overlap(block, frame.event)) seen.set(JSON.stringify(conflict), conflict);
		}
		return {
			guest,
			busy: joined(
				taking.map((event) => blockOf(event, frame.zone)),
				frame,
			),
			conflicts: [...seen.values()].sort(
				(a, b) => a.start - b.start || a.end - b.end || (a.title ?? "").localeCompare(b.title ?? ""),
			),
		};
	};
	const own = busy.filter(
		(event) =>
			people.own.has(event.calendar_id) &&
			ownInvitation(event)?.response !== "declined" &&
			!(edited !== null && isSame(event, edited)),
	);
	return [
		row(null, own),
		...people.known.map(({ guest, calendars: theirs }) => {
			const address = guest.email.toLowerCase();
			const taking = busy.filter((event) => theirs.has(event.calendar_id) && answerOf(event, address) !== "declined");
			return row(guest, edited === null ? taking : withoutCopy(taking, edited, address, frame.zone));
		}),
	];
}

/** Whether it is the event that is edited: itself, any of the series that is, or a copy in another calendar. */
function isSame(event: CalendarEvent, edited: CalendarEvent): boolean {
	if (event.id === edited.id || event.recurring_event_id === edited.id) return true;
	if (event.ical_uid === "" || event.ical_uid !== edited.ical_uid) return false;
	const slot = (of: CalendarEvent) => instantOf(of.original_start ?? of.start, "UTC");
	return edited.recurring_event_id === null || slot(event) === slot(edited);
}

/**
 * What is left without the guest's own copy of the event. Calendars that show times alone do not say which it is; then it is
 * the one with the saved times.
 */
function withoutCopy(
	events: readonly CalendarEvent[],
	edited: CalendarEvent,
	address: string,
	zone: string,
): readonly CalendarEvent[] {
	const others = events.filter((event) => !isSame(event, edited));
	const answer = answerOf(edited, address);
	if (others.length < events.length || answer === null || answer === "declined") return others;
	const saved = blockOf(edited, zone);
	const copy = others.findIndex((event) => {
		const { start, end } = blockOf(event, zone);
		return start === saved.start && end === saved.end;
	});
	return others.filter((_, index) => index !== copy);
}

function answerOf({ participants }: CalendarEvent, address: string) {
	return participants.find(({ email }) => email.toLowerCase() === address)?.response ?? null;
}

function blockOf({ start, end }: { readonly start: EventPoint; readonly end: EventPoint }, zone: string): Block {
	return { start: instantOf(start, zone), end: instantOf(end, zone) };
}

function overlap(a: Block, b: Block): boolean {
	return a.start < b.end && b.start < a.end;
}

function joined(blocks: readonly Block[], frame: Block): readonly Block[] {
	const within = blocks
		.map(({ start, end }) => ({ start: Math.max(start, frame.start), end: Math.min(end, frame.end) }))
		.filter(({ start, end }) => start < end)
		.sort((a, b) => a.start - b.start);
	const result: Block[] = [];
	for (const block of within) {
		const last = result.at(-1);
		if (last === undefined || block.start > last.end) result.push(block);
		else result[result.length - 1] = { start: last.start, end: Math.max(last.end, block.end) };
	}
	return result;
}
