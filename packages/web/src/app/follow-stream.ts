import type { Change, StreamOptions } from "@kalends/client";
import type { Told } from "./shared-stream.ts";

/** Whether somebody looks at this tab. */
export interface Visibility {
	isSeen(): boolean;
	/** Calls back whenever that may have changed, until the signal. */
	onChange(listener: () => void, signal: AbortSignal): void;
}

export interface FollowOptions {
	/** The server's stream; it connects again by itself, and throws where it cannot go on from where it was. */
	readonly open: (options: StreamOptions) => AsyncIterable<Pick<Change, "type" | "seq">>;
	readonly tell: (told: Told) => void;
	readonly signal: AbortSignal;
	/** Until a stream that ended is opened anew, milliseconds. */
	readonly pauseMs: number;
	/** Calls back whenever waiting longer makes no sense, until the signal: there is a network again. */
	readonly onNetwork?: (listener: () => void, signal: AbortSignal) => void;
}

/**
 * Follows the server's stream until the signal.
 * @param after the seq of the last change that is known; undefined: from now on, and all that was read before is told to be
 * read anew. That comes once the stream is open: what happens while it is read comes through the stream.
 */
export async function followStream(
	after: number | undefined,
	{ open, tell, signal, pauseMs, onNetwork }: FollowOptions,
): Promise<void> {
	let from = after;
	while (!signal.aborted) {
		tell({ type: "waiting" });
		const again = new AbortController();
		const until = AbortSignal.any([signal, again.signal]);
		onNetwork?.(() => again.abort(), until);
		try {
			const changes = open({
				signal: until,
				after: from,
				onState: (state) => {
					if (state.type === "waiting") tell({ type: "waiting" });
					else {
						tell({ type: from === undefined ? "anew" : "live", seq: state.lastSeq });
						from = state.lastSeq;
					}
				},
			});
			for await (const { type, seq } of changes) {
				from = seq;
				tell({ type: "change", change: type, seq });
			}
		} catch {
			from = undefined;
			if (!signal.aborted) tell({ type: "waiting" });
		}
		if (!again.signal.aborted) await pause(pauseMs, until);
		again.abort();
	}
}

/** As `followStream`, while somebody looks; goes on from there when somebody does again. @param rest once nobody looks */
export async function followWhileSeen(
	after: number | undefined,
	{ visibility, rest, ...options }: FollowOptions & { readonly visibility: Visibility; readonly rest: () => void },
): Promise<void> {
	const { signal } = options;
	let seq = after;
	const tell = (told: Told) => {
		if (told.type !== "waiting") seq = told.seq;
		options.tell(told);
	};
	while (!signal.aborted) {
		await becomes(true, visibility, signal);
		const hidden = new AbortController();
		const until = AbortSignal.any([signal, hidden.signal]);
		void becomes(false, visibility, until).then(() => hidden.abort());
		await followStream(seq, { ...options, tell, signal: until });
		rest();
	}
}

/** Resolves when it is so, or the signal was aborted; nothing of it stays with the signal. */
function becomes(seen: boolean, visibility: Visibility, signal: AbortSignal): Promise<void> {
	const done = new AbortController();
	return new Promise((resolve) => {
		const look = () => {
			if (visibility.isSeen() !== seen && !signal.aborted) return;
			done.abort();
			signal.removeEventListener("abort", look);
			resolve();
		};
		visibility.onChange(look, done.signal);
		signal.addEventListener("abort", look);
		look();
	});
}

/** Resolves after the time, or at once when the signal is aborted; nothing of it stays with the signal. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const end = () => {
			clearTimeout(timer);
			signal.removeEventListener("abort", end);
			resolve();
		};
		const timer = setTimeout(end, milliseconds);
		signal.addEventListener("abort", end);
		if (signal.aborted) end();
	});
}
