import { type CalendarEvent, type EventDateTime, type Expansion, type InstantRange, instantOf } from "@kalends/model";
import type { EventKind } from "../db/schema.ts";
import { occurrenceId, sourceIdOf } from "./event-id.ts";

/** A single, an orphaned override, or a master with its overrides: with the ids of their rows in `events`. */
export interface StoredSeries {
	readonly id: string;
	readonly kind: EventKind;
	readonly calendarId: string;
	readonly event: CalendarEvent;
	/** Empty unless `kind` is `master`. */
	readonly overrides: readonly { readonly id: string; readonly event: CalendarEvent }[];
}

/** A row of `occurrences` without its owner; times are ISO 8601 instants, as JSON carries them to the database. */
export interface OccurrenceRow {
	readonly event_id: string;
	readonly source_event_id: string;
	readonly series_id: string;
	readonly calendar_id: string;
	readonly kind: EventDateTime["type"];
	readonly starts_at: string;
	readonly ends_at: string;
	readonly cancelled: boolean;
	readonly busy: boolean;
	readonly starts_local: string;
	readonly ends_local: string;
}

const DAY = 86_400_000;

/** The stretch that is kept materialised: 30 days back, 400 days ahead, cut at midnights UTC. */
export function occurrenceWindow(now: number): InstantRange {
	const today = Math.floor(now / DAY) * DAY;
	return { from: today - 30 * DAY, to: today + 400 * DAY };
}

/** Rows of one series that are materialised at the most; the rest is expanded on read. */
export const MOST_OCCURRENCES = 1_000;

/**
 * The rows of a series.
 *
 * @param expansion of a master over `window` (`floatingZone: "UTC"`); null for what does not recur
 * @returns one row per occurrence of the expansion, and one for each override that lies outside its complete stretch:
 *   singles and overrides always have their row, wherever they are in time
 */
export function occurrenceRows(
	series: StoredSeries,
	expansion: Expansion | null,
	window: InstantRange,
): OccurrenceRow[] {
	if (expansion === null) {
		const { start, end } = series.event;
		return [row(series, series.id, { id: series.id, event: series.event }, start, end)];
	}
	const overrides = new Map(series.overrides.map((override) => [override.id, override]));
	const rows = new Map<string, OccurrenceRow>();
	for (const occurrence of expansion.occurrences) {
		const id = occurrenceId(series.id, occurrence.original_start);
		const source = overrides.get(sourceIdOf(series.id, occurrence)) ?? series;
		rows.set(id, row(series, id, source, occurrence.start, occurrence.end));
	}
	for (const override of series.overrides) {
		if (rows.has(override.id)) continue;
		const { start, end } = override.event;
		const within = instantOf(start, "UTC") < expansion.completeTo && instantOf(end, "UTC") > window.from;
		if (!within) rows.set(override.id, row(series, override.id, override, start, end));
	}
	return [...rows.values()];
}

function row(
	series: StoredSeries,
	id: string,
	source: { readonly id: string; readonly event: CalendarEvent },
	start: EventDateTime,
	end: EventDateTime,
): OccurrenceRow {
	return {
		event_id: id,
		source_event_id: source.id,
		series_id: series.id,
		calendar_id: series.calendarId,
		kind: start.type,
		starts_at: instantText(start),
		ends_at: instantText(end),
		cancelled: source.event.status === "cancelled",
		busy: source.event.busy,
		starts_local: wallClock(start),
		ends_local: wallClock(end),
	};
}

/** The instant; wall clocks and dates as if they were in UTC. */
function instantText(time: EventDateTime): string {
	if (time.type === "date") return `${time.date}T00:00:00Z`;
	return time.type === "floating" ? `${time.local}Z` : time.instant;
}

function wallClock(time: EventDateTime): string {
	return time.type === "date" ? time.date : time.local;
}
