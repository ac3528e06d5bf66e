import type { RemoteCalendar } from "../../port/provider.ts";
import { type GoogleEvent, textOf } from "../types.ts";

/**
 * An event with the etag of what is shown of it. Google's etag is that of the whole event, whoever asks. One of which only
 * the times are shown, or of a private one what a reader may see, has another: so it is read anew once more of it is
 * shown, and is not written to as it was seen.
 */
export function asShown(event: GoogleEvent, { access }: Pick<RemoteCalendar, "access">): GoogleEvent {
	const own = textOf(event.etag);
	if (own === "") return event;
	if (access === "free_busy") return { ...event, etag: `${own} times` };
	const isPrivate = event.visibility === "private" || event.visibility === "confidential";
	return access === "read" && isPrivate ? { ...event, etag: `${own} read` } : event;
}
