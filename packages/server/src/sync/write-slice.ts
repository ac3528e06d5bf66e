import { originalStartKey, type PlannedEvent, type SlicePlan } from "@kalends/model";
import type { RemoteResource } from "@kalends/providers";
import { type RawBuilder, sql, type Transaction } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { Database } from "../db/schema.ts";
import type { Materialised } from "../events/materialise.ts";
import type { OccurrenceRow } from "../events/occurrence-rows.ts";
import { searchText } from "../events/search-text.ts";

/** Whose rows are written: constant over a slice. */
export interface SliceOwner {
	readonly userId: string;
	readonly calendarId: string;
	/** Epoch milliseconds. */
	readonly now: number;
}

/** Inserts the resources or brings them up to date; a row that is as it should be is not touched. */
export async function writeResources(
	tx: Transaction<Database>,
	{ userId, calendarId }: SliceOwner,
	resources: readonly { readonly id: string; readonly remote: RemoteResource }[],
): Promise<void> {
	if (resources.length === 0) return;
	const rows = resources.map(({ id, remote }) => ({
		id,
		provider_resource_id: remote.id,
		etag: remote.etag,
		schedule_tag: remote.scheduleTag,
		raw: remote.raw,
		warnings: remote.warnings,
	}));
	await sql`
		INSERT INTO resources (user_id, id, calendar_id, provider_resource_id, etag, schedule_tag, raw, warnings)
		SELECT ${userId}, r.id, ${calendarId}, r.provider_resource_id, r.etag, r.schedule_tag, r.raw, r.warnings
		FROM jsonb_to_recordset(${toRecordset(rows)}::jsonb) AS r(
			id text, provider_resource_id text, etag text, schedule_tag text, raw text, warnings jsonb)
		ON CONFLICT (user_id, calendar_id, provider_resource_id) DO UPDATE
		SET etag = excluded.etag, schedule_tag = excluded.schedule_tag, raw = excluded.raw, warnings = excluded.warnings
		WHERE (resources.etag, resources.schedule_tag, resources.raw, resources.warnings)
			IS DISTINCT FROM (excluded.etag, excluded.schedule_tag, excluded.raw, excluded.warnings)`.execute(tx);
}

export async function deleteResources(
	tx: Transaction<Database>,
	{ userId }: SliceOwner,
	ids: readonly string[],
): Promise<void> {
	if (ids.length === 0) return;
	await sql`DELETE FROM resources WHERE user_id = ${userId} AND id = ANY(${[...ids]}::text[])`.execute(tx);
}

export interface MaterialisedSeries {
	readonly materialised: Materialised;
	readonly expandedFrom: number;
}

/**
 * Writes the plan's events: deletions first, so that an id that moves to another row is free.
 *
 * @param resourceIds rows of the resources by the provider's id
 * @param series by base id, of those that are materialised anew
 */
export async function writeEvents(
	tx: Transaction<Database>,
	owner: SliceOwner,
	plan: SlicePlan,
	resourceIds: ReadonlyMap<string, string>,
	series: ReadonlyMap<string, MaterialisedSeries>,
): Promise<void> {
	const { userId, calendarId, now } = owner;
	if (plan.delete.length > 0) {
		await sql`DELETE FROM events WHERE user_id = ${userId} AND id = ANY(${[...plan.delete]}::text[])`.execute(tx);
	}
	const toRow = (event: PlannedEvent) => eventRow(event, resourceIds, series.get(event.id));
	const at = new Date(now);
	if (plan.update.length > 0) {
		await sql`
			UPDATE events SET resource_id = r.resource_id, kind = r.kind, master_id = r.master_id, version = r.version,
				content_hash = r.content_hash, search = r.search, data = r.data, updated_at = ${at},
				series_starts_at = CASE WHEN r.anew THEN r.series_starts_at ELSE events.series_starts_at END,
				series_ends_at = CASE WHEN r.anew THEN r.series_ends_at ELSE events.series_ends_at END,
				expanded_from = CASE WHEN r.anew THEN r.expanded_from ELSE events.expanded_from END,
				expanded_to = CASE WHEN r.anew THEN r.expanded_to ELSE events.expanded_to END,
				expansion_error = CASE WHEN r.anew THEN r.expansion_error ELSE events.expansion_error END
			FROM ${eventRecords(plan.update.map(toRow))}
			WHERE events.user_id = ${userId} AND events.id = r.id`.execute(tx);
	}
	if (plan.create.length > 0) {
		await sql`
			INSERT INTO events (user_id, id, calendar_id, resource_id, kind, master_id, ical_uid, original_start, version,
				content_hash, search, series_starts_at, series_ends_at, expanded_from, expanded_to, expansion_error, data,
				created_at, updated_at)
			SELECT ${userId}, r.id, ${calendarId}, r.resource_id, r.kind, r.master_id, r.ical_uid, r.original_start,
				r.version, r.content_hash, r.search, r.series_starts_at, r.series_ends_at, r.expanded_from, r.expanded_to,
				r.expansion_error, r.data, ${at}, ${at}
			FROM ${eventRecords(plan.create.map(toRow))}`.execute(tx);
	}
}

/** Puts the rows in place of all that the series had. */
export async function writeOccurrences(
	tx: Transaction<Database>,
	{ userId }: SliceOwner,
	seriesIds: readonly string[],
	rows: readonly OccurrenceRow[],
): Promise<void> {
	if (seriesIds.length > 0) {
		await sql`DELETE FROM occurrences WHERE user_id = ${userId} AND series_id = ANY(${[...seriesIds]}::text[])`.execute(
			tx,
		);
	}
	if (rows.length === 0) return;
	await sql`
		INSERT INTO occurrences (user_id, event_id, source_event_id, series_id, calendar_id, kind, starts_at, ends_at,
			cancelled, busy, starts_local, ends_local)
		SELECT ${userId}, r.event_id, r.source_event_id, r.series_id, r.calendar_id, r.kind, r.starts_at, r.ends_at,
			r.cancelled, r.busy, r.starts_local, r.ends_local
		FROM jsonb_to_recordset(${toRecordset(rows)}::jsonb) AS r(
			event_id text, source_event_id text, series_id text, calendar_id text, kind text, starts_at timestamptz,
			ends_at timestamptz, cancelled boolean, busy boolean, starts_local text, ends_local text)`.execute(tx);
}

function eventRecords(rows: readonly object[]): RawBuilder<unknown> {
	return sql`jsonb_to_recordset(${toRecordset(rows)}::jsonb) AS r(
		id text, resource_id text, kind text, master_id text, ical_uid text, original_start text, version bigint,
		content_hash text, search text, anew boolean, series_starts_at timestamptz, series_ends_at timestamptz,
		expanded_from timestamptz, expanded_to timestamptz, expansion_error text, data jsonb)`;
}

function eventRow(
	planned: PlannedEvent,
	resourceIds: ReadonlyMap<string, string>,
	series: MaterialisedSeries | undefined,
): object {
	const { id, kind, masterId, version, hash, event } = planned;
	const expansion = series?.materialised.expansion ?? null;
	return {
		id,
		resource_id: resourceIds.get(planned.resource),
		kind,
		master_id: masterId,
		ical_uid: event.uid,
		original_start: event.recurrence_id === null ? null : originalStartKey(event.recurrence_id),
		version,
		content_hash: hash,
		search: searchText(event),
		anew: series !== undefined,
		series_starts_at: instantOrNull(series?.materialised.startsAt),
		series_ends_at: instantOrNull(series?.materialised.endsAt),
		expanded_from: expansion === null ? null : instantOrNull(series?.expandedFrom),
		expanded_to: instantOrNull(expansion?.completeTo),
		// Too many for the cap is no fault of the rule: the rest is expanded on read.
		expansion_error: expansion?.problem?.code === "recurrence_too_many" ? null : expansion?.problem?.code,
		data: event,
	};
}

function instantOrNull(instant: number | null | undefined): string | null {
	return instant === null || instant === undefined ? null : new Date(instant).toISOString();
}
