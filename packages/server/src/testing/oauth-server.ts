import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What a person does on the consent page. */
export interface ConsentChoice {
	/** E-mail address of one of the accounts. */
	readonly account: string;
	readonly untick?: readonly string[];
	/** The answer names its issuer (RFC 9207). Default true. */
	readonly namesIssuer?: boolean;
}

export interface TokenCall {
	readonly grantType: string;
	readonly parameters: Readonly<Record<string, string>>;
}

export interface Fault {
	readonly status: number;
	readonly body: string;
	readonly headers?: Readonly<Record<string, string>>;
}

export type IdTokenStyle =
	| "good"
	| "none"
	| "unsigned"
	| "other nonce"
	| "other audience"
	| "other issuer"
	| "expired"
	| "no address";

/** Settings that a test may change at any time. */
export interface OAuthServerSettings {
	/** `keep`: refresh tokens stay good and are not sent again (Google); `rotate`: each is good once. */
	refreshTokens: "keep" | "rotate";
	expiresIn: number | null;
	idToken: IdTokenStyle;
	/** Does a first answer hold a refresh token? */
	givesRefreshToken: boolean;
	/** Does the answer say what was granted? */
	namesScopes: boolean;
	/** Does the answer say that its token is a bearer's? */
	namesTokenType: boolean;
	/** Is there a userinfo endpoint? */
	tellsWhose: boolean;
	redirectUris: string[];
	/** How a browser is told of a redirect URI that is not known: Google redirects to a page, the sandbox shows it. */
	tellsMismatch: "redirect" | "page" | "not";
	/** Epoch milliseconds. */
	now: () => number;
}

interface Account {
	readonly subject: string;
	readonly email: string;
}

interface Code {
	readonly account: Account;
	readonly scopes: readonly string[];
	readonly redirectUri: string;
	readonly challenge: string;
	readonly nonce: string;
}

/**
 * An OpenID provider for tests, on a port of this machine: strict about what clients must send, and with the faults that
 * tests ask for.
 */
export interface OAuthServer {
	readonly issuer: string;
	readonly client: { readonly id: string; readonly secret: string };
	readonly settings: OAuthServerSettings;
	/** Environment of a server that is registered with it. */
	readonly env: Readonly<Record<string, string>>;
	readonly tokenCalls: TokenCall[];
	readonly revoked: readonly string[];
	/** All requests, as method and path. */
	readonly requests: readonly string[];
	addAccount(email: string, subject?: string): void;
	/** Where the consent page sends the browser after this choice; throws where the request is not as it must be. */
	consent(location: string, choice: ConsentChoice): string;
	/** Whose good access token it is; null where it is none. */
	accountOf(accessToken: string): string | null;
	/** From now on no token of this account is good. */
	withdraw(email: string): void;
	/** From now on no access token given out so far is good; refresh tokens are. */
	expireAccessTokens(): void;
	/** The next call of the token endpoint is answered so, without an effect. */
	failToken(fault: Fault): void;
	/** The next call of the revocation endpoint is answered so, without an effect. */
	failRevocation(fault: Fault): void;
	/** Calls of the token endpoint wait until released. */
	hold(): { readonly reached: Promise<void>; release(): void };
	close(): Promise<void>;
}

const CLIENT = { id: "kalends.apps.example.com", secret: "GOCSPX-client-secret" };

export async function startOAuthServer(): Promise<OAuthServer> {
	const side = new OAuthSide();
	const server = createServer((request, response) => {
		side.answer(request, response).catch((error: unknown) => response.destroy(error as Error));
	});
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	side.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return Object.assign(side, {
		close: async () => {
			server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		},
	});
}

class OAuthSide implements Omit<OAuthServer, "close"> {
	issuer = "";
	readonly client = CLIENT;
	readonly settings: OAuthServerSettings = {
		refreshTokens: "keep",
		expiresIn: 3_600,
		idToken: "good",
		givesRefreshToken: true,
		namesScopes: true,
		namesTokenType: true,
		tellsWhose: true,
		redirectUris: ["http://localhost:3000/connect/google/callback"],
		tellsMismatch: "redirect",
		now: Date.now,
	};
	readonly tokenCalls: TokenCall[] = [];
	readonly revoked: string[] = [];
	readonly requests: string[] = [];
	readonly #accounts = new Map<string, Account>();
	readonly #codes = new Map<string, Code>();
	readonly #refresh = new Map<string, { account: Account; scopes: readonly string[] }>();
	readonly #access = new Map<string, Account>();
	readonly #faults: Fault[] = [];
	readonly #revocationFaults: Fault[] = [];
	#gate: { reached: () => void; open: Promise<void> } | null = null;

	get env(): Record<string, string> {
		return { GOOGLE_CLIENT_ID: CLIENT.id, GOOGLE_CLIENT_SECRET: CLIENT.secret, GOOGLE_ISSUER: this.issuer };
	}

	addAccount(email: string, subject = `sub-${email}`): void {
		this.#accounts.set(email, { email, subject });
	}

	consent(location: string, { account: email, untick = [], namesIssuer = true }: ConsentChoice): string {
		const url = new URL(location);
		const given = (name: string): string => {
			const values = url.searchParams.getAll(name);
			if (values.length !== 1) throw new Error(`the authorization request has ${values.length} of ${name}`);
			return values[0] ?? "";
		};
		const account = this.#accounts.get(email);
		if (account === undefined) throw new Error(`no account ${email}`);
		if (`${url.origin}${url.pathname}` !== `${this.issuer}/auth`)
			throw new Error(`not the consent page: ${url.origin}`);
		if (given("client_id") !== CLIENT.id) throw new Error("invalid_client");
		if (given("response_type") !== "code") throw new Error("unsupported_response_type");
		if (given("code_challenge_method") !== "S256") throw new Error("no S256");
		const redirectUri = given("redirect_uri");
		if (!this.settings.redirectUris.includes(redirectUri)) throw new Error(`redirect_uri_mismatch: ${redirectUri}`);
		const code = secret("code");
		this.#codes.set(code, {
			account,
			scopes: given("scope")
				.split(" ")
				.filter((scope) => !untick.includes(scope)),
			redirectUri,
			challenge: given("code_challenge"),
			nonce: given("nonce"),
		});
		const answer = new URL(redirectUri);
		answer.searchParams.set("state", given("state"));
		answer.searchParams.set("code", code);
		if (namesIssuer) answer.searchParams.set("iss", this.issuer);
		return answer.href;
	}

	accountOf(accessToken: string): string | null {
		return this.#access.get(accessToken)?.email ?? null;
	}

	withdraw(email: string): void {
		for (const [token, { account }] of this.#refresh) if (account.email === email) this.#refresh.delete(token);
		for (const [token, account] of this.#access) if (account.email === email) this.#access.delete(token);
	}

	expireAccessTokens(): void {
		this.#access.clear();
	}

	failToken(fault: Fault): void {
		this.#faults.push(fault);
	}

	failRevocation(fault: Fault): void {
		this.#revocationFaults.push(fault);
	}

	hold() {
		const reached = Promise.withResolvers<void>();
		const open = Promise.withResolvers<void>();
		this.#gate = { reached: reached.resolve, open: open.promise };
		return {
			reached: reached.promise,
			release: () => {
				this.#gate = null;
				open.resolve();
			},
		};
	}

	async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { pathname: path, searchParams } = new URL(request.url ?? "/", this.issuer);
		this.requests.push(`${request.method} ${path}`);
		const body = Object.fromEntries(new URLSearchParams(await text(request)));
		switch (`${request.method} ${path}`) {
			case "GET /.well-known/openid-configuration":
				return json(response, 200, this.#document());
			case "GET /auth":
				return this.#withoutPage(searchParams, response);
			case "POST /token":
				return this.#token(body, response);
			case "POST /revoke":
				this.#revoke(body.token ?? "", response);
				return;
			case "GET /userinfo": {
				const account = this.#access.get(request.headers.authorization?.replace(/^Bearer /, "") ?? "");
				if (account === undefined) return json(response, 401, { error: "invalid_token" });
				return json(response, 200, { sub: account.subject, email: account.email, email_verified: true });
			}
			default:
				return json(response, 404, { error: "not_found" });
		}
	}

	#document() {
		return {
			issuer: this.issuer,
			authorization_endpoint: `${this.issuer}/auth`,
			token_endpoint: `${this.issuer}/token`,
			revocation_endpoint: `${this.issuer}/revoke`,
			...(this.settings.tellsWhose ? { userinfo_endpoint: `${this.issuer}/userinfo` } : {}),
			jwks_uri: `${this.issuer}/certs`,
			response_types_supported: ["code"],
			subject_types_supported: ["public"],
			id_token_signing_alg_values_supported: ["RS256"],
			code_challenge_methods_supported: ["plain", "S256"],
		};
	}

	/** `prompt=none` of a browser that nobody is signed in with. */
	#withoutPage(asked: URLSearchParams, response: ServerResponse): void {
		const uri = asked.get("redirect_uri") ?? "";
		const { redirectUris, tellsMismatch } = this.settings;
		if (asked.get("prompt") !== "none" || asked.get("client_id") !== CLIENT.id || tellsMismatch === "not") {
			response.writeHead(200, { "content-type": "text/html" }).end("<h1>Sign in</h1>");
		} else if (redirectUris.includes(uri)) {
			response.writeHead(302, { location: `${uri}?error=interaction_required&state=${asked.get("state")}` }).end();
		} else if (tellsMismatch === "page") {
			response.writeHead(400, { "content-type": "text/html" }).end("<h1>Error 400: redirect_uri_mismatch</h1>");
		} else {
			const told = Buffer.from("\n\x15redirect_uri_mismatch\x12\x10You can't sign in").toString("base64url");
			response.writeHead(302, { location: `${this.issuer}/signin/oauth/error?authError=${told}` }).end();
		}
	}

	async #token(parameters: Record<string, string>, response: ServerResponse): Promise<void> {
		this.tokenCalls.push({ grantType: parameters.grant_type ?? "", parameters });
		this.#gate?.reached();
		await this.#gate?.open;
		if (failed(response, this.#faults.shift())) return;
		if (parameters.client_id !== CLIENT.id || parameters.client_secret !== CLIENT.secret) {
			return json(response, 401, { error: "invalid_client", error_description: "Unauthorized" });
		}
		if (parameters.grant_type === "authorization_code") {
			this.#exchange(parameters, response);
			return;
		}
		const { refresh_token: token = "" } = parameters;
		const grant = this.#refresh.get(token);
		if (grant === undefined) {
			// Some repeat what they were sent.
			return json(response, 400, { error: "invalid_grant", error_description: `Token ${token} has been revoked.` });
		}
		const rotates = this.settings.refreshTokens === "rotate";
		if (rotates) this.#refresh.delete(token);
		json(response, 200, this.#grant(grant.account, grant.scopes, rotates ? "new" : "none"));
	}

	#exchange(parameters: Record<string, string>, response: ServerResponse): unknown {
		const code = this.#codes.get(parameters.code ?? "");
		this.#codes.delete(parameters.code ?? "");
		const challenge = createHash("sha256")
			.update(parameters.code_verifier ?? "")
			.digest("base64url");
		if (code === undefined || code.challenge !== challenge) return json(response, 400, { error: "invalid_grant" });
		if (code.redirectUri !== parameters.redirect_uri) return json(response, 400, { error: "redirect_uri_mismatch" });
		const tokens = this.#grant(code.account, code.scopes, this.settings.givesRefreshToken ? "new" : "none");
		const style = this.settings.idToken;
		return json(response, 200, style === "none" ? tokens : { ...tokens, id_token: this.#idToken(code, style) });
	}

	#grant(account: Account, scopes: readonly string[], refresh: "new" | "none") {
		const accessToken = secret("ya29");
		this.#access.set(accessToken, account);
		const refreshToken = secret("1//");
		if (refresh === "new") this.#refresh.set(refreshToken, { account, scopes });
		return {
			access_token: accessToken,
			...(this.settings.namesTokenType ? { token_type: "Bearer" } : {}),
			...(this.settings.expiresIn === null ? {} : { expires_in: this.settings.expiresIn }),
			...(this.settings.namesScopes ? { scope: scopes.join(" ") } : {}),
			...(refresh === "new" ? { refresh_token: refreshToken } : {}),
		};
	}

	#idToken({ account, nonce }: Code, style: IdTokenStyle): string {
		const now = Math.floor(this.settings.now() / 1000);
		const claims = {
			iss: style === "other issuer" ? "https://accounts.example.org" : this.issuer,
			aud: style === "other audience" ? "another-client" : CLIENT.id,
			sub: account.subject,
			...(style === "no address" ? {} : { email: account.email, email_verified: true }),
			nonce: style === "other nonce" ? "another" : nonce,
			iat: now - (style === "expired" ? 7_200 : 0),
			exp: now + (style === "expired" ? -3_600 : 3_600),
		};
		const header = { alg: style === "unsigned" ? "none" : "RS256", typ: "JWT" };
		const signature = style === "unsigned" ? "" : randomBytes(32).toString("base64url");
		return (
			[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".") +
			`.${signature}`
		);
	}

	#revoke(token: string, response: ServerResponse): unknown {
		if (failed(response, this.#revocationFaults.shift())) return;
		const grant = this.#refresh.get(token);
		if (grant === undefined && !this.#access.has(token)) return json(response, 400, { error: "invalid_token" });
		this.revoked.push(token);
		if (grant !== undefined) this.withdraw(grant.account.email);
		return json(response, 200, {});
	}
}

function secret(kind: string): string {
	return `${kind}-${randomBytes(24).toString("base64url")}`;
}

function failed(response: ServerResponse, fault: Fault | undefined): boolean {
	if (fault === undefined) return false;
	response.writeHead(fault.status, { "content-type": "application/json", ...fault.headers }).end(fault.body);
	return true;
}

function json(response: ServerResponse, status: number, body: unknown): void {
	response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}
