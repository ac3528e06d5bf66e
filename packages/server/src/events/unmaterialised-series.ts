import { type EventDateTime, instantOf } from "@kalends/model";
import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import { occurrenceId, sourceIdOf } from "./event-id.ts";
import { expandSafely } from "./expansion-pool.ts";
import type { OccurrenceKey } from "./occurrence-key.ts";
import type { OccurrenceFilter, OccurrenceWindow } from "./occurrence-query.ts";

/** An occurrence that was expanded on read. */
export interface ExpandedOccurrence extends OccurrenceKey {
	readonly sourceEventId: string;
	readonly seriesId: string;
	readonly originalStart: EventDateTime;
	readonly start: EventDateTime;
	readonly end: EventDateTime;
}

const MARGIN = 24 * 3_600_000;
/** Of one series; well above a page, so that only dense series need a second go. */
const MOST_AT_ONCE = 500;

/** Ids of the series that touch the window where `occurrences` does not hold all of them. */
export async function findUnmaterialisedSeries(
	db: Kysely<Database>,
	filter: OccurrenceFilter,
	window: OccurrenceWindow,
): Promise<string[]> {
	if (filter.calendarIds.length === 0) return [];
	const low = new Date(Math.max(window.endsAfter, window.startsFrom ?? window.endsAfter) - MARGIN);
	const high = new Date(window.startsBefore + MARGIN);
	const masters = db
		.selectFrom("events")
		.select("id")
		.where("user_id", "=", filter.userId)
		.where("kind", "=", "master")
		.where("calendar_id", "in", [...filter.calendarIds])
		.where((eb) => eb.or([eb("series_starts_at", "is", null), eb("series_starts_at", "<", high)]))
		.where((eb) => eb.or([eb("series_ends_at", "is", null), eb("series_ends_at", ">", low)]));
	// Nothing of a series lies before its start or behind its end, so only what is missing between them counts.
	const rows = await masters
		.where("expanded_from", ">", low)
		.where((eb) => eb.or([eb("series_starts_at", "is", null), eb("expanded_from", ">", eb.ref("series_starts_at"))]))
		.union(
			masters
				.where("expanded_to", "<", high)
				.where((eb) => eb.or([eb("series_ends_at", "is", null), eb("expanded_to", "<", eb.ref("series_ends_at"))])),
		)
		.union(masters.where("expanded_to", "is", null))
		.execute();
	return rows.map((row) => row.id);
}

export interface ExpandedOnRead {
	/** Unordered. */
	readonly occurrences: readonly ExpandedOccurrence[];
	/** All that start before this are there, epoch milliseconds; at most the window's end. */
	readonly completeTo: number;
}

/**
 * The occurrences of these series in the window. A rule that cannot be expanded within its limits contributes what could
 * be had (T13).
 */
export async function expandOnRead(
	db: Kysely<Database>,
	filter: OccurrenceFilter,
	window: OccurrenceWindow,
	seriesIds: readonly string[],
	zone: string,
): Promise<ExpandedOnRead> {
	if (seriesIds.length === 0) return { occurrences: [], completeTo: window.startsBefore };
	const rows = await db
		.selectFrom("events")
		.select(["id", "master_id", "kind", "search", "data"])
		.where("user_id", "=", filter.userId)
		.where((eb) => eb.or([eb("id", "in", [...seriesIds]), eb("master_id", "in", [...seriesIds])]))
		.execute();
	const overrides = Map.groupBy(
		rows.filter((row) => row.kind === "override"),
		(row) => row.master_id,
	);
	const from = window.startsFrom === null ? window.endsAfter : Math.max(window.endsAfter, window.startsFrom - 1);
	const occurrences: ExpandedOccurrence[] = [];
	let completeTo = window.startsBefore;
	for (const master of rows.filter((row) => row.kind === "master")) {
		const own = overrides.get(master.id) ?? [];
		const sourceOf = new Map(own.map((row) => [row.id, row]));
		const expansion = await expandSafely(
			{ master: master.data, overrides: own.map((row) => row.data) },
			{ from, to: window.startsBefore },
			{ floatingZone: zone, limits: { maxOccurrences: MOST_AT_ONCE } },
		);
		// One that made no headway would hold up the others: it is left at what it gave.
		if (expansion.completeTo > from) completeTo = Math.min(completeTo, expansion.completeTo);
		for (const occurrence of expansion.occurrences) {
			const source = sourceOf.get(sourceIdOf(master.id, occurrence)) ?? master;
			if (!filter.showCancelled && occurrence.event.status === "cancelled") continue;
			if (filter.search !== null && !source.search.includes(filter.search)) continue;
			const at = instantOf(occurrence.start, zone);
			if (window.startsFrom !== null && at < window.startsFrom) continue;
			const isOver = at < window.endsAfter && instantOf(occurrence.end, zone) <= window.endsAfter;
			if (at >= window.startsBefore || isOver) continue;
			occurrences.push({
				at,
				allDay: occurrence.start.type === "date",
				id: occurrenceId(master.id, occurrence.original_start),
				sourceEventId: source.id,
				seriesId: master.id,
				originalStart: occurrence.original_start,
				start: occurrence.start,
				end: occurrence.end,
			});
		}
	}
	return { occurrences, completeTo };
}
