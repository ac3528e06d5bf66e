/**
 * The one way in which a provider reaches the network. The server's egress module implements it
 * (SSRF guard, limits, metrics); tests may pass their own.
 */
export interface HttpRequest {
	readonly method: string;
	readonly url: URL;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array;
	/**
	 * `manual` (default): a 3xx answer is returned as it is.
	 * `follow`: followed for GET and HEAD; every credential header is dropped when the origin changes.
	 */
	readonly redirect?: "manual" | "follow";
	/** Decoded bytes at the most; the transport's default where absent. */
	readonly maxBytes?: number;
	/** From sending to the end of the body, milliseconds; the transport's default where absent. */
	readonly timeoutMs?: number;
	/** True when the URL came from the operator's configuration, which the SSRF guard trusts. */
	readonly trusted?: boolean;
	/** True to permit plain http to any vetted public host (ICS feeds without credentials). */
	readonly allowPlainHttp?: boolean;
	readonly signal?: AbortSignal;
}

export interface HttpResponse {
	readonly status: number;
	readonly headers: Headers;
	/** The URL that answered, after redirects. */
	readonly url: URL;
	/** True when a permanent redirect (301, 308) was followed on every hop. */
	readonly permanentlyMoved: boolean;
	/** Decoded body, once. Throws TransportError past a limit. Not reading it to the end? call `discard()`. */
	readonly body: AsyncIterable<Uint8Array>;
	text(): Promise<string>;
	bytes(): Promise<Uint8Array>;
	discard(): Promise<void>;
}

export type HttpTransport = (request: HttpRequest) => Promise<HttpResponse>;

export type TransportErrorCode =
	| "address_blocked"
	| "plain_http_refused"
	/** A redirect leads to what may not be reached: `address_blocked` or `plain_http_refused` of an address nobody typed. */
	| "redirect_blocked"
	| "address_not_found"
	| "connection_refused"
	| "connection_lost"
	| "tls_failure"
	| "timeout"
	| "too_large"
	| "too_many_redirects"
	| "aborted"
	| "malformed_answer";

/** What the transport throws when no HTTP answer (or no whole one) could be had. */
export class TransportError extends Error {
	override readonly name = "TransportError";
	readonly code: TransportErrorCode;

	constructor(code: TransportErrorCode, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.code = code;
	}
}
