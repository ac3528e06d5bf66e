import { createHash } from "node:crypto";
import type { Challenge } from "./challenges.ts";

/**
 * Digest access authentication, client side (RFC 7616; `qop` absent as in RFC 2069). Written here because the packages
 * that do it either wrap an HTTP client of their own, which would go round the egress module, or take several
 * challenges, escaped quotes or `-sess` wrongly.
 */
export interface DigestChallenge {
	readonly realm: string;
	readonly nonce: string;
	readonly opaque: string | null;
	readonly algorithm: DigestAlgorithm;
	/** The algorithm as the server wrote it; null where it wrote none. */
	readonly writtenAlgorithm: string | null;
	/** Null for servers that know no quality of protection. */
	readonly qop: "auth" | null;
	readonly stale: boolean;
	readonly userhash: boolean;
}

export type DigestAlgorithm = "md5" | "md5-sess" | "sha-256" | "sha-256-sess";

/** Strongest first. */
const ALGORITHMS: readonly DigestAlgorithm[] = ["sha-256-sess", "sha-256", "md5-sess", "md5"];

/** The strongest Digest challenge that we can answer; null where there is none. */
export function chooseDigest(challenges: readonly Challenge[]): DigestChallenge | null {
	const usable = challenges.map(toDigestChallenge).filter((each) => each !== null);
	usable.sort((a, b) => ALGORITHMS.indexOf(a.algorithm) - ALGORITHMS.indexOf(b.algorithm));
	return usable[0] ?? null;
}

function toDigestChallenge({ scheme, parameters }: Challenge): DigestChallenge | null {
	const nonce = parameters.get("nonce");
	if (scheme !== "digest" || nonce === undefined) return null;
	const writtenAlgorithm = parameters.get("algorithm") ?? null;
	const algorithm = ALGORITHMS.find((each) => each === (writtenAlgorithm ?? "md5").toLowerCase());
	const offered =
		parameters
			.get("qop")
			?.toLowerCase()
			.split(/[\s,]+/)
			.filter(Boolean) ?? [];
	if (algorithm === undefined || (offered.length > 0 && !offered.includes("auth"))) return null;
	return {
		realm: parameters.get("realm") ?? "",
		nonce,
		opaque: parameters.get("opaque") ?? null,
		algorithm,
		writtenAlgorithm,
		qop: offered.length > 0 ? "auth" : null,
		stale: parameters.get("stale")?.toLowerCase() === "true",
		userhash: parameters.get("userhash")?.toLowerCase() === "true",
	};
}

export interface DigestAnswerInput {
	readonly challenge: DigestChallenge;
	readonly username: string;
	readonly password: string;
	readonly method: string;
	/** Path and query exactly as in the request line. */
	readonly uri: string;
	/** How many requests, this one included, have used the nonce. */
	readonly nonceCount: number;
	readonly cnonce: string;
}

/** The value of the Authorization header (RFC 7616 §3.4). */
export function digestAuthorization(input: DigestAnswerInput): string {
	const { challenge, username, cnonce } = input;
	const hash = (text: string) =>
		createHash(challenge.algorithm.startsWith("sha-256") ? "sha256" : "md5")
			.update(text, "utf8")
			.digest("hex");
	const secret = hash(`${username}:${challenge.realm}:${input.password}`);
	const ha1 = challenge.algorithm.endsWith("-sess") ? hash(`${secret}:${challenge.nonce}:${cnonce}`) : secret;
	const ha2 = hash(`${input.method}:${input.uri}`);
	const nc = input.nonceCount.toString(16).padStart(8, "0");
	const response =
		challenge.qop === null
			? hash(`${ha1}:${challenge.nonce}:${ha2}`)
			: hash(`${ha1}:${challenge.nonce}:${nc}:${cnonce}:${challenge.qop}:${ha2}`);
	const parts = [
		usernameParameter(challenge, username, hash),
		`realm=${quoted(challenge.realm)}`,
		`nonce=${quoted(challenge.nonce)}`,
		`uri=${quoted(input.uri)}`,
		`response="${response}"`,
	];
	if (challenge.writtenAlgorithm !== null) parts.push(`algorithm=${challenge.writtenAlgorithm}`);
	if (challenge.opaque !== null) parts.push(`opaque=${quoted(challenge.opaque)}`);
	if (challenge.qop !== null) parts.push(`qop=${challenge.qop}`, `nc=${nc}`);
	if (challenge.qop !== null || challenge.algorithm.endsWith("-sess")) parts.push(`cnonce=${quoted(cnonce)}`);
	if (challenge.userhash) parts.push("userhash=true");
	return `Digest ${parts.join(", ")}`;
}

function usernameParameter(challenge: DigestChallenge, username: string, hash: (text: string) => string): string {
	if (challenge.userhash) return `username="${hash(`${username}:${challenge.realm}`)}"`;
	if (/^[\x20-\x7e]*$/.test(username)) return `username=${quoted(username)}`;
	const encoded = encodeURIComponent(username).replace(
		/['()*!]/g,
		(c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	return `username*=UTF-8''${encoded}`;
}

function quoted(value: string): string {
	return `"${value.replace(/["\\]/g, "\\$&")}"`;
}
