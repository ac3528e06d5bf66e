import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import { type EventCalendar, loadEventCalendars, loadEventRecords } from "../events/event-records.ts";
import { eventToWire } from "../events/event-to-wire.ts";
import type { WireEvent } from "../events/schemas.ts";

/** Read in one go, so that nothing else waits long. */
const BATCH = 250;

export interface StoredEventsFilter {
	readonly calendarId?: string | undefined;
	readonly connectionId?: string | undefined;
	/** The id of the last event of the part before. */
	readonly after?: string | undefined;
	readonly limit: number;
}

export interface StoredEvents {
	readonly events: readonly WireEvent[];
	/** The id to go on behind; null where there are no more. */
	readonly next: string | null;
}

/**
 * A user's events as they are stored, of all times, ordered by start: a series is one, at its first occurrence, and
 * occurrences that were changed are its own. Cancelled ones, and those of calendars that are not selected, are left out.
 */
export async function readStoredEvents(
	db: Kysely<Database>,
	userId: string,
	{ calendarId, connectionId, after, limit }: StoredEventsFilter,
): Promise<StoredEvents> {
	const calendars = new Map(
		[...(await loadEventCalendars(db, userId))].filter(
			([id, calendar]) =>
				calendar.selected &&
				(calendarId === undefined || id === calendarId) &&
				(connectionId === undefined || calendar.connection_id === connectionId),
		),
	);
	const events: WireEvent[] = [];
	let last = after ?? "";
	for (;;) {
		const ids = await nextIds(db, userId, calendars, last, Math.min(BATCH, limit - events.length));
		const records = await loadEventRecords(db, userId, ids, calendars);
		for (const id of ids) {
			const record = records.get(id);
			if (record !== undefined && record.data.status !== "cancelled") events.push(eventToWire(record, null));
		}
		const end = ids.at(-1);
		if (end === undefined) return { events: byStart(events), next: null };
		last = end;
		if (events.length >= limit) {
			const more = await nextIds(db, userId, calendars, last, 1);
			return { events: byStart(events), next: more.length > 0 ? last : null };
		}
	}
}

async function nextIds(
	db: Kysely<Database>,
	userId: string,
	calendars: ReadonlyMap<string, EventCalendar>,
	after: string,
	limit: number,
): Promise<string[]> {
	if (calendars.size === 0) return [];
	const rows = await db
		.selectFrom("events")
		.select("id")
		.where("user_id", "=", userId)
		.where("id", ">", after)
		.where("calendar_id", "in", [...calendars.keys()])
		.where("master_id", "is", null)
		.orderBy("id")
		.limit(limit)
		.execute();
	return rows.map(({ id }) => id);
}

/** Days and floating times as in UTC. */
function byStart(events: readonly WireEvent[]): WireEvent[] {
	return events
		.map((event) => ({ event, at: instantOf(event.start) }))
		.sort((a, b) => a.at - b.at || (a.event.id < b.event.id ? -1 : 1))
		.map(({ event }) => event);
}

function instantOf(start: WireEvent["start"]): number {
	if ("date" in start) return Date.parse(`${start.date}T00:00:00Z`);
	return Date.parse(
		start.time_zone === null && !/(?:Z|[+-]\d\d:\d\d)$/.test(start.date_time) ? `${start.date_time}Z` : start.date_time,
	);
}
