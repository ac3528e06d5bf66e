import { startSession } from "../accounts/auth.ts";
import { userById, userIdByAccount } from "../accounts/directory.ts";
import { countTry } from "../accounts/rate-limit.ts";
import { type Headers_, handOn, refusing } from "../accounts/session-endpoints.ts";
import { hasUsers, insertUser, lockAccounts } from "../accounts/users.ts";
import { Problem } from "../http/errors.ts";
import type { Services } from "../services.ts";
import type { Identity } from "./client.ts";

/** Signing in with a provider's account. */

export interface Visitor {
	readonly headers: Headers_;
	readonly ip: string;
}

/**
 * Who the account is here: by issuer and subject alone, never by its e-mail address, which may be somebody else's. Where
 * nobody, a new user is made if sign-up is open; an administrator is not made this way, so never the first user.
 * @throws Problem signup_closed, email_taken, account_banned, rate_limited
 */
export async function userOfAccount(services: Services, identity: Identity, { ip }: Visitor): Promise<string> {
	const found = await userIdByAccount(services.db, identity);
	const userId = found ?? (await signUp(services, identity, ip));
	if ((await userById(services.db, userId, services.now()))?.banned !== false) {
		throw new Problem("account_banned", "This account is banned.", { fix: "Ask an administrator of this server." });
	}
	return userId;
}

/** Begins a session of this user, with a new id. @returns Set-Cookie headers */
export async function signInAs(
	services: Services,
	userId: string,
	{ headers, ip }: Visitor,
): Promise<readonly string[]> {
	return refusing(() => startSession(services, userId, handOn(headers, ip)));
}

async function signUp(services: Services, identity: Identity, ip: string): Promise<string> {
	const { db, config, now, newId } = services;
	await countTry(db, { key: `sign-up:address:${ip}`, most: 50, windowSeconds: 3600 }, now());
	return db.transaction().execute(async (tx) => {
		await lockAccounts(tx);
		// Somebody may have been quicker.
		const found = await userIdByAccount(tx, identity);
		if (found !== null) return found;
		if (!(await hasUsers(tx))) {
			throw new Problem(
				"signup_closed",
				"The first account of this server is its administrator, and is made with a password.",
				{
					fix: `Make it at ${config.url.origin}, then sign in and connect this account.`,
				},
			);
		}
		if (config.signup !== "open") {
			throw new Problem(
				"signup_closed",
				"No user of this server signs in with this account, and it takes no sign-ups.",
				{
					fix: "Sign in with your password, then connect the account; or ask the server's administrator for an account.",
				},
			);
		}
		if (identity.email === null) {
			throw new Problem(
				"consent_denied",
				"The provider did not tell the account's e-mail address, which an account here needs.",
				{
					fix: "Sign in again and allow Kalends to see the address.",
				},
			);
		}
		const user = await insertUser(tx, services, {
			email: identity.email,
			name: identity.name ?? undefined,
			passwordHash: null,
			role: "user",
		}).catch(explainTaken);
		const at = new Date(now());
		await tx
			.insertInto("accounts")
			.values({
				id: newId("acc"),
				user_id: user.id,
				provider_id: identity.issuer,
				account_id: identity.subject,
				created_at: at,
				updated_at: at,
			})
			.execute();
		return user.id;
	});
}

function explainTaken(error: unknown): never {
	if (!(error instanceof Problem) || error.code !== "email_taken") throw error;
	throw new Problem("email_taken", "There is already a user with this e-mail address, who signs in with a password.", {
		fix: "Sign in with that password, then connect this account.",
	});
}
