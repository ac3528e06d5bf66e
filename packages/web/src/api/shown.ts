import type { Listing } from "@kalends/client";

/** So many of a long list are shown at first, and more by each press. */
export const STEP = 50;
const MOST_OF_A_PAGE = 200;

/** The first `shown` of a list, and one besides where there are more. */
export function readShown<T>(list: (page: { readonly limit: number }) => Listing<T>, shown: number): Promise<T[]> {
	return list({ limit: Math.min(MOST_OF_A_PAGE, shown + 1) }).all(shown + 1);
}
