import type { Selectable } from "kysely";
import { appendChanges } from "../../changes/append-changes.ts";
import type { NotificationState, NotificationsTable } from "../../db/schema.ts";
import { notFound } from "../../http/problem.ts";
import type { Services } from "../../services.ts";

export type NotificationRow = Selectable<NotificationsTable>;

type NotificationKey = { readonly userId: string; readonly id: string };

/**
 * Changes what becomes of a notification, and tells the feed.
 * @throws Problem `not_found`
 */
export async function changeNotification(
	services: Pick<Services, "db" | "now">,
	key: NotificationKey,
	state: NotificationState,
	snoozedUntil: Date | null = null,
): Promise<NotificationRow> {
	const row = await change(services, key, { state, snoozed_until: snoozedUntil });
	if (row === undefined) throw notFound("notification");
	return row;
}

/** @param snoozedUntil where given, only one that is still put off until then at the latest is changed */
async function change(
	{ db, now }: Pick<Services, "db" | "now">,
	{ userId, id }: NotificationKey,
	set: Pick<NotificationRow, "state" | "snoozed_until">,
	snoozedUntil: Date | null = null,
): Promise<NotificationRow | undefined> {
	return db.transaction().execute(async (tx) => {
		const row = await tx
			.updateTable("notifications")
			.set(set)
			.where("user_id", "=", userId)
			.where("id", "=", id)
			.$if(snoozedUntil !== null, (query) =>
				query.where("state", "=", "snoozed").where("snoozed_until", "<=", snoozedUntil),
			)
			.returningAll()
			.executeTakeFirst();
		if (row !== undefined) {
			await appendChanges(tx, userId, now(), [
				{ type: "notification.updated", id, fields: ["state", "snoozed_until"] },
			]);
		}
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

/** Shows what was put off, once its time has come; what was dismissed or put off anew meanwhile stays so. */
export async function wakeSnoozed(services: Pick<Services, "db" | "now">): Promise<void> {
	const at = new Date(services.now());
	const due = await services.db
		.selectFrom("notifications")
		.select(["user_id as userId", "id"])
		.where("state", "=", "snoozed")
		.where("snoozed_until", "<=", at)
		.limit(BATCH)
		.execute();
	for (const key of due) await change(services, key, { state: "active", snoozed_until: null }, at);
}
