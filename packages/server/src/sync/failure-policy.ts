import { ProviderFailure, type ProviderFailureKind, type ProviderFailureReason } from "@kalends/providers";
import type { StatusReason } from "../connections/status-text.ts";
import type { ConnectionStatus } from "../db/schema.ts";
import type { ErrorCode } from "../http/errors.ts";
import { VaultError } from "../vault/vault.ts";

/** What a kind of failure means, wherever it comes up. */
interface KindPolicy {
	readonly status: ConnectionStatus;
	/** Does it concern the account, so that its other calendars are left alone in this run? */
	readonly stopsConnection: boolean;
	/** First delay and longest delay before the next try, seconds; it doubles from try to try. */
	readonly delay: readonly [first: number, longest: number];
	/** Tries after which only a person can help; Infinity: never give up. */
	readonly tries: number;
}

const SOON = [30, 900] as const;
const SELDOM = [300, 3_600] as const;

const KINDS: Readonly<Record<ProviderFailureKind, KindPolicy>> = {
	// Trying again with a refused password locks accounts.
	auth_revoked: { status: "reauth_required", stopsConnection: true, delay: SELDOM, tries: 0 },
	scope_missing: { status: "limited", stopsConnection: true, delay: SELDOM, tries: 0 },
	rate_limited: { status: "active", stopsConnection: true, delay: [60, 900], tries: Number.POSITIVE_INFINITY },
	cursor_expired: { status: "active", stopsConnection: false, delay: SOON, tries: Number.POSITIVE_INFINITY },
	precondition_failed: { status: "error", stopsConnection: false, delay: SOON, tries: Number.POSITIVE_INFINITY },
	unavailable: { status: "error", stopsConnection: false, delay: SOON, tries: Number.POSITIVE_INFINITY },
	not_found: { status: "error", stopsConnection: false, delay: SELDOM, tries: 20 },
	gone: { status: "error", stopsConnection: false, delay: SELDOM, tries: 5 },
	forbidden: { status: "error", stopsConnection: false, delay: SELDOM, tries: 20 },
	invalid: { status: "error", stopsConnection: false, delay: SOON, tries: Number.POSITIVE_INFINITY },
};

/** Nobody answers at all: asking for the other calendars would only take time. */
const SERVER_IS_AWAY: ReadonlySet<ProviderFailureReason> = new Set([
	"address_not_found",
	"address_blocked",
	"unsupported_scheme",
	"connection_refused",
	"tls_failure",
	"client_refused",
]);

/** The problem that each reason is while somebody connects. */
const CONNECT_CODES: Readonly<Record<ProviderFailureReason, ErrorCode>> = {
	wrong_credentials: "wrong_credentials",
	credentials_required: "credentials_required",
	unsupported_auth: "unsupported_auth",
	access_denied: "access_denied",
	address_not_found: "address_not_found",
	address_blocked: "address_blocked",
	unsupported_scheme: "address_blocked",
	no_https: "tls_failure",
	connection_refused: "connection_refused",
	connection_lost: "connection_lost",
	tls_failure: "tls_failure",
	timeout: "timeout",
	too_large: "too_large",
	too_many_redirects: "too_many_redirects",
	unsafe_redirect: "unsafe_redirect",
	not_caldav: "not_caldav",
	no_calendar_home: "no_calendar_home",
	not_a_calendar: "not_a_calendar",
	incomplete_answer: "incomplete_answer",
	malformed_answer: "malformed_answer",
	server_error: "server_error",
	rate_limited: "provider_rate_limited",
	sync_token_rejected: "malformed_answer",
	sync_unsupported: "malformed_answer",
	resource_gone: "resource_gone",
	refused: "refused",
	api_disabled: "access_denied",
	quota_exceeded: "provider_rate_limited",
	// These come of writing alone, which connecting does not do.
	already_exists: "refused",
	changed_meanwhile: "refused",
	uid_conflict: "refused",
	event_refused: "refused",
	event_too_large: "refused",
	too_many_guests: "refused",
	date_out_of_range: "refused",
	not_the_organizer: "refused",
	storage_full: "refused",
	read_only: "refused",
	event_protected: "refused",
	event_kind_restricted: "refused",
	event_not_movable: "refused",
	push_unsupported: "refused",
	grant_revoked: "consent_expired",
	token_refused: "consent_expired",
	scope_not_granted: "consent_denied",
	client_refused: "provider_misconfigured",
};

export interface Judgement {
	readonly kind: ProviderFailureKind;
	readonly reason: StatusReason;
	/** Technical, for `status_message` and logs. */
	readonly message: string;
	readonly status: ConnectionStatus;
	readonly stopsConnection: boolean;
	/** How often in a row it failed for this reason, this time included. */
	readonly failures: number;
	/** Next try, epoch milliseconds; null: only a person can help. */
	readonly retryAt: number | null;
	/** No request before this instant, whoever asks for one (Retry-After); null where the server set none. */
	readonly notBefore: number | null;
}

export interface FailureHistory {
	/** Why it failed before, as often in a row as `failures` says; null where it did not. */
	readonly reason: string | null;
	readonly failures: number;
	/** Epoch milliseconds. */
	readonly now: number;
	readonly random: () => number;
}

/** The one place that decides what a failure means. Another reason than before counts anew. */
export function judgeFailure(error: unknown, history: FailureHistory): Judgement {
	const { now, random } = history;
	const known = error instanceof ProviderFailure;
	const damaged = error instanceof VaultError && error.code === "damaged";
	const kind = known ? error.kind : damaged ? "auth_revoked" : "unavailable";
	const reason = known ? error.reason : damaged ? "credentials_unreadable" : "internal";
	const policy = KINDS[kind];
	const failures = history.reason === reason ? history.failures + 1 : 1;
	const notBefore = known && error.retryAfter !== undefined ? now + Math.max(0, error.retryAfter) * 1000 : null;
	const backoff = now + backoffSeconds(policy.delay, failures, random) * 1000;
	return {
		kind,
		reason,
		message: error instanceof Error ? error.message : String(error),
		status: policy.status,
		failures,
		stopsConnection: policy.stopsConnection || notBefore !== null || (known && SERVER_IS_AWAY.has(error.reason)),
		retryAt: failures > policy.tries ? null : Math.max(backoff, notBefore ?? 0),
		notBefore,
	};
}

/** The code of the problem that a failure is for whoever connects at this moment. */
export function connectCode(failure: ProviderFailure): ErrorCode {
	return CONNECT_CODES[failure.reason];
}

/** Doubles from try to try up to the longest; a quarter of it is left to chance, so that servers are not hit in step. */
function backoffSeconds([first, longest]: KindPolicy["delay"], failures: number, random: () => number): number {
	const full = Math.min(longest, first * 2 ** Math.min(Math.max(failures - 1, 0), 20));
	return full * (0.75 + 0.25 * random());
}
