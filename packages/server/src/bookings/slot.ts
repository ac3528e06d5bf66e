import { type EventDateTime, instantOf } from "@kalends/model";
import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import { readEventPage } from "../events/event-page.ts";
import { loadEventCalendars } from "../events/event-records.ts";
import type { OccurrenceKey } from "../events/occurrence-key.ts";

export interface Slot {
	readonly userId: string;
	readonly calendarId: string;
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	/** IANA zone in which days and floating times are read. */
	readonly zone: string;
}

const PAGE = 50;

/**
 * Whether nothing that is busy lies in the slot on its calendar. Under the calendar's lock it stays so until the
 * transaction ends.
 */
export async function isSlotFree(db: Kysely<Database>, slot: Slot): Promise<boolean> {
	const { userId, calendarId, zone } = slot;
	const calendar = (await loadEventCalendars(db, userId)).get(calendarId);
	if (calendar === undefined) return false;
	const range = { from: instantOf(slot.start, zone), to: instantOf(slot.end, zone) };
	const query = {
		...range,
		userId,
		calendars: new Map([[calendarId, calendar]]),
		search: null,
		showCancelled: false,
		zone,
		limit: PAGE,
	};
	for (let after: OccurrenceKey | null = null; ; ) {
		const page: Awaited<ReturnType<typeof readEventPage>> = await readEventPage(db, { ...query, after });
		const blocking = page.events.some((event) => event.busy && event.status !== "cancelled");
		if (blocking) return false;
		if (page.next === null) return true;
		after = page.next;
	}
}
