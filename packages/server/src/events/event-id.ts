import { type CalendarEvent, type EventDateTime, originalStartKey } from "@kalends/model";

/**
 * What an id of the API is made of: a single's or series' own, and of an occurrence behind a dot the key of its original
 * start (model's `originalStartKey`); null where it names none.
 */
export function splitEventId(id: string): { readonly seriesId: string; readonly key: string | null } {
	const dot = id.indexOf(".");
	return dot < 0 ? { seriesId: id, key: null } : { seriesId: id.slice(0, dot), key: id.slice(dot + 1) };
}

/** The single or master that an event's or an occurrence's id is of. */
export function seriesIdOf(id: string): string {
	return splitEventId(id).seriesId;
}

export function occurrenceId(seriesId: string, originalStart: EventDateTime): string {
	return `${seriesId}.${originalStartKey(originalStart)}`;
}

/**
 * The id of the stored event that gives an occurrence its content: the master, or the override, which is the instance's own
 * or an earlier one with THISANDFUTURE.
 */
export function sourceIdOf(seriesId: string, { event }: { readonly event: CalendarEvent }): string {
	return event.recurrence_id === null ? seriesId : occurrenceId(seriesId, event.recurrence_id);
}
