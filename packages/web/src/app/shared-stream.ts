import type { Visibility } from "./follow-stream.ts";

/**
 * One tab of a browser follows the server's stream and tells the others. A browser keeps six connections to a server without
 * TLS: with a stream for each tab, the seventh tab, and every request of the other six, would wait for ever.
 */

/** What a tab hears. `anew`: changes were missed, so that all that was read before has to be read once more. */
export type Told =
	| { readonly type: "change"; readonly change: string; readonly seq: number }
	| { readonly type: "live"; readonly seq: number }
	| { readonly type: "anew"; readonly seq: number }
	| { readonly type: "waiting" };

export interface SharedStreamOptions {
	/** The same for all tabs of one person. */
	readonly name: string;
	/** The newest change that what this tab has read holds; undefined: not known, so that it is read anew. */
	readonly after: number | undefined;
	readonly signal: AbortSignal;
	/** Follows the server until the signal. @param after the seq of the last change that was heard; undefined: none was */
	readonly follow: (after: number | undefined, tell: (told: Told) => void, signal: AbortSignal) => Promise<void>;
	/** Begins as if `waiting` had been heard. */
	readonly hear: (told: Told) => void;
	/** Only a tab that somebody looks at takes the stream from one that does not answer. */
	readonly visibility: Visibility;
	/** The browser's, which may refuse. */
	readonly locks?: Pick<LockManager, "request">;
	readonly askEveryMs?: number;
	readonly answerWithinMs?: number;
}

type Message = Told | { readonly type: "who" };

/** Hears every change until the signal, by this tab's own stream or another's; goes on where that one ended. */
export async function shareStream(options: SharedStreamOptions): Promise<void> {
	const { name, signal, follow, hear, visibility, askEveryMs = 30_000, answerWithinMs = 3_000 } = options;
	const { locks = navigator.locks } = options;
	const channel = new BroadcastChannel(name);
	let seq = options.after;
	let isLive = false;
	let leads = false;
	let heardAt = 0;
	let queue = new AbortController();
	let steal = false;

	const take = (told: Told) => {
		const wasLive = isLive;
		isLive = told.type !== "waiting";
		if (told.type === "waiting") {
			if (wasLive) hear(told);
			return;
		}
		// Numbers have no gaps: what lies between was told while this tab did not listen.
		const before = told.type === "change" ? told.seq - 1 : told.seq;
		if (told.type === "anew" || seq === undefined || before > seq) {
			seq = told.seq;
			hear({ type: "anew", seq });
			return;
		}
		if (!wasLive) hear({ type: "live", seq });
		if (told.type === "live" || told.seq <= seq) return;
		seq = told.seq;
		hear(told);
	};
	const tell = (told: Told) => {
		channel.postMessage(told);
		take(told);
	};
	channel.onmessage = ({ data }: MessageEvent<Message>) => {
		if (signal.aborted) return;
		if (data.type !== "who") {
			heardAt = performance.now();
			if (!leads) take(data);
		} else if (leads) {
			channel.postMessage(isLive && seq !== undefined ? { type: "live", seq } : { type: "waiting" });
		}
	};

	/** A tab that the browser has put to sleep follows nothing, answers nothing, and does not let go by itself. */
	const ask = () => {
		if (leads) return;
		const askedAt = performance.now();
		channel.postMessage({ type: "who" });
		if (!visibility.isSeen()) return;
		setTimeout(() => {
			if (signal.aborted || leads || heardAt >= askedAt) return;
			steal = true;
			queue.abort();
		}, answerWithinMs);
	};
	const askIfSeen = () => {
		if (visibility.isSeen()) ask();
	};

	const turn = async () => {
		const mine = new AbortController();
		const until = AbortSignal.any([signal, mine.signal]);
		const lead = async () => {
			leads = true;
			await follow(seq, (told) => (until.aborted ? undefined : tell(told)), until);
		};
		ask();
		queue = new AbortController();
		const waiting = steal ? { steal } : { signal: AbortSignal.any([signal, queue.signal]) };
		steal = false;
		try {
			await locks.request(name, waiting, lead);
		} catch (error) {
			// Called off, or another tab took over. Where the browser gives no locks, each tab follows by itself.
			if (!(error instanceof DOMException && error.name === "AbortError")) await lead();
		} finally {
			mine.abort();
			leads = false;
		}
	};

	visibility.onChange(askIfSeen, signal);
	const asking = setInterval(askIfSeen, askEveryMs);
	try {
		while (!signal.aborted) await turn();
	} finally {
		clearInterval(asking);
		channel.close();
	}
}
