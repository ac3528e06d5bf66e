import { type EventPoint, isDay } from "../wire.ts";

const OFFSET = /(?:Z|[+-]\d{2}:\d{2}(?::\d{2})?)$/i;

/** Whether it is the same wall clock everywhere: a time with neither offset nor zone. */
export function isFloating(point: EventPoint): boolean {
	return !isDay(point) && point.time_zone === null && !OFFSET.test(point.date_time);
}

/**
 * The instant in epoch milliseconds. Days and floating times have none of their own: they are read in `zone`, a day at its
 * first moment there. A wall clock that a clock change skips is read as RFC 5545 does, with the offset before it.
 */
export function instantOf(point: EventPoint, zone: string): number {
	if (isDay(point)) return startOfDay(point.date, zone);
	if (OFFSET.test(point.date_time)) return Temporal.Instant.from(point.date_time).epochMilliseconds;
	return Temporal.PlainDateTime.from(point.date_time).toZonedDateTime(point.time_zone ?? zone).epochMilliseconds;
}

/** The first moment of `date` (`YYYY-MM-DD`) in `zone`, in epoch milliseconds. */
export function startOfDay(date: string, zone: string): number {
	return Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
}

/** The day (`YYYY-MM-DD`) that it is at this instant in `zone`. */
export function dayOf(instant: number, zone: string): string {
	return at(instant, zone).toPlainDate().toString();
}

/** The days that the span covers in `zone`, first and last, both inclusive. */
export function daysOf(start: EventPoint, end: EventPoint, zone: string): { first: string; last: string } {
	if (isDay(start) && isDay(end)) {
		const last = Temporal.PlainDate.from(end.date).subtract({ days: 1 });
		return { first: start.date, last: later(start.date, last.toString()) };
	}
	const from = instantOf(start, zone);
	const to = instantOf(end, zone);
	return { first: dayOf(from, zone), last: dayOf(Math.max(from, to - 1), zone) };
}

/** @returns RFC 3339 with the offset that `zone` has then, whole seconds */
export function withOffset(instant: number, zone: string): string {
	return at(instant, zone).toString({ smallestUnit: "second", timeZoneName: "never" });
}

export function at(instant: number, zone: string): Temporal.ZonedDateTime {
	return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
}

function later(a: string, b: string): string {
	return a > b ? a : b;
}
