import type { CalendarEvent, EventDateTime } from "../../event/event.ts";
import { localOf, withLocal } from "../../time/event-time.ts";
import { DAY, formatDate, formatLocal } from "../../time/wall-clock.ts";
import type { MappedEvent } from "./group.ts";

/**
 * Gives each RECURRENCE-ID the value type of the master's DTSTART, as RFC 5545 §3.8.4.4 demands: a date becomes that
 * day's slot of a timed series, a time becomes a day of an all-day series.
 */
export function alignRecurrenceIds(overrides: readonly MappedEvent[], master: CalendarEvent | null): MappedEvent[] {
	return overrides.map((override) => {
		const slot = override.event.recurrence_id;
		if (slot === null || master === null || slot.type === master.start.type) return override;
		return { ...override, event: { ...override.event, recurrence_id: align(slot, master) } };
	});
}

function align(slot: EventDateTime, master: CalendarEvent): EventDateTime {
	const { start } = master;
	if (start.type === "date") return { type: "date", date: formatDate(localOf(slot)) };
	if (start.type === "floating") return { type: "floating", local: formatLocal(wallClock(slot, start)) };
	return withLocal(start, wallClock(slot, start), master.custom_zones);
}

function wallClock(slot: EventDateTime, start: Exclude<EventDateTime, { type: "date" }>): number {
	const local = localOf(start);
	return slot.type === "date" ? localOf(slot) + (local - Math.floor(local / DAY) * DAY) : localOf(slot);
}
