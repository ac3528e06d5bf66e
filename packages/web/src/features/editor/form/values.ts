import type { CalendarEvent, EventContent, EventPatch, NewEvent } from "@kalends/client";
import { at, instantOf, isFloating, withOffset } from "../../calendar/time/instants.ts";
import { type EventPoint, isDay } from "../../calendar/wire.ts";
import { addressesIn } from "../fields/addresses.ts";
import { linesOf, type Repetition, repetitionOf } from "../recurrence/rule.ts";

/** What the editor's controls hold. Days are `YYYY-MM-DD`, times `HH:MM`; the end day of an all-day event is its last. */
export interface EventValues {
	readonly calendarId: string;
	readonly title: string;
	readonly allDay: boolean;
	readonly startDay: string;
	readonly startTime: string;
	/** IANA; "" is floating. */
	readonly startZone: string;
	readonly endDay: string;
	readonly endTime: string;
	readonly endZone: string;
	readonly repetition: Repetition;
	readonly location: string;
	readonly description: string;
	readonly guests: readonly Guest[];
	/** Typed as a further guest, and not yet one. */
	readonly guestText: string;
	readonly reminders: readonly Reminder[] | "default";
	readonly busy: boolean;
	readonly visibility: CalendarEvent["visibility"];
	readonly color: string | null;
	/** `create`: the provider makes one. Else its address, "" for none. */
	readonly conference: { readonly create: boolean; readonly url: string };
}

export interface Guest {
	readonly email: string;
	readonly name: string | null;
	readonly optional: boolean;
}

export interface Reminder {
	readonly method: "popup" | "email";
	/** Before the start. */
	readonly minutes: number;
}

/** A new event at a place in the grid. */
export interface NewPlace {
	readonly calendarId: string;
	readonly allDay: boolean;
	/** Epoch milliseconds; of an all-day event the first moment of its day in `zone`, the end exclusive. */
	readonly start: number;
	readonly end: number;
	/** IANA. */
	readonly zone: string;
}

export function newValues({ calendarId, allDay, start, end, zone }: NewPlace): EventValues {
	const [from, to] = [at(start, zone), at(allDay ? end - 1 : end, zone)];
	return {
		calendarId,
		title: "",
		allDay,
		startDay: from.toPlainDate().toString(),
		startTime: allDay ? "09:00" : clock(from),
		startZone: zone,
		endDay: to.toPlainDate().toString(),
		endTime: allDay ? "10:00" : clock(to),
		endZone: zone,
		repetition: { kind: "none" },
		location: "",
		description: "",
		guests: [],
		guestText: "",
		reminders: "default",
		busy: !allDay,
		visibility: "default",
		color: null,
		conference: { create: false, url: "" },
	};
}

type Readable = Omit<EventContent, "ical_uid" | "original_start"> & { readonly calendar_id: string };

/** @param shownZone what days and floating times are read in */
export function valuesOf(event: Readable, shownZone: string): EventValues {
	const start = controlsOf(event.start, shownZone);
	const end = controlsOf(event.end, shownZone);
	const guests = event.participants.filter(({ organizer }) => !organizer);
	return {
		calendarId: event.calendar_id,
		title: event.title,
		allDay: event.all_day,
		startDay: start.day,
		startTime: start.time ?? "09:00",
		startZone: start.zone,
		endDay: event.all_day ? Temporal.PlainDate.from(end.day).subtract({ days: 1 }).toString() : end.day,
		endTime: end.time ?? "10:00",
		endZone: end.zone,
		repetition: repetitionOf(event.recurrence, event.start, shownZone),
		location: event.location,
		description: event.description,
		guests: guests.map(({ email, name, optional }) => ({ email, name, optional })),
		guestText: "",
		reminders: event.reminders.use_default ? "default" : event.reminders.overrides,
		busy: event.busy,
		visibility: event.visibility,
		color: event.color,
		conference: { create: event.conference?.create === true, url: event.conference?.url ?? "" },
	};
}

/** What POST takes. */
export function newEventOf(values: EventValues): NewEvent {
	const span = spanOf(values);
	const { conference, reminders, visibility, busy, color, title, location, description } = values;
	const { guests } = withTypedGuests(values, values.guestText);
	return {
		calendar_id: values.calendarId,
		title: title.trim(),
		...span,
		busy,
		...(location === "" ? {} : { location }),
		...(description === "" ? {} : { description }),
		...(visibility === "default" ? {} : { visibility }),
		...(color === null ? {} : { color }),
		...(values.repetition.kind === "none" ? {} : { recurrence: linesOf(values.repetition, span.start) }),
		...(guests.length === 0 ? {} : { participants: guests }),
		...(reminders === "default" ? {} : { reminders: { use_default: false, overrides: reminders } }),
		...(conference.create
			? { conference: { create: true } }
			: conference.url === ""
				? {}
				: { conference: { url: conference.url } }),
	};
}

/** What PATCH takes: only what was changed in the editor, so that nothing else is put back to what it was when it opened. */
export function patchOf(
	before: EventValues,
	after: EventValues,
	event: Pick<CalendarEvent, "participants">,
): EventPatch {
	const span = spanOf(after);
	const spanBefore = spanOf(before);
	const { guests } = withTypedGuests(after, after.guestText);
	const timeMoved = !same(spanBefore, span);
	const repeatMoved = !same(linesOf(before.repetition, spanBefore.start), linesOf(after.repetition, span.start));
	return {
		...(before.title === after.title ? {} : { title: after.title.trim() }),
		...(timeMoved ? span : {}),
		...(repeatMoved ? { recurrence: linesOf(after.repetition, span.start) } : {}),
		...(before.location === after.location ? {} : { location: after.location }),
		...(before.description === after.description ? {} : { description: after.description }),
		...(same(before.guests, guests) ? {} : { participants: participantsOf(guests, event.participants) }),
		...(same(before.reminders, after.reminders) ? {} : { reminders: remindersOf(after.reminders) }),
		...(before.busy === after.busy ? {} : { busy: after.busy }),
		...(before.visibility === after.visibility ? {} : { visibility: after.visibility }),
		...(before.color === after.color ? {} : { color: after.color }),
		...(same(before.conference, after.conference) ? {} : { conference: conferenceOf(after.conference) }),
	};
}

/** The times that the controls say, as the API takes them. A wall clock that is skipped is read with the offset before. */
export function spanOf(values: EventValues): { readonly start: EventPoint; readonly end: EventPoint } {
	if (values.allDay) {
		const end = Temporal.PlainDate.from(values.endDay).add({ days: 1 }).toString();
		return { start: { date: values.startDay }, end: { date: end } };
	}
	return {
		start: pointOf(values.startDay, values.startTime, values.startZone),
		end: pointOf(values.endDay, values.endTime, values.endZone),
	};
}

/** Adds the addresses in what was typed or pasted; what is none stays as text. */
export function withTypedGuests<T extends Pick<EventValues, "guests" | "guestText">>(values: T, text: string): T {
	const { addresses, rest } = addressesIn(text);
	const there = new Set(values.guests.map(({ email }) => email.toLowerCase()));
	const fresh = addresses.filter(({ email }) => !there.has(email.toLowerCase()));
	const guests = [...values.guests, ...fresh.map(({ email, name }) => ({ email, name, optional: false }))];
	return { ...values, guests, guestText: rest };
}

export type ValueFault =
	| "calendar"
	| "start"
	| "end"
	| "end-before-start"
	| "repeat-every"
	| "repeat-times"
	| "repeat-ends"
	| "guests"
	| "conference";

/** What cannot be saved as it is; the API checks the rest. */
export function faultsOf(values: EventValues): ReadonlySet<ValueFault> {
	const faults = new Set<ValueFault>();
	if (values.calendarId === "") faults.add("calendar");
	if (!isDate(values.startDay) || (!values.allDay && !isTime(values.startTime))) faults.add("start");
	if (!isDate(values.endDay) || (!values.allDay && !isTime(values.endTime))) faults.add("end");
	if (!faults.has("start") && !faults.has("end")) {
		const { start, end } = spanOf(values);
		if (instantOf(end, "UTC") <= instantOf(start, "UTC")) faults.add("end-before-start");
	}
	const { repetition } = values;
	if (repetition.kind === "rule") {
		const { interval, end } = repetition.rule;
		if (interval < 1) faults.add("repeat-every");
		if (end.kind === "count" && end.count < 1) faults.add("repeat-times");
		if (end.kind === "until" && (!isDate(end.date) || end.date < values.startDay)) faults.add("repeat-ends");
	}
	if (addressesIn(values.guestText).rest !== "") faults.add("guests");
	if (values.conference.url !== "" && !/^https?:\/\/\S+$/i.test(values.conference.url)) faults.add("conference");
	return faults;
}

const TIMES = ["allDay", "startDay", "startTime", "startZone", "endDay", "endTime", "endZone"] as const;

/**
 * What stands in the way of saving a change. Another program may have put something else there, which stays as long as
 * nobody touches it: a link of another kind, an event without length.
 */
export function faultsOfChange(values: EventValues, initial: EventValues): ReadonlySet<ValueFault> {
	const faults = new Set(faultsOf(values));
	if (values.conference.url === initial.conference.url) faults.delete("conference");
	if (TIMES.every((name) => values[name] === initial[name])) faults.delete("end-before-start");
	return faults;
}

/** Whether the times cannot be read as a span. */
export function hasTimeFault(faults: ReadonlySet<ValueFault>): boolean {
	return faults.has("start") || faults.has("end") || faults.has("end-before-start");
}

/** The values with another start; the end keeps its distance, in the same zone too where that was the start's. */
export function withStart(
	values: EventValues,
	start: Partial<Pick<EventValues, "startDay" | "startTime" | "startZone">>,
): EventValues {
	const next = { ...values, ...start };
	if (start.startZone !== undefined && values.endZone === values.startZone) next.endZone = start.startZone;
	if (!isDate(next.startDay) || !isDate(values.startDay) || !isDate(values.endDay)) return next;
	if (![next.startTime, values.startTime, values.endTime].every(isTime)) return next;
	const length = countedFrom(values).until(wallOf(values.endDay, values.endTime));
	const near = withEnd(next, wallOf(next.startDay, next.startTime).add(length));
	return withEnd(near, countedFrom(near).add(length));
}

function withEnd(values: EventValues, end: Temporal.PlainDateTime): EventValues {
	return { ...values, endDay: end.toPlainDate().toString(), endTime: clock(end) };
}

/** Where the end keeps its distance from: what a skipped start becomes, unless the end is skipped and moves along. */
function countedFrom(values: EventValues): Temporal.PlainDateTime {
	const { allDay, startDay, startTime, startZone, endDay, endTime, endZone } = values;
	const moved = allDay ? null : skippedTo(startDay, startTime, startZone);
	return moved !== null && skippedTo(endDay, endTime, endZone) === null ? moved : wallOf(startDay, startTime);
}

/**
 * What a wall clock becomes that does not exist that day, as the clocks are put forward over it: it is read with the offset
 * before (RFC 5545 §3.3.5). Null: it exists, or is not filled in.
 * @param zone IANA; "" is floating
 */
export function skippedTo(day: string, time: string, zone: string): Temporal.PlainDateTime | null {
	if (zone === "" || !isDate(day) || !isTime(time)) return null;
	const wall = wallOf(day, time);
	const there = wall.toZonedDateTime(zone).toPlainDateTime();
	return there.equals(wall) ? null : there;
}

export function isDate(text: string): boolean {
	return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

export function isTime(text: string): boolean {
	return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

function pointOf(day: string, time: string, zone: string): EventPoint {
	const wall = `${day}T${time}:00`;
	if (zone === "") return { date_time: wall, time_zone: null };
	const instant = Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds;
	return { date_time: withOffset(instant, zone), time_zone: zone };
}

function wallOf(day: string, time: string): Temporal.PlainDateTime {
	return Temporal.PlainDateTime.from(`${day}T${time}`);
}

function controlsOf(point: EventPoint, shownZone: string) {
	if (isDay(point)) return { day: point.date, time: null, zone: shownZone };
	const zone = point.time_zone ?? shownZone;
	const there = at(instantOf(point, shownZone), zone);
	return { day: there.toPlainDate().toString(), time: clock(there), zone: isFloating(point) ? "" : zone };
}

function clock({ hour, minute }: { readonly hour: number; readonly minute: number }): string {
	return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/** The organizer is always listed; answers that are there already stay with the server. */
function participantsOf(
	guests: readonly Guest[],
	before: CalendarEvent["participants"],
): NonNullable<EventPatch["participants"]> {
	const organizers = before.filter(({ organizer }) => organizer).map(({ email }) => ({ email }));
	if (guests.length === 0) return [];
	return [...organizers, ...guests];
}

function remindersOf(reminders: EventValues["reminders"]): NonNullable<EventPatch["reminders"]> {
	return reminders === "default" ? { use_default: true } : { use_default: false, overrides: reminders };
}

function conferenceOf({ create, url }: EventValues["conference"]): NonNullable<EventPatch["conference"]> | null {
	return create ? { create: true } : url === "" ? null : { url };
}

function same(a: unknown, b: unknown): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}
