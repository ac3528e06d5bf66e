import { pageAnswer, redirectAnswer, type WebAnswer, type WebRequest } from "../http/web.ts";
import type { ConsentPolicy } from "../options.ts";
import type { Account } from "../world/account.ts";
import { accountOf, type World } from "../world/world.ts";
import { readAuthorizationRequest } from "./authorization-request.ts";
import { formOf } from "./form.ts";
import { addToGrant, grantedScopes, issueCode } from "./grants.ts";
import { chooserPage, consentPage, refusalPage } from "./pages.ts";
import { SIGN_IN_SCOPES } from "./scopes.ts";
import type { AuthorizationRequest } from "./state.ts";

/** Of a page that is open in a browser. */
const PAGE_LIFE = 30 * 60_000;

/** https://developers.google.com/identity/protocols/oauth2/web-server#redirecting: the page, or the answer at once. */
export function beginConsent(world: World, request: WebRequest): WebAnswer {
	const parameters = request.method === "POST" ? formOf(request) : request.url.searchParams;
	const read = readAuthorizationRequest(world, parameters);
	if ("fault" in read) return pageAnswer(read.fault.status, refusalPage(read.fault));
	const asked = read.request;
	const policy = world.oauth.consent;
	if (policy.mode !== "ask") return atOnce(world, asked, policy);
	const hinted = asked.loginHint === null ? null : hintedAccount(world, asked.loginHint);
	const only = world.accounts.size === 1 ? ([...world.accounts.values()][0] ?? null) : null;
	const account = asked.prompts.includes("select_account") ? null : (hinted ?? only);
	if (asked.prompts.includes("none")) return withoutPage(world, asked, account);
	const pending = world.random.token(43);
	const now = world.clock.now();
	for (const [id, { expiresAt }] of world.oauth.pending) if (expiresAt <= now) world.oauth.pending.delete(id);
	world.oauth.pending.set(pending, { request: asked, expiresAt: now + PAGE_LIFE });
	return account === null
		? pageAnswer(200, chooserPage(pending, asked, [...world.accounts.values()]))
		: chosen(world, pending, asked, account);
}

/** What a browser sends from the two pages. */
export function answerConsent(world: World, request: WebRequest): WebAnswer {
	const form = formOf(request);
	const id = form.get("consent") ?? "";
	const pending = world.oauth.pending.get(id);
	if (pending === undefined || pending.expiresAt <= world.clock.now()) {
		return pageAnswer(
			400,
			refusalPage({
				status: 400,
				error: "invalid_request",
				detail: "This page was answered already, or was open for too long. Begin again in the app.",
				facts: [],
			}),
		);
	}
	const asked = pending.request;
	const account = accountOf(world, form.get("account") ?? "");
	if (form.get("do") === "cancel") {
		world.oauth.pending.delete(id);
		return refuse(world, asked, "access_denied");
	}
	if (account === null) return pageAnswer(200, chooserPage(id, asked, [...world.accounts.values()]));
	if (form.get("do") !== "allow") return chosen(world, id, asked, account);
	world.oauth.pending.delete(id);
	const ticked = new Set(form.getAll("scope"));
	const granted = grantedScopes(world, asked.client.clientId, account.email);
	return allow(
		world,
		asked,
		account,
		asked.scopes.filter((scope) => isGivenAnyway(scope) || ticked.has(scope) || granted.has(scope)),
	);
}

/** A hint is an address or a subject. */
function hintedAccount(world: World, hint: string): Account | null {
	return accountOf(world, hint) ?? [...world.accounts.values()].find(({ sub }) => sub === hint) ?? null;
}

const isGivenAnyway = (scope: string): boolean => SIGN_IN_SCOPES.includes(scope);

/** The consent screen of an account, or nothing where all was granted before and no screen is asked for. */
function chosen(world: World, pending: string, asked: AuthorizationRequest, account: Account): WebAnswer {
	const granted = grantedScopes(world, asked.client.clientId, account.email);
	if (!asked.prompts.includes("consent") && asked.scopes.every((scope) => granted.has(scope))) {
		world.oauth.pending.delete(pending);
		return allow(world, asked, account, asked.scopes);
	}
	return pageAnswer(200, consentPage(pending, asked, account, { granted, several: world.accounts.size > 1 }));
}

/** `prompt=none`: an answer without any page (OpenID Connect Core §3.1.2.1). */
function withoutPage(world: World, asked: AuthorizationRequest, account: Account | null): WebAnswer {
	if (account === null) return refuse(world, asked, "interaction_required");
	const granted = grantedScopes(world, asked.client.clientId, account.email);
	return asked.scopes.every((scope) => granted.has(scope))
		? allow(world, asked, account, asked.scopes)
		: refuse(world, asked, "consent_required");
}

function atOnce(
	world: World,
	asked: AuthorizationRequest,
	policy: Exclude<ConsentPolicy, { readonly mode: "ask" }>,
): WebAnswer {
	if (policy.mode === "deny") return refuse(world, asked, policy.error ?? "access_denied");
	const hinted = asked.loginHint === null ? null : hintedAccount(world, asked.loginHint);
	const told = policy.email === undefined ? null : accountOf(world, policy.email);
	const account = told ?? hinted ?? [...world.accounts.values()][0] ?? null;
	if (account === null) return refuse(world, asked, "access_denied");
	const left = new Set(policy.untick ?? []);
	const granted = grantedScopes(world, asked.client.clientId, account.email);
	const scopes = asked.scopes.filter((scope) => isGivenAnyway(scope) || !left.has(scope) || granted.has(scope));
	return allow(world, asked, account, scopes);
}

function allow(world: World, asked: AuthorizationRequest, account: Account, scopes: readonly string[]): WebAnswer {
	const { clientId } = asked.client;
	const before = grantedScopes(world, clientId, account.email);
	const isFirst = !scopes.every((scope) => before.has(scope));
	const told = asked.includeGranted ? [...new Set([...before, ...scopes])] : scopes;
	addToGrant(world, clientId, account.email, scopes);
	const code = issueCode(world, {
		clientId,
		email: account.email,
		redirectUri: asked.redirectUri,
		scopes: told,
		challenge: asked.challenge,
		nonce: asked.nonce,
		// A refresh token comes with the first consent, and where consent was asked for again.
		offline: asked.offline && (isFirst || asked.prompts.includes("consent")),
	});
	return answer(world, asked, {
		code,
		scope: told.join(" "),
		authuser: String([...world.accounts.values()].indexOf(account)),
		hd: account.hostedDomain,
		prompt: isFirst || asked.prompts.includes("consent") ? "consent" : "none",
	});
}

const refuse = (world: World, asked: AuthorizationRequest, error: string): WebAnswer => answer(world, asked, { error });

/** RFC 6749 §4.1.2, with the issuer (RFC 9207). */
function answer(
	world: World,
	asked: AuthorizationRequest,
	parameters: Readonly<Record<string, string | undefined>>,
): WebAnswer {
	const location = new URL(asked.redirectUri);
	if (asked.state !== null) location.searchParams.set("state", asked.state);
	location.searchParams.set("iss", world.origin());
	for (const [name, value] of Object.entries(parameters)) {
		if (value !== undefined) location.searchParams.set(name, value);
	}
	return redirectAnswer(location.href);
}
