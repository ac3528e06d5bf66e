import { createHash } from "node:crypto";
import { ProviderFailure } from "../port/failure.ts";
import type { ConnectInput, Credentials } from "../port/provider.ts";

/** A feed's address without user info, and what signs in to it. The whole URL is a secret; the host is not. */
export interface FeedAddress {
	readonly url: URL;
	readonly login: { readonly username: string; readonly password: string } | null;
}

const SCHEMES: Readonly<Record<string, string>> = { "webcal:": "https:", "webcals:": "https:" };

/**
 * Reads what a person typed: https, http, webcal or webcals, user info in it or beside it.
 * @throws ProviderFailure invalid, for what is no web address and for credentials without encryption
 */
export function feedAddress({ url: typed, username, password }: ConnectInput): FeedAddress {
	const url = URL.parse(withWebScheme(typed?.trim() ?? ""));
	if (url === null || url.hostname === "") {
		throw invalid("address_not_found", "This is no web address; it should look like https://example.com/calendar.ics");
	}
	if (url.protocol !== "https:" && url.protocol !== "http:") {
		throw invalid("unsupported_scheme", "Only https, http and webcal addresses can be subscribed to");
	}
	const login = {
		username: decodeUserInfo(url.username) || (username ?? ""),
		password: decodeUserInfo(url.password) || (password ?? ""),
	};
	url.username = "";
	url.password = "";
	url.hash = "";
	const hasLogin = login.username !== "" || login.password !== "";
	if (hasLogin && url.protocol === "http:") {
		throw invalid("address_blocked", "A user name and password are sent over https only; use the feed's https address");
	}
	return { url, login: hasLogin ? login : null };
}

/** Was it typed as webcal, which names no transport: https was our choice. */
export function leavesTransportOpen({ url: typed }: ConnectInput): boolean {
	return /^\s*webcals?:/i.test(typed ?? "");
}

/** The stored credentials of a feed, as `feedAddress` reads them again. */
export function credentialsOf({ url, login }: FeedAddress): Credentials {
	return { url: url.href, ...login };
}

/** The Basic header for a request to `target`; none for another origin than the feed's own (RFC 7617). */
export function authorizationFor(address: FeedAddress, target: URL): Record<string, string> {
	if (address.login === null || target.origin !== address.url.origin) return {};
	const { username, password } = address.login;
	return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}

/** Tells addresses apart where the address itself must not be kept. */
export function fingerprint(address: FeedAddress): string {
	return createHash("sha256").update(`feed address\n${address.url.href}`).digest("hex").slice(0, 32);
}

function withWebScheme(typed: string): string {
	const scheme = /^[a-z]+:/i.exec(typed)?.[0].toLowerCase();
	const web = scheme === undefined ? undefined : SCHEMES[scheme];
	return web === undefined || scheme === undefined ? typed : web + typed.slice(scheme.length);
}

/** User info is percent-encoded; a stray percent sign is taken as it is. */
function decodeUserInfo(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

function invalid(
	reason: "address_not_found" | "address_blocked" | "unsupported_scheme",
	message: string,
): ProviderFailure {
	return new ProviderFailure("invalid", { reason, message });
}
