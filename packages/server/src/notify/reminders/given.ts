import type { Kysely } from "kysely";
import type { Database } from "../../db/schema.ts";
import type { DueOccurrence } from "./due-occurrences.ts";

const MINUTE = 60_000;

/**
 * Looked at again, for what was written while the look before went on, and for what a sync or a person brings when its
 * reminder's time has just gone by; each reminder is given once all the same.
 */
export const OVERLAP_MS = 15 * MINUTE;

/** What a reminder's notification is about, and its mail's thread. */
export function reminderThread({ eventId, startsAt }: Pick<DueOccurrence, "eventId" | "startsAt">, minutes: number) {
	return `reminder ${eventId} ${new Date(startsAt).toISOString()} ${minutes}`;
}

/**
 * Whether this reminder is, or was, given in the app for the time that the occurrence has now.
 * @param now epoch milliseconds
 */
export async function remindsAnew(
	db: Kysely<Database>,
	{ userId, eventId, startsAt }: DueOccurrence,
	minutes: number,
	now: number,
): Promise<boolean> {
	if (startsAt - minutes * MINUTE > now - OVERLAP_MS) return true;
	const given = await db
		.selectFrom("reminders_given")
		.select("minutes")
		.where("user_id", "=", userId)
		.where("event_id", "=", eventId)
		.where("starts_at", "=", new Date(startsAt))
		.where("minutes", "=", minutes)
		.where("channel", "=", "in_app")
		.executeTakeFirst();
	return given !== undefined;
}
