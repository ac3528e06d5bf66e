/**
 * The mass-deletion valve: a pull that would delete suspiciously much is not believed until a person confirms it.
 * All figures count events, a series being one; what Kalends itself deleted is counted nowhere.
 */
export interface ValveInput {
	/** Events of the calendar before the deletions, without those that the pull keeps on purpose. */
	readonly stored: number;
	/** Events whose resources the provider no longer has, those that are already held back included. */
	readonly gone: number;
	/** The provider listed everything it has, and that was nothing. */
	readonly listedNothing: boolean;
}

export type ValveVerdict = "apply" | "hold";

const TOLERATED_SHARE = 0.2;
const TOLERATED_COUNT = 10;

/** Holds an empty listing, and more than 20 % and more than 10 events gone. */
export function valve({ stored, gone, listedNothing }: ValveInput): ValveVerdict {
	if (gone === 0) return "apply";
	if (listedNothing) return "hold";
	return gone > TOLERATED_COUNT && gone > stored * TOLERATED_SHARE ? "hold" : "apply";
}
