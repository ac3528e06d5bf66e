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
/** Google compresses only for who has this word in it. */
const USER_AGENT = "Kalends (gzip)";

type SessionContext = Pick<ProviderContext, "http" | "tokens" | "now" | "signal"> &
	Partial<Pick<ProviderContext, "random" | "pause">>;

/** One account's way to the API: signs requests, and has a refused token renewed once. */
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
	 * @throws ProviderFailure `auth_revoked` where a renewed token is refused too, or as the transport fails
	 */
	async send(request: GoogleRequest): Promise<HttpResponse> {
		const { tokens } = this.#context;
		if (tokens === undefined) throw refusedSignIn("there is no sign-in to speak with Google by");
		const token = await tokens.get();
		const first = await this.#exchange(request, token);
		if (first.status !== 401) return first;
		await first.discard();
		const second = await this.#exchange(request, await tokens.get(token));
		if (second.status !== 401) return second;
		await second.discard();
		throw refusedSignIn(`${this.#root.host} refused a renewed token (401 to ${request.exchange.operation})`);
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

function refusedSignIn(message: string): ProviderFailure {
	return new ProviderFailure("auth_revoked", { reason: "grant_revoked", status: 401, message });
}
