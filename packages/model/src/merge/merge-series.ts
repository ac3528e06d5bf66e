import type { CalendarEvent } from "../event/event.ts";
import type { LostEdit } from "./lost-edit.ts";
import { editedFields, lostEdit } from "./lost-edits.ts";
import { mergeEvent, timeFields } from "./merge-event.ts";
import { sameEvent } from "./same-content.ts";
import {
	BASE,
	hasSlot,
	movesSlots,
	namesSlots,
	type Parts,
	recurrenceChanged,
	sameParts,
	sameRecurrence,
	sameSlots,
	touchedOverrides,
} from "./series.ts";

export interface SeriesSides {
	readonly base: Parts;
	readonly local: Parts;
	readonly remote: Parts;
}

export interface MergedSeries {
	readonly parts: Parts;
	readonly lost: readonly LostEdit[];
}

/**
 * Merges what one UID has on three sides. Single events merge by field; what they say of each other's slots is looked at
 * first, as an override or exception is void where its slot is gone or has moved:
 *
 * - One side moved the slots (time of the series, a series made single), the other spoke of slots (override, EXDATE,
 *   UNTIL): what was done here of either is withdrawn.
 * - The rule was changed here and an override edited there would fall out of the series: the new rule is withdrawn, with
 *   the removals of overrides that came with it, so that a series that could not be cut is whole.
 *
 * What is withdrawn is in `lost`.
 */
export function mergeSeries(sides: SeriesSides): MergedSeries {
	const { base, local, remote } = sides;
	if (sameParts(local, base) || sameParts(local, remote)) return { parts: remote, lost: [] };
	if (sameParts(remote, base)) return { parts: local, lost: [] };
	if (local.size === 0) return afterOurDeletion(base, remote);
	if (remote.size === 0) return { parts: remote, lost: editsOfDeleted(base, local) };
	if (slotsCollide(sides)) return withdrawing(sides, withoutSlotEdits(base, local, remote));
	if (ruleCollides(sides)) return withdrawing(sides, withoutRule(base, local, remote));
	return mergeParts(sides);
}

function withdrawing(sides: SeriesSides, withdrawn: MergedSeries): MergedSeries {
	const merged = mergeParts({ ...sides, local: withdrawn.parts });
	return { parts: merged.parts, lost: [...withdrawn.lost, ...merged.lost] };
}

/**
 * Guests' answers come in at any time, and the link to an event is the provider's own, which it gives to what is new; an
 * event that is deleted here goes although these have changed.
 */
function afterOurDeletion(base: Parts, remote: Parts): MergedSeries {
	if (sameParts(editedByPeople(base), editedByPeople(remote))) return { parts: new Map(), lost: [] };
	const lost: LostEdit[] = [];
	for (const [key, event] of remote) {
		const before = base.get(key);
		if (before !== undefined && sameEvent(before, event)) continue;
		lost.push(lostEdit(event, "deletion_of_edited", editedFields(before, event, remote.get(BASE))));
	}
	for (const [key, event] of base) {
		if (!remote.has(key)) lost.push(lostEdit(event, "deletion_of_edited", ["recurrence"]));
	}
	return { parts: remote, lost };
}

function editedByPeople(parts: Parts): Parts {
	return new Map(
		[...parts].map(([key, event]) => [
			key,
			{
				...event,
				html_link: null,
				participants: event.participants.map((one) => (one.self ? one : { ...one, response: "needs_action" as const })),
			},
		]),
	);
}

function editsOfDeleted(base: Parts, local: Parts): LostEdit[] {
	const lost: LostEdit[] = [];
	for (const [key, event] of local) {
		const before = base.get(key);
		if (before !== undefined && sameEvent(before, event)) continue;
		lost.push(lostEdit(event, "edit_of_deleted", editedFields(before, event, local.get(BASE))));
	}
	for (const [key, event] of base) {
		if (!local.has(key)) lost.push(lostEdit(event, "edit_of_deleted", ["recurrence"]));
	}
	return lost;
}

function slotsCollide({ base, local, remote }: SeriesSides): boolean {
	if (sameSlots(local, remote)) return false;
	const recurring = [base, local, remote].some((side) => (side.get(BASE)?.recurrence?.length ?? 0) > 0);
	const [here, there] = [movesSlots(base, local, recurring), movesSlots(base, remote, recurring)];
	return (here && there) || (here && namesSlots(base, remote)) || (there && namesSlots(base, local));
}

/** The local side without what it changed of slots: time, recurrence and overrides are as they were. */
function withoutSlotEdits(base: Parts, local: Parts, remote: Parts): MergedSeries {
	const lost: LostEdit[] = [];
	const parts = new Map<string, CalendarEvent>();
	const [before, ours] = [base.get(BASE), local.get(BASE)];
	if (ours !== undefined && before !== undefined) {
		const { start, end, duration_kind, recurrence } = before;
		parts.set(BASE, { ...ours, start, end, duration_kind, recurrence });
		const fields = timeFields(before, ours);
		if (!sameRecurrence(before, ours)) fields.push("recurrence");
		if (fields.length > 0 && !sameSlots(local, remote)) {
			lost.push(lostEdit(ours, "field", fields));
		}
	} else if (ours !== undefined) {
		parts.set(BASE, ours);
	}
	for (const [key, event] of base) if (key !== BASE) parts.set(key, event);
	for (const key of touchedOverrides(base, local)) {
		const [earlier, event, other] = [base.get(key), local.get(key), remote.get(key)];
		if (event === undefined) {
			if (earlier !== undefined && other !== undefined) lost.push(lostEdit(earlier, "field", ["recurrence"]));
		} else if (other === undefined || !sameEvent(event, other)) {
			const kind = other === undefined ? "edit_of_deleted" : "field";
			lost.push(lostEdit(event, kind, editedFields(earlier, event, ours)));
		}
	}
	return { parts, lost };
}

function ruleCollides({ base, local, remote }: SeriesSides): boolean {
	if (!recurrenceChanged(base, local) || !recurrenceChanged(remote, local)) return false;
	// The rule itself is in conflict: the remote's is taken, and the overrides that ours dropped come back with it.
	if (recurrenceChanged(base, remote)) return true;
	const [ours, theirs] = [local.get(BASE), remote.get(BASE)];
	return touchedOverrides(base, remote).some((key) => {
		if (!remote.has(key)) return false;
		if (base.has(key) && !local.has(key)) return true;
		return !hasSlot(ours, key) && hasSlot(theirs, key);
	});
}

/** The local side without its change of `recurrence`, the removals of overrides and those of slots that only it has. */
function withoutRule(base: Parts, local: Parts, remote: Parts): MergedSeries {
	const lost: LostEdit[] = [];
	const parts = new Map(local);
	const [before, ours] = [base.get(BASE), local.get(BASE)];
	if (before !== undefined && ours !== undefined) {
		parts.set(BASE, { ...ours, recurrence: before.recurrence });
		lost.push(lostEdit(ours, "field", ["recurrence"]));
	}
	for (const [key, event] of base) {
		if (local.has(key)) continue;
		parts.set(key, event);
		if (remote.has(key)) lost.push(lostEdit(event, "deletion_of_edited", ["recurrence"]));
	}
	for (const [key, event] of local) {
		if (base.has(key) || remote.has(key) || hasSlot(remote.get(BASE), key)) continue;
		parts.delete(key);
		lost.push(lostEdit(event, "edit_of_deleted", editedFields(undefined, event, ours)));
	}
	return { parts, lost };
}

function mergeParts({ base, local, remote }: SeriesSides): MergedSeries {
	const lost: LostEdit[] = [];
	const parts = new Map<string, CalendarEvent>();
	for (const key of new Set([...remote.keys(), ...[...local.keys()].sort()])) {
		const [before, ours, theirs] = [base.get(key), local.get(key), remote.get(key)];
		if (ours !== undefined && theirs !== undefined) {
			const merged = sameEvent(ours, theirs) ? { event: theirs, lost: [] } : mergeEvent(before ?? null, ours, theirs);
			parts.set(key, merged.event);
			if (merged.lost.length > 0) lost.push(lostEdit(ours, "field", merged.lost));
		} else if (theirs !== undefined) {
			if (before !== undefined && sameEvent(before, theirs)) continue;
			parts.set(key, theirs);
			if (before !== undefined) {
				lost.push(lostEdit(before, "deletion_of_edited", editedFields(before, theirs)));
			}
		} else if (ours !== undefined) {
			if (before === undefined) parts.set(key, ours);
			else if (!sameEvent(before, ours)) lost.push(lostEdit(ours, "edit_of_deleted", editedFields(before, ours)));
		}
	}
	dropStrayOverrides({ base, local, remote }, parts, lost);
	return { parts, lost };
}

/** Overrides that only this side has, and whose slot the merged series does not have (any more). */
function dropStrayOverrides(
	{ base, local, remote }: SeriesSides,
	parts: Map<string, CalendarEvent>,
	lost: LostEdit[],
): void {
	const master = parts.get(BASE);
	if (master === undefined) return;
	const ruleMoved = recurrenceChanged(base, remote) || recurrenceChanged(local, remote);
	for (const [key, event] of parts) {
		if (key === BASE || remote.has(key)) continue;
		const fits = event.recurrence_id?.type === master.start.type;
		if (fits && !(ruleMoved && !hasSlot(master, key) && hasSlot(local.get(BASE), key))) continue;
		parts.delete(key);
		lost.push(lostEdit(event, "edit_of_deleted", editedFields(undefined, event, local.get(BASE))));
	}
}
