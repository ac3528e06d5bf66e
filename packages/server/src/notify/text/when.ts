import { type EventDateTime, instantOf } from "@kalends/model";
import type { Phrases } from "./catalogue.ts";

const DAY = 86_400_000;

/** From when to when, for a reader in this zone: `Tue, 1 December 2026, 09:00 – 10:00 (Europe/Berlin)`. */
export function whenText(
	{ start, end }: { readonly start: EventDateTime; readonly end: EventDateTime },
	zone: string,
	phrases: Phrases,
): string {
	const { locale, allDay } = phrases;
	const day = { weekday: "short", day: "numeric", month: "long", year: "numeric" } as const;
	if (start.type === "date") {
		const format = new Intl.DateTimeFormat(locale, { ...day, timeZone: "UTC" });
		const from = Date.parse(start.date);
		const to = end.type === "date" ? Math.max(from, Date.parse(end.date) - DAY) : from;
		return `${tidy(format.formatRange(from, to))}, ${allDay}`;
	}
	const floating = start.type === "floating";
	const shownIn = floating ? "UTC" : zone;
	const format = new Intl.DateTimeFormat(locale, { ...day, hour: "2-digit", minute: "2-digit", timeZone: shownIn });
	const from = instantOf(start, "UTC");
	const to = Math.max(from, instantOf(end, "UTC"));
	const text = tidy(format.formatRange(from, to));
	return floating ? text : `${text} (${zone})`;
}

/** The zone that an event is written in; UTC where only a definition of its own describes it. */
export function zoneOfEvent(start: EventDateTime): string {
	return start.type === "zoned" && start.zone !== null && isZone(start.zone) ? start.zone : "UTC";
}

/** Can times be shown in this zone? */
export function isZone(zone: string | null): zone is string {
	if (zone === null) return false;
	try {
		new Intl.DateTimeFormat("en", { timeZone: zone });
		return true;
	} catch {
		return false;
	}
}

/** Locale data has thin and narrow spaces, which some mail programs do not show. */
function tidy(text: string): string {
	return text.replaceAll(/[\u2009\u202f\u00a0]/g, " ");
}
