import type { CalendarEvent } from "../event/event.ts";
import { formatInstant } from "../time/wall-clock.ts";
import { RULE_OF_ONE, refused } from "./faults.ts";
import { handOver } from "./future.ts";
import { fieldsOf } from "./patch.ts";
import type { EditPlan, EventPatch } from "./plan.ts";
import { dateLine, type EditedSeries, hasAny, slotOf, slotsIn, type Target, timeOfSlot } from "./series.ts";
import { extentOf, patchedExtent } from "./time-change.ts";
import { touched, withZones, zonesOfAll } from "./touch.ts";

/**
 * Changes one occurrence: makes the override of its slot, or changes the one that is there. An override that ends up like
 * the plain instance stays, as it may say more than is known here; a patch that changes nothing makes none.
 */
export function patchThis(series: EditedSeries, target: Target, patch: EventPatch, now: number): EditPlan {
	const { event: source } = target.occurrence;
	const { extent, faults } = patchedExtent(extentOf(source, target.occurrence), patch);
	const repeats = patch.recurrence === undefined ? [] : [RULE_OF_ONE];
	if (faults.length + repeats.length > 0) return refused(...repeats, ...faults);
	const before = plainOverride(series, target);
	const changed = { ...before, ...fieldsOf(patch), start: extent.start, end: extent.end };
	const override = touched(before, withZones(changed, zonesOfAll([series.master, source])), now);
	if (override === before) return unchanged(series);
	return replaceAt(series, target, override, now);
}

/** The occurrence as an override of its own that changes nothing. */
function plainOverride(series: EditedSeries, { slot, occurrence, override }: Target): CalendarEvent {
	const { start, end, event } = occurrence;
	const recurrence_id = override?.recurrence_id ?? timeOfSlot(series, slot);
	const zones = zonesOfAll([series.master, event]);
	return withZones({ ...event, recurrence: null, recurrence_id, this_and_future: false, start, end }, zones);
}

/** Takes one occurrence out: EXDATE where the series has its slot; null where that was the last one. */
export function deleteThis(series: EditedSeries, target: Target, now: number): EditPlan {
	const { master } = series;
	const bySeries = slotsIn(series, [target.slot]);
	const excluded = bySeries.has(target.slot) || bySeries.unknown(target.slot);
	const lines = [...(master.recurrence ?? []), dateLine("EXDATE", timeOfSlot(series, target.slot))];
	const next = excluded ? touched(master, { ...master, recurrence: lines }, now) : master;
	const plan = replaceAt({ ...series, master: next }, target, null, now);
	if (plan.type === "refused" || plan.events === null) return plan;
	const overrides = plan.events.filter(({ recurrence_id }) => recurrence_id !== null);
	return hasAny(next, overrides) ? plan : { ...plan, events: null };
}

export function unchanged({ master, overrides }: EditedSeries): EditPlan {
	return { type: "edited", events: [master, ...overrides], created: null, dropped: [], slotShift: 0 };
}

function replaceAt(series: EditedSeries, target: Target, override: CalendarEvent | null, now: number): EditPlan {
	const handed = target.override?.this_and_future === true ? handOver(series, target.slot, target.override) : null;
	const overrides: CalendarEvent[] = [];
	let placed = override === null;
	for (const one of series.overrides) {
		if (slotOf(series, one).key !== target.slot.key) overrides.push(one);
		else if (!placed && override !== null) {
			overrides.push(override);
			placed = true;
		}
	}
	if (!placed && override !== null) overrides.push(override);
	if (handed !== null) overrides.push({ ...handed, updated_at: formatInstant(now) });
	return { type: "edited", events: [series.master, ...overrides], created: null, dropped: [], slotShift: 0 };
}
