import { Problem } from "../http/errors.ts";
import type { Services } from "../services.ts";
import { admitFirstAccount, dropFirstAccountCodes } from "./first-account.ts";
import { hashPassword } from "./password.ts";
import { countTry } from "./rate-limit.ts";
import { hasUsers, insertUser, lockAccounts, type User } from "./users.ts";

export interface SignUp {
	readonly email: string;
	readonly password: string;
	readonly name: string | undefined;
	/** The one-time code of the first account. */
	readonly code: string | undefined;
	readonly ip: string;
	/** The Host header. */
	readonly host: string | undefined;
}

/**
 * The first account becomes the administrator; later ones only where sign-up is open. Two first sign-ups at once make
 * one administrator: the lock lets the second see the first.
 * @throws Problem signup_closed, first_account_code_required, cross_site_request, email_taken, rate_limited
 */
export async function signUpUser(
	services: Pick<Services, "db" | "config" | "now" | "newId">,
	input: SignUp,
): Promise<User> {
	await countTry(services.db, { key: `sign-up:address:${input.ip}`, most: 50, windowSeconds: 3600 }, services.now());
	if (services.config.signup !== "open" && (await hasUsers(services.db))) throw closed();
	const passwordHash = await hashPassword(input.password);
	return services.db.transaction().execute(async (trx) => {
		await lockAccounts(trx);
		const first = !(await hasUsers(trx));
		if (first) await admitFirstAccount(trx, services, input);
		else if (services.config.signup !== "open") throw closed();
		const user = await insertUser(trx, services, {
			email: input.email,
			name: input.name,
			passwordHash,
			role: first ? "admin" : "user",
		});
		if (first) await dropFirstAccountCodes(trx);
		return user;
	});
}

function closed(): Problem {
	return new Problem("signup_closed", "This server takes no sign-ups.", {
		fix: "Ask its administrator to make an account for you, or to set KALENDS_SIGNUP=open.",
	});
}
