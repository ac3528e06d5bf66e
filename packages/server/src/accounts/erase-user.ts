import { stopChannels } from "../channels/keep-channels.ts";
import { revocationsOfUser, revoke } from "../oauth/revoke.ts";
import type { Services } from "../services.ts";
import { assertNotLastAdmin, deleteUser } from "./users.ts";

/**
 * Removes a user with everything of theirs, gives their consents back and stops their push channels. Nothing is deleted
 * at the providers.
 * @throws Problem not_found, last_admin: then nothing is done
 */
export async function eraseUser(services: Services, userId: string): Promise<void> {
	const { db } = services;
	await assertNotLastAdmin(db, userId);
	const revocations = await revocationsOfUser(services, userId);
	const channels = await db
		.selectFrom("push_channels")
		.select("connection_id")
		.distinct()
		.where("user_id", "=", userId)
		.execute();
	await Promise.all(channels.map((row) => stopChannels(services, { userId, connectionId: row.connection_id })));
	await deleteUser(db, userId);
	await Promise.all(revocations.map((revocation) => revoke(services, revocation)));
}
