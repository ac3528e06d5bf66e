import { type Kysely, sql } from "kysely";

/** Mails to the guests of paid bookings count in nobody's quota; which booking an event is of is asked as they are made. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`ALTER TABLE mails ADD COLUMN paid boolean NOT NULL DEFAULT false`.execute(db);
	await sql`CREATE INDEX bookings_of_event ON bookings (user_id, event_id) WHERE event_id IS NOT NULL`.execute(db);
}
