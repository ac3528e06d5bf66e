import { type RawBuilder, sql, type Transaction } from "kysely";
import type { Database } from "../db/schema.ts";

/**
 * Whether the provider has the resource no more, and it stays here: its deletion waits for a decision, or a person chose
 * to keep it. Of a row of `resources` by the name `r`.
 */
export const IS_ONLY_HERE: RawBuilder<boolean> = sql<boolean>`EXISTS (SELECT 1 FROM held_deletions h
	WHERE h.user_id = r.user_id AND h.calendar_id = r.calendar_id AND h.resource_id = r.id)`;

/** The provider has it (again). */
export async function foundThere(tx: Transaction<Database>, userId: string, rowId: string): Promise<void> {
	await tx.deleteFrom("held_deletions").where("user_id", "=", userId).where("resource_id", "=", rowId).execute();
}

/** As `draftKey`, of what makes a resource anew: whoever keeps what is deleted does not take its first key again. */
export function anewKey(intentId: string): string {
	return intentId.replaceAll("_", "");
}

/** The same of a row of `intents` by the name `i`. */
export const ANEW_KEY: RawBuilder<string> = sql<string>`replace(i.id, '_', '')`;
