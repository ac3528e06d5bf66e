import type { Services } from "../services.ts";
import { createApiKey } from "./api-keys.ts";
import { keyBySecret, userIdByEmail } from "./directory.ts";
import { dropFirstAccountCodes } from "./first-account.ts";
import { hashPassword } from "./password.ts";
import { insertUser, lockAccounts } from "./users.ts";

/** How the key of KALENDS_ADMIN_API_KEY is called in lists. */
const OPERATOR_KEY_NAME = "KALENDS_ADMIN_API_KEY";

/**
 * Makes the account and key of KALENDS_ADMIN_* when missing; what exists stays as it is, except that a key which
 * the operator replaced stops working. Safe to run on several nodes at once.
 */
export async function ensureAdmin(services: Pick<Services, "db" | "config" | "now" | "newId">): Promise<void> {
	const { email, password, apiKey } = services.config.admin;
	if (email === null) return;
	// Hashing is slow on purpose, and nearly always the account is there.
	const isMissing = (await userIdByEmail(services.db, email)) === null;
	const ahead = isMissing && password !== null ? await hashPassword(password) : null;
	await services.db.transaction().execute(async (trx) => {
		await lockAccounts(trx);
		const newId = async () => {
			const passwordHash = password === null ? null : (ahead ?? (await hashPassword(password)));
			return (await insertUser(trx, services, { email, passwordHash, role: "admin" })).id;
		};
		const userId = (await userIdByEmail(trx, email)) ?? (await newId());
		await dropFirstAccountCodes(trx);
		if (apiKey === null || (await keyBySecret(trx, apiKey, services.now())) !== null) return;
		await trx.deleteFrom("api_keys").where("user_id", "=", userId).where("name", "=", OPERATOR_KEY_NAME).execute();
		await createApiKey(
			{ ...services, db: trx },
			{ userId, name: OPERATOR_KEY_NAME, scopes: ["read", "write", "admin"], key: apiKey },
		);
	});
}
