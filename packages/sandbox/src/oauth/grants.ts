import type { GoogleError } from "../http/google-error.ts";
import { unauthorized } from "../http/google-error.ts";
import type { World } from "../world/world.ts";
import { type AccessToken, type AuthorizationCode, grantKey, type RefreshToken } from "./state.ts";

const MINUTE = 60_000;
const CODE_LIFE = 10 * MINUTE;
/** Of a client in testing mode. */
const TESTING_LIFE = 7 * 86_400_000;
/** Live refresh tokens of an account for a client; the oldest ones beyond are dropped in silence. */
const MOST_REFRESH_TOKENS = 100;

/** What a person has granted a client so far. */
export function grantedScopes(world: World, clientId: string, email: string): ReadonlySet<string> {
	return world.oauth.grants.get(grantKey(clientId, email))?.scopes ?? new Set();
}

/** Adds to what a person has granted a client. */
export function addToGrant(world: World, clientId: string, email: string, scopes: readonly string[]): void {
	const key = grantKey(clientId, email);
	const grant = world.oauth.grants.get(key) ?? { clientId, email, scopes: new Set<string>() };
	for (const scope of scopes) grant.scopes.add(scope);
	world.oauth.grants.set(key, grant);
}

export function issueCode(world: World, code: Omit<AuthorizationCode, "expiresAt">): string {
	const text = `4/0A${world.random.token(70)}`;
	world.oauth.codes.set(text, { ...code, expiresAt: world.clock.now() + CODE_LIFE });
	return text;
}

/** Takes a code, which is good once; null where it is not, or no longer. */
export function takeCode(world: World, text: string): AuthorizationCode | null {
	const code = world.oauth.codes.get(text);
	world.oauth.codes.delete(text);
	return code === undefined || code.expiresAt <= world.clock.now() ? null : code;
}

export function issueAccessToken(world: World, token: Omit<AccessToken, "expiresAt">): string {
	const { accessTokens, accessTokenLife } = world.oauth;
	const now = world.clock.now();
	for (const [old, { expiresAt }] of accessTokens) if (expiresAt < now - 60 * MINUTE) accessTokens.delete(old);
	const text = `ya29.a0${world.random.token(160)}`;
	accessTokens.set(text, { ...token, expiresAt: now + accessTokenLife * 1000 });
	return text;
}

export function issueRefreshToken(world: World, token: Omit<RefreshToken, "expiresAt" | "subtype">): string {
	const { refreshTokens, clients } = world.oauth;
	const mine = [...refreshTokens].filter(([, each]) => each.clientId === token.clientId && each.email === token.email);
	for (const [old] of mine.slice(0, Math.max(0, mine.length + 1 - MOST_REFRESH_TOKENS))) refreshTokens.delete(old);
	const testing = clients.get(token.clientId)?.testing === true;
	const text = `1//0${world.random.token(100)}`;
	const expiresAt = testing ? world.clock.now() + TESTING_LIFE : null;
	refreshTokens.set(text, { ...token, expiresAt, subtype: null });
	return text;
}

/** A refresh token that is good; null where it is not, or no longer. */
export function liveRefreshToken(world: World, text: string): RefreshToken | null {
	const token = world.oauth.refreshTokens.get(text);
	if (token === undefined) return null;
	return token.expiresAt !== null && token.expiresAt <= world.clock.now() ? null : token;
}

/** An access token that is good; null where it is not, or no longer. */
export function liveAccessToken(world: World, text: string): AccessToken | null {
	const token = world.oauth.accessTokens.get(text);
	return token === undefined || token.expiresAt <= world.clock.now() ? null : token;
}

/**
 * The token of a request: `Authorization: Bearer …`.
 *
 * @throws GoogleError 401, as Google says it without a token and with a bad one
 */
export function bearerToken(world: World, authorization: string | null): AccessToken {
	const text = /^Bearer +(\S+)\s*$/i.exec(authorization ?? "")?.[1];
	if (text === undefined) throw missingToken();
	const token = liveAccessToken(world, text);
	if (token === null) throw unauthorized("Invalid Credentials", "authError");
	return token;
}

function missingToken(): GoogleError {
	const message =
		"Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";
	return unauthorized(message, "required");
}

/** Ends what a person granted a client, with every token that came of it. Channels go on until they end. */
export function revokeGrant(world: World, clientId: string, email: string): void {
	const { grants, codes, accessTokens, refreshTokens } = world.oauth;
	grants.delete(grantKey(clientId, email));
	for (const kept of [codes, accessTokens, refreshTokens]) {
		for (const [text, token] of kept) if (token.clientId === clientId && token.email === email) kept.delete(text);
	}
}
