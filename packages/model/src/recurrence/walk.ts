import { MAX_LOCAL } from "../time/wall-clock.ts";
import { type Cadence, cadenceOf } from "./cadence.ts";
import type { Rule } from "./rule.ts";
import type { Work } from "./work.ts";

/** How far a walk has come. */
export interface Walked {
	/** Local milliseconds: every time of the rule before it, from the window's start on, has been visited. */
	readonly reached: number;
	/** True where the rule has no further times at all. */
	readonly ended: boolean;
}

export interface WalkOptions {
	/** DTSTART in local milliseconds. */
	readonly start: number;
	/** Whether DTSTART itself is of the set and counts, on the pattern or not; the walk then leaves out visiting it. */
	readonly startCounts: boolean;
	/** The last local time that UNTIL allows; Infinity without UNTIL. */
	readonly until: number;
	/** The window `from <= t < to` in local milliseconds. */
	readonly from: number;
	readonly to: number;
	readonly work: Work;
	/** Begins at DTSTART even where it could begin near the window; the result is the same. */
	readonly fromStart?: boolean;
}

/**
 * Visits the times of a rule within a window, ascending, each once. Without COUNT, or where every period holds
 * equally many times, it begins near the window. Ends at the window's end, when the rule ends, when the work is used
 * up, or when `visit` answers false.
 */
export function walkRule(rule: Rule, options: WalkOptions, visit: (local: number) => boolean): Walked {
	const { start, until, from, to, work } = options;
	const cadence = cadenceOf(rule, start);
	const { offsets } = cadence;
	const pick = positionsOf(rule);
	const count = rule.count ?? Number.POSITIVE_INFINITY;
	const limit = Math.min(to, until + 1, MAX_LOCAL + 1);
	const ended: Walked = { reached: to, ended: true };
	if (options.startCounts && count === 1) return ended;

	// Times up to `floor` are done with: those before DTSTART, and doubles that SKIP=FORWARD pushes into a later period.
	let floor = options.startCounts ? start : start - 1;
	let counted = options.startCounts ? 1 : 0;
	let index = 0;
	if (!work.spend(offsets.length)) return { reached: Math.max(from, floor + 1), ended: false };
	const near = options.fromStart === true ? 0 : cadence.indexAt(from) - 2;
	if (near > 0) {
		const skipped = rule.count === null ? 0 : countBefore(cadence, pick, near, floor);
		if (skipped !== null) {
			counted += skipped;
			if (counted >= count) return ended;
			index = near;
		}
	}

	const cost = cadence.cost + rule.bySetPos.length;
	for (; ; index++) {
		index = cadence.next(index, limit, work);
		const begins = cadence.startOf(index);
		if (begins >= limit) return limit < to ? ended : { reached: to, ended: false };
		if (!work.spend(cost)) return { reached: Math.max(from, begins, floor + 1), ended: false };
		const { size, at } = timesOf(cadence.bases(index), offsets, pick);
		if (size === 0) continue;
		const firstNew = firstAfter(at, size, floor);
		let position = Math.max(firstNew, firstAfter(at, size, from - 1));
		counted += position - firstNew;
		for (; position < size && counted < count; position++) {
			const local = at(position);
			if (local >= limit) return limit < to ? ended : { reached: to, ended: false };
			if (!work.spend(1) || !visit(local)) return { reached: local, ended: false };
			counted++;
		}
		if (counted >= count) return ended;
		floor = Math.max(floor, at(size - 1));
	}
}

type Pick = (total: number) => readonly number[];

interface Times {
	readonly size: number;
	/** The time at a place from 0 to `size` - 1, ascending. */
	readonly at: (position: number) => number;
}

/** The times of a period, without writing out bases × offsets: a year of every second is 31 million. */
function timesOf(bases: readonly number[], offsets: readonly number[], pick: Pick | null): Times {
	const total = bases.length * offsets.length;
	const picks = pick === null ? null : pick(total);
	return {
		size: picks === null ? total : picks.length,
		at: (position) => {
			const place = picks === null ? position : (picks[position] ?? 0);
			const base = Math.floor(place / offsets.length);
			return (bases[base] ?? 0) + (offsets[place - base * offsets.length] ?? 0);
		},
	};
}

/** The first of `size` ascending places whose time is after `local`. */
function firstAfter(at: (position: number) => number, size: number, local: number): number {
	let low = 0;
	let high = size;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (at(middle) > local) high = middle;
		else low = middle + 1;
	}
	return low;
}

/** BYSETPOS as ascending places among a period's times; null without it. */
function positionsOf(rule: Rule): Pick | null {
	if (rule.bySetPos.length === 0) return null;
	let knownTotal = -1;
	let known: readonly number[] = [];
	return (total) => {
		if (total !== knownTotal) {
			const places = rule.bySetPos.map((position) => (position > 0 ? position - 1 : total + position));
			known = [...new Set(places)].filter((place) => place >= 0 && place < total).sort((a, b) => a - b);
			knownTotal = total;
		}
		return known;
	};
}

/** How many times after `floor` the periods before `index` hold, without visiting them; null where that is unknown. */
function countBefore(cadence: Cadence, pick: Pick | null, index: number, floor: number): number | null {
	if (cadence.constantBases === null) return null;
	const first = timesOf(cadence.bases(0), cadence.offsets, pick);
	return first.size - firstAfter(first.at, first.size, floor) + (index - 1) * first.size;
}
