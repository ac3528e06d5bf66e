import { createHmac, randomBytes } from "node:crypto";
import { secretHash } from "../accounts/secret-hash.ts";
import { cookieName } from "../accounts/session-cookie.ts";

export const FLOW_SECONDS = 600;

/** 256 random bits. */
export function newSecret(): string {
	return randomBytes(32).toString("base64url");
}

/** Each sign-in has a cookie of its own, so that two tabs do not take each other's. */
function nameFor(url: URL, state: string): string {
	return cookieName(url, `connect.${secretHash(state).toString("hex").slice(0, 12)}`);
}

/** Set-Cookie for this host alone; it comes along when the provider sends the browser back. */
export function setFlowCookie(url: URL, state: string, secret: string): string {
	return flowCookie(url, state, secret, FLOW_SECONDS);
}

export function clearFlowCookie(url: URL, state: string): string {
	return flowCookie(url, state, "", 0);
}

function flowCookie(url: URL, state: string, value: string, seconds: number): string {
	const secure = url.protocol === "https:" ? "; Secure" : "";
	return `${nameFor(url, state)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
}

/** What the browser holds for this sign-in; null where it holds nothing. */
export function readFlowCookie(url: URL, state: string, header: string | undefined): string | null {
	const name = `${nameFor(url, state)}=`;
	const pair = header
		?.split(";")
		.map((text) => text.trim())
		.find((text) => text.startsWith(name));
	const secret = pair?.slice(name.length);
	return secret !== undefined && /^[A-Za-z0-9_-]{43}$/.test(secret) ? secret : null;
}

/**
 * The PKCE verifier (RFC 7636) and the nonce are made of what the browser alone keeps, so that nothing in the database
 * helps whoever reads it.
 */
export function flowProofs(secret: string, state: string): { readonly verifier: string; readonly nonce: string } {
	const made = (purpose: string) => createHmac("sha256", secret).update(`${purpose} ${state}`).digest("base64url");
	return { verifier: made("code_verifier"), nonce: made("nonce") };
}
