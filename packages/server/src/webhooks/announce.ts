import { sql, type Transaction } from "kysely";
import { notifyChanges } from "../changes/notify.ts";
import type { Database } from "../db/schema.ts";
import type { WebhookType } from "./types.ts";

/** What webhooks tell of beside the change feed. */
export interface Announcement {
	readonly type: WebhookType;
	/** The message's `data`, as the API gives such things. */
	readonly data: Readonly<Record<string, unknown>>;
	/** What it is about, an id: of one subject, messages are delivered in order. */
	readonly subject: string;
	/** For endpoints that are told of some calendars only; null: it is about none. */
	readonly calendarId?: string | null;
	/** Epoch milliseconds. */
	readonly at: number;
}

/**
 * Tells the webhooks of this user, and those that are told of everybody's, when the transaction commits. Takes no locks;
 * may come anywhere in it.
 */
export async function announce(tx: Transaction<Database>, userId: string, announcement: Announcement): Promise<void> {
	const { type, data, subject, calendarId, at } = announcement;
	await sql`
		INSERT INTO webhook_announcements (user_id, type, subject, calendar_id, data, at)
		SELECT ${userId}, ${type}, ${subject}, ${calendarId ?? null}, ${JSON.stringify(data)}::jsonb, ${new Date(at)}
		WHERE EXISTS (SELECT 1 FROM webhooks WHERE user_id = ${userId}) OR EXISTS (SELECT 1 FROM webhooks WHERE all_users)
	`.execute(tx);
	await notifyChanges(tx, userId);
}
