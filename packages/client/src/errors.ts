import type { Problem } from "./api.gen.ts";

/** Codes of the server (docs/errors.md), and those of requests that got no answer of the API. */
export type ErrorCode = Problem["code"] | LocalCode;

/**
 * - `network_error`: no connection, or it broke off. Whether a write has happened is not known.
 * - `request_timed_out`: no answer within the time that the caller gave.
 * - `not_kalends`: an answer that is none of Kalends's, such as a proxy's page.
 */
export type LocalCode = "network_error" | "request_timed_out" | "not_kalends";

export interface FieldFault {
	/** JSON path, e.g. `start.date_time`. */
	readonly field: string;
	readonly detail: string;
}

/** Why a request failed. `message` is the sentence for people, `fix` what they can do about it. */
export class KalendsError extends Error {
	override readonly name = "KalendsError";
	/** Stable: decide by it. A newer server may know codes that this client does not. */
	readonly code: ErrorCode;
	/** HTTP status; 0 where there was no answer. */
	readonly status: number;
	readonly detail: string;
	readonly fix: string | null;
	/** Every fault of the request, by field. */
	readonly faults: readonly FieldFault[];
	/** Finds the request in the server's log. */
	readonly requestId: string | null;
	/** Seconds that the server asked to wait. */
	readonly retryAfter: number | null;
	/** `precondition_failed`: the event's etag now. */
	readonly etag: string | null;
	/** `provider_refused`: the event that keeps what was sent. */
	readonly eventId: string | null;
	/** `provider_refused`: why. */
	readonly reason: string | null;

	constructor(
		problem: Pick<Problem, "detail" | "status"> & { readonly code: ErrorCode } & Partial<Omit<Problem, "code">>,
		options: { readonly retryAfter?: number | null; readonly cause?: unknown } = {},
	) {
		super(problem.detail, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = problem.code;
		this.status = problem.status;
		this.detail = problem.detail;
		this.fix = problem.fix ?? null;
		this.faults = problem.errors ?? [];
		this.requestId = problem.request_id ?? null;
		this.retryAfter = options.retryAfter ?? null;
		this.etag = problem.etag ?? null;
		this.eventId = problem.event_id ?? null;
		this.reason = problem.reason ?? null;
	}

	/** The first fault of each field: what a form shows beside it. */
	get fields(): Readonly<Record<string, string>> {
		return Object.fromEntries(this.faults.map(({ field, detail }) => [field, detail]).toReversed());
	}
}

/** @throws never: what cannot be read as a problem becomes `not_kalends` */
export async function errorOfResponse(response: Response): Promise<KalendsError> {
	const retryAfter = retryAfterOf(response.headers.get("retry-after"), response.headers.get("date"));
	const body: unknown = await response.json().catch(() => null);
	if (isProblem(body)) return new KalendsError(body, { retryAfter });
	const elsewhere = response.headers.get("location");
	return new KalendsError(
		{
			code: "not_kalends",
			status: response.status,
			detail: `The answer (${response.status}) is not from Kalends.`,
			fix:
				elsewhere === null
					? "Check the address, and what stands between it and this program."
					: `It leads to ${elsewhere}: use the address where Kalends itself answers.`,
		},
		{ retryAfter },
	);
}

/**
 * Seconds to wait (RFC 9110 §10.2.3: a number, or a date, which is read against the same answer's Date).
 * @returns null for none, or what cannot be read
 */
export function retryAfterOf(value: string | null, date: string | null): number | null {
	if (value === null) return null;
	if (/^\s*\d+\s*$/.test(value)) return Number(value);
	const seconds = (Date.parse(value) - Date.parse(date ?? "")) / 1000;
	return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}

function isProblem(body: unknown): body is Problem {
	return (
		typeof body === "object" &&
		body !== null &&
		"code" in body &&
		typeof body.code === "string" &&
		"detail" in body &&
		typeof body.detail === "string" &&
		"status" in body &&
		typeof body.status === "number"
	);
}
