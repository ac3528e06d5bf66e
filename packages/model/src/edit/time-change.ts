import type { CalendarEvent, EventDateTime } from "../event/event.ts";
import { durationOf, sameZone } from "../recurrence/shape.ts";
import type { Duration } from "../time/duration.ts";
import { addDuration, addExact, type CustomZones, exactBetween, localOf, withLocal } from "../time/event-time.ts";
import { DAY, MAX_LOCAL, MIN_LOCAL } from "../time/wall-clock.ts";
import type { EditFault, EventPatch } from "./plan.ts";
import { sameValue } from "./touch.ts";

/** A stretch that an occurrence takes; what decides how long it is comes from its event. */
export interface Extent {
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	readonly duration_kind: CalendarEvent["duration_kind"];
	readonly custom_zones?: CustomZones;
}

/** A change of time of one occurrence, to be carried over to others. */
export interface TimeChange {
	readonly from: Extent;
	readonly to: Extent;
}

/** The stretch of an event; `at` where an instance of it lies elsewhere. */
export function extentOf(event: CalendarEvent, at: Pick<CalendarEvent, "start" | "end"> = event): Extent {
	const zones = event.custom_zones === undefined ? {} : { custom_zones: event.custom_zones };
	return { start: at.start, end: at.end, duration_kind: event.duration_kind, ...zones };
}

/**
 * The stretch that a patch gives an occurrence. A start alone moves it and keeps its length: exact, or nominal (RFC 5545
 * §3.8.5.3); an end alone changes the length.
 */
export function patchedExtent(
	extent: Extent,
	patch: EventPatch,
): { readonly extent: Extent; readonly faults: EditFault[] } {
	const start = patch.start === undefined ? extent.start : named(patch.start, extent.start);
	const end = patch.end === undefined ? endAfter(extent, start, patch.start) : named(patch.end, extent.end);
	const patched = { ...extent, start, end };
	return { extent: patched, faults: extentFaults(extent, patched, patch) };
}

function endAfter(extent: Extent, start: EventDateTime, patched: EventDateTime | undefined): EventDateTime {
	if (patched === undefined || start.type !== extent.start.type) return extent.end;
	const zone = sameZone(extent.start, extent.end) ? start : extent.end;
	return after(start, lengthOf(extent), zone, extent.custom_zones);
}

/** A patched time under the TZID that the event writes the same zone with. */
function named(time: EventDateTime, known: EventDateTime): EventDateTime {
	if (time.type !== "zoned" || known.type !== "zoned" || time.tzid !== undefined) return time;
	return time.zone === known.zone && known.tzid !== undefined ? { ...time, tzid: known.tzid } : time;
}

function extentFaults(before: Extent, { start, end }: Extent, patch: EventPatch): EditFault[] {
	if (start.type !== end.type) {
		const field = patch.end === undefined ? "end" : "start";
		const detail =
			"The start and the end are not of one kind: both must be dates, both times with a zone, or both floating.";
		return [{ code: "time_invalid", field, detail, fix: "Send `start` and `end` together." }];
	}
	if (patch.start === undefined && patch.end === undefined) return [];
	const length = exactBetween(start, end);
	// A moment without length is kept as such, not made by an edit.
	const allowed = start.type !== "date" && exactBetween(before.start, before.end) <= 0 && length === 0;
	if (length > 0 || allowed) return [];
	const fix = start.type === "date" ? "The end is exclusive: send the day after the last one." : "Send a later `end`.";
	return [{ code: "end_not_after_start", field: "end", detail: "The end is not after the start.", fix }];
}

/** How long an occurrence is, in the measure in which its event repeats. */
export function lengthOf(extent: Extent): Duration {
	return durationOf(extent);
}

/** The end of a stretch of a length, written in the zone of `zone`. */
export function after(start: EventDateTime, length: Duration, zone: EventDateTime, zones?: CustomZones): EventDateTime {
	const end = addDuration(start, length, zones);
	if (end.type !== "zoned" || zone.type !== "zoned" || sameZone(end, zone)) return end;
	return addExact(zone, exactBetween(zone, end), zones);
}

const dayOf = (local: number): number => Math.floor(local / DAY);
const clockOf = (local: number): number => local - dayOf(local) * DAY;
const isDate = (time: EventDateTime): boolean => time.type === "date";

export interface Moving {
	/** True for the master: it always takes the new type and zone. Others do where they had those of the occurrence. */
	readonly leads: boolean;
	readonly zones: CustomZones;
}

/** Does a time take the type of the changed start, or keep its own? */
function converts(time: EventDateTime, { from, to }: TimeChange, leads: boolean): boolean {
	return from.start.type !== to.start.type && (leads || time.type === from.start.type);
}

/**
 * Where a wall clock of one type goes by a change of time. Times move by the difference of the wall clocks; between days
 * and times, days move by days and take the new clock.
 */
export function movedLocal(local: number, time: EventDateTime, change: TimeChange, leads: boolean): number {
	const from = localOf(change.from.start);
	const to = localOf(change.to.start);
	const converted = converts(time, change, leads);
	const type = converted ? change.to.start.type : time.type;
	const days = (dayOf(local) + dayOf(to) - dayOf(from)) * DAY;
	if (type === "date") return days;
	if (time.type === "date") return days + clockOf(to);
	if (isDate(change.from.start) !== isDate(change.to.start)) return days + clockOf(local);
	return local + to - from;
}

/** A time moved along with a change; null where that leads out of the years that can be written. */
function movedTime(time: EventDateTime, change: TimeChange, moving: Moving, at = localOf(time)): EventDateTime | null {
	const { from, to } = change;
	const local = movedLocal(at, time, change, moving.leads);
	if (!(local >= MIN_LOCAL && local <= MAX_LOCAL)) return null;
	const otherZone =
		time.type === "zoned" &&
		to.start.type === "zoned" &&
		!sameZone(from.start, to.start) &&
		(moving.leads || sameZone(time, from.start));
	const face = converts(time, change, moving.leads) || otherZone ? to.start : time;
	return withLocal(face, local, moving.zones);
}

/**
 * The stretch of a master or override after a change of time of one occurrence: its start moves along; its length becomes
 * the new one where it had the old one, else it keeps its own. Null where it would end up empty or out of the calendar.
 */
export function movedExtent(extent: Extent, change: TimeChange, moving: Moving): Extent | null {
	const { from, to } = change;
	if (sameValue([extent.start, extent.end], [from.start, from.end])) return { ...extent, start: to.start, end: to.end };
	const start = movedTime(extent.start, change, moving);
	if (start === null) return null;
	const converted = converts(extent.start, change, moving.leads);
	const follows = converted && isDate(from.start) !== isDate(to.start);
	const length = follows ? lengthOf(to) : movedLength(extent, change, moving.leads);
	if (length.days < 0 || length.milliseconds < 0) return null;
	const zone = endZone(extent, start, change, converted || moving.leads);
	return { ...extent, start, end: after(start, length, zone, moving.zones) };
}

function movedLength(extent: Extent, { from, to }: TimeChange, leads: boolean): Duration {
	const own = lengthOf(extent);
	const [before, now] = [lengthOf(from), lengthOf(to)];
	if (sameValue(before, now)) return own;
	if (sameValue(own, before)) return now;
	const exact = exactBetween(extent.start, extent.end);
	if (!leads) return own;
	const milliseconds = exact + exactBetween(to.start, to.end) - exactBetween(from.start, from.end);
	return { days: 0, milliseconds: milliseconds > 0 ? milliseconds : -1 };
}

/** The zone in which an end is written: the one of the start where it was so before or is so now. */
function endZone(extent: Extent, start: EventDateTime, { from, to }: TimeChange, leads: boolean): EventDateTime {
	const zoneChanged = !sameZone(from.end, to.end) || from.end.type !== to.end.type;
	if (zoneChanged && (leads || sameZone(extent.end, from.end))) return sameZone(to.start, to.end) ? start : to.end;
	return sameZone(extent.start, extent.end) ? start : extent.end;
}
