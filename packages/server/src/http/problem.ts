import { isDatabaseAway, isRolledBack } from "../db/away.ts";
import { ERROR_CATALOGUE, type ErrorCode, type FieldFault, Problem, type ProblemExtensions } from "./errors.ts";

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** The wire form of a failure (RFC 9457 §3) with our extension members. */
export interface ProblemBody extends ProblemExtensions {
	readonly type: string;
	readonly title: string;
	readonly status: number;
	readonly code: ErrorCode;
	readonly detail: string;
	readonly fix?: string;
	readonly errors?: readonly FieldFault[];
	readonly request_id: string;
}

export interface ProblemAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[]>>;
	readonly body: ProblemBody;
}

/** @returns what the client gets to see of a `Problem`: never its cause or stack */
export function problemAnswer(problem: Problem, requestId: string): ProblemAnswer {
	const { status, title } = ERROR_CATALOGUE[problem.code];
	const headers: Record<string, string | string[]> = {
		"content-type": PROBLEM_TYPE,
		"cache-control": "no-store",
	};
	if (status === 401) headers["www-authenticate"] = 'Bearer realm="kalends"';
	if (problem.code === "insufficient_scope") {
		headers["www-authenticate"] = 'Bearer realm="kalends", error="insufficient_scope"';
	}
	if (problem.retryAfter !== undefined) headers["retry-after"] = String(Math.max(1, Math.ceil(problem.retryAfter)));
	if (problem.cookies.length > 0) headers["set-cookie"] = [...problem.cookies];
	return {
		status,
		headers,
		body: {
			type: `urn:kalends:problem:${problem.code}`,
			title,
			status,
			code: problem.code,
			detail: problem.message,
			...(problem.fix === undefined ? {} : { fix: problem.fix }),
			...(problem.errors === undefined ? {} : { errors: problem.errors }),
			...problem.extensions,
			request_id: requestId,
		},
	};
}

/**
 * Names what went wrong. Anything unknown becomes `internal` with the original as cause, for the log alone.
 * @param limits what the too-large answers tell the client, in bytes
 */
export function toProblem(error: unknown, limits: { readonly body: number }): Problem {
	if (error instanceof Problem) return error;
	const { code, statusCode } = errorFields(error);
	const framework = code === undefined ? undefined : FRAMEWORK_PROBLEMS[code];
	if (framework !== undefined) return framework(error, limits);
	if (isDatabaseAway(error) || code === "ENOSPC") {
		return new Problem("unavailable", "The database cannot be reached at the moment.", {
			fix: "Try again shortly. If it lasts, ask the person who runs this server to look at its log.",
			retryAfter: 5,
			cause: error,
		});
	}
	if (isRolledBack(error)) {
		return new Problem("unavailable", "Others change the same at this moment, so nothing was changed.", {
			fix: "Send the same request again.",
			retryAfter: 1,
			cause: error,
		});
	}
	// What serves files refuses preconditions and ranges by these (RFC 9110 §15.5.13, §15.5.17).
	if (statusCode === 412 || statusCode === 416) {
		return new Problem("invalid_request", "What is at this address does not meet the request's condition or range.", {
			fix: "Leave out Range, If-Match and If-Unmodified-Since.",
			cause: error,
		});
	}
	if (code?.startsWith("FST_") && statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
		return new Problem("invalid_request", "The request could not be understood.", { cause: error });
	}
	return new Problem("internal", "The server failed to answer this request. Nothing about it is your fault.", {
		fix: "Try again. If it fails again, tell the person who runs this server the request_id: the log has it.",
		cause: error,
	});
}

/** `not_found`, the same for an id that does not exist and for one of another user. */
export function notFound(what: string): Problem {
	return new Problem("not_found", `There is no ${what} with this id.`, {
		fix: `List yours to see which ids there are.`,
	});
}

const FRAMEWORK_PROBLEMS: Readonly<Record<string, (error: unknown, limits: { readonly body: number }) => Problem>> = {
	FST_ERR_CTP_BODY_TOO_LARGE: (_, limits) =>
		new Problem("payload_too_large", `The body is larger than ${limits.body} bytes.`, {
			fix: "Send less in one request.",
		}),
	FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
		new Problem("unsupported_media_type", "The body is of a type that this address does not read.", {
			fix: "Send JSON with the header Content-Type: application/json.",
		}),
	FST_ERR_CTP_EMPTY_JSON_BODY: () =>
		new Problem("invalid_request", "The body is empty, but Content-Type says that it is JSON.", {
			fix: "Send a JSON object, or leave Content-Type out where no body is needed.",
		}),
	FST_ERR_CTP_INVALID_JSON_BODY: malformedJson,
	FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
		new Problem("invalid_request", "The body is not as long as Content-Length says."),
	FST_ERR_BAD_URL: () => new Problem("invalid_request", "The address holds a % sequence that is not valid."),
	FST_ERR_MAX_PARAM_LENGTH: () => new Problem("not_found", "There is nothing at this address."),
};

function malformedJson(): Problem {
	return new Problem("invalid_request", "The body is not valid JSON.", { fix: "Check it with a JSON validator." });
}

function errorFields(error: unknown): { code: string | undefined; statusCode: number | undefined } {
	if (typeof error !== "object" || error === null) return { code: undefined, statusCode: undefined };
	const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
	return {
		code: typeof code === "string" ? code : undefined,
		statusCode: typeof statusCode === "number" ? statusCode : undefined,
	};
}
