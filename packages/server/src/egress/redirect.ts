import { isUtf8 } from "node:buffer";
import { TransportError } from "@kalends/providers";

/** One request of an exchange, ready to be sent. `url` has no user info. */
export interface Hop {
	readonly url: URL;
	/** Lower-case names. */
	readonly headers: Readonly<Record<string, string>>;
	readonly trusted: boolean;
}

export const REDIRECT_LIMIT = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const PERMANENT: ReadonlySet<number> = new Set([301, 308]);

/** Headers known to hold no credential. All others stay behind: a secret may hide under any name. */
const SAFE_ELSEWHERE: ReadonlySet<string> = new Set([
	"accept",
	"accept-charset",
	"accept-encoding",
	"accept-language",
	"cache-control",
	"if-modified-since",
	"if-none-match",
	"user-agent",
]);

export function isPermanent(status: number): boolean {
	return PERMANENT.has(status);
}

/**
 * Where a redirect leads. On a change of origin every header that may hold a credential is dropped, for good,
 * and so is the trust that the first URL had.
 * @returns null when the answer is no redirect that can be followed (RFC 9110 §15.4)
 * @throws TransportError redirect_blocked for https to http and for another scheme, malformed_answer for a Location that
 * is no URL
 */
export function nextHop(hop: Hop, status: number, location: string | null): Hop | null {
	if (!REDIRECTS.has(status) || location === null) return null;
	const url = URL.parse(asSent(location), hop.url);
	if (url === null) throw new TransportError("malformed_answer", `${hop.url.host} redirects to what is no address.`);
	if (url.protocol !== "https:" && url.protocol !== "http:") {
		throw new TransportError("redirect_blocked", `${hop.url.host} redirects to an address that is not a web address.`);
	}
	if (hop.url.protocol === "https:" && url.protocol === "http:") {
		throw new TransportError("redirect_blocked", `${hop.url.host} redirects from https to plain http.`);
	}
	url.username = "";
	url.password = "";
	// RFC 9110 §10.2.2: a target without a fragment inherits it; no server sees it.
	if (url.hash === "") url.hash = hop.url.hash;
	if (url.origin === hop.url.origin) return { ...hop, url };
	const headers = Object.fromEntries(Object.entries(hop.headers).filter(([name]) => SAFE_ELSEWHERE.has(name)));
	return { url, headers, trusted: false };
}

/** What the guard refused after a redirect, so that nobody looks for the fault in the address that was typed. */
export function blockedAway(error: unknown): unknown {
	const isRefusal =
		error instanceof TransportError && (error.code === "address_blocked" || error.code === "plain_http_refused");
	return isRefusal ? new TransportError("redirect_blocked", error.message, { cause: error }) : error;
}

/** Header bytes are read as Latin-1; servers that do not percent-encode an address send UTF-8. */
function asSent(header: string): string {
	const bytes = Buffer.from(header, "latin1");
	return isUtf8(bytes) ? bytes.toString("utf8") : header;
}
