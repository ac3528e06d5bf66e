import type { CalendarEvent } from "@kalends/model";
import { type Kysely, type Selectable, sql } from "kysely";
import { calendarToWire, listCalendarRecords } from "../calendars/calendar-records.ts";
import { connectionToWire, listConnectionRecords } from "../connections/connection-records.ts";
import type { ChangesTable, Database } from "../db/schema.ts";
import { seriesIdOf } from "../events/event-id.ts";
import { contentToWire } from "../events/event-to-wire.ts";
import { findStoredEvents } from "../events/find-event.ts";

/** A message before it has an endpoint. */
export interface Message {
	readonly type: string;
	/** An event's series, a calendar, a connection: of one, messages are delivered in order. */
	readonly subject: string;
	readonly calendarId: string | null;
	readonly at: Date;
	readonly data: unknown;
	/** Number in the feed; null for what the feed does not hold. */
	readonly seq: number | null;
}

export type ChangeRow = Selectable<ChangesTable>;

type Known = ReadonlyMap<string, unknown>;

/**
 * The messages of these entries of a user's feed, in their order: what each is about, as the API gives it now. Of what
 * is gone, an event is told as it was last, and others by their id alone.
 */
export async function messagesOf(
	db: Kysely<Database>,
	userId: string,
	changes: readonly ChangeRow[],
): Promise<readonly Message[]> {
	const idsOf = (group: string) => [
		...new Set(changes.filter(({ type }) => type.startsWith(`${group}.`)).map(({ entity_id }) => entity_id)),
	];
	const events = await findStoredEvents(db, userId, idsOf("event"));
	const lost = changes.filter(({ type, entity_id }) => isGoneEvent(type, entity_id, events));
	const known: Known = new Map<string, unknown>([
		...events,
		...(await lastVersions(db, userId, [...new Set(lost.map(({ entity_id }) => entity_id))])),
		...(await calendars(db, userId, idsOf("calendar"))),
		...(await connections(db, userId, idsOf("connection"))),
	]);
	return changes.map((change) => ({
		type: change.type,
		subject: seriesIdOf(change.entity_id),
		calendarId: change.calendar_id,
		at: change.at,
		data: known.get(change.entity_id) ?? bare(change),
		seq: change.seq,
	}));
}

function isGoneEvent(type: string, id: string, events: Known): boolean {
	return type.startsWith("event.") && !events.has(id);
}

function bare({ entity_id: id, calendar_id }: ChangeRow): Record<string, unknown> {
	return calendar_id === null || calendar_id === id ? { id } : { id, calendar_id };
}

/** Deleted events as they were last, by id; an occurrence that was moved and is gone, as its series knew it. */
async function lastVersions(
	db: Kysely<Database>,
	userId: string,
	ids: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
	if (ids.length === 0) return new Map();
	const { rows } = await sql<{ id: string; calendar_id: string; event: CalendarEvent }>`
		SELECT wanted.id, v.calendar_id, v.event
		FROM unnest(${[...ids]}::text[]) AS wanted (id)
		CROSS JOIN LATERAL (
			SELECT calendar_id, coalesce(jsonb_path_query_first(events, '$[*] ? (@.recurrence_id == null)'), events -> 0) AS event
			FROM event_versions WHERE user_id = ${userId} AND event_id = wanted.id AND action <> 'conflict'
			ORDER BY version DESC LIMIT 1
		) v
		WHERE v.event IS NOT NULL`.execute(db);
	return new Map(
		rows.map(({ id, calendar_id, event }) => [
			id,
			{ id, calendar_id, ...contentToWire(event, null), status: "cancelled" },
		]),
	);
}

const ALL = 1_000;

async function calendars(db: Kysely<Database>, userId: string, ids: readonly string[]) {
	if (ids.length === 0) return [];
	const records = await listCalendarRecords(
		db,
		userId,
		ids.length === 1 ? { id: ids[0] ?? "", limit: 1 } : { limit: ALL },
	);
	return records.map((record) => [record.id, calendarToWire(record)] as const);
}

async function connections(db: Kysely<Database>, userId: string, ids: readonly string[]) {
	if (ids.length === 0) return [];
	const filter = ids.length === 1 ? { id: ids[0] ?? "", limit: 1 } : { limit: ALL };
	const records = await listConnectionRecords(db, userId, filter);
	return records.map((record) => [record.id, connectionToWire(record)] as const);
}
