import type { Change } from "./api.gen.ts";
import { KalendsError } from "./errors.ts";
import { sentEvents } from "./event-source.ts";
import type { Transport } from "./transport.ts";

export interface StreamOptions {
	/** The seq of the last change seen; left out: what happens from now on. */
	readonly after?: number | undefined;
	/** Ends the stream; the iteration then ends too. */
	readonly signal?: AbortSignal | undefined;
	/**
	 * `live` with the newest number of the feed when the stream is open, `waiting` with the reason while it is broken and
	 * will be opened again. For showing people whether what they see is current.
	 */
	readonly onState?: ((state: StreamState) => void) | undefined;
}

export type StreamState =
	| { readonly type: "live"; readonly lastSeq: number }
	| { readonly type: "waiting"; readonly error: KalendsError | null; readonly retryInMs: number };

/** The server shows a sign of life every fifteen seconds. */
const SILENCE_MS = 45_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Each change as it happens, once, in order and without gaps, however often the connection breaks.
 * @throws KalendsError `gone` where it cannot go on from there: list everything again; `unauthenticated`, `forbidden` and
 * what else asking again would not change
 */
export async function* followChanges(
	transport: Transport,
	{ after, signal, onState }: StreamOptions,
): AsyncGenerator<Change, void, undefined> {
	let last = after;
	let failures = 0;
	const isOver = () => signal?.aborted === true;
	while (!isOver()) {
		let error: KalendsError | null = null;
		try {
			for await (const event of connection(transport, last, signal)) {
				if (event.type === "ready") {
					failures = 0;
					last ??= event.lastSeq;
					onState?.({ type: "live", lastSeq: event.lastSeq });
				} else if (last === undefined || event.change.seq > last) {
					last = event.change.seq;
					yield event.change;
				}
			}
		} catch (thrown) {
			if (isOver()) return;
			error = asPassing(thrown);
		}
		if (isOver()) return;
		const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
		const asked = (error?.retryAfter ?? 0) * 1000;
		const retryInMs = Math.round(asked + ceiling / 2 + (ceiling / 2) * transport.random());
		onState?.({ type: "waiting", error, retryInMs });
		await transport.wait(retryInMs, signal).catch(() => {});
	}
}

type Sent = { readonly type: "ready"; readonly lastSeq: number } | { readonly type: "change"; readonly change: Change };

/** One connection, until it ends or is silent for too long. */
async function* connection(
	transport: Transport,
	last: number | undefined,
	signal: AbortSignal | undefined,
): AsyncGenerator<Sent, void, undefined> {
	const silence = new AbortController();
	let timer: ReturnType<typeof setTimeout> | undefined;
	const sign = () => {
		clearTimeout(timer);
		timer = setTimeout(() => silence.abort(new DOMException("no sign of life", "TimeoutError")), SILENCE_MS);
	};
	const either = AbortSignal.any([silence.signal, ...(signal === undefined ? [] : [signal])]);
	try {
		sign();
		const response = await transport.send(
			"GET /v1/stream",
			{ headers: { "Last-Event-ID": last === undefined ? undefined : String(last) } },
			{ signal: either, timeout: 0, retries: 0 },
		);
		if (response.body === null) return;
		for await (const { event, data } of sentEvents(response.body, sign)) {
			const content = JSON.parse(data);
			yield event === "ready" ? { type: "ready", lastSeq: content.last_seq } : { type: "change", change: content };
		}
	} finally {
		clearTimeout(timer);
	}
}

/** Also reached by what broke while the stream was read. @throws what asking again would not change */
function asPassing(thrown: unknown): KalendsError | null {
	if (!(thrown instanceof KalendsError)) return null;
	const { status } = thrown;
	if (status === 0 || status === 408 || status === 429 || status >= 500) return thrown;
	throw thrown;
}
