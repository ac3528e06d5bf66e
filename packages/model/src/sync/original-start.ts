import type { EventDateTime } from "../event/event.ts";

/** The key of RECURRENCE-ID in an override's id: `20261205T090000Z` zoned, `20261205T090000` floating, `20261205` date. */
export function originalStartKey(time: EventDateTime): string {
	const text = time.type === "date" ? time.date : time.type === "floating" ? time.local : time.instant;
	return text.replaceAll(/[-:]/g, "");
}
