import type { Selectable } from "kysely";
import { appendChanges } from "../../changes/append-changes.ts";
import type { NotificationState, NotificationsTable } from "../../db/schema.ts";
import { notFound } from "../../http/problem.ts";
import type { Services } from "../../services.ts";

export type NotificationRow = Selectable<NotificationsTable>;

/**
 * Changes what becomes of a notification, and tells the feed.
 * @throws Problem `not_found`
 */
export async function changeNotification(
	{ db, now }: Pick<Services, "db" | "now">,
	{ userId, id }: { readonly userId: string; readonly id: string },
	state: NotificationState,
	snoozedUntil: Date | null = null,
): Promise<NotificationRow> {
	return db.transaction().execute(async (tx) => {
		const row = await tx
			.updateTable("notifications")
			.set({ state, snoozed_until: snoozedUntil })
			.where("user_id", "=", userId)
			.where("id", "=", id)
			.returningAll()
			.executeTakeFirst();
		if (row === undefined) throw notFound("notification");
		await appendChanges(tx, userId, now(), [{ type: "notification.updated", id, fields: ["state", "snoozed_until"] }]);
		return row;
	});
}

/** @throws Problem `not_found` */
export async function findNotification(db: Services["db"], userId: string, id: string): Promise<NotificationRow> {
	const row = await db
		.selectFrom("notifications")
		.selectAll()
		.where("user_id", "=", userId)
		.where("id", "=", id)
		.executeTakeFirst();
	if (row === undefined) throw notFound("notification");
	return row;
}

const BATCH = 500;

/** Shows what was put off, once its time has come. */
export async function wakeSnoozed(services: Pick<Services, "db" | "now">): Promise<void> {
	const { db, now } = services;
	const due = await db
		.selectFrom("notifications")
		.select(["user_id as userId", "id"])
		.where("state", "=", "snoozed")
		.where("snoozed_until", "<=", new Date(now()))
		.limit(BATCH)
		.execute();
	for (const key of due) await changeNotification(services, key, "active");
}
