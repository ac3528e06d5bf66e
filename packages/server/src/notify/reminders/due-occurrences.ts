import type { CalendarEvent, EventDateTime, Reminder } from "@kalends/model";
import { instantOf } from "@kalends/model";
import type { ProviderId } from "@kalends/providers";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../db/schema.ts";
import { isZone } from "../text/when.ts";

/** An occurrence of which a reminder may be due, with all that decides it. */
export interface DueOccurrence {
	readonly userId: string;
	/** The occurrence's id. */
	readonly eventId: string;
	readonly calendarId: string;
	readonly connectionId: string;
	readonly calendarName: string;
	readonly provider: ProviderId;
	readonly event: CalendarEvent;
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	/** Epoch milliseconds; of floating times and dates as the person's zone has it. */
	readonly startsAt: number;
	readonly endsAt: number;
	/** The person's, where it can be used. */
	readonly zone: string | null;
	readonly calendarDefaults: readonly Reminder[];
	readonly preferences: object | null;
	readonly locale: unknown;
	readonly email: string;
}

interface Row {
	readonly user_id: string;
	readonly event_id: string;
	readonly calendar_id: string;
	readonly connection_id: string;
	readonly calendar_name: string;
	readonly provider: ProviderId;
	readonly data: CalendarEvent;
	readonly kind: "zoned" | "floating" | "date";
	readonly starts_at: Date;
	readonly ends_at: Date;
	readonly starts_local: string;
	readonly ends_local: string;
	readonly default_reminders: readonly Reminder[];
	readonly preferences: object | null;
	readonly locale: unknown;
	readonly time_zone: string | null;
	readonly email: string;
}

const COLUMNS = sql`o.user_id, o.event_id, o.calendar_id, o.kind, o.starts_at, o.ends_at, o.starts_local, o.ends_local,
			e.data, c.connection_id, coalesce(c.name_override, c.name) AS calendar_name, c.default_reminders, n.provider,
			u.time_zone, u.email, u.preferences -> 'locale' AS locale, p.content AS preferences`;

const JOINED = sql`JOIN events e ON e.user_id = o.user_id AND e.id = o.source_event_id
		JOIN calendars c ON c.user_id = o.user_id AND c.id = o.calendar_id
		JOIN connections n ON n.user_id = c.user_id AND n.id = c.connection_id
		JOIN users u ON u.id = o.user_id
		LEFT JOIN notification_preferences p ON p.user_id = o.user_id`;

/**
 * Occurrences with a reminder between two instants, over all users. For each lead that any event of a user has
 * (`reminder_leads`), one range of the index on starts is read: as many rows as there are reminders due, however many
 * occurrences there are. Floating times and dates are read with the width of all time zones around.
 * @param aliveAt occurrences that were over then are left out; null: none is
 */
export async function occurrencesWithReminders(
	db: Kysely<Database>,
	range: { readonly from: number; readonly to: number; readonly aliveAt: number | null },
): Promise<readonly DueOccurrence[]> {
	const [from, to] = [new Date(range.from), new Date(range.to)];
	const alive =
		range.aliveAt === null ? sql`true` : sql`o.ends_at > ${new Date(range.aliveAt)}::timestamptz - interval '15 hours'`;
	const { rows } = await sql<Row>`
		WITH lead AS MATERIALIZED (
			SELECT user_id, minutes FROM reminder_leads
			UNION
			SELECT c.user_id, (r ->> 'minutes')::integer
			FROM calendars c, jsonb_array_elements(c.default_reminders) r
			UNION
			SELECT p.user_id, (r ->> 'minutes')::integer
			FROM notification_preferences p, jsonb_array_elements(
				CASE jsonb_typeof(p.content -> 'default_reminders')
					WHEN 'array' THEN p.content -> 'default_reminders' ELSE '[]' END) r
		), due AS MATERIALIZED (
			SELECT DISTINCT o.user_id, o.event_id
			FROM lead l CROSS JOIN LATERAL (
				SELECT z.user_id, z.event_id, z.ends_at, z.source_event_id, z.cancelled FROM occurrences z
				WHERE z.user_id = l.user_id AND z.kind = 'zoned'
					AND z.starts_at > ${from}::timestamptz + l.minutes * interval '1 minute'
					AND z.starts_at <= ${to}::timestamptz + l.minutes * interval '1 minute'
				UNION ALL
				SELECT f.user_id, f.event_id, f.ends_at, f.source_event_id, f.cancelled FROM occurrences f
				WHERE f.user_id = l.user_id AND f.kind <> 'zoned'
					AND f.starts_at > ${from}::timestamptz + l.minutes * interval '1 minute' - interval '15 hours'
					AND f.starts_at <= ${to}::timestamptz + l.minutes * interval '1 minute' + interval '15 hours'
			) o
			WHERE NOT o.cancelled AND ${alive}
		)
		SELECT ${COLUMNS}
		FROM due d
		JOIN occurrences o ON o.user_id = d.user_id AND o.event_id = d.event_id
		${JOINED}
		WHERE c.selected AND c.status <> 'gone' AND NOT u.banned
			AND (e.data #>> '{reminders,use_default}' = 'true' OR e.data #> '{reminders,overrides}' <> '[]')
		ORDER BY o.user_id, o.starts_at, o.event_id`.execute(db);
	return rows.map(toDueOccurrence);
}

/** Null where it is not in the index. */
export async function occurrenceOf(
	db: Kysely<Database>,
	userId: string,
	eventId: string,
): Promise<DueOccurrence | null> {
	const { rows } = await sql<Row>`
		SELECT ${COLUMNS}
		FROM occurrences o
		${JOINED}
		WHERE o.user_id = ${userId} AND o.event_id = ${eventId}`.execute(db);
	return rows.map(toDueOccurrence)[0] ?? null;
}

function toDueOccurrence(row: Row): DueOccurrence {
	const zone = isZone(row.time_zone) ? row.time_zone : null;
	const start = timeOf(row, row.starts_at, row.starts_local, row.data.start);
	const end = timeOf(row, row.ends_at, row.ends_local, row.data.end);
	return {
		userId: row.user_id,
		eventId: row.event_id,
		calendarId: row.calendar_id,
		connectionId: row.connection_id,
		calendarName: row.calendar_name,
		provider: row.provider,
		event: row.data,
		start,
		end,
		startsAt: instantOf(start, zone ?? "UTC"),
		endsAt: instantOf(end, zone ?? "UTC"),
		zone,
		calendarDefaults: row.default_reminders,
		preferences: row.preferences,
		locale: row.locale,
		email: row.email,
	};
}

/** The occurrence's own time, in the zone that its event is written in. */
function timeOf({ kind }: Row, at: Date, local: string, written: EventDateTime): EventDateTime {
	if (kind === "date") return { type: "date", date: local };
	if (kind === "floating") return { type: "floating", local };
	const zone = written.type === "zoned" ? written.zone : "UTC";
	return { type: "zoned", local, zone, instant: at.toISOString().replace(/\.\d+Z$/, "Z") };
}
