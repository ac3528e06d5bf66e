import type { CalendarEvent } from "../event/event.ts";
import { changedFields } from "../sync/content.ts";
import type { LostEdit, LostEditKind } from "./lost-edit.ts";
import { slotKey } from "./same-content.ts";

export function lostEdit(event: CalendarEvent, kind: LostEditKind, fields: readonly string[]): LostEdit {
	const key = slotKey(event);
	return { uid: event.uid, originalStart: key === "" ? null : key, fields, kind };
}

/** The API's fields that tell an event from what it was; of an added one those in which it differs from its master. */
export function editedFields(
	before: CalendarEvent | undefined,
	after: CalendarEvent,
	master?: CalendarEvent,
): string[] {
	if (before !== undefined) {
		const fields = changedFields(before, after);
		return fields.length > 0 ? fields : ["recurrence"];
	}
	if (master === undefined || after.recurrence_id === null) return ["title", "start", "end"];
	const fields = new Set(changedFields(master, after));
	for (const name of ["recurrence", "original_start"]) fields.delete(name);
	return fields.size > 0 ? [...fields] : ["recurrence"];
}

/** One entry for each event and kind, in a stable order. */
export function gathered(lost: readonly LostEdit[]): LostEdit[] {
	const entries = new Map<string, LostEdit>();
	for (const entry of lost) {
		const key = JSON.stringify([entry.uid, entry.originalStart ?? "", entry.kind]);
		const fields = new Set([...(entries.get(key)?.fields ?? []), ...entry.fields]);
		entries.set(key, { ...entry, fields: [...fields].sort() });
	}
	return [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}
