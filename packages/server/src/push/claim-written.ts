import type { Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { claimIntentIn } from "./intent-lease.ts";
import { JOB_AFTER_MS, sendPush } from "./intent-rows.ts";
import type { Scene } from "./scene.ts";
import type { ClaimedPush } from "./types.ts";

/**
 * The last of a write's transaction but for the write itself: claims the intent that it made for its sender, who then has
 * it without a transaction of its own. Where that cannot be, or nobody waits to send it, a job will. What is claimed needs
 * none: should the sender die, the lease ends, and whoever looks for what is due finds it.
 * @returns null where it was not claimed
 */
export async function claimOrSend(
	services: Services,
	tx: Transaction<Database>,
	intentId: string,
	rows: Omit<Scene, "person" | "origin">,
	sender: Scene["person"] | undefined,
): Promise<ClaimedPush | null> {
	const { user_id: userId, id: resourceId } = rows.resource;
	if (sender !== undefined) {
		const target = { userId, connectionId: rows.connection.id, resourceId };
		const intent = await claimIntentIn(tx, target, services.now());
		if (intent !== null) return { intent, scene: { ...rows, person: sender, origin: null } };
	}
	await sendPush(tx, services, userId, intentId, JOB_AFTER_MS);
	return null;
}
