import { storeReturnsOfUser } from "../oauth/consent-returns.ts";
import { giveBack } from "../oauth/give-back.ts";
import type { Services } from "../services.ts";
import { deleteUser } from "./users.ts";

/**
 * Removes a user with everything of theirs, gives their consents back and stops their push channels. Nothing is deleted
 * at the providers.
 * @throws Problem not_found, last_admin: then nothing is done
 */
export async function eraseUser(services: Services, userId: string): Promise<void> {
	const returned = await deleteUser(services.db, userId, (tx) => storeReturnsOfUser(tx, services, userId));
	await Promise.all(returned.map((key) => giveBack(services, key)));
}
