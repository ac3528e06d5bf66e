export interface PollingInput {
	/** Epoch milliseconds. */
	readonly now: number;
	/** When a sync last found a change; before the first one the time of connecting. */
	readonly lastChangedAt: number;
	/** KALENDS_POLL_INTERVAL. */
	readonly floorSeconds: number;
	/** What the provider asks for (feeds); null where it does not say. */
	readonly refreshAfterSeconds: number | null;
	readonly random: () => number;
}

/** Calendars that are quiet are still looked at this often. */
const LONGEST_SECONDS = 900;
/** A feed that asks to be left alone for longer is looked at once a day all the same. */
const LONGEST_REFRESH_SECONDS = 86_400;

/**
 * When to look again, epoch milliseconds. The interval is a tenth of how long nothing has changed, so a calendar in use
 * is looked at every `floorSeconds`, one that is quiet for two and a half hours every 15 minutes. Up to a tenth is added
 * by chance; it is never shorter than the floor or than what the provider asks for.
 */
export function nextPollAt(input: PollingInput): number {
	const { now, floorSeconds, refreshAfterSeconds, random } = input;
	const quietSeconds = Math.max(0, now - input.lastChangedAt) / 1000;
	const adaptive = Math.min(Math.max(quietSeconds / 10, floorSeconds), Math.max(LONGEST_SECONDS, floorSeconds));
	const wanted = Math.min(refreshAfterSeconds ?? 0, LONGEST_REFRESH_SECONDS);
	const interval = Math.max(refreshAfterSeconds === null ? adaptive : wanted, floorSeconds);
	return now + Math.round(interval * (1 + 0.1 * random()) * 1000);
}
