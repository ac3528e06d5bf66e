import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import { notFound } from "../http/problem.ts";
import type { WebhookRow } from "./directory.ts";

/** An endpoint with what its wire shape needs besides. */
export type ListedWebhook = WebhookRow & { readonly pending: number };

/** The user's endpoints in the order of their ids. */
export async function listWebhookRows(
	db: Kysely<Database>,
	userId: string,
	filter: { readonly id?: string; readonly after?: string | undefined; readonly limit: number },
): Promise<readonly ListedWebhook[]> {
	let query = db
		.selectFrom("webhooks as w")
		.selectAll("w")
		.select(
			sql<number>`(SELECT count(*) FROM webhook_deliveries d
				WHERE d.user_id = w.user_id AND d.webhook_id = w.id AND d.state = 'pending')`.as("pending"),
		)
		.where("w.user_id", "=", userId)
		.orderBy("w.id")
		.limit(filter.limit);
	if (filter.id !== undefined) query = query.where("w.id", "=", filter.id);
	if (filter.after !== undefined) query = query.where("w.id", ">", filter.after);
	return query.execute();
}

/** @throws Problem `not_found` */
export async function findWebhook(db: Kysely<Database>, userId: string, id: string): Promise<ListedWebhook> {
	const [row] = await listWebhookRows(db, userId, { id, limit: 1 });
	if (row === undefined) throw notFound("webhook");
	return row;
}
