import type { IncomingHttpHeaders } from "node:http";
import type { Config } from "../config.ts";
import { Problem } from "./errors.ts";

/**
 * The guard against cross-site request forgery (T22): what a browser says about where a write comes from must say
 * "from here", and its body, if any, must be JSON, which no HTML form can send.
 * @param options.whenAbsent what to do when the request says nothing about its origin, as programs do
 * @throws Problem `cross_site_request`
 */
export function requireSameOrigin(
	config: Pick<Config, "url">,
	headers: IncomingHttpHeaders,
	options: { readonly whenAbsent: "allow" | "refuse" },
): void {
	const { origin, host } = headers;
	const site = headers["sec-fetch-site"];
	if (origin === undefined && site === undefined && options.whenAbsent === "refuse") {
		throw refusal("The request does not say which site it comes from.");
	}
	if (origin !== undefined && !isOwnOrigin(origin, config.url, host)) {
		throw refusal("The request comes from another site.");
	}
	if (site !== undefined && site !== "same-origin") throw refusal("The request comes from another site.");
	const type = headers["content-type"];
	if (type !== undefined && !/^application\/([a-z0-9.-]+\+)?json\s*(;|$)/i.test(type)) {
		throw refusal("A browser session may send JSON only.");
	}
}

/** The page may have been opened by another name of this server than KALENDS_URL; cookies are bound to that name. */
function isOwnOrigin(origin: string, url: URL, host: string | undefined): boolean {
	const parsed = URL.parse(origin);
	if (parsed === null || !["http:", "https:"].includes(parsed.protocol)) return false;
	if (parsed.origin === url.origin) return true;
	// A page under the server's own name but another scheme was not served by it: somebody in between may have.
	return parsed.host !== url.host && host !== undefined && parsed.host === host.toLowerCase();
}

function refusal(detail: string): Problem {
	return new Problem("cross_site_request", detail, {
		fix: "Send the request from a page of this server with a JSON body, or use an API key instead of the session cookie.",
	});
}
