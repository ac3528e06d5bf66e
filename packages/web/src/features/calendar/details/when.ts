import { dayText, type Reading } from "../time/format.ts";
import { daysOf } from "../time/instants.ts";
import type { Span } from "../wire.ts";

/** "Monday 7 December 2026", or the first and the last day. */
export function daysText({ start, end }: Span, { locale, zone }: Reading): string {
	const { first, last } = daysOf(start, end, zone);
	if (first === last) return dayText(first, locale);
	const options = { weekday: "short", day: "numeric", month: "short", year: "numeric" } as const;
	return `${dayText(first, locale, options)} – ${dayText(last, locale, options)}`;
}
