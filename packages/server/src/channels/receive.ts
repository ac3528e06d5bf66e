import type { ProviderId, PushMessage } from "@kalends/providers";
import { secretHash } from "../accounts/secret-hash.ts";
import { notFound } from "../http/problem.ts";
import type { Services } from "../services.ts";
import { createRun } from "../sync/create-run.ts";
import { equalInConstantTime } from "../vault/timing-safe.ts";
import { createHints, type Hints } from "./hints.ts";

/** What comes through push channels: hints that something has changed, nothing more (T16). */

const instances = new WeakMap<Services, Hints>();

export function hintsOf(services: Services): Hints {
	const failed = (error: unknown) =>
		services.log.warn({ err: error }, "a push message came to nothing; polling follows");
	const hints = instances.get(services) ?? createHints(() => performance.now(), failed);
	instances.set(services, hints);
	return hints;
}

/**
 * Takes a message: whose channel it is, is found by its id, and believed by its secret alone.
 * @throws Problem `not_found` for a channel that is not there, and the same for a wrong secret
 */
export async function receiveMessage(services: Services, provider: ProviderId, message: PushMessage): Promise<void> {
	const channel = await services.db
		.selectFrom("push_channels as p")
		.innerJoin("connections as c", (join) =>
			join.onRef("c.user_id", "=", "p.user_id").onRef("c.id", "=", "p.connection_id"),
		)
		.select(["p.user_id as userId", "p.connection_id as connectionId", "p.token_hash as tokenHash"])
		.where("p.id", "=", message.channelId)
		.where("c.provider", "=", provider)
		.executeTakeFirst();
	const secret = secretHash(message.token);
	if (channel === undefined || !equalInConstantTime(secret, channel.tokenHash)) throw notFound("push channel");
	if (message.handshake) return;
	const { userId, connectionId } = channel;
	hintsOf(services).give(JSON.stringify([userId, connectionId]), () => syncSoon(services, userId, connectionId));
}

/** Nothing where the connection is not synced at all. */
async function syncSoon(services: Services, userId: string, connectionId: string): Promise<void> {
	await services.db.transaction().execute(async (tx) => {
		const pushed = await tx
			.updateTable("connections")
			.set({ last_push_at: new Date(services.now()) })
			.where("user_id", "=", userId)
			.where("id", "=", connectionId)
			.where("paused", "=", false)
			.where("status", "!=", "reauth_required")
			.executeTakeFirst();
		if (pushed.numUpdatedRows > 0n) await createRun(tx, services, { userId, connectionId, trigger: "push" });
	});
}
