import { notifyChanges } from "../changes/notify.ts";
import type { DeliveryState } from "../db/schema.ts";
import type { Services } from "../services.ts";
import type { WebhookKey } from "./directory.ts";
import { insertNumbered } from "./fan-out.ts";

const MOST = 10_000;
const SLICE = 250;

export interface ReplayFilter {
	readonly id: string | null;
	readonly from: Date | null;
	readonly to: Date | null;
	readonly state: Exclude<DeliveryState, "pending"> | null;
}

/**
 * Sends finished deliveries once more, oldest first: new entries with new numbers and the body and `webhook-id` of the
 * first time. What waits to be sent anyway is not sent twice.
 * @returns how many
 */
export async function replayDeliveries(services: Services, key: WebhookKey, filter: ReplayFilter): Promise<number> {
	const { userId, webhookId } = key;
	return services.db.transaction().execute(async (tx) => {
		let query = tx
			.selectFrom("webhook_deliveries")
			.select(["message_id", "about_user_id", "subject", "type", "body"])
			.where("user_id", "=", userId)
			.where("webhook_id", "=", webhookId)
			.where("state", "!=", "pending")
			.orderBy("number")
			.limit(MOST);
		if (filter.id !== null) query = query.where("id", "=", filter.id);
		else query = query.where("replay", "=", false);
		if (filter.from !== null) query = query.where("created_at", ">=", filter.from);
		if (filter.to !== null) query = query.where("created_at", "<", filter.to);
		if (filter.state !== null) query = query.where("state", "=", filter.state);
		const rows = await query.execute();
		for (let at = 0; at < rows.length; at += SLICE) {
			const slice = rows.slice(at, at + SLICE).map((row) => ({ ...row, replay: true }));
			await insertNumbered(services, tx, key, slice);
		}
		if (rows.length > 0) await notifyChanges(tx, userId);
		return rows.length;
	});
}
