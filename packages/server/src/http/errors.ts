/**
 * The catalogue of error codes that the API answers (RFC 9457 problems). Codes are API: never renamed.
 * docs/errors.md documents each; errors.test.ts compares both ways.
 */
export const ERROR_CATALOGUE = {
	invalid_request: { status: 400, title: "The request is not valid" },
	invalid_cursor: { status: 400, title: "The cursor is not valid" },
	unauthenticated: { status: 401, title: "Not signed in" },
	invalid_credentials: { status: 401, title: "Wrong e-mail address or password" },
	insufficient_scope: { status: 403, title: "The key does not allow this" },
	forbidden: { status: 403, title: "Not allowed" },
	cross_site_request: { status: 403, title: "Cross-site request refused" },
	signup_closed: { status: 403, title: "Sign-up is closed" },
	first_account_code_required: { status: 403, title: "The first account needs the one-time code" },
	account_banned: { status: 403, title: "This account is banned" },
	calendar_read_only: { status: 403, title: "Events of this calendar cannot be changed" },
	not_found: { status: 404, title: "Not found" },
	invalid_signature: { status: 400, title: "The message is not signed as it must be" },
	payment_mode_mismatch: { status: 400, title: "Test and live payments do not mix" },
	method_not_allowed: { status: 405, title: "Method not allowed" },
	// What went wrong between Kalends and the other server while connecting; 422 where that server is at fault.
	wrong_credentials: { status: 400, title: "The server refused the user name or password" },
	credentials_required: { status: 400, title: "The server asks for a user name and password" },
	address_not_found: { status: 400, title: "There is no such server or page" },
	address_blocked: { status: 400, title: "This address may not be reached" },
	unsupported_auth: { status: 422, title: "The server wants a way of signing in that is not supported" },
	access_denied: { status: 422, title: "The server denies access" },
	connection_refused: { status: 422, title: "The server does not accept connections" },
	connection_lost: { status: 422, title: "The server broke the connection off" },
	tls_failure: { status: 422, title: "No secure connection could be made" },
	timeout: { status: 422, title: "The server took too long to answer" },
	too_large: { status: 422, title: "The server's answer is too large" },
	too_many_redirects: { status: 422, title: "The server redirects in circles" },
	unsafe_redirect: { status: 422, title: "The server redirects to where credentials must not go" },
	not_caldav: { status: 422, title: "There is no CalDAV server at this address" },
	no_calendar_home: { status: 422, title: "The server names no calendars for this account" },
	not_a_calendar: { status: 422, title: "There is no calendar at this address" },
	incomplete_answer: { status: 422, title: "The server's answer is incomplete" },
	malformed_answer: { status: 422, title: "The server's answer cannot be understood" },
	server_error: { status: 422, title: "The server reports an error of its own" },
	provider_rate_limited: { status: 422, title: "The server asks to wait" },
	resource_gone: { status: 422, title: "The server says that this is gone for good" },
	refused: { status: 422, title: "The server refused the request" },
	// Of connecting by a provider's consent page.
	provider_not_configured: { status: 409, title: "This server is not set up for the provider" },
	insecure_url: { status: 409, title: "Signing in to a provider needs https" },
	invalid_ticket: { status: 400, title: "The link was used already or has expired" },
	invalid_state: { status: 400, title: "This sign-in does not belong to this browser" },
	issuer_mismatch: { status: 400, title: "The answer comes from another provider" },
	consent_denied: { status: 400, title: "Access was not allowed" },
	other_account: { status: 409, title: "Another account was chosen" },
	consent_blocked: { status: 403, title: "The organisation does not allow this" },
	consent_expired: { status: 400, title: "The consent has expired" },
	provider_misconfigured: { status: 422, title: "The provider does not accept this server" },
	connection_exists: { status: 409, title: "This account is already connected" },
	connection_paused: { status: 409, title: "The connection is paused" },
	nothing_held: { status: 409, title: "No deletions wait for a decision" },
	conflict: { status: 409, title: "Conflict" },
	not_invited: { status: 409, title: "You are not invited to this event" },
	nothing_to_sync: { status: 409, title: "Nothing waits to be written" },
	sync_in_progress: { status: 409, title: "The change is under way" },
	request_in_progress: { status: 409, title: "The same request is being worked on" },
	idempotency_key_reused: { status: 422, title: "The Idempotency-Key was used for another request" },
	calendar_gone: { status: 409, title: "The calendar is gone" },
	calendar_not_selected: { status: 409, title: "The calendar is not selected" },
	slot_busy: { status: 409, title: "The calendar is busy then" },
	no_writable_calendar: { status: 409, title: "There is no calendar to write to" },
	recurrence_scope_required: { status: 409, title: "Say which occurrences are meant" },
	precondition_failed: { status: 412, title: "The event was changed meanwhile" },
	provider_refused: { status: 422, title: "The provider refused the change" },
	email_taken: { status: 409, title: "There is already an account with this e-mail address" },
	last_admin: { status: 409, title: "Kalends needs at least one administrator" },
	gone: { status: 410, title: "No longer available" },
	payload_too_large: { status: 413, title: "The request is too large" },
	uri_too_long: { status: 414, title: "The address is too long" },
	unsupported_media_type: { status: 415, title: "Unsupported media type" },
	mail_quota_exceeded: { status: 429, title: "Too many guests would be mailed today" },
	too_many_recipients: { status: 422, title: "Too many guests would be mailed at once" },
	rate_limited: { status: 429, title: "Too many requests" },
	headers_too_large: { status: 431, title: "The headers are too large" },
	internal: { status: 500, title: "Something went wrong on our side" },
	request_timeout: { status: 408, title: "The request took too long to arrive" },
	unavailable: { status: 503, title: "Not available at the moment" },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export interface FieldFault {
	/** JSON path of the field, e.g. `start.date_time`. */
	readonly field: string;
	readonly detail: string;
}

/** Members of a problem beside those that all have (RFC 9457 §3.2). */
export interface ProblemExtensions {
	/** `precondition_failed`: of the event now. */
	readonly etag?: string;
	/** `provider_refused`: the event that keeps what was sent, and why it was refused. */
	readonly event_id?: string;
	readonly reason?: string;
}

/** Thrown anywhere below an endpoint; answered as `application/problem+json`. */
export class Problem extends Error {
	override readonly name = "Problem";
	readonly code: ErrorCode;
	readonly fix: string | undefined;
	readonly errors: readonly FieldFault[] | undefined;
	readonly retryAfter: number | undefined;
	readonly extensions: ProblemExtensions;
	/** Set-Cookie headers that go with the answer. */
	readonly cookies: readonly string[];

	constructor(
		code: ErrorCode,
		detail: string,
		options: {
			readonly fix?: string | undefined;
			readonly errors?: readonly FieldFault[];
			readonly retryAfter?: number;
			readonly extensions?: ProblemExtensions;
			readonly cookies?: readonly string[];
			readonly cause?: unknown;
		} = {},
	) {
		super(detail, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.fix = options.fix;
		this.errors = options.errors;
		this.retryAfter = options.retryAfter;
		this.extensions = options.extensions ?? {};
		this.cookies = options.cookies ?? [];
	}

	/** The same, with these Set-Cookie headers. */
	withCookies(cookies: readonly string[]): Problem {
		const { code, message, fix, errors, retryAfter, extensions, cause } = this;
		return new Problem(code, message, {
			fix,
			...(errors === undefined ? {} : { errors }),
			...(retryAfter === undefined ? {} : { retryAfter }),
			extensions,
			cookies,
			cause,
		});
	}
}
