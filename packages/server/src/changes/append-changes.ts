import { sql, type Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import { CHANGES_CHANNEL } from "./notify.ts";

export type ChangeType =
	| "event.created"
	| "event.updated"
	| "event.deleted"
	| "calendar.created"
	| "calendar.updated"
	| "calendar.deleted"
	| "calendar.synced"
	| "connection.created"
	| "connection.updated"
	| "connection.deleted"
	| "notification.created"
	| "notification.updated"
	| "webhook.updated";

export interface ChangeEntry {
	readonly type: ChangeType;
	readonly id: string;
	readonly calendarId?: string | null;
	readonly fields?: readonly string[];
}

/**
 * Appends to the user's feed. The counter is locked until the transaction ends, so this comes last in it, once, with at
 * most a slice's entries: readers never see a gap, and writers do not wait long.
 *
 * @param at epoch milliseconds
 */
export async function appendChanges(
	tx: Transaction<Database>,
	userId: string,
	at: number,
	entries: readonly ChangeEntry[],
): Promise<void> {
	if (entries.length === 0) return;
	const rows = entries.map(({ type, id, calendarId, fields }, index) => ({
		position: index + 1,
		type,
		entity_id: id,
		calendar_id: calendarId ?? null,
		fields: fields ?? null,
	}));
	await sql`
		WITH counter AS (
			INSERT INTO change_counters (user_id, last_seq) VALUES (${userId}, ${entries.length})
			ON CONFLICT (user_id) DO UPDATE SET last_seq = change_counters.last_seq + ${entries.length}
			RETURNING last_seq - ${entries.length} AS before
		), woken AS (
			SELECT pg_notify(${CHANGES_CHANNEL}, ${userId})
		)
		INSERT INTO changes (user_id, seq, at, type, entity_id, calendar_id, fields)
		SELECT ${userId}, counter.before + r.position, ${new Date(at)}, r.type, r.entity_id, r.calendar_id, r.fields
		FROM counter, woken, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
			AS r(position int, type text, entity_id text, calendar_id text, fields jsonb)`.execute(tx);
}
