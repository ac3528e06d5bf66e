import type { AccessTokens, Discovered, OAuthConsent, ProviderId } from "@kalends/providers";
import { ProviderFailure } from "@kalends/providers";
import { sessionByToken } from "../accounts/directory.ts";
import { sessionToken } from "../accounts/session-cookie.ts";
import { withinBudget } from "../budgets/budgeted-transport.ts";
import { providerOf } from "../connections/discover.ts";
import type { Consent } from "../db/schema.ts";
import { Problem } from "../http/errors.ts";
import type { Services } from "../services.ts";
import { consentOf } from "./begin.ts";
import { exchangeCode, expectedIssuer, type Identity, type TokenSet } from "./client.ts";
import { type ConsentScene, failedConnect, failedExchange, refusedConsent } from "./consent-problems.ts";
import { type NewReturn, storeReturn } from "./consent-returns.ts";
import { OAuthFailure } from "./failure.ts";
import { clearFlowCookie } from "./flow-cookie.ts";
import { type ReturnedFlow, takeFlow } from "./flows.ts";
import { giveBack } from "./give-back.ts";
import { EndedConsent } from "./pages.ts";
import { redirectUri } from "./redirect-uris.ts";
import type { CallbackPath } from "./registry.ts";
import { requireSameAccount } from "./renewed-connection.ts";
import { allowedScopes, assessGrant, requestedScopes } from "./scopes.ts";
import { signInAs, userOfAccount, type Visitor } from "./sign-in.ts";
import { accountIdentity, storeConnection } from "./store-connection.ts";

/** What the provider sends the browser back with (RFC 6749 §4.1.2, RFC 9207). */
export interface CallbackQuery {
	readonly state?: string | undefined;
	readonly code?: string | undefined;
	readonly error?: string | undefined;
	readonly iss?: string | undefined;
}

export interface CallbackRequest extends Visitor {
	readonly provider: ProviderId;
	readonly callback: CallbackPath;
	readonly query: CallbackQuery;
	readonly signal: AbortSignal;
}

export interface FinishedConsent {
	readonly userId: string;
	readonly connectionId: string;
	/** The account's address, as the provider tells it. */
	readonly account: string;
	readonly created: boolean;
	readonly consent: Consent;
	/** Vetted; null: none was asked for. */
	readonly returnTo: string | null;
	/** Set-Cookie: the flow's is taken back, and, where this was a sign-in, the session's is set. */
	readonly cookies: readonly string[];
}

/**
 * Ends a consent: whose browser it is comes before everything else; only then is the code exchanged, once, and the
 * account stored.
 * @throws Problem that says what happened and what to do; EndedConsent, with where to go on, for `pageForBrowsers`
 */
export async function finishConsent(services: Services, request: CallbackRequest): Promise<FinishedConsent> {
	const returned = await returnedFlow(services, request);
	try {
		return await finish(services, request, returned);
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		const { return_to: returnTo } = returned.flow;
		const ended = error.withCookies([clearFlowCookie(services.config.url, returned.state)]);
		throw returnTo === null ? ended : new EndedConsent(ended, returnTo);
	}
}

async function finish(services: Services, request: CallbackRequest, returned: ReturnedFlow): Promise<FinishedConsent> {
	const { provider, callback, query } = request;
	const { flow } = returned;
	const scene: ConsentScene = { provider, redirectUri: redirectUri(services.config, callback) };
	const consent = consentOf(services, provider);
	const { tokens, identity } = await told(services, scene, async () => {
		await requireIssuer(services, provider, query.iss);
		if (query.error !== undefined) throw refusedConsent(query.error, scene);
		const answer = new URL(scene.redirectUri);
		for (const [name, value] of Object.entries(query)) if (value !== undefined) answer.searchParams.set(name, value);
		if (query.code === undefined) throw refusedConsent("", scene);
		return exchangeCode(services, provider, { answer, ...returned });
	});
	try {
		return await keep(services, request, returned, { consent, tokens, identity });
	} catch (error) {
		await returnUnkept(services, { userId: flow.user_id ?? "", provider, identity, tokens });
		throw error;
	}
}

interface Granted {
	readonly consent: OAuthConsent;
	readonly tokens: TokenSet;
	readonly identity: Identity;
}

async function keep(
	services: Services,
	request: CallbackRequest,
	{ flow, state }: ReturnedFlow,
	{ consent, tokens, identity }: Granted,
): Promise<FinishedConsent> {
	const { provider } = request;
	await requireSameAccount(services.db, flow, identity);
	const scopes = tokens.scopes ?? requestedScopes(consent, flow.access);
	const granted = assessGrant(consent, scopes, flow.access);
	const discovered =
		granted.access === null
			? null
			: await discover(services, request, freshTokens(tokens, allowedScopes(consent, scopes, granted.access)));
	const userId = flow.user_id ?? (await userOfAccount(services, identity, request));
	const stored = await storeConnection(services, {
		userId,
		provider,
		identity,
		tokens,
		scopes,
		consent: granted,
		discovered,
	});
	const session = flow.user_id === null ? await signInAs(services, userId, request) : [];
	services.log.info(
		{ user_id: userId, connection_id: stored.id, created: stored.created, access: granted.access },
		"an account was connected by consent",
	);
	return {
		userId,
		connectionId: stored.id,
		account: identity.email ?? discovered?.account ?? identity.subject,
		created: stored.created,
		consent: granted,
		returnTo: flow.return_to,
		cookies: [clearFlowCookie(services.config.url, state), ...session],
	};
}

/** A consent of which nothing is kept, such as that of a sign-in that is refused, is not left behind. Throws nothing. */
async function returnUnkept(
	services: Services,
	{ userId, provider, identity, tokens }: Omit<Granted, "consent"> & Pick<NewReturn, "userId" | "provider">,
): Promise<void> {
	try {
		const kept = { userId, provider, identity: accountIdentity(identity), tokens, channels: [] };
		await giveBack(services, await storeReturn(services.db, services, kept));
	} catch (error) {
		services.log.warn({ provider, err: error }, "a consent of which nothing was kept cannot be given back");
	}
}

/** The user of the browser's session; null where nobody is signed in. */
export async function signedInUser(
	services: Pick<Services, "db" | "config" | "now">,
	headers: Visitor["headers"],
): Promise<string | null> {
	const token = sessionToken(cookieOf(headers), services.config.url);
	const session = token === null ? null : await sessionByToken(services.db, token, services.now());
	return session === null || session.user.banned ? null : session.user.id;
}

async function returnedFlow(services: Services, request: CallbackRequest): Promise<ReturnedFlow> {
	const { provider, callback, query, headers } = request;
	const signedIn = await signedInUser(services, headers);
	const cookieHeader = cookieOf(headers);
	const { state } = query;
	const returned =
		state === undefined ? null : await takeFlow(services, { state, provider, callback, cookieHeader, signedIn });
	if (returned !== null) return returned;
	throw new Problem(
		"invalid_state",
		"This is not the end of a sign-in that this browser began within the last ten minutes, or it was used already.",
		{
			fix: `Open Kalends at ${services.config.url.origin}, begin again, and finish in the same browser. Cookies must be allowed.`,
		},
	);
}

/** RFC 9207: the answer must come from the provider that was asked. */
async function requireIssuer(services: Services, provider: ProviderId, iss: string | undefined): Promise<void> {
	if (iss === undefined || iss === (await expectedIssuer(services, provider))) return;
	throw new Problem(
		"issuer_mismatch",
		"What came back says that it is from another provider than the one that was asked.",
		{
			fix: "Begin again. If it happens again, tell the person who runs this server.",
		},
	);
}

async function told<T>(services: Services, scene: ConsentScene, exchange: () => Promise<T>): Promise<T> {
	try {
		return await exchange();
	} catch (error) {
		if (!(error instanceof OAuthFailure)) throw error;
		const { kind, message } = error;
		services.log.warn({ provider: scene.provider, kind, detail: message }, "a consent could not be used");
		throw failedExchange(error, scene);
	}
}

/** Null where the provider has no time now: the first sync lists the calendars then. */
async function discover(
	services: Services,
	{ provider, signal }: CallbackRequest,
	tokens: AccessTokens,
): Promise<Discovered | null> {
	const { now, random } = services;
	const reached = providerOf(services, provider);
	const http = withinBudget(services, reached, null, services.http);
	try {
		return await reached.connect({}, { http, now, random, signal, tokens });
	} catch (error) {
		if (error instanceof ProviderFailure) {
			services.metrics.providerFailures.inc({ provider, kind: error.kind });
			if (error.kind === "unavailable" || error.kind === "rate_limited") return null;
		}
		throw failedConnect(error, provider);
	}
}

function freshTokens({ accessToken }: TokenSet, scopes: readonly string[]): AccessTokens {
	return {
		scopes,
		get: async (rejected) => {
			if (rejected !== accessToken) return accessToken;
			const message = "the provider refuses the token that it has just given";
			throw new ProviderFailure("auth_revoked", { reason: "grant_revoked", message });
		},
	};
}

function cookieOf(headers: Visitor["headers"]): string | undefined {
	return Array.isArray(headers.cookie) ? headers.cookie.join("; ") : headers.cookie;
}
