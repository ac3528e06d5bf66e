import type { CalendarEvent } from "@kalends/model";
import { type Kysely, type Selectable, sql } from "kysely";
import type { Actor, Database, EventVersionsTable, VersionAction } from "../../db/schema.ts";

/** An entry of an event's history, as a list shows it. */
export interface ListedVersion {
	readonly version: number;
	readonly calendar_id: string;
	readonly at: Date;
	readonly action: VersionAction;
	readonly actor: Actor;
	readonly fields: readonly string[];
	/** The single or master. */
	readonly base: CalendarEvent;
	/** Overrides that the version before has not, or has otherwise; none where it is the first that is kept. */
	readonly moved: readonly CalendarEvent[];
}

const MOST_MOVED = 50;

/** What servers rewrite without a change that a person made. */
const INSIGNIFICANT = sql`'{sequence,created_at,updated_at}'::text[]`;

/**
 * The newest first. Deleted events have theirs too. A series may have thousands of overrides in each of its versions,
 * so the comparing is left to the database.
 * @param before only versions before this one; undefined: all
 */
export async function listVersions(
	db: Kysely<Database>,
	asked: { userId: string; eventId: string; limit: number; before: number | undefined },
): Promise<ListedVersion[]> {
	const { userId, eventId, limit, before } = asked;
	const { rows } = await sql<ListedVersion>`
		SELECT v.version, v.calendar_id, v.at, v.action, v.actor, v.fields, b.base, m.moved
		FROM event_versions v
		CROSS JOIN LATERAL (
			SELECT coalesce(jsonb_path_query_first(v.events, '$[*] ? (@.recurrence_id == null)'), v.events -> 0) AS base
		) b
		LEFT JOIN LATERAL (
			SELECT events FROM event_versions
			WHERE user_id = ${userId} AND event_id = ${eventId} AND version < v.version ORDER BY version DESC LIMIT 1
		) older ON true
		CROSS JOIN LATERAL (
			SELECT coalesce(jsonb_agg(e ORDER BY n), '[]') AS moved FROM (
				SELECT e, n FROM jsonb_array_elements(v.events) WITH ORDINALITY AS part (e, n)
				WHERE e <> b.base AND older.events IS NOT NULL AND NOT EXISTS (
					SELECT FROM jsonb_array_elements(older.events) AS o WHERE o - ${INSIGNIFICANT} = e - ${INSIGNIFICANT}
				)
				ORDER BY n LIMIT ${MOST_MOVED}
			) AS parts
		) m
		WHERE v.user_id = ${userId} AND v.event_id = ${eventId} AND b.base IS NOT NULL AND v.version < ${before ?? 2 ** 31 - 1}
		ORDER BY v.version DESC LIMIT ${limit}`.execute(db);
	return rows;
}

/** @returns null where this user's event has no such version, or not any more */
export async function findVersion(
	db: Kysely<Database>,
	asked: { userId: string; eventId: string; version: number },
): Promise<Selectable<EventVersionsTable> | null> {
	const row = await db
		.selectFrom("event_versions")
		.selectAll()
		.where("user_id", "=", asked.userId)
		.where("event_id", "=", asked.eventId)
		.where("version", "=", asked.version)
		.executeTakeFirst();
	return row ?? null;
}

/** The provider's body of the event as it was last deleted; null where none is kept. */
export async function lastBody(
	db: Kysely<Database>,
	{ userId, eventId }: { userId: string; eventId: string },
): Promise<string | null> {
	const row = await db
		.selectFrom("event_versions")
		.select("raw")
		.where("user_id", "=", userId)
		.where("event_id", "=", eventId)
		.where("raw", "is not", null)
		.orderBy("version", "desc")
		.executeTakeFirst();
	return row?.raw ?? null;
}
