import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { sessionEnded } from "../api/server.ts";
import { useStore } from "../ui/store.ts";
import { liveState } from "./live-state.ts";

const RETRY_MS = 5_000;

/** Follows the person's changes while somebody is signed in. */
export function useLiveUpdates(): void {
	const client = useQueryClient();
	const ended = useStore(sessionEnded);
	useEffect(() => {
		if (ended) return;
		const stop = new AbortController();
		const { signal } = stop;
		let timer: ReturnType<typeof setTimeout> | undefined;
		const begin = () =>
			import("./live-updates.ts")
				.then(({ followLiveUpdates }) => followLiveUpdates(client, signal))
				.catch(() => {
					if (signal.aborted) return;
					// The network was away, or the server has another version by now: what is shown may be old, and says so.
					liveState.set("paused");
					timer = setTimeout(begin, RETRY_MS);
				});
		void begin();
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [client, ended]);
}
