import type { ProviderId } from "@kalends/providers";
import {
	allowInsecureRequests,
	authorizationCodeGrant,
	buildAuthorizationUrl,
	ClientSecretPost,
	Configuration,
	calculatePKCECodeChallenge,
	clockSkew,
	clockTolerance,
	customFetch,
	fetchProtectedResource,
	refreshTokenGrant,
	type ServerMetadata,
	type TokenEndpointResponse,
	type TokenEndpointResponseHelpers,
	tokenRevocation,
} from "openid-client";
import type { OAuthSettings } from "../config-oauth.ts";
import { type EgressFetchOptions, egressFetch } from "./egress-fetch.ts";
import { type AnswerFacts, OAuthFailure, oauthFailure } from "./failure.ts";
import { CLOCK_TOLERANCE, saysWhose } from "./id-token.ts";
import { oauthSettings } from "./registry.ts";
import { type Asking, type Endpoint, isTrusted, oauthServer } from "./server.ts";

export interface TokenSet {
	readonly accessToken: string;
	/** Null where none came with this answer. */
	readonly refreshToken: string | null;
	/** Seconds for which the access token is good; null where the provider does not say. */
	readonly expiresIn: number | null;
	/** Null where the answer does not say: as requested (RFC 6749 §5.1). */
	readonly scopes: readonly string[] | null;
}

/** Whose account it is. Accounts are told apart by `issuer` and `subject` alone. */
export interface Identity {
	readonly issuer: string;
	readonly subject: string;
	readonly email: string | null;
	readonly name: string | null;
}

export interface AuthorizationRequest {
	readonly redirectUri: string;
	readonly scopes: readonly string[];
	readonly state: string;
	readonly verifier: string;
	readonly nonce: string;
	/** The account to begin with, where it is known (OpenID Connect Core §3.1.2.1). */
	readonly loginHint?: string | undefined;
	/** The provider's own parameters. */
	readonly parameters: Readonly<Record<string, string>>;
}

/** Where the browser is sent to (RFC 6749 §4.1.1, RFC 7636). */
export async function authorizationUrl(
	services: Asking,
	provider: ProviderId,
	request: AuthorizationRequest,
): Promise<URL> {
	const { configuration } = await open(services, provider, ["authorization"]);
	return buildAuthorizationUrl(configuration, {
		...request.parameters,
		redirect_uri: request.redirectUri,
		scope: request.scopes.join(" "),
		state: request.state,
		nonce: request.nonce,
		...(request.loginHint === undefined ? {} : { login_hint: request.loginHint }),
		code_challenge: await calculatePKCECodeChallenge(request.verifier),
		code_challenge_method: "S256",
	});
}

/** What `iss` of an authorization response must be (RFC 9207). */
export async function expectedIssuer(services: Asking, provider: ProviderId): Promise<string> {
	const { server } = await open(services, provider, ["token"]);
	return server.issuer;
}

export interface CodeExchange {
	/** The redirect URI with the parameters that came back. */
	readonly answer: URL;
	readonly state: string;
	readonly verifier: string;
	readonly nonce: string;
}

/**
 * One call of the token endpoint, and, where the ID token does not tell, one of the userinfo endpoint.
 * @throws OAuthFailure
 */
export async function exchangeCode(
	services: Asking,
	provider: ProviderId,
	{ answer, state, verifier, nonce }: CodeExchange,
): Promise<{ readonly tokens: TokenSet; readonly identity: Identity }> {
	const checks: { expectedState: string; pkceCodeVerifier: string; expectedNonce?: string } = {
		expectedState: state,
		pkceCodeVerifier: verifier,
	};
	const call = await open(services, provider, ["token"], {
		rewrite: (body, server) => {
			const { id_token: idToken, ...rest } = typed(body);
			if (idToken === undefined) return rest;
			const { id: clientId } = registered(services, provider).client;
			if (!saysWhose(idToken, { server, clientId, nonce, nowSeconds: services.now() / 1000 })) return rest;
			// openid-client reads this after the answer has come.
			checks.expectedNonce = nonce;
			return { ...rest, id_token: idToken };
		},
	});
	const granted = await call.perform(() => authorizationCodeGrant(call.configuration, answer, checks));
	const claims = granted.claims();
	const tokens = tokenSet(granted);
	const issuer = call.server.issuer;
	if (claims !== undefined) {
		const identity = { issuer, subject: claims.sub, email: textOf(claims.email), name: textOf(claims.name) };
		if (identity.email !== null || !(await tellsWhose(services, provider))) return { tokens, identity };
	}
	const told = await userInfo(services, provider, tokens.accessToken);
	if (claims !== undefined && told.subject !== claims.sub) {
		throw new OAuthFailure("malformed", "the userinfo endpoint tells of another account than the ID token");
	}
	return { tokens, identity: { issuer, ...told } };
}

/** @throws OAuthFailure `grant_refused` where the consent has ended */
export async function refreshTokens(services: Asking, provider: ProviderId, refreshToken: string): Promise<TokenSet> {
	const call = await open(services, provider, ["token"], {
		// It says nothing that is needed here.
		rewrite: ({ id_token: _, ...rest }) => typed(rest),
	});
	return tokenSet(await call.perform(() => refreshTokenGrant(call.configuration, refreshToken)));
}

/**
 * RFC 7009. A token that is not valid (any more) counts as revoked; so does one of a provider that revokes none.
 * @throws OAuthFailure
 */
export async function revokeToken(
	services: Asking,
	provider: ProviderId,
	token: string,
	signal: AbortSignal,
): Promise<void> {
	const call = await open(services, provider, ["revocation"], { signal });
	if (call.server.revocation_endpoint === undefined) return;
	try {
		await call.perform(() => tokenRevocation(call.configuration, token));
	} catch (error) {
		// Google answers 400 `invalid_token` for one that is revoked already.
		if (!(error instanceof OAuthFailure) || error.kind !== "refused") throw error;
	}
}

/** RFC 6749 §5.1 wants the type said; who leaves it out means the only one that there is. */
function typed(body: Record<string, unknown>): Record<string, unknown> {
	return body.access_token === undefined ? body : { token_type: "Bearer", ...body };
}

async function tellsWhose(services: Asking, provider: ProviderId): Promise<boolean> {
	const { server } = await open(services, provider, ["userinfo"]);
	return server.userinfo_endpoint !== undefined;
}

/** OpenID Connect Core §5.3; Google's older endpoint calls the subject `id`. */
async function userInfo(
	services: Asking,
	provider: ProviderId,
	accessToken: string,
): Promise<Omit<Identity, "issuer">> {
	const call = await open(services, provider, ["userinfo"]);
	const address = call.server.userinfo_endpoint;
	if (address === undefined) throw new OAuthFailure("malformed", "the provider does not say whose account it is");
	const url = new URL(address);
	const body: unknown = await call.perform(async () => {
		const answer = await fetchProtectedResource(call.configuration, accessToken, url, "GET");
		if (!answer.ok)
			throw new OAuthFailure("refused", `${url.host} does not say whose account it is (${answer.status})`);
		return answer.json().catch(() => null);
	});
	const { sub, id, email, name } = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
	const subject = textOf(sub) ?? textOf(id);
	if (subject === null) throw new OAuthFailure("malformed", `${url.host} does not say whose account it is`);
	return { subject, email: textOf(email), name: textOf(name) };
}

interface Call {
	readonly server: ServerMetadata;
	readonly configuration: Configuration;
	/** @throws OAuthFailure in place of what openid-client throws */
	perform<T>(exchange: () => Promise<T>): Promise<T>;
}

interface CallOptions extends Pick<EgressFetchOptions, "signal"> {
	readonly rewrite?: (body: Record<string, unknown>, server: ServerMetadata) => Record<string, unknown>;
}

/** One configuration for each exchange: what is seen of its answers is nobody else's. */
async function open(
	services: Asking,
	provider: ProviderId,
	needed: readonly Endpoint[],
	{ rewrite, signal }: CallOptions = {},
): Promise<Call> {
	const { settings, client } = registered(services, provider);
	const server = await oauthServer(services, settings, needed);
	let facts: AnswerFacts = { host: settings.issuer.host, status: null, retryAfter: undefined };
	const configuration = new Configuration(
		server,
		client.id,
		{
			[clockSkew]: Math.round((services.now() - Date.now()) / 1000),
			[clockTolerance]: CLOCK_TOLERANCE,
		},
		ClientSecretPost(client.secret),
	);
	configuration[customFetch] = egressFetch(services.http, {
		trusted: isTrusted(settings),
		now: services.now,
		signal,
		observe: (seen) => {
			facts = seen;
		},
		...(rewrite === undefined ? {} : { rewrite: (body) => rewrite(body, server) }),
	});
	allowInsecureRequests(configuration);
	const perform = async <T>(exchange: () => Promise<T>): Promise<T> => {
		try {
			return await exchange();
		} catch (error) {
			throw oauthFailure(error, facts);
		}
	};
	return { server, configuration, perform };
}

function registered(services: Asking, provider: ProviderId) {
	const settings: OAuthSettings | null = oauthSettings(services.config, provider);
	const client = settings?.client ?? null;
	if (settings === null || client === null) {
		throw new OAuthFailure("client_refused", `no OAuth client is configured for ${provider}`);
	}
	return { settings, client };
}

function tokenSet(granted: TokenEndpointResponse & Partial<TokenEndpointResponseHelpers>): TokenSet {
	return {
		accessToken: granted.access_token,
		refreshToken: textOf(granted.refresh_token),
		expiresIn: granted.expires_in ?? null,
		scopes: granted.scope === undefined ? null : granted.scope.split(" ").filter((scope) => scope !== ""),
	};
}

function textOf(value: unknown): string | null {
	return typeof value === "string" && value !== "" ? value : null;
}
