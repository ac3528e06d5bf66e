import { ProviderFailure, type ProviderFailureKind, type ProviderFailureReason } from "../port/failure.ts";
import { type HttpResponse, TransportError } from "../port/http.ts";
import { retryAfterOf } from "../shared/retry-after.ts";
import { transportFailure } from "../shared/transport-failure.ts";
import { htmlFailure, readErrorBody } from "./xml/multistatus.ts";
import type { XmlElement } from "./xml/reader.ts";

/** What was asked, for the sentence. */
export interface Exchange {
	readonly method: string;
	readonly url: URL;
}

type Meaning = readonly [kind: ProviderFailureKind, reason: ProviderFailureReason, advice: string];

const STATUS: Readonly<Record<number, Meaning>> = {
	401: ["auth_revoked", "wrong_credentials", "refused the user name or password"],
	403: ["forbidden", "access_denied", "denied access"],
	404: ["not_found", "resource_gone", "has nothing there; check the address"],
	405: ["invalid", "not_caldav", "does not take this request there, so it is no CalDAV address"],
	409: ["invalid", "refused", "reported a conflict"],
	410: ["gone", "resource_gone", "says that it is gone for good"],
	412: ["precondition_failed", "refused", "found that it had changed"],
	415: ["invalid", "not_caldav", "does not understand CalDAV requests there"],
	429: ["rate_limited", "rate_limited", "asks to slow down"],
	501: ["invalid", "not_caldav", "does not know this request, so it is no CalDAV address"],
	503: ["unavailable", "server_error", "is temporarily unavailable"],
	507: ["unavailable", "server_error", "says that the answer would be too large or its storage is full"],
};

/** Judges what the transport threw; other errors pass through unchanged. */
export function failureOfError(error: unknown, exchange: Exchange): unknown {
	return transportFailure(error, exchange.url.host);
}

/** Judges a status alone, also one wrapped in a multistatus. */
export function failureOfStatus(
	status: number,
	exchange: Exchange,
	more: { readonly retryAfter?: number; readonly precondition?: string } = {},
): ProviderFailure {
	const [kind, reason, advice] = STATUS[status] ?? fallback(status);
	return new ProviderFailure(kind, {
		reason,
		status,
		message: `${exchange.url.host} ${advice} (${status} to ${exchange.method} ${exchange.url.pathname})`,
		...more,
	});
}

/**
 * Judges a whole answer that is not the one hoped for, by status, Retry-After and DAV:error body.
 * @param now epoch milliseconds, for a Retry-After that is a date
 */
export async function failureOfAnswer(
	response: HttpResponse,
	exchange: Exchange,
	now: number,
): Promise<ProviderFailure> {
	const retryAfter = retryAfterOf(response.headers, now);
	const precondition = (await errorElements(response))[0]?.local;
	if (response.status >= 200 && response.status < 300) return unexpectedSuccess(response, exchange);
	return failureOfStatus(response.status, exchange, {
		...(retryAfter === undefined ? {} : { retryAfter }),
		...(precondition === undefined ? {} : { precondition }),
	});
}

/** True where another attempt at the same thing later may succeed without anybody's doing. */
export function isPassing(error: unknown): boolean {
	return error instanceof ProviderFailure && (error.kind === "unavailable" || error.kind === "rate_limited");
}

function unexpectedSuccess(response: HttpResponse, exchange: Exchange): ProviderFailure {
	if (/html/i.test(response.headers.get("content-type") ?? "")) return htmlFailure();
	return new ProviderFailure("invalid", {
		reason: "not_caldav",
		status: response.status,
		message:
			`${exchange.url.host} answered ${response.status} to ${exchange.method} ${exchange.url.pathname}, ` +
			"where CalDAV answers 207; check the address",
	});
}

function fallback(status: number): Meaning {
	if (status >= 500) return ["unavailable", "server_error", "failed"];
	if (status >= 300 && status < 400) return ["invalid", "not_caldav", "redirects without saying where to"];
	return ["invalid", "refused", "refused the request"];
}

const ERROR_BODY_LIMIT = 64 * 1024;

/** The elements inside the `DAV:error` of an answer; none where its body is something else. */
export async function errorElements(response: HttpResponse): Promise<readonly XmlElement[]> {
	try {
		let body = "";
		const decoder = new TextDecoder();
		for await (const chunk of response.body) {
			body += decoder.decode(chunk, { stream: true });
			if (body.length > ERROR_BODY_LIMIT) return [];
		}
		return readErrorBody(body);
	} catch (error) {
		// The status says enough where its explanation cannot be read.
		if (error instanceof TransportError) return [];
		throw error;
	}
}
