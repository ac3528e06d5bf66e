import type { CalendarEvent } from "../event/event.ts";
import { originalStartKey } from "../recurrence/keys.ts";
import { localOf } from "../time/event-time.ts";
import { formatInstant } from "../time/wall-clock.ts";
import { patchAll } from "./edit-all.ts";
import { refused } from "./faults.ts";
import type { EditPlan, EventPatch } from "./plan.ts";
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
	patch: EventPatch,
	{ newUid, now }: { readonly newUid: string; readonly now: number },
): EditPlan {
	const tail = tailOf(series, target);
	if ("fault" in tail) return refused(tail.fault);
	const { override } = target;
	// The same occurrence: where it had an override of its own that, else what begins the new series.
	const own = tail.series.overrides.find((one) => one.start === override?.start && one.end === override.end);
	const time = own?.recurrence_id ?? timeOfSlot(tail.series, tail.series.frame.start);
	const found = locate(tail.series, originalStartKey(time));
	const first = typeof found === "string" ? null : found;
	const plan = patchAll(tail.series, first, patch, now);
	if (plan.type === "refused" || plan.events === null) return plan;
	const stamp = formatInstant(now);
	const created = plan.events.map((event) => ({
		...event,
		uid: newUid,
		sequence: 0,
		created_at: stamp,
		updated_at: stamp,
	}));
	const shift = tail.series.frame.start.local - target.slot.local;
	const recurs = created[0]?.recurrence !== null;
	const slotShift =
		recurs && (plan.slotShift !== 0 || !movedOnCalendar(plan.events, tail.series)) ? plan.slotShift + shift : 0;
	return { ...plan, events: headEvents(series, target, now), created, slotShift };
}

/** The start moved although no common distance is known. */
function movedOnCalendar(events: readonly CalendarEvent[], series: EditedSeries): boolean {
	const [master] = events;
	return master !== undefined && localOf(master.start) !== localOf(series.master.start);
}
