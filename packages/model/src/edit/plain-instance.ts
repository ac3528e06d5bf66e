import type { CalendarEvent } from "../event/event.ts";
import { addDuration, nominalBetween } from "../time/event-time.ts";

/** What an override would be if it changed nothing of its master; null for what is no override of it. */
export function plainInstance(master: CalendarEvent, override: CalendarEvent): CalendarEvent | null {
	const slot = override.recurrence_id;
	if (slot === null || override.uid !== master.uid) return null;
	const end = addDuration(slot, nominalBetween(master.start, master.end, master.custom_zones), master.custom_zones);
	return { ...master, recurrence: null, recurrence_id: slot, start: slot, end };
}
