import type { InstantRange } from "../event/event.ts";
import { DAY, HOUR } from "../time/wall-clock.ts";
import type { Zone } from "../time/zone.ts";
import type { Shape } from "./shape.ts";

/** The wall clocks that instants of a range may have, as local milliseconds `from <= t < to`. */
export interface LocalWindow {
	readonly from: number;
	readonly to: number;
}

/**
 * The stretch of wall clock that holds every slot whose instance can touch the range. Offsets are sampled a day around
 * each edge, so a change of offset near it cannot hide a slot.
 */
export function windowOf(range: InstantRange, zone: Zone, shapes: readonly Shape[]): LocalWindow {
	const lead = shapes.reduce((most, shape) => Math.max(most, shape.reach + shape.shift), Number.NEGATIVE_INFINITY);
	const lag = leastShift(shapes);
	const first = range.from - lead;
	const last = range.to - lag + (lag === 0 ? 0 : DAY);
	const offsets = (instant: number): number[] => [instant - DAY, instant, instant + DAY].map((at) => zone.offsetAt(at));
	return { from: first + Math.min(...offsets(clamp(first))), to: last + Math.max(...offsets(clamp(last))) };
}

/** The instant before which no instance of a slot at or after `local` starts. */
export function earliestFrom(local: number, zone: Zone, shapes: readonly Shape[]): number {
	const instant = zone.toInstant(local);
	// A time in a gap moves forward, past later wall clocks.
	const moved = instant + zone.offsetAt(instant) - local;
	const lag = leastShift(shapes);
	return instant - Math.max(0, moved) + Math.min(0, lag) - (lag === 0 ? 0 : 3 * HOUR);
}

function leastShift(shapes: readonly Shape[]): number {
	return shapes.reduce((least, shape) => Math.min(least, shape.shift), Number.POSITIVE_INFINITY);
}

/** The last local time of a zone that can lie at or before an instant. */
export function latestLocal(instant: number, zone: Zone): number {
	return instant + Math.max(zone.offsetAt(instant - DAY), zone.offsetAt(instant), zone.offsetAt(instant + DAY));
}

/** Instants that date arithmetic of the runtime can take. */
const EDGE = 8.64e15 - 10 * DAY;
const clamp = (instant: number): number => Math.min(Math.max(instant, -EDGE), EDGE);
