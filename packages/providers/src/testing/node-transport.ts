import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { pipeline, type Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import {
	type HttpRequest,
	type HttpResponse,
	type HttpTransport,
	TransportError,
	type TransportErrorCode,
} from "../port/http.ts";

export interface NodeTransportOptions {
	/** Where to open the socket for a URL (its own host by default), like curl's `--connect-to`; Host stays as asked. */
	readonly connectTo?: (url: URL) => URL;
	/** False refuses plain http unless the request says `trusted` or `allowPlainHttp`. Default true. */
	readonly plainHttp?: boolean;
	/** Keeps connections, for plain http; without it each request makes its own. */
	readonly agent?: Agent;
	/** PEM of certificate authorities to trust beside the usual ones. */
	readonly ca?: string;
	readonly maxBytes?: number;
	readonly timeoutMs?: number;
	readonly maxRedirects?: number;
}

const DEFAULTS = { maxBytes: 64 * 1024 * 1024, timeoutMs: 30_000, maxRedirects: 5 };
const HEADERS_KEPT_ACROSS_ORIGINS = new Set([
	"accept",
	"accept-encoding",
	"accept-language",
	"user-agent",
	"if-none-match",
	"if-modified-since",
]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const PERMANENT = new Set([301, 308]);

/**
 * A plain transport over node:http and node:https for provider tests: the port's semantics (redirects, decoding,
 * limits, error codes) without the guard of the server's egress module.
 */
export function nodeTransport(options: NodeTransportOptions = {}): HttpTransport {
	return async (request) => {
		const following = request.redirect === "follow" && (request.method === "GET" || request.method === "HEAD");
		const deadline = startDeadline(request, options);
		let url = request.url;
		let headers: Readonly<Record<string, string>> = request.headers ?? {};
		let permanentlyMoved = true;
		for (let hops = 0; ; hops++) {
			refusePlainHttp(url, request, options, hops > 0);
			const message = await send({ ...request, url, headers }, options, deadline).catch((error: unknown) => {
				deadline.end();
				throw error;
			});
			const status = message.statusCode ?? 0;
			const location = message.headers.location;
			if (!following || !REDIRECTS.has(status) || location === undefined) {
				return toResponse(message, { url, permanentlyMoved: hops > 0 && permanentlyMoved }, request, options, deadline);
			}
			message.destroy();
			if (hops >= (options.maxRedirects ?? DEFAULTS.maxRedirects)) {
				deadline.end();
				throw new TransportError("too_many_redirects", "redirected too often");
			}
			permanentlyMoved &&= PERMANENT.has(status);
			const next = parseLocation(location, url, deadline);
			if (next.origin !== url.origin) {
				headers = Object.fromEntries(
					Object.entries(headers).filter(([name]) => HEADERS_KEPT_ACROSS_ORIGINS.has(name.toLowerCase())),
				);
			}
			url = next;
		}
	};
}

interface Deadline {
	/** What ended the exchange early, if anything did. */
	reason(): TransportErrorCode | null;
	/** Called when the exchange is to be cut off. */
	onCut(cut: () => void): void;
	end(): void;
}

function startDeadline(request: HttpRequest, options: NodeTransportOptions): Deadline {
	let reason: TransportErrorCode | null = null;
	let cut: () => void = () => {};
	const stop = (why: TransportErrorCode) => {
		reason ??= why;
		cut();
	};
	const onAbort = () => stop("aborted");
	const timer = setTimeout(() => stop("timeout"), request.timeoutMs ?? options.timeoutMs ?? DEFAULTS.timeoutMs);
	if (request.signal?.aborted) reason = "aborted";
	request.signal?.addEventListener("abort", onAbort, { once: true });
	return {
		reason: () => reason,
		onCut(next) {
			cut = next;
			if (reason !== null) next();
		},
		end() {
			clearTimeout(timer);
			request.signal?.removeEventListener("abort", onAbort);
		},
	};
}

function refusePlainHttp(url: URL, request: HttpRequest, options: NodeTransportOptions, isRedirected: boolean): void {
	if (url.protocol === "https:") return;
	if (url.protocol !== "http:") {
		throw new TransportError(isRedirected ? "redirect_blocked" : "address_blocked", `cannot speak ${url.protocol}`);
	}
	if (options.plainHttp === false && !request.trusted && !request.allowPlainHttp) {
		throw new TransportError(isRedirected ? "redirect_blocked" : "plain_http_refused", "plain http is refused");
	}
}

function parseLocation(location: string, base: URL, deadline: Deadline): URL {
	try {
		return new URL(location, base);
	} catch (cause) {
		deadline.end();
		throw new TransportError("malformed_answer", "the redirect names no valid address", { cause });
	}
}

function send(request: HttpRequest, options: NodeTransportOptions, deadline: Deadline): Promise<IncomingMessage> {
	const target = options.connectTo?.(request.url) ?? request.url;
	const start = target.protocol === "https:" ? httpsRequest : httpRequest;
	const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
	const outgoing: ClientRequest = start({
		hostname: target.hostname.replace(/^\[|\]$/g, ""),
		port: target.port,
		...(isIP(request.url.hostname.replace(/^\[|\]$/g, "")) === 0 ? { servername: request.url.hostname } : {}),
		method: request.method,
		path: `${request.url.pathname}${request.url.search}`,
		headers: { host: request.url.host, "accept-encoding": "gzip, deflate, br", ...request.headers },
		agent: (target.protocol === "http:" && options.agent) || false,
		...(options.ca === undefined ? {} : { ca: options.ca }),
	});
	deadline.onCut(() => outgoing.destroy(new Error("cut off")));
	outgoing.on("response", resolve);
	outgoing.on("error", (cause) => reject(toTransportError(cause, deadline)));
	outgoing.end(request.body);
	return promise;
}

function toResponse(
	message: IncomingMessage,
	where: { readonly url: URL; readonly permanentlyMoved: boolean },
	request: HttpRequest,
	options: NodeTransportOptions,
	deadline: Deadline,
): HttpResponse {
	const headers = new Headers();
	for (const [name, values] of Object.entries(message.headersDistinct)) {
		for (const value of values ?? []) headers.append(name, value);
	}
	deadline.onCut(() => message.destroy(new Error("cut off")));
	// An answer that nobody reads still ends its deadline when the socket closes.
	message.once("close", () => deadline.end());
	const maxBytes = request.maxBytes ?? options.maxBytes ?? DEFAULTS.maxBytes;
	const body = readBody(message, headers.get("content-encoding"), maxBytes, deadline);
	const bytes = async () => {
		const chunks: Uint8Array[] = [];
		for await (const chunk of body) chunks.push(chunk);
		return Buffer.concat(chunks);
	};
	return {
		status: message.statusCode ?? 0,
		headers,
		...where,
		body,
		bytes,
		text: async () => new TextDecoder().decode(await bytes()),
		async discard() {
			// A connection that is to be kept must be read to its answer's end.
			if (options.agent === undefined || message.readableDidRead) message.destroy();
			else await finished(message.resume()).catch(() => {});
			deadline.end();
		},
	};
}

async function* readBody(
	message: IncomingMessage,
	encoding: string | null,
	maxBytes: number,
	deadline: Deadline,
): AsyncGenerator<Uint8Array> {
	let total = 0;
	try {
		for await (const chunk of decoded(message, encoding)) {
			total += chunk.length;
			if (total > maxBytes) throw new TransportError("too_large", `the answer is larger than ${maxBytes} bytes`);
			yield chunk;
		}
	} catch (cause) {
		throw toTransportError(cause, deadline);
	} finally {
		message.destroy();
		deadline.end();
	}
}

function decoded(message: IncomingMessage, encoding: string | null): Readable {
	const decoder = decoderFor(encoding?.trim().toLowerCase() ?? "identity");
	if (decoder === null) return message;
	// The callback is pipeline's own way of handing errors on; the reader sees them on the decoder.
	pipeline(message, decoder, () => {});
	return decoder;
}

function decoderFor(encoding: string) {
	if (encoding === "gzip" || encoding === "x-gzip") return createGunzip();
	if (encoding === "deflate") return createInflate();
	if (encoding === "br") return createBrotliDecompress();
	return null;
}

const CODES: Readonly<Record<string, TransportErrorCode>> = {
	ENOTFOUND: "address_not_found",
	EAI_AGAIN: "address_not_found",
	ECONNREFUSED: "connection_refused",
	ECONNRESET: "connection_lost",
	EPIPE: "connection_lost",
	EPROTO: "tls_failure",
	ERR_TLS_CERT_ALTNAME_INVALID: "tls_failure",
	DEPTH_ZERO_SELF_SIGNED_CERT: "tls_failure",
	SELF_SIGNED_CERT_IN_CHAIN: "tls_failure",
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls_failure",
	CERT_HAS_EXPIRED: "tls_failure",
	ERR_STREAM_PREMATURE_CLOSE: "connection_lost",
};

function toTransportError(cause: unknown, deadline: Deadline): TransportError {
	if (cause instanceof TransportError) return cause;
	const ended = deadline.reason();
	if (ended !== null) return new TransportError(ended, ended === "timeout" ? "took too long" : "cut off", { cause });
	const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
	return new TransportError(CODES[code] ?? byPrefix(code), code || String(cause), { cause });
}

function byPrefix(code: string): TransportErrorCode {
	if (code.startsWith("ERR_SSL") || code.includes("CERT")) return "tls_failure";
	if (code.startsWith("HPE_") || code.startsWith("Z_") || code.startsWith("ERR_")) return "malformed_answer";
	return "connection_lost";
}
