import { ProviderFailure, type ProviderFailureReason, TransportError, transportFailure } from "@kalends/providers";
import { ClientError, ResponseBodyError } from "openid-client";

/**
 * How an exchange with a provider's OAuth server went wrong.
 * - `grant_refused`: the code or refresh token is not (or no longer) accepted.
 * - `client_refused`: what the operator configured is not: client, secret, redirect URI, scopes.
 * - `rate_limited`, `unavailable`: nothing was decided; to be tried again.
 * - `malformed`: the answer cannot be understood.
 * - `refused`: refused for another reason.
 */
export type OAuthFailureKind =
	| "grant_refused"
	| "client_refused"
	| "rate_limited"
	| "unavailable"
	| "malformed"
	| "refused";

export interface OAuthFailureDetails {
	/** The protocol's own code (RFC 6749 §5.2), one of those that are known here. */
	readonly error?: string;
	/** Seconds. */
	readonly retryAfter?: number | undefined;
	/** Where no answer was had: why. */
	readonly reason?: ProviderFailureReason;
}

/** Holds no token, code or secret, also where the provider repeats them in its answer, so that it may be logged. */
export class OAuthFailure extends Error {
	override readonly name = "OAuthFailure";
	readonly kind: OAuthFailureKind;
	readonly error: string | null;
	readonly retryAfter: number | undefined;
	readonly reason: ProviderFailureReason | null;

	constructor(kind: OAuthFailureKind, message: string, details: OAuthFailureDetails = {}) {
		super(message);
		this.kind = kind;
		this.error = details.error ?? null;
		this.retryAfter = details.retryAfter;
		this.reason = details.reason ?? null;
	}
}

/** RFC 6749 §5.2 and what Google documents besides. */
const ERRORS: Readonly<Record<string, OAuthFailureKind>> = {
	invalid_grant: "grant_refused",
	invalid_client: "client_refused",
	unauthorized_client: "client_refused",
	deleted_client: "client_refused",
	disabled_client: "client_refused",
	redirect_uri_mismatch: "client_refused",
	unsupported_grant_type: "client_refused",
	invalid_scope: "client_refused",
	org_internal: "client_refused",
	invalid_request: "refused",
	access_denied: "refused",
	admin_policy_enforced: "refused",
	rate_limit_exceeded: "rate_limited",
	slow_down: "rate_limited",
	temporarily_unavailable: "unavailable",
	server_error: "unavailable",
	internal_failure: "unavailable",
	backend_error: "unavailable",
};

/** A protocol error code, if it is a known one: an unknown text may hold anything. */
export function knownError(code: unknown): string | null {
	return typeof code === "string" && Object.hasOwn(ERRORS, code) ? code : null;
}

/** What the answer's status says; kept beside openid-client's errors, which hold bodies with tokens in them. */
export interface AnswerFacts {
	readonly host: string;
	readonly status: number | null;
	readonly retryAfter: number | undefined;
}

/** Judges what openid-client threw, or what the transport under it did. Other errors pass through unchanged. */
export function oauthFailure(error: unknown, { host, status, retryAfter }: AnswerFacts): unknown {
	const own = causeOf(error, OAuthFailure);
	if (own !== null) return own;
	const unreachable = transportFailure(causeOf(error, TransportError), host);
	if (unreachable instanceof ProviderFailure) {
		return new OAuthFailure("unavailable", unreachable.message, { reason: unreachable.reason });
	}
	if (status === 429) return new OAuthFailure("rate_limited", `${host} asks to wait`, { retryAfter });
	if (status !== null && status >= 500) {
		return new OAuthFailure("unavailable", `${host} answered ${status}`, { reason: "server_error", retryAfter });
	}
	if (error instanceof ResponseBodyError) {
		const code = knownError(error.error);
		const kind = code === null ? "refused" : (ERRORS[code] ?? "refused");
		return new OAuthFailure(kind, `${host} answered ${error.status}, ${code ?? "an error of its own"}`, {
			...(code === null ? {} : { error: code }),
			retryAfter,
		});
	}
	if (error instanceof ClientError) {
		if (status === 401) return new OAuthFailure("client_refused", `${host} answered 401`);
		return new OAuthFailure(
			"malformed",
			`${host} gave an answer that is not as it should be (${error.code ?? status})`,
		);
	}
	return error;
}

/** What it means for whoever wanted an access token. */
export function tokenFailure(failure: OAuthFailure): ProviderFailure {
	const { message, retryAfter } = failure;
	const wait = retryAfter === undefined ? {} : { retryAfter };
	switch (failure.kind) {
		case "grant_refused":
			return new ProviderFailure("auth_revoked", { reason: "grant_revoked", message });
		case "client_refused":
			// Nothing that a person or another attempt could mend, but it passes once the operator has.
			return new ProviderFailure("unavailable", { reason: "client_refused", message });
		case "rate_limited":
			return new ProviderFailure("rate_limited", { reason: "rate_limited", message, ...wait });
		case "unavailable":
			return new ProviderFailure("unavailable", { reason: failure.reason ?? "server_error", message, ...wait });
		case "malformed":
			return new ProviderFailure("unavailable", { reason: "malformed_answer", message });
		case "refused":
			return new ProviderFailure("unavailable", { reason: "refused", message });
	}
}

/** openid-client wraps what its `fetch` throws. */
function causeOf<E extends Error>(error: unknown, type: abstract new (...given: never[]) => E): E | null {
	for (let at: unknown = error; at instanceof Error; at = at.cause) {
		if (at instanceof type) return at;
	}
	return null;
}
