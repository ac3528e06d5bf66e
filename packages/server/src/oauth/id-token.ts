import type { ServerMetadata } from "openid-client";

/** What `openid-client` checks signatures' names against (RFC 7518 §3.1, RFC 8037). */
const ALGORITHMS: ReadonlySet<unknown> = new Set([
	...["RS", "PS", "ES"].flatMap((family) => [`${family}256`, `${family}384`, `${family}512`]),
	"Ed25519",
	"EdDSA",
]);
/** Clocks of two servers may differ by so much, seconds. */
export const CLOCK_TOLERANCE = 600;

/**
 * Whether an ID token can be judged at all: of this issuer, with our nonce, of a time that both clocks agree on. One that
 * cannot says nothing, and the userinfo endpoint is asked instead; one that can is judged by openid-client, which refuses
 * it where nonce or audience are another's.
 * It came from the token endpoint over the connection that we made, so its signature adds nothing (OpenID Connect Core
 * §3.1.3.7).
 * @param nowSeconds since the epoch
 */
export function canJudgeIdToken(idToken: unknown, server: ServerMetadata, nowSeconds: number): boolean {
	if (typeof idToken !== "string") return false;
	const [header, claims] = idToken.split(".").slice(0, 2).map(decoded);
	if (header === undefined || claims === undefined) return false;
	const { exp, nbf, iss, nonce, sub } = claims;
	return (
		idToken.split(".").length === 3 &&
		ALGORITHMS.has(header.alg) &&
		(server.id_token_signing_alg_values_supported ?? ["RS256"]).includes(String(header.alg)) &&
		iss === server.issuer &&
		typeof sub === "string" &&
		typeof nonce === "string" &&
		typeof exp === "number" &&
		exp > nowSeconds - CLOCK_TOLERANCE &&
		(nbf === undefined || (typeof nbf === "number" && nbf <= nowSeconds + CLOCK_TOLERANCE))
	);
}

function decoded(part: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
		return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}
