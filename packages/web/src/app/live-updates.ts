import type { QueryClient } from "@tanstack/react-query";
import { kalends } from "../api/kalends.ts";
import { refreshAll, sessionQuery } from "../api/queries.ts";
import { createRefresher } from "./live-refresh.ts";
import { liveState } from "./live-state.ts";
import { shareStream, type Told } from "./shared-stream.ts";

/** Without a stream for so long, what is shown may be old, and says so. */
const PAUSED_AFTER_MS = 30_000;
const RETRY_MS = 5_000;

/** Follows the person's changes until the signal, and has what they touch read anew. */
export async function followLiveUpdates(client: QueryClient, signal: AbortSignal): Promise<void> {
	const refresher = createRefresher((kind) => void client.invalidateQueries({ queryKey: [kind] }));
	let late: ReturnType<typeof setTimeout> | undefined;
	const hurry = () => {
		clearTimeout(late);
		late = undefined;
	};
	const hear = (told: Told) => {
		if (told.type === "change") refresher.note(told.change);
		else if (told.type === "anew") void refreshAll(client);
		else if (told.type === "waiting") late ??= setTimeout(() => liveState.set("paused"), PAUSED_AFTER_MS);
		else {
			hurry();
			// While the stream was away anything may have happened that is not told again.
			if (liveState.get() === "paused") void refreshAll(client);
			liveState.set("live");
		}
	};
	signal.addEventListener("abort", () => {
		hurry();
		refresher.stop();
		liveState.set("connecting");
	});
	hear({ type: "waiting" });
	// Browsers share among tabs only where nobody can read along: elsewhere a tab that nobody sees lets go of its stream.
	if (navigator.locks === undefined) return followWhileSeen(signal, hear, hurry);
	const session = client.getQueryData(sessionQuery.queryKey);
	const isSeen = () => document.visibilityState === "visible";
	await shareStream({ name: `kalends-live-${session?.user.id ?? ""}`, signal, follow, hear, isSeen });
}

async function follow(after: number | undefined, tell: (told: Told) => void, signal: AbortSignal): Promise<void> {
	let from = after;
	while (!signal.aborted) {
		tell({ type: "waiting" });
		try {
			const changes = kalends.stream({
				signal,
				after: from,
				onState: (state) =>
					tell(state.type === "live" ? { type: "live", seq: from ?? state.lastSeq } : { type: "waiting" }),
			});
			for await (const { type, seq } of changes) tell({ type: "change", change: type, seq });
		} catch {
			// It cannot go on from where it was: everything is read anew, then followed from now on.
			from = undefined;
			if (!signal.aborted) tell({ type: "anew" });
		}
		if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
	}
}

/** @param rest once nobody looks; it goes on from there when somebody does again */
async function followWhileSeen(signal: AbortSignal, hear: (told: Told) => void, rest: () => void): Promise<void> {
	let seq: number | undefined;
	const tell = (told: Told) => {
		if (told.type === "anew") seq = undefined;
		if (told.type === "change" || (told.type === "live" && seq === undefined)) seq = told.seq;
		hear(told);
	};
	while (!signal.aborted) {
		const hidden = new AbortController();
		await changedTo("visible", signal);
		void changedTo("hidden", AbortSignal.any([signal, hidden.signal])).then(() => hidden.abort());
		await follow(seq, tell, AbortSignal.any([signal, hidden.signal]));
		rest();
	}
}

function changedTo(state: DocumentVisibilityState, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const look = () => {
			if (document.visibilityState !== state && !signal.aborted) return;
			document.removeEventListener("visibilitychange", look);
			resolve();
		};
		document.addEventListener("visibilitychange", look);
		signal.addEventListener("abort", look);
		look();
	});
}
