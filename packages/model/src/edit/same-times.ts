import type { Rule } from "../recurrence/rule.ts";
import { walkRule } from "../recurrence/walk.ts";
import { workOf } from "../recurrence/work.ts";
import { MIN_LOCAL } from "../time/wall-clock.ts";

/** Times compared at most: six years of working days, hundreds of years of months. */
const MOST = 1500;
const STEPS = 60_000;

/** A rule counted from a start, in local milliseconds; times before `from` do not matter. */
export interface Counted {
	readonly rule: Rule;
	readonly start: number;
	readonly from?: number;
}

/**
 * Whether two rules, COUNT and UNTIL not looked at, have the same times after `map` took those of the first to where they
 * should be. Compares as many as are worth it; false where not even one could be worked out.
 */
export function sameTimes(one: Counted, other: Counted, map: (local: number) => number): boolean {
	const a = firstTimes(one);
	const b = firstTimes(other);
	const common = Math.min(a.times.length, b.times.length);
	for (let index = 0; index < common; index++) if (map(a.times[index] ?? 0) !== b.times[index]) return false;
	if (a.all && b.all) return a.times.length === b.times.length;
	if (a.all || b.all) return (a.all ? b : a).times.length <= common;
	return common > 0;
}

function firstTimes({ rule, start, from = MIN_LOCAL }: Counted): {
	readonly times: readonly number[];
	readonly all: boolean;
} {
	const times: number[] = [];
	const endless = { ...rule, count: null, until: null };
	const window = { from, to: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY };
	const { ended } = walkRule(endless, { start, startCounts: false, ...window, work: workOf(STEPS) }, (local) => {
		times.push(local);
		return times.length < MOST;
	});
	return { times, all: ended };
}
