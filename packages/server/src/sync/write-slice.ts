import { originalStartKey, type PlannedEvent } from "@kalends/model";
import { breathe, type RemoteResource } from "@kalends/providers";
import { type RawBuilder, sql, type Transaction } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { Database } from "../db/schema.ts";
import type { Materialised } from "../events/materialise.ts";
import type { Statement } from "../events/occurrence-statements.ts";
import { searchText } from "../events/search-text.ts";

/** Whose rows are written: constant over a slice. */
export interface SliceOwner {
	readonly userId: string;
	readonly calendarId: string;
	/** Epoch milliseconds. */
	readonly now: number;
}

/**
 * Executes statements one after the other. The text of each is made while the one before is being executed, so that
 * this process and the database work at the same time.
 */
export async function executeInTurn(tx: Transaction<Database>, makers: readonly (() => Statement)[]): Promise<void> {
	let running: Promise<unknown> = Promise.resolve();
	for (const make of makers) {
		const statement = make();
		await running;
		if (statement === null) continue;
		running = statement.execute(tx);
		// Its failure is thrown by the next await.
		running.catch(() => {});
		await breathe();
	}
	await running;
}

/** Executes statements as one, in one round trip. None of them sees what another one writes. */
export async function executeTogether(tx: Transaction<Database>, makers: readonly (() => Statement)[]): Promise<void> {
	const statements = makers.map((make) => make()).filter((statement) => statement !== null);
	if (statements.length === 0) return;
	const parts = statements.map((statement, index) => sql`${sql.id(`part${index}`)} AS (${statement})`);
	await sql`WITH ${sql.join(parts)} SELECT`.execute(tx);
}

/** Inserts the resources or brings them up to date; a row that is as it should be is not touched. */
export function upsertResources(
	{ userId, calendarId }: SliceOwner,
	resources: readonly { readonly id: string; readonly remote: RemoteResource }[],
): Statement {
	if (resources.length === 0) return null;
	const rows = resources.map(({ id, remote }) => ({
		id,
		provider_resource_id: remote.id,
		etag: remote.etag,
		schedule_tag: remote.scheduleTag,
		raw: remote.raw,
		warnings: remote.warnings,
	}));
	return sql`
		INSERT INTO resources (user_id, id, calendar_id, provider_resource_id, etag, schedule_tag, raw, warnings)
		SELECT ${userId}, r.id, ${calendarId}, r.provider_resource_id, r.etag, r.schedule_tag, r.raw, r.warnings
		FROM jsonb_to_recordset(${toRecordset(rows)}::jsonb) AS r(
			id text, provider_resource_id text, etag text, schedule_tag text, raw text, warnings jsonb)
		ON CONFLICT (user_id, calendar_id, provider_resource_id) DO UPDATE
		SET etag = excluded.etag, schedule_tag = excluded.schedule_tag, raw = excluded.raw, warnings = excluded.warnings,
			gone = false
		WHERE (resources.etag, resources.schedule_tag, resources.raw, resources.warnings, resources.gone)
			IS DISTINCT FROM (excluded.etag, excluded.schedule_tag, excluded.raw, excluded.warnings, false)`;
}

/** With all that hangs on them. */
export function deleteResources({ userId }: SliceOwner, ids: readonly string[]): Statement {
	if (ids.length === 0) return null;
	return sql`DELETE FROM resources WHERE user_id = ${userId} AND id = ANY(${[...ids]}::text[])`;
}

/** What is no longer there, and may seem so to whoever began to read before. */
export function markGone({ userId }: SliceOwner, ids: readonly string[]): Statement {
	if (ids.length === 0) return null;
	return sql`
		UPDATE resources SET gone = true, etag = NULL, schedule_tag = NULL, raw = ''
		WHERE user_id = ${userId} AND id = ANY(${[...ids]}::text[])`;
}

export interface MaterialisedSeries {
	readonly materialised: Materialised;
	readonly expandedFrom: number;
}

/** With their occurrences. Comes before the others, so that an id that moves to another row is free. */
export function deleteEvents({ userId }: SliceOwner, ids: readonly string[]): Statement {
	if (ids.length === 0) return null;
	return sql`DELETE FROM events WHERE user_id = ${userId} AND id = ANY(${[...ids]}::text[])`;
}

/**
 * @param resourceIds rows of the resources by the provider's id
 * @param series by base id, of those that are materialised anew
 */
export function updateEvents(
	{ userId, now }: SliceOwner,
	events: readonly PlannedEvent[],
	resourceIds: ReadonlyMap<string, string>,
	series: ReadonlyMap<string, MaterialisedSeries>,
): Statement {
	if (events.length === 0) return null;
	const rows = events.map((event) => eventRow(event, resourceIds, series.get(event.id)));
	return sql`
		UPDATE events SET resource_id = r.resource_id, kind = r.kind, master_id = r.master_id, version = r.version,
			content_hash = r.content_hash, search = r.search, data = r.data, updated_at = ${new Date(now)},
			series_starts_at = CASE WHEN r.anew THEN r.series_starts_at ELSE events.series_starts_at END,
			series_ends_at = CASE WHEN r.anew THEN r.series_ends_at ELSE events.series_ends_at END,
			expanded_from = CASE WHEN r.anew THEN r.expanded_from ELSE events.expanded_from END,
			expanded_to = CASE WHEN r.anew THEN r.expanded_to ELSE events.expanded_to END,
			expansion_error = CASE WHEN r.anew THEN r.expansion_error ELSE events.expansion_error END
		FROM ${eventRecords(rows)}
		WHERE events.user_id = ${userId} AND events.id = r.id`;
}

/** Parameters as of `updateEvents`. */
export function insertEvents(
	{ userId, calendarId, now }: SliceOwner,
	events: readonly PlannedEvent[],
	resourceIds: ReadonlyMap<string, string>,
	series: ReadonlyMap<string, MaterialisedSeries>,
): Statement {
	if (events.length === 0) return null;
	const at = new Date(now);
	const rows = events.map((event) => eventRow(event, resourceIds, series.get(event.id)));
	return sql`
		INSERT INTO events (user_id, id, calendar_id, resource_id, kind, master_id, ical_uid, original_start, version,
			content_hash, search, series_starts_at, series_ends_at, expanded_from, expanded_to, expansion_error, data,
			created_at, updated_at)
		SELECT ${userId}, r.id, ${calendarId}, r.resource_id, r.kind, r.master_id, r.ical_uid, r.original_start,
			r.version, r.content_hash, r.search, r.series_starts_at, r.series_ends_at, r.expanded_from, r.expanded_to,
			r.expansion_error, r.data, ${at}, ${at}
		FROM ${eventRecords(rows)}`;
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

/** Years outside these are written in another way by ISO 8601 than PostgreSQL reads them. */
const FIRST_INSTANT = Date.parse("0001-01-01T00:00:00Z");
const LAST_INSTANT = Date.parse("9999-12-31T23:59:59Z");

function instantOrNull(instant: number | null | undefined): string | null {
	if (instant === null || instant === undefined) return null;
	return new Date(Math.min(Math.max(instant, FIRST_INSTANT), LAST_INSTANT)).toISOString();
}
