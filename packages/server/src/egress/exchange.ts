import { type HttpRequest, TransportError } from "@kalends/providers";
import { transportError } from "./failure.ts";

/** One call of the transport, told when it has ended. Holds no path, query or credential. */
export interface ExchangeRecord {
	readonly method: string;
	/** Status class (`2xx`) or the TransportError's code. */
	readonly outcome: string;
	/** From the call to the end of the body, waiting for a turn included. */
	readonly seconds: number;
}

/**
 * The life of one call from its start to the end of its body, over all redirects: one deadline, one abort signal,
 * one end.
 */
export class Exchange {
	readonly #controller = new AbortController();
	readonly #request: HttpRequest;
	readonly #observe: (record: ExchangeRecord) => void;
	readonly #started = performance.now();
	readonly #onAbort = () => this.#cancel();
	#timer: NodeJS.Timeout | undefined;
	#ended = false;
	#failure: TransportError | null = null;
	#host: string;

	constructor(request: HttpRequest, observe: (record: ExchangeRecord) => void) {
		this.#request = request;
		this.#host = request.url.host;
		this.#observe = observe;
		request.signal?.addEventListener("abort", this.#onAbort, { once: true });
		if (request.signal?.aborted === true) this.#cancel();
	}

	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	/** The host now asked, which messages name. */
	at(host: string): void {
		this.#host = host;
	}

	/** Replaces the deadline: first that of waiting for a turn, then that of the whole exchange. */
	setDeadline(milliseconds: number, what: string): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			this.abort(new TransportError("timeout", `${this.#host}: ${what}.`));
		}, milliseconds);
	}

	abort(reason: TransportError): void {
		this.#controller.abort(reason);
	}

	/** What is to be thrown for a failure: the reason of the abort, if there was one. */
	failure(error: unknown): TransportError {
		const aborted: unknown = this.signal.aborted ? this.signal.reason : null;
		this.#failure ??= aborted instanceof TransportError ? aborted : transportError(error, this.#host);
		return this.#failure;
	}

	/** Called once the last body has closed, or no answer came. */
	end(status: number | null): void {
		if (this.#ended) return;
		this.#ended = true;
		clearTimeout(this.#timer);
		this.#request.signal?.removeEventListener("abort", this.#onAbort);
		const failed = this.#failure ?? (this.signal.aborted ? this.failure(this.signal.reason) : null);
		this.#observe({
			method: this.#request.method,
			outcome: failed?.code ?? (status === null ? "connection_lost" : `${Math.floor(status / 100)}xx`),
			seconds: (performance.now() - this.#started) / 1000,
		});
	}

	#cancel(): void {
		this.abort(new TransportError("aborted", `${this.#host}: the request was cancelled.`));
	}
}
