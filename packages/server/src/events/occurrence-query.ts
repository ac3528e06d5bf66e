import type { EventDateTime } from "@kalends/model";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import type { OccurrenceKey } from "./occurrence-key.ts";
import type { ZoneStep } from "./reader-zone.ts";

/** Which occurrences a reader asked for. */
export interface OccurrenceFilter {
	readonly userId: string;
	readonly calendarIds: readonly string[];
	/** Lower case; null: no search. */
	readonly search: string | null;
	readonly showCancelled: boolean;
}

export interface OccurrenceWindow {
	/** Only occurrences that end after this, epoch milliseconds. */
	readonly endsAfter: number;
	/** Only occurrences that start at or after this; null where those that began earlier count too. */
	readonly startsFrom: number | null;
	/** Only occurrences that start before this. */
	readonly startsBefore: number;
}

export interface ListedOccurrence extends OccurrenceKey {
	readonly sourceEventId: string;
	readonly seriesId: string;
	/** Absent where the source event's own start and end stand. */
	readonly start: ListedTime;
	readonly end: ListedTime;
}

/** Without the zone, which the source event knows. */
export interface ListedTime {
	readonly type: EventDateTime["type"];
	readonly local: string;
	/** Zoned only, epoch milliseconds. */
	readonly instant: number;
}

/** How far a wall clock and the same instant in UTC can lie apart (zones reach from -12 to +14 hours). */
const ZONE_SPREAD = 15 * 3_600_000;
const LONG = 7 * 86_400_000;

/**
 * Materialised occurrences in the order of their keys, at most `limit`.
 *
 * @param steps the reader's zone over the window
 * @param after only those behind this key
 * @param withoutSeries series that are expanded on read instead
 */
export async function queryOccurrences(
	db: Kysely<Database>,
	filter: OccurrenceFilter,
	window: OccurrenceWindow,
	steps: readonly ZoneStep[],
	after: OccurrenceKey | null,
	withoutSeries: readonly string[],
	limit: number,
): Promise<ListedOccurrence[]> {
	if (filter.calendarIds.length === 0) return [];
	const startsFrom = Math.max(window.startsFrom ?? Number.NEGATIVE_INFINITY, after?.at ?? Number.NEGATIVE_INFINITY);
	const candidates = (condition: RawBuilder<unknown>) => sql`
		SELECT o.event_id, o.source_event_id, o.series_id, o.kind, o.starts_at, o.ends_at, o.starts_local, o.ends_local,
			${inReadersZone("o.starts_at", steps)} AS at, ${inReadersZone("o.ends_at", steps)} AS until
		FROM occurrences o
		WHERE o.user_id = ${filter.userId}
			AND o.calendar_id = ANY(${[...filter.calendarIds]}::text[])
			AND o.starts_at < ${new Date(window.startsBefore + ZONE_SPREAD)}
			AND o.ends_at > ${new Date(window.endsAfter - ZONE_SPREAD)}
			AND ${condition}
			${filter.showCancelled ? sql`` : sql`AND NOT o.cancelled`}
			${withoutSeries.length === 0 ? sql`` : sql`AND o.series_id <> ALL(${[...withoutSeries]}::text[])`}
			${filter.search === null ? sql`` : matchesSearch(filter.userId, filter.search)}`;

	const lowest = new Date(Math.max(startsFrom, window.endsAfter - LONG) - ZONE_SPREAD);
	const short = candidates(sql`o.starts_at >= ${lowest}`);
	const long = candidates(sql`o.ends_at - o.starts_at > interval '7 days' AND o.starts_at < ${lowest}`);
	const reachesBack = startsFrom < window.endsAfter;
	const { rows } = await sql<OccurrenceRow>`
		SELECT event_id, source_event_id, series_id, kind, starts_local, ends_local,
			(extract(epoch FROM at) * 1000)::float8 AS at_ms,
			(extract(epoch FROM starts_at) * 1000)::float8 AS starts_ms,
			(extract(epoch FROM ends_at) * 1000)::float8 AS ends_ms
		FROM (${reachesBack ? sql`${short} UNION ALL ${long}` : short}) c
		WHERE at < ${new Date(window.startsBefore)} AND until > ${new Date(window.endsAfter)}
			${window.startsFrom === null ? sql`` : sql`AND at >= ${new Date(window.startsFrom)}`}
			${after === null ? sql`` : behind(after)}
		ORDER BY at, (kind <> 'date'), event_id COLLATE "C"
		LIMIT ${limit}`.execute(db);
	return rows.map((row) => ({
		at: row.at_ms,
		allDay: row.kind === "date",
		id: row.event_id,
		sourceEventId: row.source_event_id,
		seriesId: row.series_id,
		start: { type: row.kind, local: row.starts_local, instant: row.starts_ms },
		end: { type: row.kind, local: row.ends_local, instant: row.ends_ms },
	}));
}

interface OccurrenceRow {
	event_id: string;
	source_event_id: string;
	series_id: string;
	kind: "zoned" | "floating" | "date";
	starts_local: string;
	ends_local: string;
	at_ms: number;
	starts_ms: number;
	ends_ms: number;
}

/** Zoned times are instants already; the others are wall clocks read as UTC. */
function inReadersZone(column: "o.starts_at" | "o.ends_at", steps: readonly ZoneStep[]): RawBuilder<Date> {
	const time = sql.ref(column);
	const shift = (offset: number) => sql`${sql.lit(offset)} * interval '1 millisecond'`;
	const last = steps.at(-1)?.offset ?? 0;
	const cases = steps.flatMap(({ below, offset }) =>
		below === null
			? []
			: [sql`WHEN ${time} < ${sql.lit(new Date(below).toISOString())}::timestamptz THEN ${shift(offset)}`],
	);
	const offset = cases.length === 0 ? shift(last) : sql`CASE ${sql.join(cases, sql` `)} ELSE ${shift(last)} END`;
	return sql<Date>`CASE WHEN o.kind = 'zoned' THEN ${time} ELSE ${time} - ${offset} END`;
}

function behind(after: OccurrenceKey): RawBuilder<unknown> {
	return sql`AND (at, (kind <> 'date')::int, event_id COLLATE "C")
		> (${new Date(after.at)}::timestamptz, ${after.allDay ? 0 : 1}::int, ${after.id}::text COLLATE "C")`;
}

function matchesSearch(userId: string, search: string): RawBuilder<unknown> {
	return sql`AND EXISTS (SELECT 1 FROM events e WHERE e.user_id = ${userId} AND e.id = o.source_event_id
		AND strpos(e.search, ${search}) > 0)`;
}
