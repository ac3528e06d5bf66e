import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { JsonObject } from "../json.ts";
import type { SigningKey } from "./state.ts";

/** A new RSA key for id tokens; its `kid` is its thumbprint (RFC 7638). */
export function createSigningKey(): SigningKey {
	const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
	const { e, kty, n } = publicKey.export({ format: "jwk" });
	const kid = createHash("sha256").update(JSON.stringify({ e, kty, n })).digest("hex").slice(0, 40);
	return { kid, privateKey, publicKey };
}

/** The key as clients check signatures with it (RFC 7517). */
export function publicJwk({ kid, publicKey }: SigningKey): JsonObject {
	const { e, kty, n } = publicKey.export({ format: "jwk" });
	return { kty, alg: "RS256", use: "sig", kid, n, e };
}

/** The key as older libraries take it. Google sends a certificate around it; what reads one reads the bare key too. */
export function publicPem({ publicKey }: SigningKey): string {
	return publicKey.export({ type: "spki", format: "pem" }).toString();
}

/** A signed token (RFC 7515, RS256). */
export function signJwt(key: SigningKey, claims: JsonObject): string {
	const encode = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString("base64url");
	const signed = `${encode({ alg: "RS256", kid: key.kid, typ: "JWT" })}.${encode(claims)}`;
	return `${signed}.${sign("sha256", Buffer.from(signed), key.privateKey).toString("base64url")}`;
}

/** `at_hash`: the left half of the access token's SHA-256 (OpenID Connect Core §3.1.3.6). */
export function accessTokenHash(accessToken: string): string {
	return createHash("sha256").update(accessToken).digest().subarray(0, 16).toString("base64url");
}
