import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import type { Services } from "../services.ts";
import type { betterAuthFor } from "./better-auth.ts";

export const SESSION_SECONDS = 30 * 86_400;

/** The header in which our endpoints hand the client's address to better-auth; clients cannot send it there. */
export const CLIENT_ADDRESS_HEADER = "x-kalends-client";

type Auth = ReturnType<typeof betterAuthFor>;

const instances = new WeakMap<Services, Promise<Auth>>();

/** The one better-auth of these services: passwords, sessions and their cookie. Loaded and made when first needed. */
export function authOf(services: Services): Promise<Auth> {
	const made = instances.get(services) ?? make(services);
	instances.set(services, made);
	made.catch(() => instances.delete(services));
	return made;
}

async function make(services: Services): Promise<Auth> {
	const [{ betterAuthFor }, secret] = await Promise.all([import("./better-auth.ts"), cookieSecret(services)]);
	return betterAuthFor(services, secret);
}

/**
 * Begins a session of a user who has shown in another way than by a password who they are.
 * @param headers of the request, as better-auth reads them
 * @returns Set-Cookie
 */
export async function startSession(services: Services, userId: string, headers: Headers): Promise<readonly string[]> {
	const auth = await authOf(services);
	const answer = await auth.api.startSession({ body: { userId }, headers, returnHeaders: true });
	return answer.headers.getSetCookie();
}

/**
 * What better-auth signs its cookie with: random, one for the whole database, so that all nodes agree and no
 * restart or change of KALENDS_KEYS signs everybody out. It may lie in the clear: to use it one needs a session's
 * token too, of which the database has the hash only.
 */
async function cookieSecret(services: Pick<Services, "now"> & { readonly db: Kysely<Database> }): Promise<string> {
	const id = "vrf_cookie_secret";
	const now = new Date(services.now());
	await services.db
		.insertInto("verifications")
		.values({
			id,
			identifier: "cookie-secret",
			value: randomBytes(32).toString("base64url"),
			expires_at: new Date("9999-01-01T00:00:00Z"),
			created_at: now,
			updated_at: now,
		})
		.onConflict((conflict) => conflict.column("id").doNothing())
		.execute();
	const row = await services.db
		.selectFrom("verifications")
		.select("value")
		.where("id", "=", id)
		.executeTakeFirstOrThrow();
	return row.value;
}
