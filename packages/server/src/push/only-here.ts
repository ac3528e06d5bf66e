import { createHash } from "node:crypto";
import { type RawBuilder, sql, type Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import type { ResourceRow } from "./types.ts";

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

/**
 * As `draftKey`, of what makes a resource anew: whoever keeps what is deleted does not take its first key again. The same
 * for whatever intent of the resource asks, until it has the name that it was given there.
 */
export function anewKey({ id, provider_resource_id }: Pick<ResourceRow, "id" | "provider_resource_id">): string {
	return createHash("sha256").update(`${id} ${provider_resource_id}`).digest("hex").slice(0, 32);
}

/** The same of a row of `resources` by the name `r`. */
export const ANEW_KEY: RawBuilder<string> = sql<string>`left(encode(sha256(convert_to(r.id || ' ' || r.provider_resource_id, 'UTF8')), 'hex'), 32)`;
