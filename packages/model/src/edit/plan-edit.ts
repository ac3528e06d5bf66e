import { originalStartKey } from "../recurrence/keys.ts";
import { patchAll } from "./edit-all.ts";
import { deleteFollowing, patchFollowing, patchFromFirst } from "./edit-following.ts";
import { deleteThis, patchThis } from "./edit-this.ts";
import { NOT_AN_OCCURRENCE, OCCURRENCE_NEEDED, refused, SCOPE_REQUIRED, TOO_EXPENSIVE } from "./faults.ts";
import { editLone } from "./lone-overrides.ts";
import type { EditInput, EditPlan } from "./plan.ts";
import { type EditedSeries, hasEarlier, locate, seriesOf, type Target } from "./series.ts";

const DELETED: EditPlan = { type: "edited", events: null, created: null, dropped: [], slotShift: 0 };

/**
 * Plans an edit of a single, or of one, all later, or all occurrences of a series (RFC 5545 §3.8.4.4, §3.8.5): what the
 * resource holds afterwards, and with `following` the new series. SEQUENCE is raised as RFC 5546 §2.1.4 demands.
 * Pure: changes nothing that it is given, never throws on what events hold, and bounded in work whatever their rules say.
 * All faults of an edit come at once.
 */
export function planEdit(input: EditInput): EditPlan {
	const master = input.events.find(({ recurrence_id }) => recurrence_id === null);
	if (master === undefined) return editLone(input);
	const overrides = input.events.filter(({ recurrence_id }) => recurrence_id !== null);
	const series = seriesOf(master, overrides);
	return master.recurrence === null && overrides.length === 0 ? editSingle(series, input) : editSeries(series, input);
}

/** Characters of recurrence lines: some thousand listed dates. Taking more apart would hold up everyone else. */
const MAX_SIZE = 65_536;

function sizeOf({ master }: EditedSeries): number {
	return (master.recurrence ?? []).reduce((sum, line) => sum + line.length, 0);
}

/** A single has one occurrence, so every scope means the same. */
function editSingle(series: EditedSeries, { target, change, now }: EditInput): EditPlan {
	if (target !== null && target !== originalStartKey(series.master.start)) return refused(NOT_AN_OCCURRENCE);
	return change.type === "delete" ? DELETED : patchAll(series, null, change.patch, now);
}

function editSeries(series: EditedSeries, input: EditInput): EditPlan {
	const { scope, change, now } = input;
	if (scope === null) return refused(SCOPE_REQUIRED);
	if (scope === "all" && change.type === "delete" && input.target === null) return DELETED;
	if (sizeOf(series) > MAX_SIZE) return refused(TOO_EXPENSIVE);
	const target = input.target === null ? null : locate(series, input.target);
	if (target === "absent") return refused(NOT_AN_OCCURRENCE);
	if (target === "too_expensive") return refused(TOO_EXPENSIVE);
	if (scope === "all") return editAll(series, target, input);
	if (target === null) return refused(OCCURRENCE_NEEDED);
	if (scope === "this") {
		return change.type === "delete" ? deleteThis(series, target, now) : patchThis(series, target, change.patch, now);
	}
	const isFirst = !hasEarlier(series, target.slot);
	if (change.type === "delete") return isFirst ? DELETED : deleteFollowing(series, target, now);
	return isFirst
		? patchFromFirst(series, target, change.patch, now)
		: patchFollowing(series, target, change.patch, input);
}

function editAll(series: EditedSeries, target: Target | null, { change, now }: EditInput): EditPlan {
	return change.type === "delete" ? DELETED : patchAll(series, target, change.patch, now);
}
