import type { CalendarEvent, EventPatch, EventVersion } from "@kalends/client";
import { kalends } from "../../../api/kalends.ts";
import { conflictRows } from "../conflict/view-model.ts";
import { seriesOf } from "./requests.ts";

/** Where the provider had another change of the same field, which then stays: the version that was lost, from the history. */
export async function lostTo(
	base: CalendarEvent,
	patch: EventPatch,
	after: CalendarEvent,
): Promise<EventVersion | null> {
	if (!conflictRows(base, patch, after).some(({ field, contested }) => contested && field in patch)) return null;
	const { data } = await kalends.events.history(seriesOf(base), { limit: 1 });
	const latest = data[0];
	return latest?.action === "conflict" ? latest : null;
}

export async function etagOf(eventId: string): Promise<string | null> {
	const event = await kalends.events.get(eventId).catch(() => null);
	return event?.etag ?? null;
}

/** The event as it is now; with its series' rule where that was read with it. */
export async function nowOf({ id, recurrence }: CalendarEvent): Promise<CalendarEvent> {
	const now = await kalends.events.get(id);
	if (recurrence === null || now.recurring_event_id === null) return now;
	const series = await kalends.events.get(now.recurring_event_id);
	return { ...now, recurrence: series.recurrence };
}
