import { sql } from "kysely";
import { appendChanges } from "../changes/append-changes.ts";
import type { Services } from "../services.ts";
import type { Judgement } from "../sync/failure-policy.ts";
import type { ClaimedIntent } from "./intent-lease.ts";
import type { ConnectionRow } from "./types.ts";

/**
 * The account has to be signed in again: the connection says so, as it does when a sync finds out. Its intents wait until
 * its status changes.
 * @param used the row whose credentials were refused; where others were entered since, nothing is marked
 */
export async function markRefused(services: Services, used: ConnectionRow, judgement: Judgement): Promise<void> {
	const { user_id: userId, id } = used;
	const { status, reason: status_reason, message: status_message } = judgement;
	await services.db.transaction().execute(async (tx) => {
		const row = await tx
			.selectFrom("connections")
			.select(["status", "status_reason", "credentials", "paused"])
			.where("user_id", "=", userId)
			.where("id", "=", id)
			.forNoKeyUpdate()
			.executeTakeFirst();
		if (row === undefined || row.paused || !row.credentials.equals(used.credentials)) return;
		const fields = [
			...(row.status === status ? [] : ["status"]),
			...(row.status_reason === status_reason ? [] : ["status_reason"]),
		];
		if (fields.length === 0) return;
		await tx
			.updateTable("connections")
			.set({
				status,
				status_reason,
				status_message,
				status_since: new Date(services.now()),
				failures: judgement.failures,
				next_sync_at: judgement.retryAt === null ? null : new Date(judgement.retryAt),
			})
			.where("user_id", "=", userId)
			.where("id", "=", id)
			.execute();
		await appendChanges(tx, userId, services.now(), [{ type: "connection.updated", id, fields }]);
	});
}

/**
 * What concerns the whole account holds for its other intents too: the server asks to be left alone, or nobody answers.
 * @param at not before, epoch milliseconds
 */
export async function holdOff(
	services: Services,
	claimed: ClaimedIntent,
	judgement: Judgement,
	at: number,
): Promise<void> {
	const { user_id: userId, connection_id } = claimed;
	if (judgement.notBefore !== null) {
		await services.db
			.updateTable("connections")
			.set({ retry_after: sql<Date>`greatest(retry_after, ${new Date(judgement.notBefore)})` })
			.where("user_id", "=", userId)
			.where("id", "=", connection_id)
			.execute();
	}
	await services.db
		.updateTable("intents")
		.set({ next_attempt_at: new Date(at) })
		.where("user_id", "=", userId)
		.where("connection_id", "=", connection_id)
		.where("state", "=", "pending")
		.where("claimed_until", "is", null)
		.where("next_attempt_at", "<", new Date(at))
		.execute();
}
