import type { DateTimeZoned, EventDateTime } from "../event/event.ts";
import type { Duration } from "./duration.ts";
import { ianaZone, UTC } from "./iana.ts";
import { customZone } from "./vtimezone.ts";
import { DAY, formatDate, formatInstant, formatLocal, MAX_LOCAL, MIN_LOCAL, parseLocal } from "./wall-clock.ts";
import { fixedZone, type Zone } from "./zone.ts";

/** VTIMEZONE text by TZID, as `CalendarEvent.custom_zones` holds it. */
export type CustomZones = Readonly<Record<string, string>>;

/**
 * The zone that a zoned time lives in: its IANA zone, else the VTIMEZONE of its TZID among `customZones`, else the
 * fixed offset between its wall clock and its instant.
 */
export function zoneOf(time: DateTimeZoned, customZones?: CustomZones): Zone {
	if (time.zone !== null) {
		const zone = time.zone === "UTC" ? UTC : ianaZone(time.zone);
		if (zone !== null) return zone;
	}
	const id = time.tzid ?? time.zone ?? "";
	const text = customZones !== undefined && Object.hasOwn(customZones, id) ? customZones[id] : undefined;
	const custom = text === undefined ? null : customZone(text);
	return custom ?? fixedZone(id, parseLocal(time.local) - parseLocal(time.instant));
}

/** The zone of a name that comes from settings; UTC where the runtime does not know it. */
export function floatingZoneOf(name: string): Zone {
	return ianaZone(name) ?? UTC;
}

/**
 * The instant of a time in epoch milliseconds. A date is the start of its day in `floatingZone` (the first instant of
 * the day where midnight falls in a gap), a floating time its wall clock there.
 */
export function instantOf(time: EventDateTime, floatingZone: string): number {
	if (time.type === "zoned") return parseLocal(time.instant);
	return floatingZoneOf(floatingZone).toInstant(localOf(time));
}

/** The wall clock in local milliseconds; midnight for a date. */
export function localOf(time: EventDateTime): number {
	return parseLocal(time.type === "date" ? time.date : time.local);
}

const clamp = (local: number): number => Math.min(Math.max(local, MIN_LOCAL), MAX_LOCAL);

/** A zoned time from its wall clock; `tzid` is kept where it is not the zone's own name. */
export function zonedAt(
	local: number,
	zone: Zone,
	name: { readonly zone: string | null; readonly tzid?: string; readonly uncertain?: true },
): DateTimeZoned {
	return {
		type: "zoned",
		local: formatLocal(local),
		zone: name.zone,
		...(name.tzid !== undefined && name.tzid !== name.zone ? { tzid: name.tzid } : {}),
		instant: formatInstant(clamp(zone.toInstant(local))),
		...(name.uncertain === true ? { uncertain: true as const } : {}),
	};
}

/** The time in UTC of an instant in epoch milliseconds. */
export function utcAt(instant: number): DateTimeZoned {
	return { type: "zoned", local: formatLocal(instant), zone: "UTC", instant: formatInstant(instant) };
}

/** The same kind of time at another wall clock, given in local milliseconds; kept within the years 1 to 9999. */
export function withLocal(time: EventDateTime, local: number, customZones?: CustomZones): EventDateTime {
	const moved = clamp(local);
	if (time.type === "date") return { type: "date", date: formatDate(moved) };
	if (time.type === "floating") return { type: "floating", local: formatLocal(moved) };
	return zonedAt(moved, zoneOf(time, customZones), time);
}

/** The same kind of time at another instant; dates and floating times move on their own wall clock. */
export function addExact(time: EventDateTime, milliseconds: number, customZones?: CustomZones): EventDateTime {
	if (time.type !== "zoned") return withLocal(time, localOf(time) + milliseconds);
	const zone = zoneOf(time, customZones);
	const instant = clamp(parseLocal(time.instant) + milliseconds);
	return { ...time, local: formatLocal(clamp(instant + zone.offsetAt(instant))), instant: formatInstant(instant) };
}

/** Adds calendar days: the wall clock stays, the instant follows its zone. */
export function addDays(time: EventDateTime, days: number, customZones?: CustomZones): EventDateTime {
	return withLocal(time, localOf(time) + days * DAY, customZones);
}

/** Adds a duration: nominal days first, then the exact part (RFC 5545 §3.3.6). */
export function addDuration(time: EventDateTime, duration: Duration, customZones?: CustomZones): EventDateTime {
	const moved = duration.days === 0 ? time : addDays(time, duration.days, customZones);
	return duration.milliseconds === 0 ? moved : addExact(moved, duration.milliseconds, customZones);
}

/** Milliseconds from `start` to `end`: of instants where both are zoned, else of wall clocks. */
export function exactBetween(start: EventDateTime, end: EventDateTime): number {
	if (start.type === "zoned" && end.type === "zoned") return parseLocal(end.instant) - parseLocal(start.instant);
	return localOf(end) - localOf(start);
}

/** The duration whose nominal part is as long as possible and which, added to `start`, gives the instant of `end`. */
export function nominalBetween(start: EventDateTime, end: EventDateTime, customZones?: CustomZones): Duration {
	if (start.type !== "zoned" || end.type !== "zoned") {
		const local = localOf(end) - localOf(start);
		const days = Math.trunc(local / DAY);
		return { days, milliseconds: local - days * DAY };
	}
	let days = Math.trunc((localOf(end) - localOf(start)) / DAY);
	let rest = exactBetween(addDays(start, days, customZones), end);
	// Zones of start and end may differ, and a change of offset can make the last day too long.
	while (days > 0 && rest < 0) rest = exactBetween(addDays(start, --days, customZones), end);
	while (days < 0 && rest > 0) rest = exactBetween(addDays(start, ++days, customZones), end);
	return { days, milliseconds: rest };
}

/** Orders two times by instant; dates and floating times are placed in `floatingZone`. */
export function compareTimes(a: EventDateTime, b: EventDateTime, floatingZone: string): number {
	return instantOf(a, floatingZone) - instantOf(b, floatingZone);
}

/** True where both name the same place in time: the same date, wall clock or instant, in whatever zone it is written. */
export function sameTime(a: EventDateTime, b: EventDateTime): boolean {
	if (a.type === "zoned") return b.type === "zoned" && a.instant === b.instant;
	return a.type === b.type && localOf(a) === localOf(b);
}
