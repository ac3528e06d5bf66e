import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { kalends, sessionEnded } from "../api/kalends.ts";
import { refreshAll } from "../api/queries.ts";
import { useStore } from "../ui/store.ts";
import { createRefresher } from "./live-refresh.ts";
import { liveState } from "./live-state.ts";

/** Without a stream for so long, what is shown may be old, and says so. */
const PAUSED_AFTER_MS = 30_000;
const RETRY_MS = 5_000;

/** Follows the person's changes while somebody is signed in, and has what they touch read anew. */
export function useLiveUpdates(): void {
	const client = useQueryClient();
	const ended = useStore(sessionEnded);
	useEffect(() => {
		if (ended) return;
		const stop = new AbortController();
		const refresher = createRefresher((kind) => void client.invalidateQueries({ queryKey: [kind] }));
		let late: ReturnType<typeof setTimeout> | undefined;
		const waiting = () => {
			late ??= setTimeout(() => liveState.set("paused"), PAUSED_AFTER_MS);
		};
		const live = () => {
			clearTimeout(late);
			late = undefined;
			// While the stream was away anything may have happened that is not told again.
			if (liveState.get() === "paused") void refreshAll(client);
			liveState.set("live");
		};
		const follow = async (): Promise<void> => {
			while (!stop.signal.aborted) {
				waiting();
				try {
					const onState = (state: { readonly type: "live" | "waiting" }) =>
						state.type === "live" ? live() : waiting();
					for await (const change of kalends.stream({ signal: stop.signal, onState })) refresher.note(change.type);
				} catch {
					// It cannot go on from where it was: everything is read anew, then followed from now on.
					void refreshAll(client);
				}
				await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
			}
		};
		void follow();
		return () => {
			stop.abort();
			clearTimeout(late);
			refresher.stop();
			liveState.set("connecting");
		};
	}, [client, ended]);
}
