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
	/** Send it again as it was: the challenge gives nothing to answer with, the next one may. */
	| "repeat"
	/** User name or password are wrong. */
	| "refused"
	/** There are no credentials, and the server wants some. */
	| "required"
	/** The server offers only schemes that a password cannot serve. */
	| "unsupported";

export interface DigestState {
	readonly challenge: DigestChallenge;
	nonceCount: number;
	/**
	 * Refusals in a row that are taken to be the nonce's. None until a request was let in: then the password is right.
	 */
	forgiven: number;
}

/** A nonce that has run out without a word, and one that was meant for another connection. */
const FORGIVEN = 2;

/** By origin. */
export type DigestStates = Map<string, DigestState>;

/**
 * Answers challenges for one account: Basic is sent without being asked for, Digest once an origin has asked.
 * Knows nothing of where credentials may go; the session decides that before it asks.
 */
export class Authenticator {
	readonly #credentials: PasswordCredentials | null;
	readonly #cnonce: () => string;
	readonly #digests: DigestStates;
	#scheme: AuthScheme;

	/**
	 * @param scheme what the account used before
	 * @param digests what is known of nonces, and brought up to date
	 */
	constructor(
		credentials: PasswordCredentials | null,
		scheme: AuthScheme | null,
		cnonce: () => string,
		digests: DigestStates = new Map(),
	) {
		this.#digests = digests;
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

	/** Takes note of a login that was accepted, and of the nonce for the next (RFC 7616 §3.5, Authentication-Info). */
	accepted(url: URL, headers: Headers): void {
		const digest = this.#digests.get(url.origin);
		if (digest === undefined) return;
		digest.forgiven = FORGIVEN;
		const info = headers.get("authentication-info");
		const nonce = info === null ? undefined : parseChallenges(`Digest ${info}`)[0]?.parameters.get("nextnonce");
		if (nonce) this.#digests.set(url.origin, { ...digest, challenge: { ...digest.challenge, nonce }, nonceCount: 0 });
	}

	/** @param sent the Authorization header of the request that was answered with 401 */
	challenged(url: URL, headers: Headers, sent: string | null): Verdict {
		if (this.#credentials === null) return "required";
		const challenges = parseChallenges(headers.get("www-authenticate"));
		const digest = chooseDigest(challenges);
		const basic = challenges.some(({ scheme }) => scheme === "basic");
		// Cyrus, on a connection on which somebody has logged in before: no nonce, and the next answer has one.
		if (!basic && challenges.some(({ scheme, parameters }) => scheme === "digest" && !parameters.has("nonce")))
			return "repeat";
		if (sent?.startsWith("Digest ")) {
			const held = this.#digests.get(url.origin);
			// Another request has brought a newer nonce meanwhile.
			if (held !== undefined && parseChallenges(sent)[0]?.parameters.get("nonce") !== held.challenge.nonce)
				return "retry";
			const forgiven = held?.forgiven ?? 0;
			if (digest?.stale) return this.#useDigest(url, digest, forgiven);
			if (digest !== null && forgiven > 0) return this.#useDigest(url, digest, forgiven - 1);
			this.#digests.delete(url.origin);
			return "refused";
		}
		if (digest !== null && (sent === null || !basic)) return this.#useDigest(url, digest, 0);
		if (sent === null && basic) {
			this.#scheme = "basic";
			return "retry";
		}
		return basic || challenges.length === 0 ? "refused" : "unsupported";
	}

	#useDigest(url: URL, challenge: DigestChallenge, forgiven: number): Verdict {
		this.#scheme = "digest";
		this.#digests.set(url.origin, { challenge, nonceCount: 0, forgiven });
		return "retry";
	}
}
