import type { WireChange } from "../changes/schemas.ts";

/** Text of a server-sent event stream (WHATWG HTML §9.2). */

/** The first event: where the stream begins, so that who loses it before the first change can go on from there. */
export function readyEvent(lastSeq: number, retryMs: number): string {
	return `retry: ${retryMs}\nid: ${lastSeq}\nevent: ready\ndata: ${JSON.stringify({ last_seq: lastSeq })}\n\n`;
}

/** JSON has no line breaks, so one data line holds it. */
export function changeEvent(change: WireChange): string {
	return `id: ${change.seq}\nevent: ${change.type}\ndata: ${JSON.stringify(change)}\n\n`;
}

/** A comment, which readers skip: it keeps proxies from thinking that the connection is idle. */
export const HEARTBEAT = ": still here\n\n";
