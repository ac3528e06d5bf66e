import { blankEvent } from "../../event/blank-event.ts";
import type { CalendarEvent, EventDateTime, InstantRange, Occurrence } from "../../event/event.ts";
import { withLocal, zonedAt } from "../../time/event-time.ts";
import { ianaZone, UTC } from "../../time/iana.ts";
import { parseLocal } from "../../time/wall-clock.ts";

/** A time in a zone; `UTC` where none is named. */
export function zoned(local: string, zone = "UTC"): EventDateTime {
	return zonedAt(parseLocal(local), ianaZone(zone) ?? UTC, { zone });
}

export const floating = (local: string): EventDateTime => ({ type: "floating", local });

export const day = (date: string): EventDateTime => ({ type: "date", date });

/** An event of the given parts; it lasts an hour, or a day, where no end is given. */
export function event(parts: Partial<CalendarEvent> & { readonly start: EventDateTime }): CalendarEvent {
	const { start } = parts;
	const end =
		start.type === "date"
			? withLocal(start, parseLocal(start.date) + 86_400_000)
			: withLocal(start, parseLocal(start.local) + 3_600_000, parts.custom_zones);
	return { ...blankEvent({ uid: "series@example.com", start, end }), title: "Series", ...parts };
}

/** The range between two UTC times, `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS`. */
export function between(from: string, to: string): InstantRange {
	return { from: parseLocal(from), to: parseLocal(to) };
}

export function textOf(time: EventDateTime): string {
	return time.type === "date" ? time.date : time.local;
}

/** Wall clocks of the starts. */
export function starts(occurrences: readonly Occurrence[]): string[] {
	return occurrences.map((occurrence) => textOf(occurrence.start));
}
