import type { CalendarEvent } from "@kalends/model";
import type { CalendarAccess, ProviderId } from "@kalends/providers";
import { type Kysely, sql } from "kysely";
import type { CalendarStatus, Database, EventKind, IntentState, RunError } from "../db/schema.ts";
import { IS_PROVISIONAL } from "../push/provisional.ts";

/** What an event's wire shape needs of its calendar. */
export interface EventCalendar {
	readonly connection_id: string;
	readonly provider: ProviderId;
	readonly access: CalendarAccess;
	readonly selected: boolean;
	readonly status: CalendarStatus;
}

/** A stored event with what its wire shape needs from its calendar, its resource and its series. */
export interface EventRecord {
	readonly id: string;
	readonly kind: EventKind;
	readonly master_id: string | null;
	readonly calendar_id: string;
	readonly calendar: EventCalendar;
	/** Empty while the provider has not named it. */
	readonly provider_resource_id: string;
	readonly data: CalendarEvent;
	/** Of the event, or of its series' master. */
	readonly version: number;
	readonly content_hash: string;
	readonly created_at: Date;
	readonly updated_at: Date;
	/** Of the resource's writes that the provider has not agreed to; a failed one before others. Null where it agrees. */
	readonly intent_state: IntentState | null;
	readonly intent_error: RunError | null;
}

/** The user's calendars by id, those that are not selected too. */
export async function loadEventCalendars(db: Kysely<Database>, userId: string): Promise<Map<string, EventCalendar>> {
	const rows = await db
		.selectFrom("calendars as c")
		.innerJoin("connections as n", (join) =>
			join.onRef("n.user_id", "=", "c.user_id").onRef("n.id", "=", "c.connection_id"),
		)
		.select(["c.id", "c.connection_id", "n.provider", "c.access", "c.selected", "c.status"])
		.where("c.user_id", "=", userId)
		.execute();
	return new Map(rows.map(({ id, ...calendar }) => [id, calendar]));
}

/**
 * The user's events among `ids`, by id.
 * @param calendars all that they may be in; waited for together with them
 */
export async function loadEventRecords(
	db: Kysely<Database>,
	userId: string,
	ids: readonly string[],
	calendars: ReadonlyMap<string, EventCalendar> | Promise<ReadonlyMap<string, EventCalendar>>,
): Promise<Map<string, EventRecord>> {
	if (ids.length === 0) return new Map();
	// Lateral and fenced, so that a planner without statistics still looks each event up by its key.
	const reading = sql<Omit<EventRecord, "calendar">>`
		SELECT e.id, e.kind, e.master_id, e.calendar_id, r.provider_resource_id, e.data,
			coalesce(m.version, e.version) AS version, coalesce(m.content_hash, e.content_hash) AS content_hash,
			e.created_at, e.updated_at, i.state AS intent_state, i.error AS intent_error
		FROM unnest(${[...ids]}::text[]) AS wanted (id)
		CROSS JOIN LATERAL (SELECT * FROM events WHERE user_id = ${userId} AND id = wanted.id OFFSET 0) e
		CROSS JOIN LATERAL (
			SELECT CASE WHEN ${IS_PROVISIONAL} THEN '' ELSE r.provider_resource_id END AS provider_resource_id
			FROM resources r WHERE r.user_id = ${userId} AND r.id = e.resource_id OFFSET 0
		) r
		LEFT JOIN LATERAL (
			SELECT version, content_hash FROM events WHERE user_id = ${userId} AND id = e.master_id OFFSET 0
		) m ON true
		LEFT JOIN LATERAL (
			SELECT state, error FROM intents WHERE user_id = ${userId} AND resource_id = e.resource_id
			ORDER BY state = 'failed' DESC, seq DESC LIMIT 1
		) i ON true`.execute(db);
	const [{ rows }, known] = await Promise.all([reading, calendars]);
	return new Map(
		rows.flatMap((row) => {
			const calendar = known.get(row.calendar_id);
			return calendar === undefined ? [] : [[row.id, { ...row, calendar }]];
		}),
	);
}
