import type { ServerMetadata } from "openid-client";
import { OAuthFailure } from "./failure.ts";

/** What openid-client takes for names of signatures (RFC 7518 §3.1, RFC 8037). */
const ALGORITHMS: ReadonlySet<unknown> = new Set([
	...["RS", "PS", "ES"].flatMap((family) => [`${family}256`, `${family}384`, `${family}512`]),
	"Ed25519",
	"EdDSA",
]);
/** Clocks of two servers may differ by so much, seconds. */
export const CLOCK_TOLERANCE = 600;

export interface Expected {
	readonly server: ServerMetadata;
	readonly clientId: string;
	readonly nonce: string;
	/** Since the epoch. */
	readonly nowSeconds: number;
}

/**
 * Whether an ID token says whose account it is: of this issuer, with our nonce, and of a time that both clocks agree on.
 * One that does not is left aside, and the userinfo endpoint is asked. It came from the token endpoint over the connection
 * that we made, so its signature adds nothing (OpenID Connect Core §3.1.3.7).
 * @throws OAuthFailure where it was made for another sign-in or another client
 */
export function saysWhose(idToken: unknown, { server, clientId, nonce, nowSeconds }: Expected): boolean {
	const [header, claims] = typeof idToken === "string" ? idToken.split(".").slice(0, 2).map(decoded) : [];
	if (header === undefined || claims === undefined) return false;
	if (claims.nonce !== undefined && claims.nonce !== nonce) throw foreign("sign-in");
	if (claims.aud !== undefined && ![claims.aud].flat().includes(clientId)) throw foreign("client");
	const { exp, nbf, iss, sub } = claims;
	return (
		ALGORITHMS.has(header.alg) &&
		(server.id_token_signing_alg_values_supported ?? ["RS256"]).includes(String(header.alg)) &&
		iss === server.issuer &&
		claims.nonce === nonce &&
		typeof sub === "string" &&
		typeof exp === "number" &&
		exp > nowSeconds - CLOCK_TOLERANCE &&
		(nbf === undefined || (typeof nbf === "number" && nbf <= nowSeconds + CLOCK_TOLERANCE))
	);
}

function foreign(what: string): OAuthFailure {
	return new OAuthFailure("malformed", `the ID token was made for another ${what}`);
}

function decoded(part: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
		return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}
