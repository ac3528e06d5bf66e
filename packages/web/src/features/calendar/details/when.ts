import { dayText, type Reading, SHORT_DATE } from "../time/format.ts";
import { daysOf } from "../time/instants.ts";
import type { Span } from "../wire.ts";

/** "Monday 7 December 2026", or the first and the last day. */
export function daysText({ start, end }: Span, { locale, zone }: Reading): string {
	const { first, last } = daysOf(start, end, zone);
	if (first === last) return dayText(first, locale);
	return `${dayText(first, locale, SHORT_DATE)} – ${dayText(last, locale, SHORT_DATE)}`;
}
