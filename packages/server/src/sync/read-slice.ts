import type { StoredEvent } from "@kalends/model";
import { sql, type Transaction } from "kysely";
import type { Database, EventsTable } from "../db/schema.ts";
import { type ClaimedCalendar, LeaseLost } from "./run-lease.ts";

/** What is stored of the resources that a slice touches. */
export interface StoredSlice {
	/** Ids of resource rows by the provider's resource id: of the touched ones, and of those that the events lie in. */
	readonly resourceIds: ReadonlyMap<string, string>;
	/** Every event of every UID that the touched resources have or had. */
	readonly events: readonly StoredEvent[];
}

/**
 * Locks the calendar until the transaction ends.
 * @throws LeaseLost when another holder has claimed it since, or it is gone
 */
export async function lockCalendar(tx: Transaction<Database>, calendar: ClaimedCalendar): Promise<void> {
	const row = await tx
		.selectFrom("calendars")
		.select("lease_fence")
		.where("user_id", "=", calendar.userId)
		.where("id", "=", calendar.id)
		.forUpdate()
		.executeTakeFirst();
	if (row?.lease_fence !== calendar.fence) throw new LeaseLost("the calendar was claimed by another run, or removed");
}

/**
 * @param touched provider ids of the touched resources
 * @param uids UIDs that they hold now
 */
export async function readSlice(
	tx: Transaction<Database>,
	{ userId, id: calendarId }: ClaimedCalendar,
	touched: readonly string[],
	uids: readonly string[],
): Promise<StoredSlice> {
	if (touched.length === 0) return { resourceIds: new Map(), events: [] };
	const resources = await tx
		.selectFrom("resources")
		.select(["id", "provider_resource_id"])
		.where("user_id", "=", userId)
		.where("calendar_id", "=", calendarId)
		.where("provider_resource_id", "=", sql<string>`ANY(${[...touched]}::text[])`)
		.execute();
	const { rows } = await sql<EventRow>`
		SELECT e.id, e.kind, e.master_id, e.version, e.content_hash, e.data, e.resource_id, r.provider_resource_id
		FROM events e JOIN resources r ON r.user_id = e.user_id AND r.id = e.resource_id
		WHERE e.user_id = ${userId} AND e.calendar_id = ${calendarId} AND e.ical_uid IN (
			SELECT unnest(${[...uids]}::text[])
			UNION
			SELECT t.ical_uid FROM events t
			WHERE t.user_id = ${userId} AND t.resource_id = ANY(${resources.map((row) => row.id)}::text[])
		)`.execute(tx);
	return {
		resourceIds: new Map([
			...rows.map((row) => [row.provider_resource_id, row.resource_id] as const),
			...resources.map((row) => [row.provider_resource_id, row.id] as const),
		]),
		events: rows.map((row) => ({
			id: row.id,
			kind: row.kind,
			masterId: row.master_id,
			version: row.version,
			hash: row.content_hash,
			event: row.data,
			resource: row.provider_resource_id,
		})),
	};
}

interface EventRow extends Pick<EventsTable, "id" | "kind" | "master_id" | "content_hash" | "resource_id"> {
	readonly version: number;
	readonly data: StoredEvent["event"];
	readonly provider_resource_id: string;
}
