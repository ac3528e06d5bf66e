import {
	type CalendarEvent,
	type DateTimeZoned,
	type EventDateTime,
	formatInstant,
	formatLocal,
	instantOf,
	parseLocal,
	resolveTzid,
	type Zone,
	zonedAt,
} from "@kalends/model";
import type { GoogleEvent, GoogleTime } from "../types.ts";
import { textOf } from "../types.ts";
import { defineField, type MapContext, notAccepted, privateProperty, withPrivateProperty } from "./field.ts";

const TIME = "kalendsTime";
const FLOATING = "floating";
const OFFSET = /([+-])(\d{2}):?(\d{2})$|Z$/i;

/**
 * `start`, `end`. Google has no floating times: they are written in the calendar's zone, and a private property of the
 * event keeps that they belong to none. `end` is exclusive there too, and lengths are exact.
 */
export const times = defineField<"start" | "end" | "duration_kind">({
	keys: ["start", "end", "duration_kind"],
	read: (event, context) => {
		const floats = isFloating(event);
		const start = readTime(event.start, context, floats) ?? {
			type: "date",
			date: "1970-01-01",
		};
		const end = event.endTimeUnspecified === true ? null : readTime(event.end, context, floats);
		return { start, end: end?.type === start.type ? end : start, duration_kind: "exact" };
	},
	write: (event, base, context) => {
		const floats = event.start.type === "floating";
		const isMarked = base !== null && isFloating(base);
		const series = event.recurrence !== null;
		return {
			start: writeTime(event.start, series, context, base !== null),
			end: writeTime(event.end, series, context, base !== null),
			...(floats || isMarked ? withPrivateProperty(TIME, floats ? FLOATING : null) : {}),
		};
	},
});

export function isFloating(event: GoogleEvent): boolean {
	return privateProperty(event, TIME) === FLOATING;
}

/** @returns null for what is no time */
export function readTime(
	time: GoogleTime | null | undefined,
	context: MapContext,
	floats: boolean,
): EventDateTime | null {
	const date = textOf(time?.date);
	if (date !== "")
		return Number.isNaN(parseLocal(date.slice(0, 10))) ? null : { type: "date", date: date.slice(0, 10) };
	const text = textOf(time?.dateTime);
	const written = parseLocal(text.slice(0, 19));
	if (text === "" || Number.isNaN(written)) return null;
	const tzid = textOf(time?.timeZone) || context.timeZone;
	const resolved = resolveTzid(tzid, { definitions: new Map(), fallback: context.timeZone });
	if (resolved.uncertain) context.warn(`The zone "${tzid.slice(0, 100)}" is not known.`);
	const name = {
		zone: resolved.name,
		tzid: resolved.tzid,
		...(resolved.uncertain ? { uncertain: true as const } : {}),
	};
	// Of times with an offset the instant counts, whatever zone the answer is written in.
	const offset = OFFSET.exec(text);
	const instant = offset === null ? resolved.zone.toInstant(written) : written - millisecondsOf(offset);
	const zoned = zonedInstant(instant, resolved.zone, name);
	if (floats) return { type: "floating", local: zoned.local };
	return offset === null ? { ...zoned, local: formatLocal(written) } : zoned;
}

function millisecondsOf(offset: RegExpExecArray): number {
	const minutes = Number(offset[2] ?? 0) * 60 + Number(offset[3] ?? 0);
	return (offset[1] === "-" ? -minutes : minutes) * 60_000;
}

/** Of an hour that comes twice, the reading that is meant. */
function zonedInstant(instant: number, zone: Zone, name: Parameters<typeof zonedAt>[2]): DateTimeZoned {
	return { ...zonedAt(instant + zone.offsetAt(instant), zone, name), instant: formatInstant(instant) };
}

function writeTime(time: EventDateTime, series: boolean, { timeZone }: MapContext, patch: boolean): GoogleTime {
	const none = <Key extends string>(...keys: Key[]) =>
		patch ? (Object.fromEntries(keys.map((key) => [key, null])) as Record<Key, null>) : {};
	if (time.type === "date") return { date: time.date, ...none("dateTime", "timeZone") };
	if (time.type === "floating") return { dateTime: time.local, timeZone, ...none("date") };
	if (time.zone !== null) {
		// The first of two readings of an hour that comes twice is what a wall clock alone means; the instant says which.
		return { dateTime: withOffset(time.local, time.instant), timeZone: time.zone, ...none("date") };
	}
	if (series) throw notAccepted("series in a zone of its own; choose a zone of the IANA list, such as Europe/Berlin");
	return { dateTime: time.instant, timeZone: "UTC", ...none("date") };
}

/** `2026-03-01T09:00:00+01:00`; in whole minutes, as older local mean times are not written so. */
function withOffset(local: string, instant: string): string {
	const minutes = Math.round((parseLocal(local) - parseLocal(instant)) / 60_000);
	// In a gap the wall clock that is written does not exist.
	if (minutes === 0) return `${local}Z`;
	const text = `${String(Math.floor(Math.abs(minutes) / 60)).padStart(2, "0")}:${String(Math.abs(minutes) % 60).padStart(2, "0")}`;
	return `${local}${minutes < 0 ? "-" : "+"}${text}`;
}

/** The original start of an exception, of the type and in the zone of its master where that is here. */
export function readOriginalStart(
	event: GoogleEvent,
	master: Pick<CalendarEvent, "start"> | null,
	context: MapContext,
): EventDateTime | null {
	const floats = master === null ? isFloating(event) : master.start.type === "floating";
	const own = readTime(event.originalStartTime, context, floats);
	if (own?.type !== "zoned" || master?.start.type !== "zoned" || master.start.zone === null) return own;
	const { zone, tzid } = master.start;
	const resolved = resolveTzid(zone, { definitions: new Map(), fallback: context.timeZone });
	const instant = instantOf(own, "UTC");
	return zonedInstant(instant, resolved.zone, { zone, ...(tzid === undefined ? {} : { tzid }) });
}
