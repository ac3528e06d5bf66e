import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { CookieJar } from "tough-cookie";
import { ProviderFailure } from "../port/failure.ts";
import { type HttpRequest, type HttpResponse, type HttpTransport, TransportError } from "../port/http.ts";
import { Authenticator, type AuthScheme, type PasswordCredentials, type Verdict } from "./auth/authenticator.ts";
import { type CredentialPolicy, isOperators, mayReceiveCredentials } from "./auth/credential-policy.ts";
import type { LoginMemory } from "./auth/login-memory.ts";
import { failureOfError } from "./failure.ts";
import { Gate } from "./gate.ts";
import { resolveLink } from "./href.ts";

export interface DavRequest {
	readonly method: string;
	readonly url: URL;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	readonly maxBytes?: number;
	readonly timeoutMs?: number;
}

export interface SessionInput {
	readonly http: HttpTransport;
	readonly credentials: PasswordCredentials | null;
	/** How the account logged in before; null where that is not known. */
	readonly scheme: AuthScheme | null;
	readonly policy: CredentialPolicy;
	/** Where the account is known to be. Other origins, though the policy may allow them, have to ask for the login. */
	readonly origins: readonly string[];
	/** For requests that name none themselves; the transport's where absent. */
	readonly timeoutMs?: number;
	readonly now: () => number;
	readonly signal?: AbortSignal;
	/** Shared with other sessions of the account. */
	readonly memory?: LoginMemory;
	/** For Digest; random where absent. */
	readonly cnonce?: () => string;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** To these, 303 says that it was done, and where to read about it (RFC 9110 §15.4.4). */
const WRITES: ReadonlySet<string> = new Set(["PUT", "DELETE"]);
const MAX_REDIRECTS = 6;
/** Challenges answered for one request: a scheme to learn, and nonces that run out while others are under way. */
const MAX_CHALLENGES = 5;
/** Requests of one account under way at once (caldav.md §10). */
const CONNECTIONS = 3;

/**
 * One account during one call of the provider: logs in, keeps cookies, follows redirects with method and body,
 * and holds the number of connections down. Answers any status but 401; that, and what the transport throws,
 * comes as a `ProviderFailure`.
 */
export class Session {
	readonly now: () => number;
	readonly #input: SessionInput;
	readonly #auth: Authenticator;
	readonly #cookies = new CookieJar(null, { looseMode: true });
	readonly #gate: Gate;
	/** Origins that the login is sent to. */
	readonly #introduced: Set<string>;

	constructor(input: SessionInput) {
		this.#input = input;
		this.now = input.now;
		this.#introduced = new Set(input.origins);
		const cnonce = input.cnonce ?? (() => randomBytes(16).toString("hex"));
		this.#auth = new Authenticator(input.credentials, input.scheme, cnonce, input.memory?.digests);
		this.#gate = input.memory?.gate ?? new Gate(CONNECTIONS);
	}

	/** How the account logs in, as far as this session has learned. */
	get scheme(): AuthScheme {
		return this.#auth.scheme;
	}

	/**
	 * Sends the login to this origin from now on. False where that changes nothing: it is sent there already, there is
	 * none, or it must not go there.
	 */
	introduce(url: URL): boolean {
		const { credentials, policy } = this.#input;
		if (credentials === null || this.#introduced.has(url.origin) || !mayReceiveCredentials(url, policy)) return false;
		this.#introduced.add(url.origin);
		return true;
	}

	async send(request: DavRequest): Promise<HttpResponse> {
		const left = await this.#gate.enter();
		const leave = this.#input.memory === undefined ? left : () => void connectionFree().then(left);
		try {
			const response = await this.#follow(request);
			return holding(response, request, leave);
		} catch (error) {
			leave();
			throw error;
		}
	}

	async #follow(request: DavRequest): Promise<HttpResponse> {
		let current = request;
		for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
			const response = await this.#authenticated(current);
			const location = response.headers.get("location");
			const isDone = response.status === 303 && WRITES.has(request.method);
			if (!REDIRECTS.has(response.status) || location === null || isDone) return response;
			await response.discard();
			const target = resolveLink(location, response.url);
			if (target === null) throw tooManyRedirects(current.url, "redirected to an address that is no web address");
			if (target.href === current.url.href) throw tooManyRedirects(current.url, "redirected to itself");
			current = { ...current, url: target };
		}
		throw tooManyRedirects(current.url, "redirected too many times");
	}

	async #authenticated(request: DavRequest): Promise<HttpResponse> {
		const { policy, credentials } = this.#input;
		if (credentials !== null && !mayReceiveCredentials(request.url, policy)) throw unsafe(request.url, policy);
		for (let answered = 0; ; answered++) {
			const isIntroduced = this.#introduced.has(request.url.origin);
			const authorization = isIntroduced ? this.#auth.authorize(request.method, request.url) : null;
			const response = await this.#exchange(request, authorization);
			if (response.status !== 401) {
				this.#auth.accepted(request.url, response.headers);
				return response;
			}
			const verdict = this.#auth.challenged(request.url, response.headers, authorization);
			await response.discard();
			const isAsking = this.introduce(request.url) && verdict === "refused";
			const again = verdict === "retry" || verdict === "repeat" || isAsking;
			if (!again || answered >= MAX_CHALLENGES) throw unauthorised(verdict, request.url);
			await connectionFree();
		}
	}

	async #exchange(request: DavRequest, authorization: string | null): Promise<HttpResponse> {
		const { url } = request;
		const cookie = this.#cookies.getCookieStringSync(url.href);
		const outgoing: HttpRequest = {
			...request,
			headers: {
				"user-agent": "Kalends",
				...(request.body === undefined ? {} : { "content-type": "application/xml; charset=utf-8" }),
				...request.headers,
				...(authorization === null ? {} : { authorization }),
				...(cookie === "" ? {} : { cookie }),
			},
			...(this.#input.timeoutMs === undefined ? {} : { timeoutMs: this.#input.timeoutMs }),
			...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
			redirect: "manual",
			trusted: isOperators(url, this.#input.policy),
			...(this.#input.signal === undefined ? {} : { signal: this.#input.signal }),
		};
		const response = await this.#deliver(outgoing, request);
		for (const line of response.headers.getSetCookie()) {
			this.#cookies.setCookieSync(line, url.href, { ignoreError: true });
		}
		return response;
	}

	/**
	 * All our requests are safe to repeat, so one is when a kept-alive connection turns out to be closed: they read, or
	 * are writes that are done only if nothing has changed, also not by the first attempt.
	 */
	async #deliver(outgoing: HttpRequest, request: DavRequest): Promise<HttpResponse> {
		try {
			return await this.#input.http(outgoing);
		} catch (error) {
			if (!(error instanceof TransportError && error.code === "connection_lost")) throw failureOfError(error, request);
		}
		try {
			return await this.#input.http(outgoing);
		} catch (error) {
			throw failureOfError(error, request);
		}
	}
}

/**
 * HTTP clients take a turn or two of the event loop before they use a connection again; a nonce may be known on the
 * one that it came from only.
 */
async function connectionFree(): Promise<void> {
	await setImmediate();
	await setImmediate();
}

/** The same answer, which leaves the gate when its body was read or dropped, and whose body throws ProviderFailures. */
function holding(response: HttpResponse, request: DavRequest, leave: () => void): HttpResponse {
	const judged = async <T>(read: () => Promise<T>): Promise<T> => {
		try {
			return await read();
		} catch (error) {
			throw failureOfError(error, request);
		} finally {
			leave();
		}
	};
	return {
		status: response.status,
		headers: response.headers,
		url: response.url,
		permanentlyMoved: response.permanentlyMoved,
		body: heldBody(response, request, leave),
		text: () => judged(() => response.text()),
		bytes: () => judged(() => response.bytes()),
		discard: () => judged(() => response.discard()),
	};
}

async function* heldBody(response: HttpResponse, request: DavRequest, leave: () => void): AsyncGenerator<Uint8Array> {
	let whole = false;
	try {
		yield* response.body;
		whole = true;
	} catch (error) {
		throw failureOfError(error, request);
	} finally {
		if (!whole) await response.discard().catch(() => {});
		leave();
	}
}

function unsafe(target: URL, policy: CredentialPolicy): ProviderFailure {
	const reachable = mayReceiveCredentials(target, { ...policy, trustedHost: () => true });
	if (reachable) {
		return new ProviderFailure("invalid", {
			reason: "address_blocked",
			message:
				`the password would go to ${target.host} without encryption; use https, ` +
				"or let an operator allow the host in KALENDS_ALLOWED_PRIVATE_HOSTS",
		});
	}
	return new ProviderFailure("invalid", {
		reason: "unsafe_redirect",
		message:
			`${policy.home.host} points to another site, ${target.host}; the password was not sent there. ` +
			`If you trust it, enter ${target.origin}/ as the address`,
	});
}

function tooManyRedirects(url: URL, what: string): ProviderFailure {
	return new ProviderFailure("invalid", { reason: "too_many_redirects", message: `${url.host} ${what}` });
}

function unauthorised(verdict: Verdict, url: URL): ProviderFailure {
	const kind = "auth_revoked";
	if (verdict === "required") {
		const message = `${url.host} asks for a user name and a password`;
		return new ProviderFailure(kind, { reason: "credentials_required", status: 401, message });
	}
	if (verdict === "unsupported" || verdict === "repeat") {
		const message = `${url.host} takes no password (neither Basic nor Digest login), so it cannot be connected this way`;
		return new ProviderFailure(kind, { reason: "unsupported_auth", status: 401, message });
	}
	const message = `${url.host} refused the user name or password`;
	return new ProviderFailure(kind, { reason: "wrong_credentials", status: 401, message });
}
