/** What was used of a quota, as far as it counts now. */
export interface Usage {
	/** Units in this minute, and in the one before. */
	readonly used: number;
	readonly before: number;
	/** Of this minute, from 0 to 1. */
	readonly passed: number;
}

/** Units of the last sixty seconds, taking those of the minute before as spread evenly over it. */
export function usedLately({ used, before, passed }: Usage): number {
	return used + before * (1 - passed);
}

/**
 * Seconds until so many units fit below the limit if nobody takes any meanwhile; 0: they do now.
 * @param limit at least `needed`
 */
export function secondsUntil(
	usage: Usage,
	{ limit, needed }: { readonly limit: number; readonly needed: number },
): number {
	const { used, before, passed } = usage;
	const room = limit - needed;
	if (usedLately(usage) <= room) return 0;
	if (used <= room) return (1 - (room - used) / before - passed) * 60;
	return (1 - passed + Math.max(0, 1 - room / used)) * 60;
}
