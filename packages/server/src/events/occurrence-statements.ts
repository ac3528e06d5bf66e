import { type RawBuilder, sql } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { OccurrenceRow } from "./occurrence-rows.ts";

/** Null where there is nothing to write. */
export type Statement = RawBuilder<unknown> | null;

export function deleteOccurrences(userId: string, seriesIds: readonly string[]): Statement {
	if (seriesIds.length === 0) return null;
	return sql`DELETE FROM occurrences WHERE user_id = ${userId} AND series_id = ANY(${[...seriesIds]}::text[])`;
}

export function insertOccurrences(userId: string, rows: readonly OccurrenceRow[]): Statement {
	if (rows.length === 0) return null;
	return sql`
		INSERT INTO occurrences (user_id, event_id, source_event_id, series_id, calendar_id, kind, starts_at, ends_at,
			cancelled, busy, starts_local, ends_local)
		SELECT ${userId}, r.event_id, r.source_event_id, r.series_id, r.calendar_id, r.kind, r.starts_at, r.ends_at,
			r.cancelled, r.busy, r.starts_local, r.ends_local
		FROM jsonb_to_recordset(${toRecordset(rows)}::jsonb) AS r(
			event_id text, source_event_id text, series_id text, calendar_id text, kind text, starts_at timestamptz,
			ends_at timestamptz, cancelled boolean, busy boolean, starts_local text, ends_local text)`;
}
