import { ProviderFailure, type ProviderFailureKind, type ProviderFailureReason } from "../port/failure.ts";
import { type HttpRequest, type HttpResponse, type HttpTransport, TransportError } from "../port/http.ts";
import { retryAfterOf } from "../shared/retry-after.ts";
import { transportFailure } from "../shared/transport-failure.ts";
import { authorizationFor, type FeedAddress } from "./address.ts";

export interface FetchLimits {
	/** Decoded bytes. */
	readonly maxBytes: number;
	/** From sending to the end of the body. */
	readonly timeoutMs: number;
}

export interface FetchContext {
	readonly http: HttpTransport;
	readonly now: () => number;
	readonly signal?: AbortSignal;
	readonly limits: FetchLimits;
}

export interface Validators {
	readonly etag: string | null;
	readonly lastModified: string | null;
}

export interface FetchedFeed extends Validators {
	/** Null: not modified since the validators were given. */
	readonly body: Uint8Array | null;
	/** Where it has moved for good; null where it has not. */
	readonly movedTo: URL | null;
}

/**
 * Fetches a feed: the address it moved to where that is known and still answers, else its own.
 * @throws ProviderFailure
 */
export async function fetchFeed(
	address: FeedAddress,
	moved: URL | null,
	validators: Validators,
	context: FetchContext,
): Promise<FetchedFeed> {
	if (moved !== null) {
		try {
			const fetched = await fetchFrom(address, moved, validators, context);
			return { ...fetched, movedTo: fetched.movedTo ?? moved };
		} catch (error) {
			// A feed that moved on, or back: its own address knows.
			if (!(error instanceof ProviderFailure) || !REFUSALS.has(error.status ?? 0)) throw error;
		}
	}
	return await fetchFrom(address, address.url, validators, context);
}

const REFUSALS: ReadonlySet<number> = new Set([401, 403, 404, 410]);

async function fetchFrom(
	address: FeedAddress,
	target: URL,
	validators: Validators,
	context: FetchContext,
): Promise<FetchedFeed> {
	try {
		const response = await context.http(feedRequest(address, target, validators, context));
		return await judgeFeed(response, address, validators, context.now());
	} catch (error) {
		throw transportFailure(error, target.host);
	}
}

/** A conditional GET (RFC 9110 §13.1). */
function feedRequest(address: FeedAddress, url: URL, validators: Validators, context: FetchContext): HttpRequest {
	return {
		method: "GET",
		url,
		redirect: "follow",
		headers: {
			accept: "text/calendar, */*;q=0.1",
			...(validators.etag === null ? {} : { "if-none-match": validators.etag }),
			...(validators.lastModified === null ? {} : { "if-modified-since": validators.lastModified }),
			...authorizationFor(address, url),
		},
		allowPlainHttp: address.login === null && url.protocol === "http:",
		...context.limits,
		...(context.signal === undefined ? {} : { signal: context.signal }),
	};
}

/**
 * Judges the answer to a conditional GET, and reads it to its end.
 * @throws ProviderFailure for anything but a whole 200 or a 304 that was asked for
 */
async function judgeFeed(
	response: HttpResponse,
	address: FeedAddress,
	asked: Validators,
	now: number,
): Promise<FetchedFeed> {
	const movedTo = response.permanentlyMoved && mayRemember(address.url, response.url) ? response.url : null;
	const validators = {
		etag: response.headers.get("etag"),
		lastModified: response.headers.get("last-modified"),
	};
	if (response.status === 304 && (asked.etag !== null || asked.lastModified !== null)) {
		await response.discard();
		return {
			body: null,
			movedTo,
			etag: validators.etag ?? asked.etag,
			lastModified: validators.lastModified ?? asked.lastModified,
		};
	}
	if (response.status !== 200 && response.status !== 203) {
		await response.discard();
		throw statusFailure(response, address, now);
	}
	return { body: await wholeBody(response, address.url.host), movedTo, ...validators };
}

/** An answer that breaks off in its body (RFC 9112 §8) came, but not whole. */
async function wholeBody(response: HttpResponse, host: string): Promise<Uint8Array> {
	try {
		return await response.bytes();
	} catch (cause) {
		if (!(cause instanceof TransportError && cause.code === "connection_lost")) throw cause;
		const message = `${host} broke off in the middle of the feed`;
		throw new ProviderFailure("unavailable", { reason: "incomplete_answer", message, cause });
	}
}

/** Remembering a move from https to http would drop the encryption for good. */
function mayRemember(from: URL, to: URL): boolean {
	return to.protocol === "https:" || from.protocol === "http:";
}

type Meaning = readonly [kind: ProviderFailureKind, reason: ProviderFailureReason, sentence: string];

const STATUS: Readonly<Record<number, Meaning>> = {
	206: ["unavailable", "incomplete_answer", "sent a part of the feed only"],
	304: ["unavailable", "malformed_answer", "said that nothing changed although nothing was known"],
	403: ["auth_revoked", "access_denied", "denies access to the feed; its address may have been renewed"],
	404: ["not_found", "address_not_found", "has no feed at this address"],
	410: ["gone", "resource_gone", "says that the feed is gone for good"],
	408: ["unavailable", "timeout", "did not answer in time"],
	425: ["unavailable", "server_error", "asks to try again later"],
	429: ["rate_limited", "rate_limited", "asks to be asked less often"],
};

function statusFailure({ status, headers }: HttpResponse, address: FeedAddress, now: number): ProviderFailure {
	const [kind, reason, sentence] = status === 401 ? unauthorized(address) : (STATUS[status] ?? byClass(status));
	const retryAfter = retryAfterOf(headers, now);
	return new ProviderFailure(kind, {
		reason,
		status,
		message: `${address.url.host} ${sentence} (${status})`,
		...(retryAfter === undefined ? {} : { retryAfter }),
	});
}

function unauthorized(address: FeedAddress): Meaning {
	return address.login === null
		? ["auth_revoked", "credentials_required", "asks for a user name and password, or for a new address"]
		: ["auth_revoked", "wrong_credentials", "refused the user name or password"];
}

function byClass(status: number): Meaning {
	if (status >= 500) return ["unavailable", "server_error", "failed"];
	if (status >= 400) return ["invalid", "refused", "refused the request"];
	if (status >= 300) return ["invalid", "malformed_answer", "redirects without saying where to"];
	return ["unavailable", "incomplete_answer", "answered without a feed"];
}
