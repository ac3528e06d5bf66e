import { ProviderFailure, type ProviderId } from "@kalends/providers";
import { connectProblem } from "../connections/discover.ts";
import { type ErrorCode, Problem } from "../http/errors.ts";
import { type OAuthFailure, tokenFailure } from "./failure.ts";
import { providerName } from "./registry.ts";

/** What to tell the person in the browser when a consent came to nothing. */

interface Told {
	readonly code: ErrorCode;
	readonly detail: string;
	readonly fix: string;
}

/** For the sentences. */
export interface ConsentScene {
	readonly provider: ProviderId;
	readonly redirectUri: string;
}

const AGAIN = "Connect the account again.";
const OPERATOR = "The person who runs this server has to correct it: kalends doctor lists what to enter where.";

/** `error` of an authorization response (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6, Google's own). */
export function refusedConsent(error: string, scene: ConsentScene): Problem {
	const { code, detail, fix } = told(error, scene) ?? {
		code: "consent_denied",
		detail: `${providerName(scene.provider)} did not let Kalends use the account.`,
		fix: AGAIN,
	};
	return new Problem(code, detail, { fix });
}

/** What went wrong between this server and the provider's after the consent. */
export function failedExchange(failure: OAuthFailure, scene: ConsentScene): Problem {
	const { kind, error, message } = failure;
	if (kind === "grant_refused") {
		return new Problem(
			"consent_expired",
			`What ${providerName(scene.provider)} gave out has expired or was used already.`,
			{
				fix: "Connect the account again, and do not reload the page on the way.",
			},
		);
	}
	const known = error === null ? null : told(error, scene);
	if (known !== null) return new Problem(known.code, known.detail, { fix: known.fix });
	if (kind === "client_refused") return new Problem("provider_misconfigured", `${message}.`, { fix: OPERATOR });
	const { code, message: detail, retryAfter } = connectProblem(tokenFailure(failure), scene.provider);
	return new Problem(code, detail, {
		fix: "Wait a while, then connect the account again. If it happens again, tell the person who runs this server.",
		...(retryAfter === undefined ? {} : { retryAfter }),
		cause: failure,
	});
}

function told(error: string, { provider, redirectUri }: ConsentScene): Told | null {
	const name = providerName(provider);
	switch (error) {
		case "access_denied":
			return {
				code: "consent_denied",
				detail: `Access was not allowed on ${name}'s page. Nothing was connected.`,
				fix: `If you want to connect the account, begin again and choose to allow it. If ${name} would not let you, this server may be open to its test users only: ask the person who runs it.`,
			};
		case "admin_policy_enforced":
			return {
				code: "consent_blocked",
				detail: "An administrator of the account's organisation does not allow Kalends to use it.",
				fix: "Ask that administrator to allow this server's client id for calendars, or connect another account.",
			};
		case "org_internal":
			return {
				code: "consent_blocked",
				detail: "This server may be used by accounts of one organisation only, and this one is not of it.",
				fix: `Connect an account of that organisation, or ask the person who runs this server to open it at ${name} to others.`,
			};
		case "disallowed_useragent":
			return {
				code: "consent_denied",
				detail: `${name} lets nobody sign in from a browser inside another app.`,
				fix: "Open the link in an ordinary browser.",
			};
		case "redirect_uri_mismatch":
			return {
				code: "provider_misconfigured",
				detail: `${name} does not know this server's redirect URI ${redirectUri}.`,
				fix: `The person who runs this server has to add exactly ${redirectUri} to the client's authorised redirect URIs at ${name}, and to check KALENDS_URL.`,
			};
		case "invalid_client":
		case "unauthorized_client":
		case "deleted_client":
		case "disabled_client":
			return {
				code: "provider_misconfigured",
				detail: `${name} does not accept this server's client id or secret (${error}).`,
				fix: OPERATOR,
			};
		case "invalid_scope":
		case "invalid_request":
		case "unsupported_response_type":
			return {
				code: "provider_misconfigured",
				detail: `${name} does not accept the request (${error}).`,
				fix: OPERATOR,
			};
		case "server_error":
		case "temporarily_unavailable":
			return { code: "server_error", detail: `${name} reports an error of its own.`, fix: "Try again later." };
		case "interaction_required":
		case "login_required":
		case "consent_required":
		case "account_selection_required":
			return { code: "consent_denied", detail: `${name} did not finish the sign-in.`, fix: AGAIN };
		default:
			return null;
	}
}

/** The calendars could not be listed with what was granted. */
export function failedConnect(error: unknown, provider: ProviderId): unknown {
	return error instanceof ProviderFailure ? connectProblem(error, provider) : error;
}
