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

export interface UnusedPayment {
	readonly user_id: string;
	readonly source: string;
	readonly mode: string;
	readonly reference: string;
	readonly booking_id: string | null;
	readonly calendar_id: string | null;
	readonly problem: string;
	/** Of its booking; else who paid, else its reference. */
	readonly name: string;
}

/** Shorter than notifications are kept, so that nobody is told twice. */
const TOLD_WITHIN_MS = 30 * 86_400_000;

/** Payments that somebody was to get something for and does not, whose owners were not told. */
export async function unusedPayments(db: Kysely<Database>, now: number): Promise<readonly UnusedPayment[]> {
	const { rows } = await sql<UnusedPayment>`
		SELECT p.user_id, p.source, p.mode, p.reference, p.booking_id, b.calendar_id, p.problem,
			coalesce(b.details ->> 'title', p.payer ->> 'email', p.reference) AS name
		FROM payments p LEFT JOIN bookings b ON b.user_id = p.user_id AND b.id = p.booking_id
		WHERE p.problem IS NOT NULL AND p.user_id IS NOT NULL AND p.paid AND NOT p.refunded
			AND p.updated_at > ${new Date(now - TOLD_WITHIN_MS)} AND NOT EXISTS (
			SELECT FROM notifications n WHERE n.user_id = p.user_id
				AND n.about = 'payment.problem ' || p.source || ' ' || p.mode || ' ' || p.reference
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
