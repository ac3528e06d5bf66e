import type { PushFailureKind } from "./push-types.ts";

const SECOND = 1000;

/** First and longest delay, milliseconds. */
type Delays = readonly [first: number, longest: number];

const DELAYS: Readonly<Record<PushFailureKind, Delays>> = {
	rate_limited: [60 * SECOND, 3_600 * SECOND],
	unavailable: [15 * SECOND, 3_600 * SECOND],
	// What follows is tried again only where a claim has spent its exchanges.
	precondition_failed: [15 * SECOND, 900 * SECOND],
	cursor_expired: [15 * SECOND, 900 * SECOND],
	not_found: [15 * SECOND, 900 * SECOND],
	gone: [15 * SECOND, 900 * SECOND],
	auth_revoked: [300 * SECOND, 3_600 * SECOND],
	scope_missing: [300 * SECOND, 3_600 * SECOND],
	forbidden: [300 * SECOND, 3_600 * SECOND],
	invalid: [300 * SECOND, 3_600 * SECOND],
};

/**
 * Milliseconds until the next attempt. Doubles from attempt to attempt up to the longest; a quarter is left to chance, so
 * that servers are not hit in step. Never shorter than the provider asked for.
 * @param attempts made so far, from 1
 * @param random uniform in [0, 1)
 * @param retryAfter seconds, from Retry-After
 * @param waited milliseconds since the write was made: many attempts within a short time are one outage
 */
export function pushDelay(
	kind: PushFailureKind,
	attempts: number,
	random: number,
	retryAfter = 0,
	waited = Number.POSITIVE_INFINITY,
): number {
	const [first, longest] = DELAYS[kind];
	const doubled = first * 2 ** Math.min(Math.max(attempts - 1, 0), 30);
	const full = Math.min(longest, doubled, Math.max(first, waited));
	return Math.max(full * (0.75 + 0.25 * random), retryAfter * SECOND);
}
