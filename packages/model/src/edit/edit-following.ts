import type { CalendarEvent } from "../event/event.ts";
import { originalStartKey } from "../recurrence/keys.ts";
import { localOf } from "../time/event-time.ts";
import { formatInstant } from "../time/wall-clock.ts";
import { effective, patchAll } from "./edit-all.ts";
import { refused } from "./faults.ts";
import type { EditFault, EditPlan, EventPatch } from "./plan.ts";
import { type EditedSeries, locate, type Target, timeOfSlot } from "./series.ts";
import { headOf, tailOf } from "./split.ts";
import { touched } from "./touch.ts";

/** Ends a series before an occurrence that is not its first. */
export function deleteFollowing(series: EditedSeries, target: Target, now: number): EditPlan {
	return { type: "edited", events: headEvents(series, target, now), created: null, dropped: [], slotShift: 0 };
}

function headEvents(series: EditedSeries, { slot }: Target, now: number): readonly CalendarEvent[] | null {
	const { master, overrides } = headOf(series, slot);
	const events = master === null ? overrides : [touched(series.master, master, now), ...overrides];
	return events.length === 0 ? null : events;
}

/**
 * Splits a series before an occurrence that is not its first: the old one ends, a new one of another UID begins with the
 * occurrence and is changed as a whole.
 */
export function patchFollowing(
	series: EditedSeries,
	target: Target,
	given: EventPatch,
	{ newUid, now }: { readonly newUid: string; readonly now: number },
): EditPlan {
	const patch = effective(given, series.master);
	const begun = beginningAt(series, target, patch);
	if ("fault" in begun) return refused(begun.fault);
	const { tail, first } = begun;
	const plan = patchAll(tail, first, patch, now);
	if (plan.type === "refused" || plan.events === null) return plan;
	const stamp = formatInstant(now);
	const created = plan.events.map((event) => ({
		...event,
		uid: newUid,
		sequence: 0,
		created_at: stamp,
		updated_at: stamp,
	}));
	const shift = tail.frame.start.local - target.slot.local;
	const recurs = created[0]?.recurrence !== null;
	const slotShift =
		recurs && (plan.slotShift !== 0 || !movedOnCalendar(plan.events, tail)) ? plan.slotShift + shift : 0;
	return { ...plan, events: headEvents(series, target, now), created, slotShift };
}

/**
 * Changes a series from its first occurrence on, which is all of it. Where earlier ones were deleted, other recurrence
 * lines are counted from the occurrence, not from a start that nobody sees.
 */
export function patchFromFirst(series: EditedSeries, target: Target, given: EventPatch, now: number): EditPlan {
	const patch = effective(given, series.master);
	const { recurrence } = patch;
	const ruled = recurrence !== undefined && recurrence !== null;
	if (!ruled || target.slot.key <= series.frame.start.key) return patchAll(series, target, patch, now);
	const begun = beginningAt(series, target, patch);
	return "fault" in begun ? refused(begun.fault) : patchAll(begun.tail, begun.first, patch, now);
}

/** The series as it is from an occurrence on, and that occurrence in it. */
function beginningAt(
	series: EditedSeries,
	target: Target,
	{ recurrence }: EventPatch,
): { readonly tail: EditedSeries; readonly first: Target | null } | { readonly fault: EditFault } {
	const made = tailOf(series, target, recurrence !== undefined && recurrence !== null);
	if ("fault" in made) return made;
	const tail = made.series;
	const { override } = target;
	// The same occurrence: where it had an override of its own that, else what begins the new series.
	const own = tail.overrides.find((one) => one.start === override?.start && one.end === override.end);
	const time = own?.recurrence_id ?? timeOfSlot(tail, tail.frame.start);
	const found = locate(tail, originalStartKey(time));
	return { tail, first: typeof found === "string" ? null : found };
}

/** The start moved although no common distance is known. */
function movedOnCalendar(events: readonly CalendarEvent[], series: EditedSeries): boolean {
	const [master] = events;
	return master !== undefined && localOf(master.start) !== localOf(series.master.start);
}
