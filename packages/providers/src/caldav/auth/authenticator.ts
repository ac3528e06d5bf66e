import { parseChallenges } from "./challenges.ts";
import { chooseDigest, type DigestChallenge, digestAuthorization } from "./digest.ts";

/** How an account proves itself; remembered between calls in the connection's settings. */
export type AuthScheme = "none" | "basic" | "digest";

export interface PasswordCredentials {
	readonly username: string;
	readonly password: string;
}

/** What a 401 means for the request that got it. */
export type Verdict =
	/** Send it again: `authorize` has a new answer. */
	| "retry"
	/** User name or password are wrong. */
	| "refused"
	/** There are no credentials, and the server wants some. */
	| "required"
	/** The server offers only schemes that a password cannot serve. */
	| "unsupported";

interface DigestState {
	readonly challenge: DigestChallenge;
	nonceCount: number;
}

/**
 * Answers challenges for one account: Basic is sent without being asked for, Digest once an origin has asked.
 * Knows nothing of where credentials may go; the session decides that before it asks.
 */
export class Authenticator {
	readonly #credentials: PasswordCredentials | null;
	readonly #cnonce: () => string;
	readonly #digests = new Map<string, DigestState>();
	#scheme: AuthScheme;

	/** @param scheme what the account used before */
	constructor(credentials: PasswordCredentials | null, scheme: AuthScheme | null, cnonce: () => string) {
		this.#credentials = credentials;
		this.#scheme = credentials === null ? "none" : scheme === "digest" ? "digest" : "basic";
		this.#cnonce = cnonce;
	}

	get scheme(): AuthScheme {
		return this.#scheme;
	}

	/** The Authorization header for a request; null to send none. */
	authorize(method: string, url: URL): string | null {
		if (this.#credentials === null) return null;
		const digest = this.#digests.get(url.origin);
		if (digest !== undefined) {
			digest.nonceCount++;
			return digestAuthorization({
				...this.#credentials,
				challenge: digest.challenge,
				method,
				uri: url.pathname + url.search,
				nonceCount: digest.nonceCount,
				cnonce: this.#cnonce(),
			});
		}
		if (this.#scheme !== "basic") return null;
		const { username, password } = this.#credentials;
		return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
	}

	/** Takes over a nonce for the next request (RFC 7616 §3.5, Authentication-Info). */
	learn(url: URL, headers: Headers): void {
		const info = headers.get("authentication-info");
		const digest = this.#digests.get(url.origin);
		if (info === null || digest === undefined) return;
		const nonce = parseChallenges(`Digest ${info}`)[0]?.parameters.get("nextnonce");
		if (nonce) this.#digests.set(url.origin, { challenge: { ...digest.challenge, nonce }, nonceCount: 0 });
	}

	/** @param sent the Authorization header of the request that was answered with 401 */
	challenged(url: URL, headers: Headers, sent: string | null): Verdict {
		if (this.#credentials === null) return "required";
		const challenges = parseChallenges(headers.get("www-authenticate"));
		const digest = chooseDigest(challenges);
		const basic = challenges.some(({ scheme }) => scheme === "basic");
		const before = this.#digests.get(url.origin);
		if (sent?.startsWith("Digest ")) {
			if (digest === null) return "refused";
			// A nonce that had served before may have run out although the server does not say so.
			const again =
				digest.stale || (before !== undefined && before.nonceCount > 1 && !sent.includes(`"${digest.nonce}"`));
			return again ? this.#useDigest(url, digest) : "refused";
		}
		if (digest !== null && (sent === null || !basic)) return this.#useDigest(url, digest);
		if (sent === null && basic) {
			this.#scheme = "basic";
			return "retry";
		}
		return basic || challenges.length === 0 ? "refused" : "unsupported";
	}

	#useDigest(url: URL, challenge: DigestChallenge): Verdict {
		this.#scheme = "digest";
		this.#digests.set(url.origin, { challenge, nonceCount: 0 });
		return "retry";
	}
}
