import { createHash } from "node:crypto";
import { jsonAnswer, type WebAnswer, type WebRequest } from "../http/web.ts";
import type { JsonObject } from "../json.ts";
import type { ClientOptions } from "../options.ts";
import { accountOf, type World } from "../world/world.ts";
import { formOf } from "./form.ts";
import { issueAccessToken, issueRefreshToken, liveRefreshToken, takeCode } from "./grants.ts";
import { profileOf } from "./inspect.ts";
import { oauthError } from "./oauth-error.ts";
import { accessTokenHash, signJwt } from "./signing.ts";
import type { AuthorizationCode } from "./state.ts";

/** https://developers.google.com/identity/protocols/oauth2/web-server: exchanging a code, refreshing. */
export function tokenEndpoint(world: World, request: WebRequest): WebAnswer {
	const form = formOf(request);
	const type = form.get("grant_type");
	if (type === null || type === "") {
		return oauthError(400, "invalid_request", "Required parameter is missing: grant_type");
	}
	if (type !== "authorization_code" && type !== "refresh_token") {
		return oauthError(400, "unsupported_grant_type", `Invalid grant_type: ${type}`);
	}
	const client = authenticate(world, request, form);
	if ("status" in client) return client;
	return type === "refresh_token" ? refresh(world, form, client) : exchange(world, form, client);
}

/** The client by its secret, in the body or by HTTP Basic; else the answer that refuses it. */
function authenticate(world: World, request: WebRequest, form: URLSearchParams): ClientOptions | WebAnswer {
	const basic = /^Basic +(\S+)\s*$/i.exec(request.header("authorization") ?? "")?.[1];
	const [id, secret] = basic === undefined ? [form.get("client_id"), form.get("client_secret")] : basicPair(basic);
	if (id === null || id === "")
		return oauthError(400, "invalid_request", "Could not determine client ID from request.");
	const client = world.oauth.clients.get(id);
	if (client === undefined) return oauthError(401, "invalid_client", "The OAuth client was not found.");
	if (secret === null || secret === "") return oauthError(400, "invalid_request", "client_secret is missing.");
	// A sandbox keeps no secrets that timing could tell.
	return client.clientSecret === secret ? client : oauthError(401, "invalid_client", "Unauthorized");
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function basicPair(encoded: string): [string | null, string | null] {
	const [id = "", ...rest] = Buffer.from(encoded, "base64").toString().split(":");
	const decode = (text: string): string | null => new URLSearchParams(`v=${text}`).get("v");
	return [decode(id), decode(rest.join(":"))];
}

function exchange(world: World, form: URLSearchParams, client: ClientOptions): WebAnswer {
	const text = form.get("code");
	if (text === null || text === "") return oauthError(400, "invalid_request", "Missing required parameter: code");
	const code = takeCode(world, text);
	if (code === null) return oauthError(400, "invalid_grant", "Bad Request");
	if (code.clientId !== client.clientId) return oauthError(400, "invalid_grant", "Bad Request");
	if (form.get("redirect_uri") !== code.redirectUri) return oauthError(400, "redirect_uri_mismatch", "Bad Request");
	const wrong = verifierFault(code, form.get("code_verifier"));
	if (wrong !== null) return oauthError(400, "invalid_grant", wrong);
	const { email, scopes } = code;
	const refreshToken = code.offline
		? issueRefreshToken(world, { clientId: client.clientId, email, scopes: code.scopes })
		: null;
	return tokens(world, client, { email, scopes, nonce: code.nonce, refreshToken });
}

/** RFC 7636 §4.6; null: there is no fault. */
function verifierFault({ challenge }: AuthorizationCode, verifier: string | null): string | null {
	if (challenge === null) return verifier === null ? null : "code_verifier or verifier is not needed.";
	if (verifier === null || verifier === "") return "Missing code verifier.";
	const made = challenge.method === "plain" ? verifier : createHash("sha256").update(verifier).digest("base64url");
	return made === challenge.value ? null : "Invalid code verifier.";
}

function refresh(world: World, form: URLSearchParams, client: ClientOptions): WebAnswer {
	const text = form.get("refresh_token");
	if (text === null || text === "")
		return oauthError(400, "invalid_request", "Missing required parameter: refresh_token");
	const token = liveRefreshToken(world, text);
	if (token === null) return oauthError(400, "invalid_grant", "Token has been expired or revoked.");
	if (token.clientId !== client.clientId) return oauthError(401, "unauthorized_client", "Unauthorized");
	if (token.subtype !== null) {
		return oauthError(400, "invalid_grant", "reauth related error (invalid_rapt)", { error_subtype: token.subtype });
	}
	const asked =
		form
			.get("scope")
			?.split(" ")
			.filter((scope) => scope !== "") ?? [];
	if (asked.some((scope) => !token.scopes.includes(scope))) {
		return oauthError(400, "invalid_scope", "Some requested scopes were invalid.");
	}
	const scopes = asked.length === 0 ? token.scopes : asked;
	return tokens(world, client, { email: token.email, scopes, nonce: null, refreshToken: null });
}

interface Issued {
	readonly email: string;
	readonly scopes: readonly string[];
	readonly nonce: string | null;
	readonly refreshToken: string | null;
}

function tokens(world: World, client: ClientOptions, { email, scopes, nonce, refreshToken }: Issued): WebAnswer {
	const { clientId } = client;
	const accessToken = issueAccessToken(world, { clientId, email, scopes });
	const refreshExpiry = refreshToken === null ? null : world.oauth.refreshTokens.get(refreshToken)?.expiresAt;
	return jsonAnswer(200, {
		access_token: accessToken,
		expires_in: world.oauth.accessTokenLife,
		refresh_token: refreshToken ?? undefined,
		refresh_token_expires_in:
			typeof refreshExpiry === "number" ? Math.round((refreshExpiry - world.clock.now()) / 1000) : undefined,
		scope: scopes.join(" "),
		token_type: "Bearer",
		id_token: scopes.includes("openid") ? idToken(world, clientId, { email, scopes, nonce, accessToken }) : undefined,
	});
}

const ID_TOKEN_LIFE = 3600;

/** OpenID Connect Core §2, §3.1.3.6. */
function idToken(
	world: World,
	clientId: string,
	told: Pick<Issued, "email" | "scopes" | "nonce"> & { readonly accessToken: string },
): string | undefined {
	const account = accountOf(world, told.email);
	if (account === null) return undefined;
	const issuedAt = Math.floor(world.clock.now() / 1000);
	const claims: JsonObject = {
		iss: world.origin(),
		azp: clientId,
		aud: clientId,
		...profileOf(account, told.scopes),
		at_hash: accessTokenHash(told.accessToken),
		nonce: told.nonce ?? undefined,
		iat: issuedAt,
		exp: issuedAt + ID_TOKEN_LIFE,
	};
	return signJwt(world.oauth.key, claims);
}
