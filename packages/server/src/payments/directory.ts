import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";

/** What payments look for over all users: the one module of theirs that reads without an owner (design §3). */

/** Whose booking it is; null where there is none. */
export async function ownerOfBooking(db: Kysely<Database>, bookingId: string): Promise<string | null> {
	const row = await db.selectFrom("bookings").select("user_id").where("id", "=", bookingId).executeTakeFirst();
	return row?.user_id ?? null;
}

/** Whose calendar it is; null where there is none. */
export async function ownerOfCalendar(db: Kysely<Database>, calendarId: string): Promise<string | null> {
	const row = await db.selectFrom("calendars").select("user_id").where("id", "=", calendarId).executeTakeFirst();
	return row?.user_id ?? null;
}

/** Holds whose time is over, or whose event was deleted or cancelled, oldest first. */
export async function endedHolds(
	db: Kysely<Database>,
	now: number,
	limit: number,
): Promise<readonly { readonly userId: string; readonly id: string }[]> {
	return db
		.selectFrom("bookings as b")
		.select(["b.user_id as userId", "b.id"])
		.where("b.state", "=", "held")
		.where((eb) =>
			eb.or([
				eb("b.expires_at", "<=", new Date(now)),
				sql<boolean>`NOT EXISTS (SELECT FROM events e
					WHERE e.user_id = b.user_id AND e.id = b.event_id AND e.data ->> 'status' <> 'cancelled')`,
			]),
		)
		.orderBy("b.expires_at")
		.limit(limit)
		.execute();
}

/**
 * Confirmed bookings whose event was refused by the provider before it was confirmed there, and those in conflict for that
 * whose event has got through since, by itself or because somebody tried again.
 * @param one only this
 */
export async function refusedConfirmations(
	db: Kysely<Database>,
	limit: number,
	one?: { readonly userId: string; readonly id: string },
): Promise<readonly { readonly userId: string; readonly id: string }[]> {
	let query = db.selectFrom("bookings as b").select(["b.user_id as userId", "b.id"]);
	if (one !== undefined) query = query.where("b.user_id", "=", one.userId).where("b.id", "=", one.id);
	return query
		.where((eb) =>
			eb.or([
				eb.and([
					eb("b.state", "=", "confirmed"),
					sql<boolean>`EXISTS (SELECT FROM intents i WHERE i.user_id = b.user_id AND i.event_id = b.event_id
						AND i.state = 'failed' AND (i.kind = 'create' OR i.base -> 0 ->> 'status' <> 'confirmed'))`,
				]),
				eb.and([
					eb("b.state", "=", "conflict"),
					eb("b.reason", "=", "calendar_not_writable"),
					sql<boolean>`EXISTS (SELECT FROM events e WHERE e.user_id = b.user_id AND e.id = b.event_id
						AND e.data ->> 'status' = 'confirmed')`,
					sql<boolean>`NOT EXISTS (SELECT FROM intents i WHERE i.user_id = b.user_id AND i.event_id = b.event_id)`,
				]),
			]),
		)
		.limit(limit)
		.execute();
}

const EVENTS_KEPT_MS = 90 * 86_400_000;

/** What an event brought about is kept as facts, so a repetition after that time changes nothing either. */
export async function prunePaymentEvents({ db, now }: { readonly db: Kysely<Database>; readonly now: () => number }) {
	await db
		.deleteFrom("payment_events")
		.where("received_at", "<", new Date(now() - EVENTS_KEPT_MS))
		.execute();
}
