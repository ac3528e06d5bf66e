import type { JsonObject } from "../json.ts";
import type { World } from "../world/world.ts";
import type { Call } from "./caller.ts";
import { type PageToken, queryDigest, readPageToken, writePageToken } from "./tokens.ts";

/** An item with its place in the listing: by key, then by id. */
export interface Placed<T> {
	readonly key: number;
	readonly id: string;
	readonly item: T;
}

export interface Listing {
	readonly token: PageToken | null;
	readonly query: string;
	/** Revision when its first page was made. */
	readonly began: number;
	readonly size: number;
	readonly page: number;
}

/** Reads `pageToken` and `maxResults`. */
export function beginListing(
	call: Call,
	resource: string,
	size: { readonly usual: number; readonly most: number },
): Listing {
	const { world, query } = call;
	const parameters = new URL(call.path, "http://sandbox").searchParams;
	const digest = queryDigest(resource, parameters);
	const text = query.text("pageToken");
	const token = text === null ? null : readPageToken(text, digest);
	const asked = query.pageSize(size.usual, size.most);
	return {
		token,
		query: digest,
		began: token?.began ?? world.revisions.current,
		size: Math.min(asked, world.listing.pageCap ?? asked),
		page: token?.page ?? 0,
	};
}

const isAfter = (place: { readonly key: number; readonly id: string }, token: PageToken | null): boolean =>
	token === null || place.key > token.key || (place.key === token.key && place.id > token.id);

/** One page of what is listed, in order; the rest waits behind a token. */
export function cutPage<T>(
	world: World,
	listing: Listing,
	items: Iterable<Placed<T>>,
): { readonly items: readonly T[]; readonly nextPageToken: string | undefined } {
	const { token, query, began, page } = listing;
	const next = (after: { readonly key: number; readonly id: string }): string =>
		writePageToken({ query, began, page: page + 1, key: after.key, id: after.id });
	const { emptyEvery } = world.listing;
	if (emptyEvery !== null && page % emptyEvery === emptyEvery - 1) {
		return { items: [], nextPageToken: next(token ?? { key: Number.MIN_SAFE_INTEGER, id: "" }) };
	}
	const taken: T[] = [];
	let last: Placed<T> | null = null;
	for (const placed of items) {
		if (!isAfter(placed, token)) continue;
		if (taken.length === listing.size && last !== null) return { items: taken, nextPageToken: next(last) };
		taken.push(placed.item);
		last = placed;
	}
	return { items: taken, nextPageToken: undefined };
}

/** What the last page ends with; the control API can leave it out. */
export function endOfListing(
	world: World,
	nextPageToken: string | undefined,
	syncToken: () => string | undefined,
): JsonObject {
	if (nextPageToken !== undefined) return { nextPageToken };
	if (world.listing.withoutSyncToken > 0) {
		world.listing.withoutSyncToken -= 1;
		return {};
	}
	return { nextSyncToken: syncToken() };
}
