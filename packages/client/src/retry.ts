import type { KalendsError } from "./errors.ts";

/** What may be said of a request before it is sent again. */
export interface Attempt {
	readonly method: string;
	/** It carries an Idempotency-Key, so that the server does it once however often it comes. */
	readonly once: boolean;
	/** It carries If-Match: had it been done, the second try would be refused. */
	readonly conditional: boolean;
	/** What it does depends on what is there: done twice, a series is shifted twice. */
	readonly relative: boolean;
	/** How often it has been sent, from 1. */
	readonly sent: number;
}

const LONGEST_WAIT_S = 30;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;

/** The server answered before doing anything, or says that the same may be sent again. */
const NOT_DONE: ReadonlySet<number> = new Set([408, 425, 429, 503]);
/** Something between here and the server failed: it may have been done. */
export const UNKNOWN: ReadonlySet<number> = new Set([0, 502, 504]);

/**
 * Whether the request is sent again, and after how long.
 *
 * @param random in [0, 1)
 * @returns milliseconds, or null: give up
 */
export function retryDelay(error: KalendsError, attempt: Attempt, retries: number, random: number): number | null {
	if (attempt.sent > retries || !mayRepeat(error, attempt)) return null;
	if (error.retryAfter !== null && error.retryAfter > LONGEST_WAIT_S) return null;
	const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt.sent - 1));
	// Half fixed, half random, so that many clients do not come back at once.
	const pause = ceiling / 2 + (ceiling / 2) * random;
	return Math.round(error.retryAfter === null ? pause : error.retryAfter * 1000 + pause);
}

function mayRepeat(error: KalendsError, { method, once, conditional, relative }: Attempt): boolean {
	if (error.code === "request_timed_out") return false;
	if (error.code === "request_in_progress") return once;
	if (error.code === "provider_rate_limited") return false;
	// A database that goes away while it commits is told as 503 too.
	if (NOT_DONE.has(error.status)) return error.status !== 503 || !relative || conditional;
	if (!UNKNOWN.has(error.status)) return false;
	// A merge-patch done twice is a merge-patch done once.
	return method === "POST" ? once : !conditional && !relative;
}
