import type { CalendarEvent } from "../event/event.ts";
import { originalStartKey } from "../recurrence/keys.ts";
import { NOT_AN_OCCURRENCE, RULE_OF_ONE, refused, WITHOUT_MASTER } from "./faults.ts";
import { fieldsOf } from "./patch.ts";
import type { EditInput, EditPlan } from "./plan.ts";
import { extentOf, patchedExtent } from "./time-change.ts";
import { touched, withZones } from "./touch.ts";

/**
 * Edits occurrences of a series that is not known here, such as those that someone was invited to alone. Each stands for
 * itself, so no scope is needed; those of a series are refused, but for deleting all.
 */
export function editLone({ events, target, scope, change, now }: EditInput): EditPlan {
	if (scope === "all" && change.type === "delete") return edited([]);
	if (scope === "all" || scope === "following") return refused(WITHOUT_MASTER);
	const found = events.filter((event) => target === null || keyOf(event) === target);
	const [event] = found;
	if (event === undefined || (target === null && found.length > 1)) return refused(NOT_AN_OCCURRENCE);
	if (change.type === "delete") return edited(events.filter((one) => !found.includes(one)));
	const { patch } = change;
	const { extent, faults } = patchedExtent(extentOf(event), patch);
	const repeats = patch.recurrence === undefined ? [] : [RULE_OF_ONE];
	if (faults.length + repeats.length > 0) return refused(...repeats, ...faults);
	const changed = { ...event, ...fieldsOf(patch), start: extent.start, end: extent.end };
	const next = touched(event, withZones(changed, event.custom_zones ?? {}), now);
	return edited(events.map((one) => (one === event ? next : one)));
}

const keyOf = (event: CalendarEvent): string => originalStartKey(event.recurrence_id ?? event.start);

function edited(events: readonly CalendarEvent[]): EditPlan {
	return { type: "edited", events: events.length === 0 ? null : events, created: null, dropped: [], slotShift: 0 };
}
