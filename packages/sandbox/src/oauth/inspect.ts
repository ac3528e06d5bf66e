import { GoogleError } from "../http/google-error.ts";
import { jsonAnswer, type WebAnswer, type WebRequest } from "../http/web.ts";
import type { JsonObject } from "../json.ts";
import type { Account } from "../world/account.ts";
import { accountOf, type World } from "../world/world.ts";
import { formOf } from "./form.ts";
import { bearerToken, liveAccessToken } from "./grants.ts";
import { oauthError } from "./oauth-error.ts";
import { canonicalScope } from "./scopes.ts";
import type { AccessToken } from "./state.ts";

/** What of an account its scopes let a client know; `openid` alone: the subject. */
export function profileOf(account: Account, scopes: readonly string[]): JsonObject {
	const [given, ...family] = account.name.split(" ");
	const email = scopes.includes(canonicalScope("email"))
		? { email: account.email, email_verified: true, hd: account.hostedDomain }
		: {};
	const name = scopes.includes(canonicalScope("profile"))
		? { name: account.name, given_name: given, family_name: family.length === 0 ? undefined : family.join(" ") }
		: {};
	return { sub: account.sub, ...name, ...email };
}

/** OpenID Connect Core §5.3; the older `/oauth2/v2/userinfo` calls the subject `id`. */
export function userInfo(world: World, request: WebRequest): WebAnswer {
	try {
		const token = bearerToken(world, request.header("authorization") ?? bearerOf(request));
		const account = accountOf(world, token.email);
		if (account === null) throw new GoogleError(401, "authError", "Invalid Credentials");
		const { sub, ...profile } = profileOf(account, token.scopes);
		if (request.url.pathname !== "/oauth2/v2/userinfo") return jsonAnswer(200, { sub, ...profile });
		const { email_verified: verified, ...rest } = profile;
		return jsonAnswer(200, { id: sub, ...rest, verified_email: verified });
	} catch (error) {
		if (!(error instanceof GoogleError)) throw error;
		return jsonAnswer(
			error.status,
			{ error: "invalid_request", error_description: error.message },
			{ "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
		);
	}
}

function bearerOf({ url }: WebRequest): string | null {
	const token = url.searchParams.get("access_token");
	return token === null ? null : `Bearer ${token}`;
}

/** What an access token is good for. */
export function tokenInfo(world: World, request: WebRequest): WebAnswer {
	const form = formOf(request);
	const bearer = /^Bearer +(\S+)\s*$/i.exec(request.header("authorization") ?? "")?.[1] ?? null;
	const text = form.get("access_token") ?? request.url.searchParams.get("access_token") ?? bearer;
	const token = text === null ? null : liveAccessToken(world, text);
	const account = token === null ? null : accountOf(world, token.email);
	if (token === null || account === null) {
		return text === null
			? oauthError(400, "invalid_request", "Required parameter is missing: access_token")
			: oauthError(400, "invalid_token", "Invalid Value");
	}
	return jsonAnswer(200, tokenFacts(world, token, account));
}

/** Numbers are texts there. */
function tokenFacts(world: World, token: AccessToken, account: Account): JsonObject {
	const { email, email_verified: verified } = profileOf(account, token.scopes);
	return {
		azp: token.clientId,
		aud: token.clientId,
		sub: account.sub,
		scope: token.scopes.join(" "),
		exp: String(Math.floor(token.expiresAt / 1000)),
		expires_in: String(Math.max(0, Math.floor((token.expiresAt - world.clock.now()) / 1000))),
		email,
		email_verified: verified === true ? "true" : undefined,
		access_type: "offline",
	};
}
