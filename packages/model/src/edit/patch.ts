import type { CalendarEvent } from "../event/event.ts";
import type { EventPatch } from "./plan.ts";
import { sameValue } from "./touch.ts";

type Field = Exclude<keyof EventPatch, "start" | "end" | "recurrence">;

/** What a patch sets besides time and recurrence. */
export function fieldsOf(patch: EventPatch): Partial<Pick<CalendarEvent, Field>> {
	const { start, end, recurrence, ...fields } = patch;
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** What an override takes of a patch of its series: fields in which it was like the series before. */
export function inheritedFields(
	patch: EventPatch,
	override: CalendarEvent,
	master: CalendarEvent,
): Partial<Pick<CalendarEvent, Field>> {
	const fields = Object.entries(fieldsOf(patch));
	return Object.fromEntries(fields.filter(([name]) => sameValue(override[name as Field], master[name as Field])));
}
