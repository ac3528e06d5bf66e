import type { CalendarEvent, InstantRange, Occurrence } from "../event/event.ts";
import { floatingZoneOf, instantOf } from "../time/event-time.ts";
import { DAY } from "../time/wall-clock.ts";
import type { Zone } from "../time/zone.ts";
import { type Frame, frameOf, type Slot } from "./frame.ts";
import { originalStartKey } from "./keys.ts";
import { type ExpansionProblem, malformed, tooExpensive, tooMany } from "./problem.ts";
import { type ExtraDate, type RecurrenceSet, recurrenceSetOf } from "./recurrence-set.ts";
import { masterShape, type Placed, type Shape, shiftedShape, slotOfOverride } from "./shape.ts";
import { untilOf } from "./until.ts";
import { walkRule } from "./walk.ts";
import { earliestFrom, type LocalWindow, windowOf } from "./window.ts";
import { type Work, workOf } from "./work.ts";

/** A master with its overrides; overrides of an instance that someone was invited to alone have no master. */
export interface Series {
	readonly master: CalendarEvent | null;
	readonly overrides: readonly CalendarEvent[];
}

export interface ExpansionLimits {
	/** Occurrences that an expansion yields at most; where several share the last start, all of those. */
	readonly maxOccurrences?: number;
	/** Periods and candidates that it looks at, at most: the bound on hostile rules. */
	readonly maxSteps?: number;
}

export const DEFAULT_LIMITS: Required<ExpansionLimits> = { maxOccurrences: 10_000, maxSteps: 500_000 };

export interface ExpansionOptions {
	/** IANA name of the zone in which floating times and dates are placed. */
	readonly floatingZone: string;
	readonly limits?: ExpansionLimits;
}

export interface Expansion {
	/** Sorted by start. */
	readonly occurrences: readonly Occurrence[];
	/** Epoch ms: every occurrence of the range that starts before it is there; the range's end unless capped. */
	readonly completeTo: number;
	readonly problem: ExpansionProblem | null;
}

/** An occurrence before it is written out: an override as it is, or an instance of the series. */
type Found = { readonly start: number } & (
	| { readonly override: CalendarEvent }
	| { readonly override: null; readonly slot: Slot; readonly shape: Shape; readonly placed: Placed }
);

/**
 * The occurrences of a series that touch a range of instants: `start < to` and `end > from`, and those without length
 * also at `from` itself (RFC 4791 §9.9). The set is that of RFC 5545 §3.8.5: DTSTART, on the pattern or not and counted
 * by COUNT, with every RRULE and RDATE, without EXDATE and EXRULE. Rules run on the wall clock; times in a gap are
 * shifted forward and counted, ambiguous ones are the first. Overrides replace their slot, are shown where they lie now
 * and also where no slot matches them; cancelled ones are yielded. A rule that cannot be read counts as absent and is
 * reported. Never throws on what an event holds; bounded by the limits.
 */
export function expandSeries(series: Series, range: InstantRange, options: ExpansionOptions): Expansion {
	const limits = { ...DEFAULT_LIMITS, ...options.limits };
	const floatingZone = floatingZoneOf(options.floatingZone);
	const { master } = series;
	let found: Found[] = [];
	let completeTo = range.to;
	let problem: ExpansionProblem | null = null;
	let frame: Frame | null = null;
	if (master !== null) {
		frame = frameOf(master.start, floatingZone, master.custom_zones);
		const instances = expandMaster(master, frame, series.overrides, range, floatingZone, limits);
		found = instances.found;
		completeTo = Math.max(range.from, Math.min(completeTo, instances.completeTo));
		problem = instances.problem;
	}
	for (const override of newestOf(series.overrides)) {
		const start = instantOf(override.start, options.floatingZone);
		const end = Math.max(start, instantOf(override.end, options.floatingZone));
		if (touches(start, end, range)) found.push({ start, override });
	}
	found.sort((a, b) => a.start - b.start);
	const last = found[limits.maxOccurrences - 1];
	const beyond = last === undefined ? undefined : found.find((one) => one.start > last.start);
	if (beyond !== undefined && beyond.start < completeTo) {
		completeTo = Math.max(range.from, beyond.start);
		problem ??= tooMany(limits.maxOccurrences);
	}
	const occurrences: Occurrence[] = [];
	for (const one of found) if (one.start < completeTo) occurrences.push(occurrenceOf(one, frame));
	return { occurrences, completeTo, problem };
}

/**
 * What is shown of a series that could not be worked out within its limits of time and memory: DTSTART and the
 * overrides.
 */
export function expandStartOnly(series: Series, range: InstantRange, options: ExpansionOptions): Expansion {
	const { master, overrides } = series;
	const bare = master === null ? null : { ...master, recurrence: null };
	const { occurrences, completeTo } = expandSeries({ master: bare, overrides }, range, options);
	const ofMaster = (one: Occurrence): Occurrence => (master === null ? one : { ...one, event: master });
	return {
		occurrences: occurrences.map((one) => (one.event === bare ? ofMaster(one) : one)),
		completeTo,
		problem: tooExpensive(),
	};
}

function touches(start: number, end: number, range: InstantRange): boolean {
	return start < range.to && (end > range.from || (end === start && start >= range.from));
}

function occurrenceOf(found: Found, frame: Frame | null): Occurrence {
	if (found.override !== null) {
		const { recurrence_id, start, end } = found.override;
		return { original_start: recurrence_id ?? start, start, end, event: found.override };
	}
	const { slot, shape, placed } = found;
	const start = shape.startFace.write(placed.startLocal, placed.startInstant);
	const end = shape.endFace.write(placed.endLocal, placed.endInstant);
	const moved = frame !== null && (shape.startFace !== frame.face || shape.shift !== 0);
	return { original_start: moved ? frame.face.write(slot.local, slot.instant) : start, start, end, event: shape.event };
}

/** Of several overrides of one slot the one with the highest SEQUENCE, of equals the last. */
function newestOf(overrides: readonly CalendarEvent[]): Iterable<CalendarEvent> {
	if (overrides.length < 2) return overrides;
	const bySlot = new Map<string, CalendarEvent>();
	for (const override of overrides) {
		const key = originalStartKey(override.recurrence_id ?? override.start);
		const known = bySlot.get(key);
		if (known === undefined || override.sequence >= known.sequence) bySlot.set(key, override);
	}
	return bySlot.values();
}

interface Instances {
	readonly found: Found[];
	readonly completeTo: number;
	readonly problem: ExpansionProblem | null;
}

/** The instances that the master gives: all slots but those which overrides take. */
function expandMaster(
	master: CalendarEvent,
	frame: Frame,
	overrides: readonly CalendarEvent[],
	range: InstantRange,
	floatingZone: Zone,
	limits: Required<ExpansionLimits>,
): Instances {
	const found: Found[] = [];
	if (Number.isNaN(frame.start.local + frame.start.instant)) {
		return { found, completeTo: range.to, problem: malformed("its start is no time") };
	}
	const own = masterShape(master, frame, floatingZone);
	const taken = new Set<number>();
	const shifts = shiftsOf(overrides, frame, floatingZone, taken);
	const shapes = [own, ...shifts.map((shift) => shift.shape)];
	const work = workOf(limits.maxSteps);
	const set = recurrenceSetOf(master, work);
	const excluded = exclusionsOf(set, frame);
	const window = windowOf(range, frame.face.zone, shapes);
	const seen = new Set<number>();
	let { problem } = set;
	/** Up to here, in local milliseconds, all slots are known. */
	let reached = excludeByRules(set, frame, window, excluded, work, limits.maxOccurrences * 2);

	/** Takes one slot after another; false once it has taken as many as may be. */
	const taker = (): ((slot: Slot, end: ExtraDate["end"]) => boolean) => {
		const most = found.length + limits.maxOccurrences;
		return (slot, end) => {
			const shape = shapeAt(shifts, slot) ?? own;
			const placed = end === null ? shape.place(slot) : shape.placeUntil(slot, end);
			if (!touches(placed.startInstant, placed.endInstant, range)) return true;
			if (taken.has(slot.key) || excluded.has(slot) || seen.has(slot.key)) return true;
			if (found.length >= most) {
				problem ??= tooMany(limits.maxOccurrences);
				return false;
			}
			seen.add(slot.key);
			found.push({ start: placed.startInstant, override: null, slot, shape, placed });
			return true;
		};
	};

	const takeDate = taker();
	for (const { slot, end } of datesOf(set, frame)) {
		if (takeDate(slot, end)) continue;
		reached = Math.min(reached, slot.local);
		break;
	}
	for (const rule of set.rules) {
		const until = untilOf(rule, frame);
		const takeSlot = taker();
		// Behind what another rule has reached nothing is complete.
		const to = Math.min(window.to, reached);
		const walked = walkRule(
			rule,
			{ start: frame.start.local, startCounts: true, until: until.local, from: window.from, to, work },
			(local) => {
				const slot = frame.slotAt(local);
				return slot.instant > until.instant || takeSlot(slot, null);
			},
		);
		reached = Math.min(reached, walked.reached);
	}
	if (reached >= window.to) return { found, completeTo: range.to, problem };
	return { found, completeTo: earliestFrom(reached, frame.face.zone, shapes), problem: problem ?? tooExpensive() };
}

/** DTSTART and the RDATEs in order; of one slot a PERIOD comes first and so takes precedence (RFC 5545 §3.8.5.2). */
function datesOf(set: RecurrenceSet, frame: Frame): readonly { readonly slot: Slot; readonly end: ExtraDate["end"] }[] {
	const dates = set.dates.map(({ at, end }) => ({ slot: frame.slotOf(at), end }));
	dates.push({ slot: frame.start, end: null });
	return dates.sort((a, b) => a.slot.key - b.slot.key || Number(a.end === null) - Number(b.end === null));
}

interface Shift {
	readonly key: number;
	readonly shape: Shape;
}

/** Notes the slots that overrides take, and gives those of RANGE=THISANDFUTURE in order of their slots. */
function shiftsOf(
	overrides: readonly CalendarEvent[],
	frame: Frame,
	floatingZone: Zone,
	taken: Set<number>,
): readonly Shift[] {
	const shifts: Shift[] = [];
	for (const override of newestOf(overrides)) {
		const slot = slotOfOverride(override, frame);
		if (slot === null) continue;
		taken.add(slot.key);
		if (!override.this_and_future) continue;
		shifts.push({ key: slot.key, shape: shiftedShape(override, slot, frame, floatingZone) });
	}
	return shifts.sort((a, b) => a.key - b.key);
}

function shapeAt(shifts: readonly Shift[], slot: Slot): Shape | undefined {
	let low = 0;
	let high = shifts.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((shifts[middle]?.key ?? Number.POSITIVE_INFINITY) <= slot.key) low = middle + 1;
		else high = middle;
	}
	return shifts[low - 1]?.shape;
}

interface Exclusions {
	has(slot: Slot): boolean;
	add(key: number): void;
	readonly size: number;
}

function exclusionsOf(set: RecurrenceSet, frame: Frame): Exclusions {
	const keys = new Set<number>();
	const days = new Set<number>();
	for (const date of set.excludedDates) {
		if (frame.isDay(date)) days.add(Math.floor(date.local / DAY));
		else keys.add(frame.slotOf(date).key);
	}
	return {
		has: (slot) => keys.has(slot.key) || (days.size > 0 && days.has(Math.floor(slot.local / DAY))),
		add: (key) => keys.add(key),
		get size() {
			return keys.size;
		},
	};
}

/** Adds what EXRULEs generate in the window; answers how far that is complete, in local milliseconds. */
function excludeByRules(
	set: RecurrenceSet,
	frame: Frame,
	window: LocalWindow,
	excluded: Exclusions,
	work: Work,
	limit: number,
): number {
	let reached = Number.POSITIVE_INFINITY;
	for (const rule of set.excludedRules) {
		const until = untilOf(rule, frame);
		const full = excluded.size + limit;
		const walked = walkRule(
			rule,
			{ start: frame.start.local, startCounts: false, until: until.local, from: window.from, to: window.to, work },
			(local) => {
				if (excluded.size >= full) return false;
				const slot = frame.slotAt(local);
				if (slot.instant <= until.instant) excluded.add(slot.key);
				return true;
			},
		);
		reached = Math.min(reached, walked.reached);
	}
	return reached;
}
