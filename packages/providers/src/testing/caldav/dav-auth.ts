import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { parseChallenges } from "../../caldav/auth/challenges.ts";

/** How a test server logs people in. */
export interface AuthPolicy {
	readonly scheme: "none" | "basic" | "digest";
	readonly algorithm?: "MD5" | "MD5-sess" | "SHA-256" | "SHA-256-sess";
	/** Requests that one nonce is good for; then `stale=true`. */
	readonly nonceUses?: number;
	/** Hands out the next nonce with each answer. */
	readonly nextNonce?: boolean;
	/**
	 * A nonce is good on the connection that it was given on. There, a request without login gets a challenge without
	 * a nonce, once (Cyrus).
	 */
	readonly boundToConnections?: boolean;
	/** Other challenges to send along, each as a header of its own. */
	readonly alsoOffers?: readonly string[];
}

export interface Account {
	username: string;
	password: string;
}

export interface AuthResult {
	readonly headers: readonly (readonly [string, string])[];
	readonly ok: boolean;
}

/** Checks logins the way RFC 7616 §3.4 tells servers to, on its own arithmetic. */
export class AuthChecker {
	#nonces = new Map<string, number>();
	readonly #sockets = new Map<string, object>();
	readonly #loggedIn = new WeakSet<object>();
	#made = 0;

	check(request: IncomingMessage, policy: AuthPolicy, account: Account): AuthResult {
		if (policy.scheme === "none") return { ok: true, headers: [] };
		const given = request.headers.authorization ?? "";
		if (policy.scheme === "basic") {
			const wanted = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString("base64")}`;
			if (given === wanted) return { ok: true, headers: [] };
			return this.#refuse(policy, 'Basic realm="Test \\"quoted\\", with comma"');
		}
		return this.#checkDigest(request, given, policy, account);
	}

	#checkDigest(request: IncomingMessage, given: string, policy: AuthPolicy, account: Account): AuthResult {
		const [answer] = parseChallenges(given);
		const value = (name: string) => answer?.parameters.get(name) ?? "";
		const uses = this.#nonces.get(value("nonce"));
		const count = Number.parseInt(value("nc"), 16);
		const fresh = (stale: boolean) => this.#refuse(policy, this.#challenge(policy, stale, request.socket));
		if (policy.boundToConnections && answer === undefined && this.#loggedIn.delete(request.socket)) {
			return this.#refuse(policy, "Digest");
		}
		const isElsewhere = policy.boundToConnections && this.#sockets.get(value("nonce")) !== request.socket;
		if (answer?.scheme !== "digest" || uses === undefined || isElsewhere) return fresh(false);
		if (policy.nonceUses !== undefined && uses >= policy.nonceUses) {
			this.#nonces.delete(value("nonce"));
			return fresh(true);
		}
		const algorithm = policy.algorithm ?? "MD5";
		const hash = (text: string) =>
			createHash(algorithm.startsWith("SHA") ? "sha256" : "md5")
				.update(text)
				.digest("hex");
		const secret = hash(`${account.username}:${REALM}:${account.password}`);
		const ha1 = algorithm.endsWith("-sess") ? hash(`${secret}:${value("nonce")}:${value("cnonce")}`) : secret;
		const ha2 = hash(`${request.method}:${request.url}`);
		const expected = hash([ha1, value("nonce"), value("nc"), value("cnonce"), "auth", ha2].join(":"));
		const ok = value("response") === expected && value("uri") === request.url && count === uses + 1;
		if (!ok) return fresh(false);
		this.#nonces.set(value("nonce"), uses + 1);
		this.#loggedIn.add(request.socket);
		if (!policy.nextNonce) return { ok, headers: [] };
		return { ok, headers: [["authentication-info", `qop=auth, nextnonce="${this.#makeNonce(request.socket)}"`]] };
	}

	#challenge(policy: AuthPolicy, stale: boolean, socket: object): string {
		const algorithm = policy.algorithm === undefined ? "" : `, algorithm=${policy.algorithm}`;
		const flag = stale ? ", stale=true" : "";
		return `Digest realm="${REALM}", qop="auth,auth-int", nonce="${this.#makeNonce(socket)}", opaque="o"${algorithm}${flag}`;
	}

	#makeNonce(socket: object): string {
		const nonce = `nonce-${++this.#made}==`;
		this.#nonces.set(nonce, 0);
		this.#sockets.set(nonce, socket);
		return nonce;
	}

	#refuse(policy: AuthPolicy, challenge: string): AuthResult {
		const offers = [...(policy.alsoOffers ?? []), challenge];
		return { ok: false, headers: offers.map((offer) => ["www-authenticate", offer] as const) };
	}
}

const REALM = "test@realm";
