import { createHash } from "node:crypto";

const DAY = 24 * 3600 * 1000;

export interface VersionInput {
	readonly id: string;
	readonly ctag: string | null;
	readonly token: string | null;
	/** Epoch milliseconds. */
	readonly now: number;
}

/**
 * The change hint of a calendar: ctag and sync-token together, as either alone stands still on some servers.
 * It also moves once a day, at a time of day of the calendar's own, so that the occasional comparison of all etags
 * (caldav.md §3) has a pull to happen in. Null where the server has neither.
 */
export function versionOf({ id, ctag, token, now }: VersionInput): string | null {
	if (ctag === null && token === null) return null;
	const offset = createHash("sha256").update(id).digest().readUInt32BE(0) % DAY;
	const day = Math.floor((now + offset) / DAY);
	return createHash("sha256")
		.update(JSON.stringify([ctag, token, day]))
		.digest("base64url");
}
