import { type Kysely, sql, type Transaction } from "kysely";
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

/** Whether that thread is of another start than the occurrence has; by what ids it was and is known is no matter. */
export function isOfOtherStart(thread: string, { startsAt }: Pick<DueOccurrence, "startsAt">): boolean {
	return thread.split(" ").at(-2) !== new Date(startsAt).toISOString();
}

/** What goes on as another event, whole or in part, is not reminded of again by what was given already. */
export async function copyGiven(tx: Transaction<Database>, userId: string, from: string, to: string): Promise<void> {
	await sql`
		INSERT INTO reminders_given (user_id, event_id, starts_at, minutes, channel, at)
		SELECT user_id, ${to} || substr(event_id, ${from.length + 1}::integer), starts_at, minutes, channel, at
		FROM reminders_given
		WHERE user_id = ${userId} AND (event_id = ${from} OR starts_with(event_id, ${`${from}.`}))
		ON CONFLICT DO NOTHING`.execute(tx);
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
