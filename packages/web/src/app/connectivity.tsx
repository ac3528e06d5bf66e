import { Trans } from "@lingui/react/macro";
import { lazy, Suspense, useSyncExternalStore } from "react";
import { sessionEnded } from "../api/server.ts";
import { ShellIcon } from "../ui/shell-icon.tsx";
import { useStore } from "../ui/store.ts";
import { liveState } from "./live-state.ts";

const SessionDialog = lazy(() =>
	import("../features/session/session-dialog.tsx").then((module) => ({ default: module.SessionDialog })),
);

function followOnline(listener: () => void): () => void {
	addEventListener("online", listener);
	addEventListener("offline", listener);
	return () => {
		removeEventListener("online", listener);
		removeEventListener("offline", listener);
	};
}

/** Says that the network is away, and asks to sign in again where the session ended; pages stay as they are. */
export function ConnectivityBar() {
	const online = useSyncExternalStore(followOnline, () => navigator.onLine);
	const ended = useStore(sessionEnded);
	const live = useStore(liveState);
	return (
		<>
			{online && live !== "paused" ? null : (
				<p role="status" className="offline-bar z-20 flex items-center gap-2 bg-warn-soft px-4 py-2 text-sm">
					<ShellIcon name="offline" className="size-4" />
					{online ? (
						<Trans>Live updates paused. What you see may be old; what you type stays.</Trans>
					) : (
						<Trans>You are offline. What you see may be old; what you type stays.</Trans>
					)}
				</p>
			)}
			{ended ? (
				<Suspense>
					<SessionDialog />
				</Suspense>
			) : null}
		</>
	);
}
