import type { SyncCursor } from "../port/provider.ts";
import { type FeedAddress, fingerprint } from "./address.ts";

/** What is known of a feed from the last complete pull. */
export interface FeedMemory {
	/** ETag and Last-Modified, as received (RFC 9110 §8.8). */
	readonly etag: string | null;
	readonly lastModified: string | null;
	/** Hash of the body without its DTSTAMP lines. */
	readonly digest: string;
	/** Seconds, as the feed asked for. */
	readonly refreshInterval: number | null;
	/** `sealMoved` of where it permanently moved. */
	readonly moved: string | null;
}

/** Moves when reading changes so that what was read before must be read again. */
const VERSION = 1;

export function toCursor(memory: FeedMemory, address: FeedAddress): SyncCursor {
	return { version: VERSION, feed: fingerprint(address), ...memory };
}

/** Null where there is nothing to build on. Validators of another address say nothing about this one (a new address). */
export function fromCursor(cursor: SyncCursor | null, address: FeedAddress): FeedMemory | null {
	if (cursor === null || cursor.version !== VERSION || typeof cursor.digest !== "string") return null;
	const isSame = cursor.feed === fingerprint(address);
	const text = (value: unknown) => (isSame && typeof value === "string" ? value : null);
	return {
		etag: text(cursor.etag),
		lastModified: text(cursor.lastModified),
		digest: cursor.digest,
		refreshInterval: typeof cursor.refreshInterval === "number" ? cursor.refreshInterval : null,
		moved: text(cursor.moved),
	};
}
