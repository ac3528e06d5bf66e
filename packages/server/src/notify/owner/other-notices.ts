import { type Kysely, sql } from "kysely";
import type { Database } from "../../db/schema.ts";

/** What owners have to know of bookings and webhooks; their own messages to webhooks are sent where it happens. */

const BATCH = 200;

export interface ConflictedBooking {
	readonly user_id: string;
	readonly id: string;
	readonly calendar_id: string;
	readonly title: string;
	readonly reason: string | null;
}

/** Bookings that were paid and have no slot, whose owners were not told. */
export async function conflictedBookings(db: Kysely<Database>): Promise<readonly ConflictedBooking[]> {
	const { rows } = await sql<ConflictedBooking>`
		SELECT b.user_id, b.id, b.calendar_id, b.reason, coalesce(b.details ->> 'title', '') AS title FROM bookings b
		WHERE b.state = 'conflict' AND NOT EXISTS (
			SELECT FROM notifications n WHERE n.user_id = b.user_id AND n.about = 'booking.conflict ' || b.id
		)
		LIMIT ${BATCH}`.execute(db);
	return rows;
}

export interface DisabledWebhook {
	readonly user_id: string;
	readonly id: string;
	readonly url: string;
	readonly status_reason: string;
	readonly stamp: string;
}

/** Webhooks that were disabled because of their answers, whose owners were not told. */
export async function disabledWebhooks(db: Kysely<Database>): Promise<readonly DisabledWebhook[]> {
	const { rows } = await sql<DisabledWebhook>`
		SELECT * FROM (
			SELECT w.user_id, w.id, w.url, w.status_reason,
				to_char(w.status_since AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS') AS stamp
			FROM webhooks w WHERE w.status = 'disabled' AND w.status_reason IN ('gone', 'failing')
		) d
		WHERE NOT EXISTS (
			SELECT FROM notifications n
			WHERE n.user_id = d.user_id AND n.about = 'webhook.disabled ' || d.id || ' ' || d.stamp
		)
		LIMIT ${BATCH}`.execute(db);
	return rows;
}
