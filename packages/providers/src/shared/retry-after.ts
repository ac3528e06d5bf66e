const LONGEST = 86_400;

/**
 * Seconds to wait by Retry-After (RFC 9110 §10.2.3), at most a day; undefined where the server names none.
 * @param now epoch milliseconds, for one that is a date
 */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
	const value = headers.get("retry-after")?.trim();
	if (!value) return undefined;
	// HTTP dates begin with the day's name; Date.parse would make a date of "-5" too.
	const date = /^[a-z]{3,9},? /i.test(value) ? Date.parse(value) : Number.NaN;
	const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((date - now) / 1000);
	return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), LONGEST) : undefined;
}
