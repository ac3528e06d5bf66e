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
	/** Only occurrences that end after this, or are moments at it (RFC 4791 §9.9), epoch milliseconds. */
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

/** Those longer than a day that began before a range are looked for so far back, by the partial index of their length. */
const LONG_REACHES = [
	{ from: 32, to: 1, longer: sql`o.ends_at - o.starts_at > interval '1 day'` },
	{ from: null, to: 32, longer: sql`o.ends_at - o.starts_at > interval '32 days'` },
];
const DAY = 86_400_000;

/**
 * Materialised occurrences in the order of their keys, at most `limit`.
 *
 * Zoned ones that start in the window come in index order and stop at the limit. All-day and floating ones are placed
 * in the reader's zone first. Those that began before the window and still run are looked for by length.
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
	const startsFrom = Math.max(window.startsFrom ?? window.endsAfter, after?.at ?? Number.NEGATIVE_INFINITY);
	const reachesBack = window.startsFrom === null && startsFrom <= window.endsAfter;
	const selected = (at: RawBuilder<Date>, conditions: readonly RawBuilder<unknown>[]) => sql`
		SELECT o.event_id, o.source_event_id, o.series_id, o.kind, o.starts_at, o.ends_at, o.starts_local, o.ends_local,
			${at} AS at
		FROM occurrences o
		WHERE ${sql.join(
			[
				sql`o.user_id = ${filter.userId}`,
				...conditions,
				sql`o.calendar_id = ANY(${[...filter.calendarIds]}::text[])`,
				...(filter.showCancelled ? [] : [sql`NOT o.cancelled`]),
				...(withoutSeries.length === 0 ? [] : [sql`o.series_id <> ALL(${[...withoutSeries]}::text[])`]),
				...(filter.search === null ? [] : [matchesSearch(filter.userId, filter.search)]),
				...(after === null ? [] : [behind(after, at)]),
			],
			sql` AND `,
		)}`;
	const startsIn = (from: number | null, to: number) => [
		...(from === null ? [] : [sql`o.starts_at >= ${new Date(from)}`]),
		sql`o.starts_at < ${new Date(to)}`,
	];

	const zonedStart = sql<Date>`o.starts_at`;
	const zonedEnd = sql<Date>`o.ends_at`;
	const localStart = inReadersZone("o.starts_at", steps);
	const localEnd = inReadersZone("o.ends_at", steps);
	const zoned = sql`o.kind = 'zoned'`;
	const local = sql`o.kind <> 'zoned'`;
	const eitherStart = sql<Date>`CASE WHEN ${zoned} THEN ${zonedStart} ELSE ${localStart} END`;
	const eitherEnd = sql<Date>`CASE WHEN ${zoned} THEN ${zonedEnd} ELSE ${localEnd} END`;
	const beforeWindow = new Date(window.endsAfter);
	const daysBefore = (days: number) => window.endsAfter - days * DAY - ZONE_SPREAD;
	const startingIn = [
		sql`(${selected(zonedStart, [zoned, ...startsIn(startsFrom, window.startsBefore)])}
			ORDER BY o.starts_at, o.event_id LIMIT ${limit})`,
		selected(localStart, [
			local,
			...startsIn(startsFrom - ZONE_SPREAD, window.startsBefore + ZONE_SPREAD),
			sql`${localStart} >= ${new Date(startsFrom)}`,
			sql`${localStart} < ${new Date(window.startsBefore)}`,
		]),
	];
	const runsOn = (until: RawBuilder<Date>) => sql`${until} > ${beforeWindow}`;
	const stillRunning = () => [
		selected(zonedStart, [zoned, runsOn(zonedEnd), ...startsIn(daysBefore(1), window.endsAfter)]),
		selected(localStart, [
			local,
			runsOn(localEnd),
			...startsIn(daysBefore(1), window.endsAfter + ZONE_SPREAD),
			sql`${localStart} < ${beforeWindow}`,
		]),
		...LONG_REACHES.map(({ from, to, longer }) =>
			selected(eitherStart, [
				longer,
				runsOn(eitherEnd),
				...startsIn(from === null ? null : daysBefore(from), daysBefore(to)),
			]),
		),
	];
	const branches = reachesBack ? [...startingIn, ...stillRunning()] : startingIn;
	const { rows } = await sql<OccurrenceRow>`
		SELECT event_id, source_event_id, series_id, kind, starts_local, ends_local,
			(extract(epoch FROM at) * 1000)::float8 AS at_ms,
			(extract(epoch FROM starts_at) * 1000)::float8 AS starts_ms,
			(extract(epoch FROM ends_at) * 1000)::float8 AS ends_ms
		FROM (${sql.join(branches, sql` UNION ALL `)}) c
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

/** The instant that a wall clock, kept as if it were in UTC, has in the reader's zone. */
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
	return sql<Date>`(${time} - ${offset})`;
}

function behind(after: OccurrenceKey, at: RawBuilder<Date>): RawBuilder<unknown> {
	return sql`(${at}, (o.kind <> 'date')::int, o.event_id)
		> (${new Date(after.at)}::timestamptz, ${after.allDay ? 0 : 1}::int, ${after.id}::text COLLATE "C")`;
}

function matchesSearch(userId: string, search: string): RawBuilder<unknown> {
	return sql`EXISTS (SELECT 1 FROM events e WHERE e.user_id = ${userId} AND e.id = o.source_event_id
		AND strpos(e.search, ${search}) > 0)`;
}
