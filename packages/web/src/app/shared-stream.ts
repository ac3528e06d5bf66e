/**
 * One tab of a browser follows the server's stream and tells the others. A browser keeps six connections to a server without
 * TLS: with a stream for each tab, the seventh tab, and every request of the other six, would wait for ever.
 */

/** What a tab hears. `anew`: changes were missed, so that everything has to be read once more. */
export type Told =
	| { readonly type: "change"; readonly change: string; readonly seq: number }
	| { readonly type: "live"; readonly seq: number }
	| { readonly type: "waiting" }
	| { readonly type: "anew" };

export interface SharedStreamOptions {
	/** The same for all tabs of one person. */
	readonly name: string;
	readonly signal: AbortSignal;
	/** Follows the server until the signal. @param after the seq of the last change that was heard; undefined: none was */
	readonly follow: (after: number | undefined, tell: (told: Told) => void, signal: AbortSignal) => Promise<void>;
	/** Begins as if `waiting` had been heard. */
	readonly hear: (told: Told) => void;
	/** Whether somebody looks at this tab: only then it asks whether the tab that follows is still awake. */
	readonly isSeen: () => boolean;
	readonly askEveryMs?: number;
	readonly answerWithinMs?: number;
}

type Message = Told | { readonly type: "who" };

/** Hears every change until the signal, by this tab's own stream or another's; goes on where that one ended. */
export async function shareStream(options: SharedStreamOptions): Promise<void> {
	const { name, signal, follow, hear, isSeen, askEveryMs = 30_000, answerWithinMs = 3_000 } = options;
	const channel = new BroadcastChannel(name);
	let seq: number | undefined;
	let state: Told = { type: "waiting" };
	let leads = false;
	let heardAt = 0;
	let queue = new AbortController();
	let steal = false;

	const take = (told: Told) => {
		if (told.type === "live") seq ??= told.seq;
		if (told.type === "change") seq = told.seq;
		if (told.type === "anew") seq = undefined;
		const isNews = told.type !== state.type;
		if (told.type === "live" || told.type === "waiting") state = told;
		if (isNews) hear(told);
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
		} else if (leads) channel.postMessage(state.type === "live" ? { ...state, seq: seq ?? state.seq } : state);
	};

	/** A tab that the browser has put to sleep follows nothing, and does not let go by itself. */
	const ask = () => {
		if (leads || !isSeen()) return;
		const askedAt = performance.now();
		channel.postMessage({ type: "who" });
		setTimeout(() => {
			if (signal.aborted || leads || heardAt >= askedAt) return;
			steal = true;
			queue.abort();
		}, answerWithinMs);
	};

	const turn = async () => {
		const mine = new AbortController();
		const lead = async () => {
			leads = true;
			const until = AbortSignal.any([signal, mine.signal]);
			await follow(seq, (told) => (until.aborted ? undefined : tell(told)), until);
		};
		queue = new AbortController();
		const waiting = steal ? { steal } : { signal: AbortSignal.any([signal, queue.signal]) };
		steal = false;
		try {
			await navigator.locks.request(name, waiting, lead);
		} catch {
			// Called off, or another tab took over.
		}
		mine.abort();
		leads = false;
	};

	ask();
	const asking = setInterval(ask, askEveryMs);
	while (!signal.aborted) await turn();
	clearInterval(asking);
	channel.close();
}
