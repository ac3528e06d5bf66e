import type { ApiKeyScope } from "../db/schema.ts";
import type { Principal } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { notFound } from "../http/problem.ts";
import { isId } from "../ids.ts";
import type { Services } from "../services.ts";
import { isApiKey } from "./api-key-form.ts";
import { type DirectoryUser, type FoundKey, keyBySecret, sessionByToken, userById } from "./directory.ts";
import { sessionToken } from "./session-cookie.ts";

/** What a request says about who sends it. */
export interface Credentials {
	/** The Authorization header; when there is one the cookie does not count. */
	readonly authorization: string | undefined;
	/** The Cookie header. */
	readonly cookie: string | undefined;
	/** The Kalends-User header: the user that an admin key acts for. */
	readonly actFor: string | undefined;
	/** Whether a page of this server asks (Fetch Metadata), so that a person reads what is answered. */
	readonly fromPage?: boolean;
}

type Asking = Pick<Services, "db" | "now" | "config">;

const LAST_USED_EVERY_MS = 5 * 60_000;
const ALL_SCOPES: readonly ApiKeyScope[] = ["read", "write", "admin"];

/**
 * Looks the credentials up in the database, each time: a logout or ban holds from the next request on every node.
 * @throws Problem unauthenticated; forbidden or not_found for Kalends-User
 */
export async function authenticate(services: Asking, credentials: Credentials): Promise<Principal> {
	const { authorization, cookie, actFor, fromPage = false } = credentials;
	const principal =
		authorization === undefined ? await bySession(services, cookie, fromPage) : await byApiKey(services, authorization);
	return actFor === undefined || actFor === principal.userId ? principal : await actingFor(services, principal, actFor);
}

async function bySession(services: Asking, cookie: string | undefined, fromPage: boolean): Promise<Principal> {
	const token = sessionToken(cookie, services.config.url);
	if (token === null && fromPage) throw sessionOver();
	if (token === null) {
		throw new Problem("unauthenticated", "This needs an account, and the request does not say whose.", {
			fix: "Sign in, or send an API key as: Authorization: Bearer kal_…",
		});
	}
	const session = await sessionByToken(services.db, token, services.now());
	if (session === null || session.user.banned) {
		throw sessionOver();
	}
	return {
		userId: session.user.id,
		role: session.user.role,
		timeZone: session.user.timeZone,
		via: "session",
		scopes: effectiveScopes(ALL_SCOPES, session.user),
		sessionId: session.id,
		apiKeyId: null,
	};
}

function sessionOver(): Problem {
	return new Problem("unauthenticated", "The session has ended.", { fix: "Sign in again." });
}

async function byApiKey(services: Asking, authorization: string): Promise<Principal> {
	const [, key = ""] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
	if (!isApiKey(key)) {
		throw new Problem("unauthenticated", "The Authorization header does not hold an API key.", {
			fix: "Send it as: Authorization: Bearer kal_…",
		});
	}
	const now = services.now();
	const found = await keyBySecret(services.db, key, now);
	if (found === null || found.user.banned) {
		throw new Problem("unauthenticated", "The API key is not valid.", {
			fix: "Check that it was copied whole, or make a new one.",
		});
	}
	if (found.expiresAt !== null && found.expiresAt.getTime() <= now) {
		throw new Problem("unauthenticated", "The API key has expired.", { fix: "Make a new one." });
	}
	await noteUse(services, found, now);
	return {
		userId: found.user.id,
		role: found.user.role,
		timeZone: found.user.timeZone,
		via: "api_key",
		scopes: effectiveScopes(found.scopes, found.user),
		sessionId: null,
		apiKeyId: found.id,
	};
}

async function actingFor(services: Asking, admin: Principal, userId: string): Promise<Principal> {
	if (admin.via !== "api_key" || admin.role !== "admin" || !admin.scopes.includes("admin")) {
		throw new Problem("forbidden", "Only an administrator's API key with the scope admin may act for a user.", {
			fix: "Leave the header Kalends-User out, or use such a key.",
		});
	}
	const user = isId("usr", userId) ? await userById(services.db, userId, services.now()) : null;
	if (user === null) throw notFound("user");
	const { id, role, timeZone } = user;
	return { ...admin, userId: id, role, timeZone, scopes: effectiveScopes(admin.scopes, user) };
}

/** A key made by someone who was an administrator then loses that scope with the role. */
function effectiveScopes(scopes: readonly ApiKeyScope[], user: DirectoryUser): readonly ApiKeyScope[] {
	return user.role === "admin" ? scopes : scopes.filter((scope) => scope !== "admin");
}

/** At most one write each five minutes, however often the key is used. */
async function noteUse(services: Asking, key: FoundKey, now: number): Promise<void> {
	if (key.lastUsedAt !== null && now - key.lastUsedAt.getTime() < LAST_USED_EVERY_MS) return;
	await services.db
		.updateTable("api_keys")
		.set({ last_used_at: new Date(now) })
		.where("user_id", "=", key.user.id)
		.where("id", "=", key.id)
		.execute();
}
