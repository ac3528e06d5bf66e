import { ProviderFailure } from "../port/failure.ts";
import type { HttpResponse } from "../port/http.ts";
import type { ProviderContext } from "../port/provider.ts";
import { transportFailure } from "../shared/transport-failure.ts";
import type { Exchange } from "./failure.ts";
import { patiently, whenAdmitted } from "./patience.ts";

export interface GoogleRequest {
	readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
	/** Behind `/calendar/v3/`, each segment on its own. */
	readonly path: readonly string[];
	readonly query?: Readonly<Record<string, string | undefined>>;
	/** The etag that must be there still. */
	readonly ifMatch?: string | null;
	readonly body?: unknown;
	readonly exchange: Exchange;
}

/** A page of 2,500 large events. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Of one request: its token is renewed at once, then once more after a pause. */
const TRIES = 3;
const PAUSE_MS = 2_000;
/** Google compresses only for who has this word in it. */
const USER_AGENT = "Kalends (gzip)";

type SessionContext = Pick<ProviderContext, "http" | "tokens" | "now" | "signal"> &
	Partial<Pick<ProviderContext, "random" | "pause">>;

/** One account's way to the API: signs requests, and has refused tokens renewed. */
export class Session {
	readonly #context: SessionContext;
	readonly #root: URL;

	constructor(apiUrl: URL, context: SessionContext) {
		this.#root = new URL("calendar/v3/", apiUrl.href.endsWith("/") ? apiUrl : `${apiUrl.href}/`);
		this.#context = context;
	}

	now(): number {
		return this.#context.now();
	}

	/** An exchange that changes nothing, asked again where what went wrong passes soon. */
	patiently<T>(exchange: () => Promise<T>): Promise<T> {
		return patiently(this.#context, exchange);
	}

	/** A write, sent again where it came too soon after others. */
	whenAdmitted<T>(write: () => Promise<T>): Promise<T> {
		return whenAdmitted(this.#context, write);
	}

	/**
	 * @returns any answer but a 401, its body not read
	 * @throws ProviderFailure `auth_revoked` where renewed tokens are refused too, or as the transport fails
	 */
	async send(request: GoogleRequest): Promise<HttpResponse> {
		const { tokens } = this.#context;
		if (tokens === undefined) throw refusedSignIn("grant_revoked", "there is no sign-in to speak with Google by");
		const { pause, signal } = this.#context;
		let token = await tokens.get();
		for (let tries = 1; ; tries++) {
			const answer = await this.#exchange(request, token);
			if (answer.status !== 401) return answer;
			await answer.discard();
			if (tries === TRIES || (tries > 1 && pause === undefined)) break;
			if (tries > 1) await pause?.(PAUSE_MS, signal);
			token = await tokens.get(token);
		}
		const message = `${this.#root.host} refused a renewed token (401 to ${request.exchange.operation})`;
		throw refusedSignIn("token_refused", message);
	}

	async #exchange({ method, path, query, ifMatch, body }: GoogleRequest, token: string): Promise<HttpResponse> {
		const { http, signal } = this.#context;
		const url = new URL(path.map(encodeURIComponent).join("/"), this.#root);
		for (const [name, value] of Object.entries(query ?? {})) {
			if (value !== undefined) url.searchParams.set(name, value);
		}
		try {
			return await http({
				method,
				url,
				headers: {
					authorization: `Bearer ${token}`,
					accept: "application/json",
					"user-agent": USER_AGENT,
					...(body === undefined ? {} : { "content-type": "application/json" }),
					...(ifMatch == null ? {} : { "if-match": ifMatch }),
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
				maxBytes: MAX_BYTES,
				trusted: true,
				...(signal === undefined ? {} : { signal }),
			});
		} catch (error) {
			throw transportFailure(error, url.host);
		}
	}
}

function refusedSignIn(reason: "grant_revoked" | "token_refused", message: string): ProviderFailure {
	return new ProviderFailure("auth_revoked", { reason, status: 401, message });
}
