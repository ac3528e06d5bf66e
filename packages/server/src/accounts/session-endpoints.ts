import { z } from "zod";
import { feedBounds } from "../changes/read-feed.ts";
import { type EndpointReply, endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import type { Services } from "../services.ts";
import { authOf, CLIENT_ADDRESS_HEADER } from "./auth.ts";
import { normalEmail, sessionByToken } from "./directory.ts";
import { countTry, forgetAllTries, forgetTry } from "./rate-limit.ts";
import { emailField, passwordField, personNameField, UserSchema, userToWire } from "./schemas.ts";
import { secretHashText } from "./secret-hash.ts";
import { sessionToken } from "./session-cookie.ts";
import { signUpUser } from "./sign-up.ts";
import { getUser } from "./users.ts";

/** Paths and fields as better-auth has them, so that its client works; the cookie and passwords are its work too. */

const SESSION_SCHEMA = z.object({ user: UserSchema }).meta({ id: "SignedIn" });
const TRIES = { account: 10, address: 100, windowSeconds: 15 * 60 };

export type Headers_ = Readonly<Record<string, string | string[] | undefined>>;

export const signUp = endpoint({
	method: "POST",
	path: "/api/auth/sign-up/email",
	operationId: "signUp",
	summary: "Make an account and sign in",
	description: "The first account becomes the administrator. Later ones only where KALENDS_SIGNUP is open.",
	tag: "sessions",
	access: { kind: "public" },
	body: z.strictObject({
		email: emailField,
		password: passwordField,
		name: personNameField.optional(),
		code: z.string().max(64).optional().describe("The one-time code of the first account."),
	}),
	responses: { 200: SESSION_SCHEMA },
	async handle({ services, body, headers, ip }) {
		const { host } = headers;
		const asked = { ip, host: typeof host === "string" ? host : undefined };
		await signUpUser(services, { ...body, ...asked, name: body.name, code: body.code });
		return signInUser(services, body, headers, ip);
	},
});

export const signIn = endpoint({
	method: "POST",
	path: "/api/auth/sign-in/email",
	operationId: "signIn",
	summary: "Sign in",
	description:
		"Sets the session cookie. After ten wrong tries for an account it takes no more for a quarter of an hour.",
	tag: "sessions",
	access: { kind: "public" },
	body: z.strictObject({
		email: z.string().min(1).max(254),
		password: z.string().min(1).max(1024),
		rememberMe: z.boolean().optional().describe("False: until the browser is closed, one day at the most."),
	}),
	responses: { 200: SESSION_SCHEMA },
	async handle({ services, body, headers, ip }) {
		const account = `sign-in:account:${secretHashText(normalEmail(body.email))}`;
		const address = `sign-in:address:${ip}`;
		const { windowSeconds } = TRIES;
		await countTry(services.db, { key: account, most: TRIES.account, windowSeconds }, services.now());
		await countTry(services.db, { key: address, most: TRIES.address, windowSeconds }, services.now());
		const answer = await signInUser(services, body, headers, ip);
		await forgetAllTries(services.db, account);
		await forgetTry(services.db, address);
		return answer;
	},
});

export const signOut = endpoint({
	method: "POST",
	path: "/api/auth/sign-out",
	operationId: "signOut",
	summary: "Sign out",
	description: "Ends the session on every node at once.",
	tag: "sessions",
	access: { kind: "public", endsSession: true },
	responses: { 200: z.object({ success: z.literal(true) }) },
	async handle({ services, headers, ip }) {
		const auth = await authOf(services);
		const { headers: set } = await auth.api.signOut({ headers: handOn(headers, ip), returnHeaders: true });
		return { status: 200, body: { success: true }, headers: { "set-cookie": set.getSetCookie() } };
	},
});

export const getSession = endpoint({
	method: "GET",
	path: "/api/auth/get-session",
	operationId: "getSession",
	summary: "Who is signed in",
	description: "Null when nobody is.",
	tag: "sessions",
	access: { kind: "public" },
	responses: {
		200: z
			.object({
				session: z.object({ id: z.string(), expiresAt: z.string() }),
				user: UserSchema,
				last_seq: z
					.int()
					.describe(
						"The newest number of your change feed: what you read next and the changes after it leave nothing out.",
					),
			})
			.nullable(),
	},
	async handle({ services, headers }) {
		const cookie = Array.isArray(headers.cookie) ? headers.cookie.join("; ") : headers.cookie;
		const token = sessionToken(cookie, services.config.url);
		const session = token === null ? null : await sessionByToken(services.db, token, services.now());
		if (session === null || session.user.banned) return { status: 200, body: null };
		const [user, { lastSeq }] = await Promise.all([
			getUser(services.db, session.user.id),
			feedBounds(services.db, session.user.id),
		]);
		return {
			status: 200,
			body: {
				session: { id: session.id, expiresAt: session.expiresAt.toISOString() },
				user: userToWire(user),
				last_seq: lastSeq,
			},
		};
	},
});

export const changePassword = endpoint({
	method: "POST",
	path: "/api/auth/change-password",
	operationId: "changePassword",
	summary: "Change your password",
	description: "Needs a session, not a key. Ends all other sessions unless told otherwise.",
	tag: "sessions",
	access: { kind: "user", scope: "write" },
	body: z.strictObject({
		currentPassword: z.string().min(1).max(1024),
		newPassword: passwordField,
		revokeOtherSessions: z.boolean().default(true),
	}),
	responses: { 200: SESSION_SCHEMA },
	async handle({ services, principal, body, headers, ip }) {
		if (principal.via !== "session") {
			throw new Problem("forbidden", "A password is changed by who is signed in, not by an API key.", {
				fix: "Sign in and change it there; administrators use PATCH /v1/users/{id}.",
			});
		}
		const key = `change-password:${principal.userId}`;
		await countTry(services.db, { key, most: TRIES.account, windowSeconds: TRIES.windowSeconds }, services.now());
		const auth = await authOf(services);
		const set = await refusing(async () => {
			const answer = await auth.api.changePassword({ body, headers: handOn(headers, ip), returnHeaders: true });
			return answer.headers.getSetCookie();
		});
		await forgetAllTries(services.db, key);
		const user = await getUser(services.db, principal.userId);
		return { status: 200, body: { user: userToWire(user) }, headers: { "set-cookie": set } };
	},
});

async function signInUser(
	services: Services,
	body: { readonly email: string; readonly password: string; readonly rememberMe?: boolean | undefined },
	headers: Headers_,
	ip: string,
): Promise<EndpointReply> {
	const auth = await authOf(services);
	const { email, password, rememberMe } = body;
	const { headers: set, response } = await refusing(() =>
		auth.api.signInEmail({
			body: { email: normalEmail(email), password, rememberMe: rememberMe ?? true },
			headers: handOn(headers, ip),
			returnHeaders: true,
		}),
	);
	const user = await getUser(services.db, response.user.id);
	return { status: 200, body: { user: userToWire(user) }, headers: { "set-cookie": set.getSetCookie() } };
}

/** better-auth's refusals, as problems of ours. */
export async function refusing<T>(call: () => Promise<T>): Promise<T> {
	try {
		return await call();
	} catch (error) {
		const { isAPIError } = await import("better-auth/api");
		if (!isAPIError(error)) throw error;
		switch (error.body?.code) {
			case "BANNED_USER":
				throw new Problem("account_banned", "This account is banned.", { fix: "Ask an administrator of this server." });
			case "INVALID_EMAIL_OR_PASSWORD":
			case "INVALID_EMAIL":
				throw new Problem("invalid_credentials", "The e-mail address or the password is wrong.", {
					fix: "Check both. Administrators can set a new password.",
				});
			case "INVALID_PASSWORD":
				throw new Problem("invalid_request", "The current password is wrong.", {
					errors: [{ field: "currentPassword", detail: "is wrong" }],
				});
			default:
				throw error;
		}
	}
}

/** Only what better-auth needs to see of a request. */
export function handOn(headers: Headers_, ip: string): Headers {
	const handed = new Headers({ [CLIENT_ADDRESS_HEADER]: ip });
	for (const name of ["cookie", "user-agent"]) {
		const value = headers[name];
		if (typeof value === "string") handed.set(name, value.slice(0, 4096));
	}
	return handed;
}
