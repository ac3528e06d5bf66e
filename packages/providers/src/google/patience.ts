import { ProviderFailure, type ProviderFailureReason } from "../port/failure.ts";
import type { ProviderContext } from "../port/provider.ts";

/** What is over soon, with the first pause before asking again, milliseconds; it doubles from try to try. */
const PASSING: ReadonlyMap<ProviderFailureReason, number> = new Map([
	["rate_limited", 1_000],
	["server_error", 250],
	["connection_lost", 250],
	["incomplete_answer", 250],
]);

/** What Google says without having looked at the request, so that a write is not done twice. */
const REFUSING: typeof PASSING = new Map([["rate_limited", 1_000]]);

const TRIES = 4;
/** Where Google asks for a longer pause, the whole sync waits. */
const LONGEST_PAUSE_SECONDS = 5;

type Patience = Partial<Pick<ProviderContext, "pause" | "random" | "signal">>;

/**
 * Performs an exchange that changes nothing, and again when what went wrong is likely to be over soon: truncated
 * exponential backoff with jitter, as Google asks for. A listing of many pages gets through by it although each of them
 * may fail.
 * @throws ProviderFailure of the last try; of the first one where nobody can pause
 */
export function patiently<T>(context: Patience, exchange: () => Promise<T>): Promise<T> {
	return again(PASSING, context, exchange);
}

/**
 * Performs a write, and again where Google did not take it as it came too soon after others. After anything else nobody
 * knows whether it was done.
 * @throws ProviderFailure as `patiently`
 */
export function whenAdmitted<T>(context: Patience, write: () => Promise<T>): Promise<T> {
	return again(REFUSING, context, write);
}

async function again<T>(
	passing: typeof PASSING,
	{ pause, random, signal }: Patience,
	exchange: () => Promise<T>,
): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await exchange();
		} catch (error) {
			const wait = pauseBefore(passing, error, attempt, random ?? (() => 1));
			if (wait === null || pause === undefined || signal?.aborted === true) throw error;
			await pause(wait, signal);
		}
	}
}

/** Milliseconds until the next try; null: there is none. */
function pauseBefore(passing: typeof PASSING, error: unknown, attempt: number, random: () => number): number | null {
	if (!(error instanceof ProviderFailure) || attempt >= TRIES) return null;
	const first = passing.get(error.reason);
	const asked = error.retryAfter ?? 0;
	if (first === undefined || asked > LONGEST_PAUSE_SECONDS) return null;
	return Math.max(asked * 1000, first * 2 ** (attempt - 1) * (0.5 + random() / 2));
}
