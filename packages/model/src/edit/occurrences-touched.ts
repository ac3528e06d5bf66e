import type { CalendarEvent, EventDateTime, InstantRange, Occurrence } from "../event/event.ts";
import { expandSeries } from "../recurrence/expand.ts";
import { dateValueOf } from "../recurrence/frame.ts";
import { changedFields } from "../sync/content.ts";
import { instantOf, localOf } from "../time/event-time.ts";
import { DAY } from "../time/wall-clock.ts";
import type { TouchedOccurrence } from "./plan.ts";
import { seriesOf } from "./series.ts";
import { sameValue } from "./touch.ts";

/** Occurrences looked at on each side. */
const LIMITS = { maxOccurrences: 2000, maxSteps: 200_000 };

/** Differences that do not show in one occurrence. */
const OF_THE_SERIES = new Set(["ical_uid", "recurrence", "original_start", "start", "end", "all_day"]);

/**
 * What an edit does to the occurrences of a range, in order of their starts: those that lie in it before or afterwards.
 * `slotShift` is the plan's, so that what only moves counts as changed, not as removed and added. Bounded: of a dense
 * series the first ones.
 */
export function occurrencesTouched(
	before: readonly CalendarEvent[],
	after: readonly CalendarEvent[] | null,
	created: readonly CalendarEvent[] | null,
	range: InstantRange,
	floatingZone: string,
	slotShift = 0,
): readonly TouchedOccurrence[] {
	const sides = [before, after ?? [], created ?? []] as const;
	const margin = Math.abs(slotShift) + 2 * DAY + Math.max(0, ...sides.flat().map(displacement));
	const wide = { from: range.from - margin, to: range.to + margin };
	const [old, kept, made] = sides.map((events) => occurrencesOf(events, wide, floatingZone));
	if (old === undefined || kept === undefined || made === undefined) return [];
	const to = Math.min(range.to, old.completeTo, kept.completeTo, made.completeTo);
	const inRange = ({ start, end }: Occurrence): boolean => {
		const from = instantOf(start, floatingZone);
		return from < to && (instantOf(end, floatingZone) > range.from || from >= range.from);
	};
	const touched: TouchedOccurrence[] = [];
	const differs = comparer();
	for (const [slot, one] of old.bySlot) {
		const next = created === null ? take(kept, slot + slotShift) : (take(kept, slot) ?? take(made, slot + slotShift));
		if (next === undefined) {
			if (inRange(one)) touched.push({ ...placeOf(one), action: "removed" });
		} else if (differs(one, next) && (inRange(one) || inRange(next))) {
			touched.push({ ...placeOf(next), original_start: one.original_start, action: "changed" });
		}
	}
	for (const one of [...kept.bySlot.values(), ...made.bySlot.values()]) {
		if (inRange(one)) touched.push({ ...placeOf(one), action: "added" });
	}
	return touched.sort((a, b) => instantOf(a.start, floatingZone) - instantOf(b.start, floatingZone));
}

interface Side {
	/** By the wall clock of the slot. */
	readonly bySlot: Map<number, Occurrence>;
	readonly completeTo: number;
}

function occurrencesOf(events: readonly CalendarEvent[], range: InstantRange, floatingZone: string): Side {
	const master = events.find(({ recurrence_id }) => recurrence_id === null) ?? null;
	const overrides = events.filter(({ recurrence_id }) => recurrence_id !== null);
	const { occurrences, completeTo } = expandSeries({ master, overrides }, range, { floatingZone, limits: LIMITS });
	const frame = master === null ? null : seriesOf(master, []).frame;
	const slotOf = (time: EventDateTime): number =>
		frame === null ? localOf(time) : frame.slotOf(dateValueOf(time)).local;
	return { bySlot: new Map(occurrences.map((one) => [slotOf(one.original_start), one])), completeTo };
}

/** How far an override lies from its slot, in milliseconds of wall clock. */
function displacement({ recurrence_id, start }: CalendarEvent): number {
	return recurrence_id === null ? 0 : Math.abs(localOf(start) - localOf(recurrence_id));
}

function take({ bySlot }: Side, slot: number): Occurrence | undefined {
	const found = bySlot.get(slot);
	bySlot.delete(slot);
	return found;
}

const placeOf = ({ original_start, start, end }: Occurrence) => ({ original_start, start, end });

/** Compares what two occurrences show; the events of a series are compared once, not for each occurrence. */
function comparer(): (before: Occurrence, after: Occurrence) => boolean {
	const known = new Map<CalendarEvent, Map<CalendarEvent, boolean>>();
	const contentDiffers = (before: CalendarEvent, after: CalendarEvent): boolean => {
		const row = known.get(before) ?? new Map<CalendarEvent, boolean>();
		const differs = row.get(after) ?? changedFields(before, after).some((name) => !OF_THE_SERIES.has(name));
		known.set(before, row.set(after, differs));
		return differs;
	};
	return (before, after) =>
		!sameValue([before.start, before.end], [after.start, after.end]) || contentDiffers(before.event, after.event);
}
