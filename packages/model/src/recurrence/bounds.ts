import { floatingZoneOf, instantOf } from "../time/event-time.ts";
import { DAY, HOUR, MIN_LOCAL } from "../time/wall-clock.ts";
import type { Series } from "./expand.ts";
import { type Frame, frameOf } from "./frame.ts";
import { recurrenceSetOf } from "./recurrence-set.ts";
import type { Rule } from "./rule.ts";
import { masterShape, type Placed, shiftedShape, slotOfOverride } from "./shape.ts";
import { untilOf } from "./until.ts";
import { walkRule } from "./walk.ts";
import { type Work, workOf } from "./work.ts";

/** Epoch milliseconds; `endsAt` is null where the series goes on for ever, or where its end takes too long to find. */
export interface SeriesBounds {
	readonly startsAt: number;
	readonly endsAt: number | null;
}

/** Zones lie between UTC+14 and UTC-12. */
const EAST = 14 * HOUR;
const WEST = 12 * HOUR;
const MAX_STEPS = 30_000;

/**
 * Instants that hold every occurrence of a series, exclusions not looked at: nothing starts before `startsAt` or ends
 * after `endsAt`. Floating times and dates count wherever the reader is, so theirs are wider by what zones differ.
 */
export function seriesBounds(series: Series): SeriesBounds {
	const utc = floatingZoneOf("UTC");
	const { master, overrides } = series;
	let startsAt = Number.POSITIVE_INFINITY;
	let endsAt = Number.NEGATIVE_INFINITY;
	const include = (start: number, end: number, floats: boolean): void => {
		startsAt = Math.min(startsAt, floats ? start - EAST : start);
		endsAt = Math.max(endsAt, floats ? end + WEST : end, start);
	};
	for (const { start, end } of overrides) {
		include(instantOf(start, "UTC"), instantOf(end, "UTC"), start.type !== "zoned");
	}
	if (master === null) return { startsAt, endsAt };

	const work = workOf(MAX_STEPS);
	const frame = frameOf(master.start, utc, master.custom_zones);
	const shapes = [masterShape(master, frame, utc)];
	for (const override of overrides) {
		const slot = override.this_and_future ? slotOfOverride(override, frame) : null;
		if (slot !== null) shapes.push(shiftedShape(override, slot, frame, utc));
	}
	const floats = shapes.some((shape) => shape.startFace.kind !== "zoned");
	const includePlaced = (placed: Placed): void => include(placed.startInstant, placed.endInstant, floats);
	const set = recurrenceSetOf(master, work, "dates");
	const includeAt = (slot: Frame["start"]): void => {
		for (const shape of shapes) includePlaced(shape.place(slot));
	};
	includeAt(frame.start);
	for (const { at, end } of set.dates) {
		const slot = frame.slotOf(at);
		if (end === null) includeAt(slot);
		else for (const shape of shapes) includePlaced(shape.placeUntil(slot, end));
	}
	for (const rule of set.rules) {
		const last = lastOf(rule, frame, work);
		if (last === null) return { startsAt, endsAt: null };
		includeAt(frame.slotAt(last));
	}
	return { startsAt, endsAt };
}

/** The last local time of a rule, DTSTART's where it has no other; null where it is endless or too far to find. */
function lastOf(rule: Rule, frame: Frame, work: Work): number | null {
	const start = frame.start.local;
	const until = untilOf(rule, frame);
	if (rule.count === null && until.local === Number.POSITIVE_INFINITY) return null;
	const lastFrom = (from: number): number | null | undefined => {
		let last: number | undefined;
		const options = { start, startCounts: true, until: until.local, from, to: Number.POSITIVE_INFINITY, work };
		const { ended } = walkRule(rule, options, (local) => {
			if (until.instant === Number.POSITIVE_INFINITY || frame.slotAt(local).instant <= until.instant) last = local;
			return true;
		});
		return ended ? last : null;
	};
	if (rule.count === null) {
		// The last time mostly lies shortly before UNTIL; a walk that begins there is short.
		for (const stretch of [DAY, 400 * DAY]) {
			const last = until.local - stretch > start ? lastFrom(until.local - stretch) : undefined;
			if (last !== undefined) return last;
		}
	}
	const last = lastFrom(MIN_LOCAL);
	return last === undefined ? start : last;
}
