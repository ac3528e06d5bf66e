import { sql, type Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { JOB_AFTER_MS, storable } from "./intent-rows.ts";
import type { IntentRow } from "./types.ts";

/**
 * A creation that may have been made, though it was refused or nothing was heard of it, and that is deleted or given up
 * since, is looked for, and removed.
 * @param waitsFor what makes it elsewhere, as it moves on: until then it stays
 */
export async function forgetMade(
	{ now }: Pick<Services, "now">,
	tx: Transaction<Database>,
	{ user_id: userId, id, resource_id, wanted }: IntentRow,
	waitsFor: string | null,
): Promise<void> {
	await tx
		.deleteFrom("intents")
		.where("user_id", "=", userId)
		.where("resource_id", "=", resource_id)
		.where("id", "!=", id)
		.execute();
	await tx
		.updateTable("intents")
		.set({
			base: storable(wanted),
			wanted: null,
			state: "pending",
			error: null,
			waits_for: waitsFor,
			claimed_until: null,
			fence: sql<number>`fence + 1`,
			next_attempt_at: new Date(now() + JOB_AFTER_MS),
		})
		.where("user_id", "=", userId)
		.where("id", "=", id)
		.execute();
}
