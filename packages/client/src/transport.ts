import type { Operations } from "./api.gen.ts";
import { errorOfResponse, KalendsError } from "./errors.ts";
import { retryDelay, UNKNOWN } from "./retry.ts";

/** Method and path of an endpoint, as the reference writes them: `GET /v1/events/{id}`. */
export type OperationKey = keyof Operations;
export type PathOf<K extends OperationKey> = Operations[K]["path"];
export type QueryOf<K extends OperationKey> = NonNullable<Operations[K]["query"]>;
export type BodyOf<K extends OperationKey> = Operations[K]["body"];
type HeadersOf<K extends OperationKey> = Operations[K]["headers"];
/** What a success answers: undefined for 204. */
export type AnswerOf<K extends OperationKey> = Operations[K]["answers"][keyof Operations[K]["answers"]];

export interface RequestOptions {
	/** Ends the request, its retries and their waits; it then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
	/** Milliseconds for each try; in place of the client's. 0: none. */
	readonly timeout?: number | undefined;
	/** In place of the client's. */
	readonly retries?: number | undefined;
	/** POST: makes tries of different processes one; a new key for each request unless told. */
	readonly idempotencyKey?: string | undefined;
}

type Part<Name extends string, T> = undefined extends T
	? { readonly [key in Name]?: T }
	: Record<never, never> extends T
		? { readonly [key in Name]?: T | undefined }
		: { readonly [key in Name]: T };

/** Only what the endpoint takes, and all that it needs. */
export type Parts<K extends OperationKey> = Part<"path", PathOf<K>> &
	Part<"query", Operations[K]["query"]> &
	Part<"headers", HeadersOf<K>> &
	Part<"body", BodyOf<K>>;

export interface TransportOptions {
	/** Of the server; the page's own unless told. */
	readonly url?: string | URL | undefined;
	/** `kal_…`; without one the browser's session cookie counts. */
	readonly apiKey?: string | undefined;
	/** `usr_…`: the user that an admin key acts for. */
	readonly actFor?: string | undefined;
	readonly fetch?: ((input: string, init?: RequestInit) => Promise<Response>) | undefined;
	/** Told when the session has ended or the key is not valid, before the request rejects. */
	readonly onUnauthorized?: ((error: KalendsError) => void) | undefined;
	/** How often a request is sent again at most (2). */
	readonly retries?: number | undefined;
	/** Milliseconds for each try (60,000); 0: none. */
	readonly timeout?: number | undefined;
	/** For tests: uniform in [0, 1). */
	readonly random?: (() => number) | undefined;
	/** For tests: waits for so many milliseconds, less when the signal ends it. */
	readonly wait?: ((milliseconds: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
}

interface AnyParts {
	readonly path?: Readonly<Record<string, string>> | undefined;
	readonly query?: object | undefined;
	readonly headers?: object | undefined;
	readonly body?: unknown;
}

/** Sends requests: addresses, credentials, retries, errors. Everything else of the client is made of `call`. */
export class Transport {
	readonly #options: TransportOptions;

	constructor(options: TransportOptions) {
		this.#options = options;
	}

	/**
	 * @returns the answer's body; undefined where there is none
	 * @throws KalendsError; the signal's reason when it was aborted; TypeError when asked without an address or an id, or with what is no key
	 */
	async call<K extends OperationKey>(key: K, parts: Parts<K>, options: RequestOptions = {}): Promise<AnswerOf<K>> {
		return (await this.#send(key, parts, options, readBody)) as AnswerOf<K>;
	}

	/** As `call`, before the body is read: for streams and downloads. */
	send<K extends OperationKey>(key: K, parts: Parts<K>, options: RequestOptions = {}): Promise<Response> {
		return this.#send(key, parts, options, async (response) => response);
	}

	/** @param read part of each try: an answer that breaks off is no answer */
	async #send<T>(
		key: string,
		parts: object,
		options: RequestOptions,
		read: (response: Response) => Promise<T>,
	): Promise<T> {
		const { path, query, headers, body } = (parts ?? {}) as AnyParts;
		const [method = "GET", template = "/"] = key.split(" ");
		const address = this.#address(template, path, query);
		const once = method === "POST" ? (options.idempotencyKey ?? newIdempotencyKey()) : null;
		const sent: Record<string, string> = this.#headers(body !== undefined);
		for (const [name, value] of Object.entries(headers ?? {})) if (value !== undefined) sent[name] = String(value);
		if (once !== null && template.startsWith("/v1/")) sent["idempotency-key"] = once;
		const init: RequestInit = {
			method,
			// Here what no header can carry is a TypeError; in `fetch` it would look like a failure of the network.
			headers: new Headers(sent),
			// Followed, a POST may become a GET.
			redirect: "manual",
			credentials: this.#options.apiKey === undefined ? "same-origin" : "omit",
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		};
		const relative = method === "PATCH" && isRelative(query, body);
		let lost = false;
		for (let attempt = 1; ; attempt++) {
			const tried = await this.#try(address, init, options, read);
			if ("answer" in tried) return tried.answer;
			const { error } = tried;
			// The answer to an earlier try was lost; that it is gone now means that it was deleted.
			if (method === "DELETE" && lost && error.status === 404) return read(new Response(null, { status: 204 }));
			lost ||= UNKNOWN.has(error.status);
			const pause = retryDelay(
				error,
				{ method, once: "idempotency-key" in sent, conditional: "If-Match" in sent, relative, sent: attempt },
				options.retries ?? this.#options.retries ?? 2,
				this.random(),
			);
			if (pause === null) {
				if (error.code === "unauthenticated") this.#options.onUnauthorized?.(error);
				throw error;
			}
			await this.wait(pause, options.signal);
		}
	}

	/** Uniform in [0, 1). */
	random(): number {
		return (this.#options.random ?? Math.random)();
	}

	/** Ends with the signal's reason when that comes first. */
	wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
		return (this.#options.wait ?? wait)(milliseconds, signal);
	}

	#address(template: string, path: AnyParts["path"], query: object | undefined): string {
		const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
			const value = path?.[name];
			// Without it the address would be another endpoint's: that of the whole list.
			if (/^\.{0,2}$/.test(value ?? "")) throw new TypeError(`${template} needs the ${name}`);
			return encodeURIComponent(value ?? "");
		});
		const search = new URLSearchParams();
		for (const [name, value] of Object.entries(query ?? {})) {
			for (const one of [value].flat()) if (one !== undefined && one !== null) search.append(name, String(one));
		}
		const base = String(this.#options.url ?? "").replace(/\/+$/, "");
		const address = `${base}${filled}${search.size === 0 ? "" : `?${search}`}`;
		// In a page it counts from there.
		if (this.#options.fetch === undefined && !("location" in globalThis) && !/^https?:/.test(base)) {
			throw new TypeError(`url has to be the server's, such as https://kalends.example.org, not "${base}"`);
		}
		return address;
	}

	#headers(hasBody: boolean): Record<string, string> {
		const { actFor } = this.#options;
		const apiKey = this.#options.apiKey?.trim();
		// The error that `Headers` throws would show the key.
		if (/[^ -~]/.test(apiKey ?? "")) throw new TypeError("apiKey has to be one key: kal_ and what follows it");
		return {
			accept: "application/json, application/problem+json, text/event-stream",
			...(hasBody ? { "content-type": "application/json" } : {}),
			...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
			...(actFor === undefined ? {} : { "kalends-user": actFor }),
		};
	}

	/** @returns the answer of a success, else why there is none @throws the signal's reason */
	async #try<T>(
		address: string,
		init: RequestInit,
		options: RequestOptions,
		read: (response: Response) => Promise<T>,
	): Promise<{ readonly answer: T } | { readonly error: KalendsError }> {
		const { signal } = options;
		signal?.throwIfAborted();
		const limit = options.timeout ?? this.#options.timeout ?? 60_000;
		const late = limit === 0 ? undefined : AbortSignal.timeout(limit);
		const signals = [signal, late].filter((one) => one !== undefined);
		const given = this.#options.fetch ?? fetch;
		try {
			const response = await given(address, {
				...init,
				...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
			});
			return response.ok ? { answer: await read(response) } : { error: await errorOfResponse(response) };
		} catch (error) {
			signal?.throwIfAborted();
			if (error instanceof KalendsError) return { error };
			return { error: late?.aborted === true ? timedOut(limit, error) : unreachable(error) };
		}
	}
}

/** Of an event: moved from occurrence to occurrence, split, or in another calendar, it is no longer what its id named. */
function isRelative(query: { readonly scope?: unknown } = {}, body: unknown): boolean {
	return (query.scope ?? "this") !== "this" || "calendar_id" in Object(body);
}

/** @throws KalendsError `not_kalends` */
async function readBody(response: Response): Promise<unknown> {
	if (response.status === 204) return undefined;
	const type = response.headers.get("content-type") ?? "";
	const text = await response.text();
	if (text === "" && response.status === 202) return undefined;
	if (/^application\/problem|^text\/html/.test(type)) throw notKalends(response.status);
	if (text === "" || !/^application\/json\b/.test(type)) return text;
	try {
		return JSON.parse(text);
	} catch {
		throw notKalends(response.status);
	}
}

function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
	return new Promise((resolve, reject) => {
		const stop = () => {
			clearTimeout(timer);
			reject(signal?.reason);
		};
		const timer = setTimeout(() => {
			signal?.removeEventListener("abort", stop);
			resolve();
		}, milliseconds);
		if (signal?.aborted === true) stop();
		else signal?.addEventListener("abort", stop, { once: true });
	});
}

/** `crypto.randomUUID` is there on https and localhost only. */
function newIdempotencyKey(): string {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function timedOut(limit: number, cause: unknown): KalendsError {
	return new KalendsError(
		{
			code: "request_timed_out",
			status: 0,
			detail: `The server did not answer within ${limit / 1000} seconds.`,
			fix: "Look whether it was done, then try again.",
		},
		{ cause },
	);
}

function unreachable(cause: unknown): KalendsError {
	return new KalendsError(
		{
			code: "network_error",
			status: 0,
			detail: "The server could not be reached.",
			fix: "Check the network connection, then try again.",
		},
		{ cause },
	);
}

function notKalends(status: number): KalendsError {
	return new KalendsError({
		code: "not_kalends",
		status,
		detail: "The answer is not from Kalends.",
		fix: "Check the address, and what stands between it and this program.",
	});
}
