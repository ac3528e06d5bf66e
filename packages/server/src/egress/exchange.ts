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
	readonly #onEnd: (record: ExchangeRecord) => void;
	readonly #started = performance.now();
	readonly #onAbort = () => this.#cancel();
	#timer: NodeJS.Timeout | undefined;
	#ended = false;
	#failure: TransportError | null = null;
	#host: string;

	constructor(request: HttpRequest, onEnd: (record: ExchangeRecord) => void) {
		this.#request = request;
		this.#host = request.url.host;
		this.#onEnd = onEnd;
	}

	/** Begins to heed the caller's signal. */
	start(): void {
		this.#request.signal?.addEventListener("abort", this.#onAbort, { once: true });
		if (this.#request.signal?.aborted === true) this.#cancel();
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
		// Cancelled meanwhile, or before it began.
		if (this.#ended) return;
		this.#timer = setTimeout(() => {
			this.abort(new TransportError("timeout", `${this.#host}: ${what}.`));
		}, milliseconds);
	}

	/** Ends it now, whoever may still be reading. */
	abort(reason: TransportError): void {
		if (this.#ended) return;
		this.#failure ??= reason;
		this.#controller.abort(reason);
		this.end(null);
	}

	/** What is to be thrown for a failure: the reason of the abort, if there was one. */
	failure(error: unknown): TransportError {
		this.#failure ??= transportError(error, this.#host);
		return this.#failure;
	}

	/**
	 * Called when the body was read or given up, or no answer came.
	 * @param status of the answer; what failed has precedence
	 */
	end(status: number | null): void {
		if (this.#ended) return;
		this.#ended = true;
		clearTimeout(this.#timer);
		this.#request.signal?.removeEventListener("abort", this.#onAbort);
		this.#onEnd({
			method: this.#request.method,
			outcome: this.#failure?.code ?? `${Math.floor((status ?? 0) / 100)}xx`,
			seconds: (performance.now() - this.#started) / 1000,
		});
	}

	#cancel(): void {
		this.abort(new TransportError("aborted", `${this.#host}: the request was cancelled.`));
	}
}
