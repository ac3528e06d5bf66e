import { at, instantOf, isFloating, withOffset } from "../time/instants.ts";
import { type EventPoint, isDay, type Span } from "../wire.ts";

/**
 * Plans of moving and resizing: what the API is to be told. Who drags or uses keys means what the grid shows, so wall clocks
 * are those of the zone that is shown; what is sent is in the event's own zone.
 */

/** Where somebody puts an event: instants in epoch milliseconds, or whole days `YYYY-MM-DD`, the end exclusive. */
export type Placed =
	| { readonly allDay: false; readonly start: number; readonly end: number }
	| { readonly allDay: true; readonly start: string; readonly end: string };

const HOUR = 3_600_000;
export const STEP_MINUTES = 15;

/** Where the event is now, as the grid shows it. */
export function placedAt({ start, end }: Span, shownZone: string): Placed {
	if (isDay(start) && isDay(end)) return { allDay: true, start: start.date, end: end.date };
	return { allDay: false, start: instantOf(start, shownZone), end: instantOf(end, shownZone) };
}

/** What to send to have the event there. Times keep the zone that the event has. */
export function spanAt(placed: Placed, event: Span, shownZone: string): Span {
	if (placed.allDay) return { start: { date: placed.start }, end: { date: placed.end } };
	return {
		start: pointAt(placed.start, event.start, shownZone),
		end: pointAt(placed.end, isDay(event.end) ? event.start : event.end, shownZone),
	};
}

function pointAt(instant: number, before: EventPoint, shownZone: string): EventPoint {
	if (isFloating(before)) {
		return {
			date_time: at(instant, shownZone).toPlainDateTime().toString({ smallestUnit: "second" }),
			time_zone: null,
		};
	}
	const zone = isDay(before) ? shownZone : (before.time_zone ?? shownZone);
	return { date_time: withOffset(instant, zone), time_zone: zone };
}

/** A way of moving by keys. */
export type Nudge =
	| { readonly kind: "move"; readonly days: number; readonly minutes: number }
	| { readonly kind: "resize"; readonly days: number; readonly minutes: number };

/**
 * Where the event is after a nudge. Days keep the wall clock that is shown, also across a clock change; minutes are minutes
 * that pass. Lengths stay as they are. Null where it would change nothing or leave no length.
 */
export function nudged(placed: Placed, nudge: Nudge, shownZone: string): Placed | null {
	if (placed.allDay) {
		if (nudge.days === 0) return null;
		const end = addDays(placed.end, nudge.days);
		if (nudge.kind === "resize") return end > placed.start ? { ...placed, end } : null;
		return { allDay: true, start: addDays(placed.start, nudge.days), end };
	}
	const shift = (instant: number) =>
		at(instant, shownZone).add({ days: nudge.days }).epochMilliseconds + nudge.minutes * 60_000;
	if (nudge.kind === "resize") {
		const end = shift(placed.end);
		return end > placed.start ? { ...placed, end } : null;
	}
	const start = shift(placed.start);
	return { allDay: false, start, end: start + (placed.end - placed.start) };
}

/**
 * What a drag in the grid means.
 * @param start where the event's start was dropped
 * @param end where its end was dropped; null where the grid does not say, as between days and times
 */
export function dropped(
	before: Placed,
	drop: { readonly allDay: boolean; readonly start: Date; readonly end: Date | null },
	shownZone: string,
): Placed {
	if (drop.allDay) {
		const start = at(drop.start.getTime(), shownZone).toPlainDate();
		const days = before.allDay ? daysBetween(before.start, before.end) : 1;
		const end = drop.end === null ? start.add({ days }) : at(drop.end.getTime(), shownZone).toPlainDate();
		return { allDay: true, start: start.toString(), end: end.toString() };
	}
	const start = drop.start.getTime();
	if (before.allDay) return { allDay: false, start, end: drop.end?.getTime() ?? start + HOUR };
	return { allDay: false, start, end: start + (before.end - before.start) };
}

/** What dragging an edge in the grid means. */
export function resized(
	before: Placed,
	drop: { readonly start: Date; readonly end: Date | null },
	shownZone: string,
): Placed {
	const end = drop.end ?? drop.start;
	if (before.allDay) {
		const day = (date: Date) => at(date.getTime(), shownZone).toPlainDate().toString();
		return { allDay: true, start: day(drop.start), end: day(end) };
	}
	return { allDay: false, start: drop.start.getTime(), end: end.getTime() };
}

export function samePlace(a: Placed, b: Placed): boolean {
	return a.allDay === b.allDay && a.start === b.start && a.end === b.end;
}

function addDays(date: string, days: number): string {
	return Temporal.PlainDate.from(date).add({ days }).toString();
}

function daysBetween(start: string, end: string): number {
	return Temporal.PlainDate.from(start).until(end, { largestUnit: "day" }).days;
}
