import type { EventDateTime } from "../event/event.ts";
import { utcAt } from "../time/event-time.ts";
import { formatDate, formatLocal, parseBasic, toBasic } from "../time/wall-clock.ts";

/**
 * The key of a slot in a series, as occurrence ids carry it: `20261205T090000Z` (the instant) for zoned times,
 * `20261205T090000` for floating ones, `20261205` for dates. The same slot has the same key in whatever zone it is
 * written.
 */
export function originalStartKey(time: EventDateTime): string {
	if (time.type === "date") return toBasic(time.date);
	return toBasic(time.type === "floating" ? time.local : time.instant);
}

/** The inverse of {@link originalStartKey}; zoned times come back in UTC. Null where the text is no key. */
export function parseOriginalStartKey(key: string): EventDateTime | null {
	if (!/^\d{8}(T\d{6}Z?)?$/.test(key)) return null;
	const local = parseBasic(key);
	if (Number.isNaN(local)) return null;
	if (key.length === 8) return { type: "date", date: formatDate(local) };
	return key.endsWith("Z") ? utcAt(local) : { type: "floating", local: formatLocal(local) };
}
