import type { StoredEvent } from "@kalends/model";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Database, EventsTable } from "../db/schema.ts";
import { type ClaimedCalendar, LeaseLost } from "./run-lease.ts";
import type { PreparedSlice } from "./slice.ts";

/** Whose calendar. */
export interface CalendarOwner {
	readonly userId: string;
	readonly id: string;
}

/** What is stored of the resources that a slice touches. */
export interface StoredSlice {
	/** Ids of resource rows by the provider's resource id: of the touched ones, and of those that the events lie in. */
	readonly resourceIds: ReadonlyMap<string, string>;
	/** Every event of every UID that the touched resources have or had. */
	readonly events: readonly StoredEvent[];
	/** By touched resource: the calendar's `write_seq` of Kalends's last write of it. */
	readonly stamps: ReadonlyMap<string, number>;
}

/**
 * Locks the calendar until the transaction ends: against everybody (`update`), or only against whoever would claim or
 * complete it (`share`), so that slices which cannot meet are written side by side.
 * @returns its `write_seq`
 * @throws LeaseLost when another holder has claimed it since, or it is gone
 */
export async function lockCalendar(
	tx: Transaction<Database>,
	calendar: ClaimedCalendar,
	mode: "share" | "update",
): Promise<number> {
	const query = tx
		.selectFrom("calendars")
		.select(["lease_fence", "write_seq"])
		.where("user_id", "=", calendar.userId)
		.where("id", "=", calendar.id);
	const row = await (mode === "share" ? query.forShare() : query.forUpdate()).executeTakeFirst();
	if (row?.lease_fence !== calendar.fence) throw new LeaseLost("the calendar was claimed by another run, or removed");
	return row.write_seq;
}

/**
 * @param touched provider ids of the touched resources
 * @param uids UIDs that they hold now
 */
export async function readSlice(
	tx: Transaction<Database>,
	{ userId, id: calendarId }: CalendarOwner,
	touched: readonly string[],
	uids: readonly string[],
): Promise<StoredSlice> {
	if (touched.length === 0) return NOTHING_STORED;
	const resources = await tx
		.selectFrom("resources")
		.select(["id", "provider_resource_id", "write_seq"])
		.where("user_id", "=", userId)
		.where("calendar_id", "=", calendarId)
		.where("provider_resource_id", "=", sql<string>`ANY(${[...touched]}::text[])`)
		.execute();
	const had = await uidsOf(
		tx,
		userId,
		resources.map((row) => row.id),
	);
	// Arrays of plain values, one question after the other: PostgreSQL then takes the indexes, whatever it believes of
	// how much the tables hold, which at a first sync is wrong.
	const { rows } = await sql<EventRow>`
		SELECT e.id, e.kind, e.master_id, e.version, e.content_hash, e.data, e.resource_id, r.provider_resource_id
		FROM events e JOIN resources r ON r.user_id = e.user_id AND r.id = e.resource_id
		WHERE e.user_id = ${userId} AND e.calendar_id = ${calendarId}
			AND e.ical_uid = ANY(${[...new Set([...uids, ...had])]}::text[])`.execute(tx);
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
		stamps: new Map(resources.map((row) => [row.provider_resource_id, row.write_seq])),
	};
}

async function uidsOf(tx: Transaction<Database>, userId: string, resourceIds: readonly string[]): Promise<string[]> {
	if (resourceIds.length === 0) return [];
	const rows = await tx
		.selectFrom("events")
		.select("ical_uid")
		.distinct()
		.where("user_id", "=", userId)
		.where("resource_id", "=", sql<string>`ANY(${[...resourceIds]}::text[])`)
		.execute();
	return rows.map((row) => row.ical_uid);
}

export const NOTHING_STORED: StoredSlice = { resourceIds: new Map(), events: [], stamps: new Map() };

/**
 * What a pull has written to a calendar that was empty when it began. While slices only bring what is new to it, there is
 * nothing to read. People may write to it too (`spoil`).
 */
export class FreshCalendar {
	readonly #ids = new Set<string>();
	readonly #uids = new Set<string>();
	#spoilt = false;

	/** Somebody writes here meanwhile: from now on what is stored has to be read. */
	spoil(): void {
		this.#spoilt = true;
	}

	get isSpoilt(): boolean {
		return this.#spoilt;
	}

	get isEmpty(): boolean {
		return this.#ids.size === 0 && !this.#spoilt;
	}

	/** True when the slice meets nothing stored; what it holds counts as stored from now on. */
	admit({ changed }: Pick<PreparedSlice, "changed">): boolean {
		let isNew = !this.#spoilt;
		for (const { resource, events } of changed) {
			if (this.#ids.has(resource.id)) isNew = false;
			for (const { event } of events) if (this.#uids.has(event.uid)) isNew = false;
		}
		for (const { resource, events } of changed) {
			this.#ids.add(resource.id);
			for (const { event } of events) this.#uids.add(event.uid);
		}
		return isNew;
	}
}

/** Null where the calendar holds something already. */
export async function freshCalendar(
	db: Kysely<Database>,
	{ userId, id }: ClaimedCalendar,
): Promise<FreshCalendar | null> {
	const row = await db
		.selectFrom("resources")
		.select("id")
		.where("user_id", "=", userId)
		.where("calendar_id", "=", id)
		.limit(1)
		.executeTakeFirst();
	return row === undefined ? new FreshCalendar() : null;
}

interface EventRow extends Pick<EventsTable, "id" | "kind" | "master_id" | "content_hash" | "resource_id"> {
	readonly version: number;
	readonly data: StoredEvent["event"];
	readonly provider_resource_id: string;
}
