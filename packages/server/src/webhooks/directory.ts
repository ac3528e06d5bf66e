import { type Kysely, type Selectable, sql } from "kysely";
import type { Database, WebhooksTable } from "../db/schema.ts";

/** What webhooks look for over all users: the one module of theirs that reads without an owner (design §3). */

export type WebhookRow = Selectable<WebhooksTable>;

export interface WebhookKey {
	readonly userId: string;
	readonly webhookId: string;
}

const OF_ALL_USERS = sql`
	SELECT w.* FROM webhooks w JOIN users u ON u.id = w.user_id
	WHERE w.all_users AND u.role = 'admin' AND NOT u.banned`;

/** Who is told of what happens to this user: their own endpoints, and administrators' that are told of everybody. */
export async function webhooksAbout(db: Kysely<Database>, userId: string): Promise<readonly WebhookRow[]> {
	const { rows } = await sql<WebhookRow>`
		SELECT * FROM webhooks WHERE user_id = ${userId}
		UNION
		${OF_ALL_USERS}
		ORDER BY id`.execute(db);
	return rows;
}

const BATCH = 200;

/** Users whose feed or announcements have not become deliveries yet. */
export async function usersBehind(db: Kysely<Database>): Promise<readonly string[]> {
	const { rows } = await sql<{ user_id: string }>`
		SELECT c.user_id FROM change_counters c
		LEFT JOIN webhook_cursors k ON k.user_id = c.user_id
		WHERE c.last_seq > coalesce(k.seq, 0) AND (
			EXISTS (SELECT FROM webhooks w WHERE w.user_id = c.user_id)
			OR EXISTS (${OF_ALL_USERS})
		)
		UNION
		SELECT user_id FROM webhook_announcements
		LIMIT ${BATCH}`.execute(db);
	return rows.map((row) => row.user_id);
}

/** Endpoints with something to be sent now: this user's, or all. */
export async function webhooksDue(
	db: Kysely<Database>,
	now: number,
	userId: string | null = null,
): Promise<readonly WebhookKey[]> {
	const { rows } = await sql<WebhookKey>`
		SELECT DISTINCT d.user_id AS "userId", d.webhook_id AS "webhookId" FROM webhook_deliveries d
		JOIN webhooks w ON w.user_id = d.user_id AND w.id = d.webhook_id
		WHERE d.state = 'pending' AND d.next_attempt_at <= ${new Date(now)}
			AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp())
			AND NOT EXISTS (
				SELECT FROM webhook_deliveries e
				WHERE e.user_id = d.user_id AND e.webhook_id = d.webhook_id AND e.subject = d.subject
					AND e.state = 'pending' AND e.number < d.number
			)
			AND w.status = 'active' AND (w.hold_until IS NULL OR w.hold_until <= ${new Date(now)})
			${userId === null ? sql`` : sql`AND d.user_id = ${userId}`}
		LIMIT ${BATCH}`.execute(db);
	return rows;
}

/** For a server that knows to be the only one on its database: whoever claimed deliveries is dead. */
export async function releaseDeliveries(db: Kysely<Database>): Promise<void> {
	await db
		.updateTable("webhook_deliveries")
		.set({ claimed_until: null })
		.where("state", "=", "pending")
		.where("claimed_until", "is not", null)
		.execute();
}

const DELIVERIES_KEPT_MS = 30 * 86_400_000;

/** The log, and what could not be told to a disabled endpoint, is kept for 30 days. */
export async function pruneDeliveries({ db, now }: { readonly db: Kysely<Database>; readonly now: () => number }) {
	const before = new Date(now() - DELIVERIES_KEPT_MS);
	await db.deleteFrom("webhook_announcements").where("at", "<", before).execute();
	await db
		.deleteFrom("webhook_deliveries")
		.where("created_at", "<", before)
		.where((eb) => eb.or([eb("claimed_until", "is", null), eb("claimed_until", "<", sql<Date>`clock_timestamp()`)]))
		.execute();
}
