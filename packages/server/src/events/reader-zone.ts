/**
 * A reader's zone over a stretch of time, as the steps that turn a wall clock into an instant. Given to SQL, it
 * places all-day and floating occurrences by the same time-zone rules that the rest of Kalends uses.
 */
export interface ZoneStep {
	/** Wall clock read as UTC, epoch milliseconds: the step's offset holds for wall clocks below it; null for the last. */
	readonly below: number | null;
	/** Wall clock minus instant, milliseconds. */
	readonly offset: number;
}

const MARGIN = 26 * 3_600_000;

/**
 * The steps of `zone` that cover every wall clock within `[from, to]`.
 * A wall clock in a gap takes the offset before it, one in an overlap the first of the two (RFC 5545 §3.3.5).
 *
 * @param from epoch milliseconds
 * @param to epoch milliseconds
 */
export function zoneSteps(zone: string, from: number, to: number): ZoneStep[] {
	const steps: ZoneStep[] = [];
	let at = Temporal.Instant.fromEpochMilliseconds(from - MARGIN).toZonedDateTimeISO(zone);
	for (;;) {
		const next = at.getTimeZoneTransition("next");
		const offset = at.offsetNanoseconds / 1e6;
		if (next === null || next.epochMilliseconds > to + MARGIN) {
			steps.push({ below: null, offset });
			return steps;
		}
		const nextOffset = next.offsetNanoseconds / 1e6;
		if (nextOffset !== offset) {
			steps.push({ below: next.epochMilliseconds + Math.max(offset, nextOffset), offset });
		}
		at = next;
	}
}

/**
 * @param wallClock read as UTC, epoch milliseconds
 * @returns the instant, epoch milliseconds
 */
export function instantOfWallClock(steps: readonly ZoneStep[], wallClock: number): number {
	const step = steps.find(({ below }) => below === null || wallClock < below);
	return wallClock - (step?.offset ?? 0);
}

/** True for a zone name that this runtime knows. */
export function isTimeZone(zone: string): boolean {
	try {
		Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
		return true;
	} catch {
		return false;
	}
}
