import { server } from "../../api/server.ts";

/** Between the tabs and windows of one browser. It says only that somebody may be signed in again: who, the server tells. */
const CHANNEL = "kalends.session";

/** Where a window that was opened to sign in ends. */
export const SIGNED_IN_PAGE = "/sign-in/done";

/** What has become of a page whose session had ended: nobody is signed in yet, its person is, or somebody else is. */
export type SessionBack = "none" | "same" | "other";

/** @param personId whose page it is; null where that is not known, so that nobody is taken for them */
export function judgeSession(
	personId: string | null,
	now: { readonly user: { readonly id: string } } | null,
): SessionBack {
	if (now === null) return "none";
	return now.user.id === personId ? "same" : "other";
}

/** Who is signed in by now, past everything that was read before. @throws where the server cannot be asked */
export async function sessionBack(personId: string | null): Promise<SessionBack> {
	return judgeSession(personId, await server.request("GET /api/auth/get-session", {}, {}));
}

/** Tells the windows that wait for it that somebody has signed in. */
export function tellSignedIn(): void {
	const channel = new BroadcastChannel(CHANNEL);
	channel.postMessage("signed-in");
	channel.close();
}

/**
 * Calls `look` whenever somebody may have signed in elsewhere: as another window tells, and when one comes back to this
 * one. @returns what ends that
 */
export function onMaybeSignedIn(look: () => void): () => void {
	const channel = new BroadcastChannel(CHANNEL);
	const shown = () => {
		if (document.visibilityState === "visible") look();
	};
	channel.addEventListener("message", look);
	addEventListener("focus", look);
	document.addEventListener("visibilitychange", shown);
	return () => {
		channel.close();
		removeEventListener("focus", look);
		document.removeEventListener("visibilitychange", shown);
	};
}
