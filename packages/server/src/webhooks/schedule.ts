/** When a delivery is tried again, and when an endpoint is left alone. Pure; instants are epoch milliseconds. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A delivery is tried for so long from its first failure on; an endpoint that fails for so long is disabled. */
export const KEEP_TRYING_MS = 72 * HOUR;
/** After so many failures in a row the endpoint itself is down: one delivery at a time asks whether it is back. */
export const DOWN_AFTER = 5;

const DELAYS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR];
const LONGEST = 12 * HOUR;
const LONGEST_HOLD = 10 * MINUTE;

/** How an attempt ended. */
export type AttemptOutcome =
	| { readonly type: "delivered" }
	/** 410: whoever is there wants no more of it. */
	| { readonly type: "gone" }
	| { readonly type: "failed"; readonly retryAfterMs: number | null };

/** What an answer means: any 2xx is a receipt, everything else is none; redirects are not followed. */
export function judgeAnswer(status: number, retryAfter: string | null, now: number): AttemptOutcome {
	if (status >= 200 && status < 300) return { type: "delivered" };
	if (status === 410) return { type: "gone" };
	return { type: "failed", retryAfterMs: retryAfterMs(retryAfter, now) };
}

function retryAfterMs(header: string | null, now: number): number | null {
	if (header === null) return null;
	const wait = /^\d{1,9}$/.test(header.trim()) ? Number(header) * SECOND : Date.parse(header) - now;
	return Number.isFinite(wait) && wait > 0 ? Math.min(wait, LONGEST) : null;
}

export interface DeliveryTries {
	/** This one included. */
	readonly attempts: number;
	/** Set by the first failure. */
	readonly giveUpAt: number | null;
}

export type NextTry =
	| { readonly type: "again"; readonly at: number; readonly giveUpAt: number }
	| { readonly type: "given_up" };

/**
 * After a failed attempt. The last try comes when three days are over.
 * @param random in [0, 1): spreads the tries of many deliveries over a fifth of the delay
 */
export function nextTry(
	{ attempts, giveUpAt: known }: DeliveryTries,
	retryAfter: number | null,
	now: number,
	random: number,
): NextTry {
	const giveUpAt = known ?? now + KEEP_TRYING_MS;
	if (now >= giveUpAt) return { type: "given_up" };
	const delay = (DELAYS[attempts - 1] ?? LONGEST) * (0.9 + random * 0.2);
	return { type: "again", at: Math.min(giveUpAt, now + Math.max(delay, retryAfter ?? 0)), giveUpAt };
}

export interface EndpointHealth {
	readonly failures: number;
	readonly failingSince: number | null;
}

export interface HealthChange {
	readonly failures: number;
	readonly failingSince: number | null;
	/** Nothing is sent until then. */
	readonly holdUntil: number | null;
	readonly disable: "gone" | "failing" | null;
	/** It was down and is back: what waits for a later try is due now. */
	readonly recovered: boolean;
}

/** What an attempt says about the endpoint itself. */
export function afterAttempt(health: EndpointHealth, outcome: AttemptOutcome, now: number): HealthChange {
	if (outcome.type === "delivered") {
		const recovered = health.failures >= DOWN_AFTER;
		return { failures: 0, failingSince: null, holdUntil: null, disable: null, recovered };
	}
	const failures = health.failures + 1;
	const failingSince = health.failingSince ?? now;
	const hold = Math.min(LONGEST_HOLD, 10 * SECOND * 2 ** Math.min(20, failures - DOWN_AFTER));
	return {
		failures,
		failingSince,
		holdUntil: failures < DOWN_AFTER ? null : now + hold,
		disable: outcome.type === "gone" ? "gone" : now - failingSince >= KEEP_TRYING_MS ? "failing" : null,
		recovered: false,
	};
}
