import type { PushFailureKind } from "@kalends/model";

/**
 * The few ways in which a provider can fail. Callers decide by `kind` alone;
 * what each means for retry, status and people is decided in one place, the server's `sync/failure-policy.ts`.
 */
export type ProviderFailureKind = PushFailureKind;

/**
 * Why, more closely: stable, documented in docs/errors.md, shown to people as a sentence by the server.
 * `kind` says what to do, `reason` says what happened.
 */
export type ProviderFailureReason =
	| "wrong_credentials"
	| "credentials_required"
	| "unsupported_auth"
	| "access_denied"
	| "address_not_found"
	| "address_blocked"
	/** An address that begins with something else than `https`, `http` or `webcal`. */
	| "unsupported_scheme"
	/** A `webcal` address, which is asked over https, of a server that has none. */
	| "no_https"
	| "connection_refused"
	| "connection_lost"
	| "tls_failure"
	| "timeout"
	| "too_large"
	| "too_many_redirects"
	| "unsafe_redirect"
	| "not_caldav"
	| "no_calendar_home"
	| "not_a_calendar"
	| "incomplete_answer"
	| "malformed_answer"
	| "server_error"
	| "rate_limited"
	| "sync_token_rejected"
	| "sync_unsupported"
	| "resource_gone"
	| "refused"
	| "already_exists"
	| "changed_meanwhile"
	| "uid_conflict"
	| "event_refused"
	| "event_too_large"
	| "too_many_guests"
	| "date_out_of_range"
	| "not_the_organizer"
	| "storage_full"
	| "read_only"
	/** OAuth: the person's consent has ended, or was withdrawn. */
	| "grant_revoked"
	/** OAuth: the consent holds, as new access tokens are given, but none of them is accepted. */
	| "token_refused"
	/** OAuth: the person did not allow what this needs. */
	| "scope_not_granted"
	/** OAuth: the provider does not accept the client that the operator configured. */
	| "client_refused"
	/** The provider's API is switched off for the operator's project. */
	| "api_disabled"
	/** More than a passing limit: what the account or the operator's project may do is used up. */
	| "quota_exceeded"
	/** An event of a kind of which the provider lets nobody change this. */
	| "event_protected"
	/** What an event of its kind, such as focus time, cannot be there. */
	| "event_kind_restricted"
	/** An event of a kind that stays in its calendar. */
	| "event_not_movable"
	/** The provider tells of no changes there. */
	| "push_unsupported";

export interface ProviderFailureDetails {
	readonly reason: ProviderFailureReason;
	/** Technical detail for logs and `detail`; never holds a credential or a secret URL. */
	readonly message: string;
	/** Seconds to wait, from Retry-After. */
	readonly retryAfter?: number;
	readonly status?: number;
	/** The precondition element of a DAV:error body, e.g. `valid-sync-token`. */
	readonly precondition?: string;
	readonly cause?: unknown;
}

export class ProviderFailure extends Error {
	override readonly name = "ProviderFailure";
	readonly kind: ProviderFailureKind;
	readonly reason: ProviderFailureReason;
	readonly retryAfter: number | undefined;
	readonly status: number | undefined;
	readonly precondition: string | undefined;

	constructor(kind: ProviderFailureKind, details: ProviderFailureDetails) {
		super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
		this.kind = kind;
		this.reason = details.reason;
		this.retryAfter = details.retryAfter;
		this.status = details.status;
		this.precondition = details.precondition;
	}
}
