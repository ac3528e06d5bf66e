import type { QueryClient } from "@tanstack/react-query";
import { kalends } from "../api/kalends.ts";
import { sessionQuery } from "../api/queries.ts";
import { type FollowOptions, followStream, followWhileSeen, type Visibility } from "./follow-stream.ts";
import { createRefresher, readAnew } from "./live-refresh.ts";
import { liveState } from "./live-state.ts";
import { shareStream, type Told } from "./shared-stream.ts";

/** Without a stream for so long, what is shown may be old, and says so. */
const PAUSED_AFTER_MS = 30_000;
const RETRY_MS = 5_000;

const visibility: Visibility = {
	isSeen: () => document.visibilityState === "visible",
	onChange: (listener, signal) => document.addEventListener("visibilitychange", listener, { signal }),
};

const onNetwork: NonNullable<FollowOptions["onNetwork"]> = (listener, signal) =>
	addEventListener("online", listener, { signal });

/** Follows the person's changes until the signal, and has what they touch read anew. */
export async function followLiveUpdates(client: QueryClient, signal: AbortSignal): Promise<void> {
	if (signal.aborted) return;
	const refresher = createRefresher((kind) => void readAnew(client, [kind]));
	let late: ReturnType<typeof setTimeout> | undefined;
	const hurry = () => {
		clearTimeout(late);
		late = undefined;
	};
	const hear = (told: Told) => {
		if (told.type === "change") refresher.note(told.change);
		else if (told.type === "waiting") late ??= setTimeout(() => liveState.set("paused"), PAUSED_AFTER_MS);
		else {
			hurry();
			// While the stream was away anything may have happened that is not told again.
			if (told.type === "anew" || liveState.get() === "paused") void readAnew(client, []);
			liveState.set("live");
		}
	};
	signal.addEventListener("abort", () => {
		hurry();
		refresher.stop();
		liveState.set("connecting");
	});
	hear({ type: "waiting" });
	const session = client.getQueryState(sessionQuery.queryKey);
	// All else is read after the session was first; what reads it again may have read the others before.
	const after = session?.dataUpdateCount === 1 ? session.data?.last_seq : undefined;
	const open: FollowOptions["open"] = (asked) => kalends.stream(asked);
	// Browsers share among tabs only where nobody can read along: elsewhere a tab that nobody sees lets go of its stream.
	if (navigator.locks === undefined) {
		return followWhileSeen(after, { open, signal, pauseMs: RETRY_MS, onNetwork, visibility, tell: hear, rest: hurry });
	}
	await shareStream({
		name: `kalends-live-${session?.data?.user.id ?? ""}`,
		after,
		signal,
		follow: (from, tell, until) => followStream(from, { open, tell, signal: until, pauseMs: RETRY_MS, onNetwork }),
		hear,
		visibility,
	});
}
