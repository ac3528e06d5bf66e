import type { EventDateTime } from "@kalends/model";
import {
	formatDate,
	formatInstant,
	formatLocal,
	ianaName,
	ianaZone,
	parseLocal,
	toBasic,
	utcAt,
	zonedAt,
} from "@kalends/model";
import { invalid, required } from "../../http/google-error.ts";
import { parseInstant } from "../../http/query.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import { type EventTime, isAllDay } from "../../world/event-record.ts";

/**
 * Reads a `start`, `end` or `originalStartTime`: a `date`, or a `dateTime` with its offset or with a `timeZone`.
 *
 * @param usualZone of times that name none: the calendar's
 * @throws GoogleError 400 where it is missing or none
 */
export function readTime(value: Json | undefined, which: "start" | "end", usualZone: string): EventTime {
	if (value === undefined || value === null) throw required(`Missing ${which} time.`);
	if (!isObject(value)) throw invalid(`Invalid ${which} time.`);
	const { date, dateTime, timeZone } = value;
	const given = [date, dateTime].filter((part) => part !== undefined && part !== null);
	if (given.length === 0) throw required(`Missing ${which} time.`);
	if (given.length > 1) throw invalid(`Invalid ${which} time.`);
	if (typeof date === "string") {
		if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(parseLocal(date))) throw invalid("Invalid date value.");
		return { date };
	}
	if (typeof dateTime !== "string") throw invalid(`Invalid ${which} time.`);
	const zone = readZone(timeZone, which) ?? usualZone;
	const instant = parseInstant(dateTime);
	if (instant !== null) return { instant, timeZone: zone };
	// Without an offset the zone has to be said.
	if (!/^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?$/.test(dateTime)) throw invalid(`Invalid ${which} time.`);
	if (timeZone === undefined || timeZone === null) throw required(`Missing time zone definition for ${which} time.`);
	const local = parseLocal(dateTime.slice(0, 19));
	if (Number.isNaN(local)) throw invalid(`Invalid ${which} time.`);
	return { instant: ianaZone(zone)?.toInstant(local) ?? local, timeZone: zone };
}

function readZone(value: Json | undefined, which: string): string | null {
	if (value === undefined || value === null) return null;
	const name = typeof value === "string" ? ianaName(value) : null;
	if (name === null) throw invalid(`Invalid time zone definition for ${which} time.`);
	return name;
}

/** How a time is answered: its offset is that of the answer's zone, its `timeZone` that of the event. */
export function writeTime(time: EventTime, answerZone: string): JsonObject {
	if (isAllDay(time)) return { date: time.date };
	return { dateTime: formatOffset(time.instant, answerZone), timeZone: time.timeZone };
}

/** RFC 3339 with the offset of a zone; `Z` where that is zero. */
export function formatOffset(instant: number, zone: string): string {
	const offset = ianaZone(zone)?.offsetAt(instant) ?? 0;
	if (offset === 0) return formatInstant(instant);
	const minutes = Math.abs(Math.round(offset / 60_000));
	const two = (value: number): string => String(value).padStart(2, "0");
	const sign = offset < 0 ? "-" : "+";
	return `${formatLocal(instant + offset)}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** RFC 3339 with milliseconds, as `created` and `updated` are. */
export const formatStamp = (instant: number): string => new Date(instant).toISOString();

/** What ids of instances end in: `20261205` or `20261205T090000Z`. */
export function timeKey(time: EventTime): string {
	return isAllDay(time) ? toBasic(time.date) : toBasic(formatInstant(time.instant));
}

/** Epoch milliseconds; days begin at midnight of the zone. */
export function instantOfTime(time: EventTime, zone: string): number {
	if (!isAllDay(time)) return time.instant;
	const local = parseLocal(time.date);
	return ianaZone(zone)?.toInstant(local) ?? local;
}

/** Epoch milliseconds between two times of one kind. */
export function lengthBetween(start: EventTime, end: EventTime): number {
	return instantOfTime(end, "UTC") - instantOfTime(start, "UTC");
}

export function sameEventTime(a: EventTime, b: EventTime): boolean {
	if (isAllDay(a) || isAllDay(b)) return isAllDay(a) && isAllDay(b) && a.date === b.date;
	return a.instant === b.instant && a.timeZone === b.timeZone;
}

export function toModelTime(time: EventTime): EventDateTime {
	if (isAllDay(time)) return { type: "date", date: time.date };
	const zone = time.timeZone === "UTC" ? null : ianaZone(time.timeZone);
	if (zone === null) return utcAt(time.instant);
	return zonedAt(time.instant + zone.offsetAt(time.instant), zone, { zone: time.timeZone });
}

/** @param timeZone of the series: what is answered with its instances */
export function fromModelTime(time: EventDateTime, timeZone: string): EventTime {
	if (time.type === "date") return { date: time.date };
	return { instant: parseLocal(time.type === "zoned" ? time.instant : time.local), timeZone };
}

/** The same kind of time, so many milliseconds later; days are counted in UTC. */
export function shiftTime(time: EventTime, milliseconds: number): EventTime {
	if (isAllDay(time)) return { date: formatDate(parseLocal(time.date) + milliseconds) };
	return { instant: time.instant + milliseconds, timeZone: time.timeZone };
}
