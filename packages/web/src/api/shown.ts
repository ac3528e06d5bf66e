import type { Listing } from "@kalends/client";
import { queryOptions } from "@tanstack/react-query";

/** So many of a long list are shown at first, and more by each press. */
export const STEP = 50;
const MOST_OF_A_PAGE = 200;

/**
 * The first `shown` of a list, and one besides where there are more. While more of them are read, those that are there stay.
 * @param state a filter of the list; null: all of it
 */
export function shownQuery<T, S extends string>(
	key: readonly [string, ...string[]],
	state: S | null,
	shown: number,
	list: (
		query: { readonly limit: number; readonly state?: S },
		options: { readonly signal: AbortSignal },
	) => Listing<T>,
) {
	const query = { limit: Math.min(MOST_OF_A_PAGE, shown + 1), ...(state === null ? {} : { state }) };
	return queryOptions({
		queryKey: [...key, state, shown],
		queryFn: ({ signal }): Promise<T[]> => list(query, { signal }).all(shown + 1),
		placeholderData: (before, query) => (query?.queryKey.at(-2) === state ? before : undefined),
	});
}
