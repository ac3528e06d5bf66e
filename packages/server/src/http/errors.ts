/**
 * The catalogue of error codes that the API answers (RFC 9457 problems). Codes are API: never renamed.
 * docs/errors.md documents each; errors.test.ts compares both ways.
 */
export const ERROR_CATALOGUE = {
	invalid_request: { status: 400, title: "The request is not valid" },
	unauthenticated: { status: 401, title: "Not signed in" },
	insufficient_scope: { status: 403, title: "The key does not allow this" },
	forbidden: { status: 403, title: "Not allowed" },
	cross_site_request: { status: 403, title: "Cross-site request refused" },
	not_found: { status: 404, title: "Not found" },
	method_not_allowed: { status: 405, title: "Method not allowed" },
	conflict: { status: 409, title: "Conflict" },
	gone: { status: 410, title: "No longer available" },
	payload_too_large: { status: 413, title: "The request is too large" },
	unsupported_media_type: { status: 415, title: "Unsupported media type" },
	rate_limited: { status: 429, title: "Too many requests" },
	internal: { status: 500, title: "Something went wrong on our side" },
	unavailable: { status: 503, title: "Not available at the moment" },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export interface FieldFault {
	/** JSON path of the field, e.g. `start.date_time`. */
	readonly field: string;
	readonly detail: string;
}

/** Thrown anywhere below an endpoint; answered as `application/problem+json`. */
export class Problem extends Error {
	override readonly name = "Problem";
	readonly code: ErrorCode;
	readonly fix: string | undefined;
	readonly errors: readonly FieldFault[] | undefined;
	readonly retryAfter: number | undefined;

	constructor(
		code: ErrorCode,
		detail: string,
		options: { fix?: string; errors?: readonly FieldFault[]; retryAfter?: number; cause?: unknown } = {},
	) {
		super(detail, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.fix = options.fix;
		this.errors = options.errors;
		this.retryAfter = options.retryAfter;
	}
}
