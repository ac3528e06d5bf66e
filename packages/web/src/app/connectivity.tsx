import { Trans } from "@lingui/react/macro";
import { useSyncExternalStore } from "react";
import { sessionEnded } from "../api/server.ts";
import { overlay, soon } from "../ui/later.tsx";
import { NotShown } from "../ui/not-shown.tsx";
import { ShellIcon } from "../ui/shell-icon.tsx";
import { useStore } from "../ui/store.ts";
import { expectField, expectNoField } from "../ui/typing.ts";
import { usePreloaded } from "../ui/use-preloaded.ts";
import { liveState } from "./live-state.ts";
import { useLiveUpdates } from "./use-live-updates.ts";

const OFFLINE = "M3 3l18 18M12 19h.01M8.5 15.5a5 5 0 0 1 5-1.2M5 12a10 10 0 0 1 4-2.4M14 9.2A10 10 0 0 1 19 12";
const loadSessionDialog = () => import("../features/session/session-dialog.tsx");
const SessionDialog = overlay(loadSessionDialog, "SessionDialog");

Object.assign(soon, { NotShown, expectField, expectNoField });

/** What may have to be shown when there is no network. */
const PARTS = [
	loadSessionDialog,
	() => import("./overlay.tsx"),
	() => import("./status-panel.tsx"),
	() => import("../features/notifications/notification-panel.tsx"),
	() => import("../ui/toast-region.tsx"),
] as const;

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
	useLiveUpdates();
	usePreloaded(PARTS);
	return (
		<>
			{online && live !== "paused" ? null : (
				<p role="status" className="offline-bar z-20 flex items-center gap-2 bg-warn-soft px-4 py-2 text-sm">
					<ShellIcon path={OFFLINE} className="size-4" />
					{online ? (
						<Trans>Live updates paused. What you see may be old; what you type stays.</Trans>
					) : (
						<Trans>You are offline. What you see may be old; what you type stays.</Trans>
					)}
				</p>
			)}
			{ended ? <SessionDialog /> : null}
		</>
	);
}
