import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { sessionEnded } from "../api/server.ts";
import { useStore } from "../ui/store.ts";
import { liveState } from "./live-state.ts";

/** Follows the person's changes while somebody is signed in. */
export function useLiveUpdates(): void {
	const client = useQueryClient();
	const ended = useStore(sessionEnded);
	useEffect(() => {
		if (ended) return;
		const stop = new AbortController();
		const { signal } = stop;
		import("./live-updates.ts").then(
			({ followLiveUpdates }) => (signal.aborted ? undefined : followLiveUpdates(client, signal)),
			// The network was away, or the server has another version by now: the page says that what it shows may be old.
			() => liveState.set("paused"),
		);
		return () => stop.abort();
	}, [client, ended]);
}
