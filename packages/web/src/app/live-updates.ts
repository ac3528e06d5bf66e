import type { QueryClient } from "@tanstack/react-query";
import { kalends } from "../api/kalends.ts";
import { refreshAll } from "../api/queries.ts";
import { createRefresher } from "./live-refresh.ts";
import { liveState } from "./live-state.ts";

/** Without a stream for so long, what is shown may be old, and says so. */
const PAUSED_AFTER_MS = 30_000;
const RETRY_MS = 5_000;

/** Follows the person's changes until the signal, and has what they touch read anew. */
export async function followLiveUpdates(client: QueryClient, signal: AbortSignal): Promise<void> {
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
	signal.addEventListener("abort", () => {
		clearTimeout(late);
		refresher.stop();
		liveState.set("connecting");
	});
	while (!signal.aborted) {
		waiting();
		try {
			const onState = (state: { readonly type: "live" | "waiting" }) => (state.type === "live" ? live() : waiting());
			for await (const change of kalends.stream({ signal, onState })) refresher.note(change.type);
		} catch {
			// It cannot go on from where it was: everything is read anew, then followed from now on.
			void refreshAll(client);
		}
		await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
	}
}
