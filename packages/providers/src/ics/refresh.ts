/** A feed is asked every 15 minutes at the most, and once a day at the least. */
const SHORTEST = 15 * 60;
const LONGEST = 24 * 60 * 60;

/**
 * Seconds to the next poll: the larger of our floor and what the feed asks for by REFRESH-INTERVAL or
 * X-PUBLISHED-TTL, and never more than a day, so that a feed that asks for a year is not forgotten.
 */
export function refreshAfter(asked: number | null): number {
	return Math.min(Math.max(asked ?? SHORTEST, SHORTEST), LONGEST);
}
