import { kyselyAdapter } from "@better-auth/kysely-adapter";
import { type BetterAuthOptions, betterAuth } from "better-auth";
import { APIError, createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import { z } from "zod";
import type { IdPrefix } from "../ids.ts";
import type { Services } from "../services.ts";
import { CLIENT_ADDRESS_HEADER, SESSION_SECONDS } from "./auth.ts";
import { userById } from "./directory.ts";
import { withHashedTokens } from "./hashed-sessions.ts";
import { hashPassword, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, verifyPassword } from "./password.ts";
import { cookieName, sessionCookieName } from "./session-cookie.ts";

/** @param secret what its cookie is signed with */
export function betterAuthFor(services: Services, secret: string) {
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
