import { sql } from "kysely";
import { appendChanges } from "../changes/append-changes.ts";
import { inTransaction } from "../db/transact.ts";
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
	await inTransaction(services.db, async (tx) => {
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

/** Waits that are shorter are over before anybody asks why. */
const TOLD_FROM_MS = 60_000;

/** A connection that is well says why it waits, until the sync that comes right after. */
async function holdConnection(
	services: Services,
	{ userId, connectionId }: { readonly userId: string; readonly connectionId: string },
	{ kind, reason, message }: Judgement,
	notBefore: number,
): Promise<void> {
	const at = new Date(notBefore);
	const now = services.now();
	await inTransaction(services.db, async (tx) => {
		const row = await tx
			.updateTable("connections")
			.set({ retry_after: sql<Date>`greatest(retry_after, ${at})` })
			.where("user_id", "=", userId)
			.where("id", "=", connectionId)
			.returning(["status", "status_reason"])
			.executeTakeFirst();
		const isWell = row?.status === "active" && row.status_reason === null;
		if (!isWell || kind !== "rate_limited" || notBefore - now < TOLD_FROM_MS) return;
		await tx
			.updateTable("connections")
			.set({
				status_reason: reason,
				status_message: message,
				status_since: new Date(now),
				next_sync_at: sql<Date | null>`CASE WHEN next_sync_at IS NOT NULL THEN least(next_sync_at, ${at}) END`,
			})
			.where("user_id", "=", userId)
			.where("id", "=", connectionId)
			.execute();
		const fields = ["status_reason"];
		await appendChanges(tx, userId, now, [{ type: "connection.updated", id: connectionId, fields }]);
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
	// A quota that a write has used up is one of writes: reading goes on.
	if (judgement.notBefore !== null && judgement.reason !== "quota_exceeded") {
		await holdConnection(services, { userId, connectionId: connection_id }, judgement, judgement.notBefore);
	}
	await services.db
		.with("free", (db) =>
			db
				.selectFrom("intents")
				.select("id")
				.where("user_id", "=", userId)
				.where("connection_id", "=", connection_id)
				.where("state", "=", "pending")
				.where("claimed_until", "is", null)
				.where("next_attempt_at", "<", new Date(at))
				.forUpdate()
				.skipLocked(),
		)
		.updateTable("intents")
		.from("free")
		.set({ next_attempt_at: new Date(at) })
		.where("intents.user_id", "=", userId)
		.whereRef("intents.id", "=", "free.id")
		.execute();
}
