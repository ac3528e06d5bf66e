import { sql, type Transaction } from "kysely";
import type { Database } from "../db/schema.ts";

/** NOTIFY channel on which a commit tells that a user's feed has grown; the payload is the user's id. */
export const CHANGES_CHANNEL = "kalends_changes";

/** Wakes whoever follows this user's feed, when the transaction commits. */
export async function notifyChanges(tx: Transaction<Database>, userId: string): Promise<void> {
	await sql`SELECT pg_notify(${CHANGES_CHANNEL}, ${userId})`.execute(tx);
}
