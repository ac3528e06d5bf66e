import type { Transaction } from "kysely";
import { toRecordset } from "../../db/recordset.ts";
import type { Database } from "../../db/schema.ts";
import type { Services } from "../../services.ts";

/** What a notification tells of. */
export type NotificationType =
	| "occurrence.reminder"
	| "connection.reauth_required"
	| "calendar.paused"
	| "event.conflict"
	| "booking.conflict"
	| "payment.problem"
	| "webhook.disabled";

export interface NewNotification {
	readonly type: NotificationType;
	/** What it is about: the same is told once. */
	readonly about: string;
	readonly connectionId?: string | null;
	readonly calendarId?: string | null;
	/** An event's or occurrence's id. */
	readonly eventId?: string | null;
	readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Notes it for the person, unless that was done before. Its entry in the feed (`notification.created`) is the caller's, as
 * that comes last in a transaction.
 * @returns its id; null where it was told already
 */
export async function insertNotification(
	tx: Transaction<Database>,
	{ newId, now }: Pick<Services, "newId" | "now">,
	userId: string,
	{ type, about, connectionId, calendarId, eventId, data }: NewNotification,
): Promise<string | null> {
	const row = await tx
		.insertInto("notifications")
		.values({
			user_id: userId,
			id: newId("ntf"),
			type,
			about,
			connection_id: connectionId ?? null,
			calendar_id: calendarId ?? null,
			event_id: eventId ?? null,
			data: toRecordset([data]).slice(1, -1),
			created_at: new Date(now()),
		})
		.onConflict((conflict) => conflict.columns(["user_id", "about"]).doNothing())
		.returning("id")
		.executeTakeFirst();
	return row?.id ?? null;
}
