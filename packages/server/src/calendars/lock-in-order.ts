import type { Transaction } from "kysely";
import type { Database } from "../db/schema.ts";

/**
 * Locks calendars until the transaction ends, by id.
 *
 * The order in which all transactions lock: payment; calendars, by id; connection; booking; intents; run; a connection's
 * claims (an advisory lock); the feed's counter. A booking is locked, and sent elsewhere, only by who has locked the
 * calendar that it is in. Who locks without those before it, as a run's end the intents of its connection, passes over
 * what is locked. So nobody waits in a circle; `inTransaction` is for what this leaves open.
 */
export async function lockInOrder(tx: Transaction<Database>, userId: string, ids: readonly string[]): Promise<void> {
	if (ids.length === 0) return;
	await tx
		.selectFrom("calendars")
		.select("id")
		.where("user_id", "=", userId)
		.where("id", "in", [...ids])
		.orderBy("id")
		.forUpdate()
		.execute();
}
