import { randomBytes } from "node:crypto";
import { kyselyAdapter } from "@better-auth/kysely-adapter";
import { type BetterAuthOptions, betterAuth } from "better-auth";
import { APIError, createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import type { Kysely } from "kysely";
import { z } from "zod";
import type { Database } from "../db/schema.ts";
import type { IdPrefix } from "../ids.ts";
import type { Services } from "../services.ts";
import { userById } from "./directory.ts";
import { withHashedTokens } from "./hashed-sessions.ts";
import { hashPassword, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, verifyPassword } from "./password.ts";
import { cookieName, sessionCookieName } from "./session-cookie.ts";

export const SESSION_SECONDS = 30 * 86_400;

/** The header in which our endpoints hand the client's address to better-auth; clients cannot send it there. */
export const CLIENT_ADDRESS_HEADER = "x-kalends-client";

type Auth = ReturnType<typeof betterAuthFor>;

const instances = new WeakMap<Services, Promise<Auth>>();

/** The one better-auth of these services: passwords, sessions and their cookie. Made when first needed. */
export function authOf(services: Services): Promise<Auth> {
	const made = instances.get(services) ?? cookieSecret(services).then((secret) => betterAuthFor(services, secret));
	instances.set(services, made);
	made.catch(() => instances.delete(services));
	return made;
}

function betterAuthFor(services: Services, secret: string) {
	const secure = services.config.url.protocol === "https:";
	const options = {
		appName: "Kalends",
		baseURL: services.config.url.origin,
		basePath: "/api/auth",
		secret,
		telemetry: { enabled: false },
		logger: { level: "error", log: (level, message) => services.log[level]({ module: "better-auth" }, message) },
		database: (given: BetterAuthOptions) =>
			withHashedTokens(kyselyAdapter(services.db, { type: "postgres", transaction: true })(given)),
		user: {
			modelName: "users",
			fields: { emailVerified: "email_verified", createdAt: "created_at", updatedAt: "updated_at" },
		},
		session: {
			modelName: "sessions",
			fields: {
				userId: "user_id",
				expiresAt: "expires_at",
				ipAddress: "ip_address",
				userAgent: "user_agent",
				createdAt: "created_at",
				updatedAt: "updated_at",
			},
			expiresIn: SESSION_SECONDS,
			disableSessionRefresh: true,
			cookieCache: { enabled: false },
		},
		account: {
			modelName: "accounts",
			fields: {
				userId: "user_id",
				accountId: "account_id",
				providerId: "provider_id",
				accessToken: "access_token",
				refreshToken: "refresh_token",
				idToken: "id_token",
				accessTokenExpiresAt: "access_token_expires_at",
				refreshTokenExpiresAt: "refresh_token_expires_at",
				createdAt: "created_at",
				updatedAt: "updated_at",
			},
		},
		verification: {
			modelName: "verifications",
			fields: { expiresAt: "expires_at", createdAt: "created_at", updatedAt: "updated_at" },
		},
		emailAndPassword: {
			enabled: true,
			// People are made by users.ts alone.
			disableSignUp: true,
			minPasswordLength: MIN_PASSWORD_LENGTH,
			maxPasswordLength: MAX_PASSWORD_LENGTH,
			password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(hash, password) },
		},
		plugins: [{ id: "kalends", endpoints: { startSession: startSessionEndpoint } }],
		// Ours are in the database (rate-limit.ts); these would be in memory.
		rateLimit: { enabled: false },
		advanced: {
			// No prefix of better-auth's: ours is part of the name.
			useSecureCookies: false,
			cookiePrefix: "kalends",
			defaultCookieAttributes: { secure },
			cookies: {
				session_token: {
					name: sessionCookieName(services.config.url),
					attributes: { secure, httpOnly: true, sameSite: "lax", path: "/" },
				},
				...otherCookies(services.config.url),
			},
			ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
			database: { generateId: ({ model }) => services.newId(PREFIXES[model] ?? "vrf") },
		},
		databaseHooks: {
			session: {
				create: {
					before: async (session) => {
						const now = services.now();
						const user = await userById(services.db, session.userId, now);
						if (user === null || user.banned) throw new APIError("FORBIDDEN", { code: "BANNED_USER" });
						// better-auth reads the system's clock, sessions are judged by ours.
						const seconds = Math.round((session.expiresAt.getTime() - session.createdAt.getTime()) / 1000);
						const at = new Date(now);
						const expiresAt = new Date(now + seconds * 1000);
						return { data: { ...session, createdAt: at, updatedAt: at, expiresAt } };
					},
				},
			},
		},
	} satisfies BetterAuthOptions;
	return betterAuth(options);
}

/** Not reachable from outside: whoever calls it knows already who it is. */
const startSessionEndpoint = createAuthEndpoint(
	"/kalends/start-session",
	{ method: "POST", body: z.object({ userId: z.string() }) },
	async (context) => {
		const { internalAdapter } = context.context;
		const user = await internalAdapter.findUserById(context.body.userId);
		if (user === null) throw new APIError("NOT_FOUND");
		const session = await internalAdapter.createSession(user.id);
		await setSessionCookie(context, { session, user });
		return context.json({ started: true });
	},
);

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

function otherCookies(url: URL) {
	return Object.fromEntries(["session_data", "dont_remember"].map((name) => [name, { name: cookieName(url, name) }]));
}

const PREFIXES: Readonly<Record<string, IdPrefix>> = {
	user: "usr",
	users: "usr",
	session: "ses",
	sessions: "ses",
	account: "acc",
	accounts: "acc",
};

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
