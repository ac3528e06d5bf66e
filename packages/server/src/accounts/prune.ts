import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";

const LIMITS_KEPT_MS = 86_400_000;

/** Removes what has expired: sessions, codes, and counters of tries whose windows ended long ago. */
export async function pruneAccounts(db: Kysely<Database>, now: number): Promise<void> {
	const at = new Date(now);
	await db.deleteFrom("sessions").where("expires_at", "<=", at).execute();
	await db.deleteFrom("verifications").where("expires_at", "<=", at).execute();
	await db
		.deleteFrom("rate_limits")
		.where("window_started_at", "<", new Date(now - LIMITS_KEPT_MS))
		.execute();
}
