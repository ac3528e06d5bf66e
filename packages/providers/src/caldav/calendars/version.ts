import { createHash } from "node:crypto";

const DAY = 24 * 3600 * 1000;

/** How far a stamp may be from the server's clock and still be of this moment, milliseconds. */
const MOMENT = { before: 2_000, after: 60_000 };

/**
 * A ctag or sync-token as it may be remembered. One that counts whole seconds (SOGo) and was made just now also stands
 * for changes that come later in the same second: null then, which tells nothing.
 * @param serverNow the server's clock when it gave the stamp, epoch milliseconds
 */
export function settled(stamp: string | null, serverNow: number): string | null {
	const digits = /(?<!\d)\d{10}(?!\d)/g;
	const isOfNow = [...(stamp ?? "").matchAll(digits)].some(([seconds]) => {
		const age = serverNow - Number(seconds) * 1000;
		return age <= MOMENT.before && age >= -MOMENT.after;
	});
	return isOfNow ? null : stamp;
}

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
