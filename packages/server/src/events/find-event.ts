import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import { sourceIdOf, splitEventId } from "./event-id.ts";
import { loadEventCalendars, loadEventRecords } from "./event-records.ts";
import { eventToWire } from "./event-to-wire.ts";
import { findOccurrence } from "./find-occurrence.ts";
import type { WireEvent } from "./schemas.ts";

/**
 * The event, or the occurrence of a series, with this id; null where the user has none.
 * An occurrence exists when its series has that slot, also where it is cancelled or moved.
 */
export async function findEvent(db: Kysely<Database>, userId: string, id: string): Promise<WireEvent | null> {
	const { seriesId: masterId, key } = splitEventId(id);
	const calendars = loadEventCalendars(db, userId);
	const records = await loadEventRecords(db, userId, key === null ? [id] : [id, masterId], calendars);
	const own = records.get(id);
	if (own !== undefined) return eventToWire(own, own.kind === "override" ? overridePlace(own.id, own) : null);
	const master = records.get(masterId);
	if (key === null || master === undefined || master.kind !== "master") return null;

	const overrides = await db
		.selectFrom("events")
		.select("data")
		.where("user_id", "=", userId)
		.where("master_id", "=", masterId)
		.execute();
	const found = await findOccurrence(
		master.data,
		overrides.map(({ data }) => data),
		key,
	);
	if (found === null) return null;
	const sourceId = sourceIdOf(masterId, found);
	const source = (await loadEventRecords(db, userId, [sourceId], calendars)).get(sourceId) ?? master;
	return eventToWire(source, {
		id,
		seriesId: masterId,
		originalStart: found.original_start,
		start: found.start,
		end: found.end,
	});
}

/** Those of the user's events with these ids that are there, by id; ids of occurrences that are no overrides are not. */
export async function findStoredEvents(
	db: Kysely<Database>,
	userId: string,
	ids: readonly string[],
): Promise<ReadonlyMap<string, WireEvent>> {
	if (ids.length === 0) return new Map();
	const records = await loadEventRecords(db, userId, ids, loadEventCalendars(db, userId));
	return new Map(
		[...records].map(([id, record]) => [
			id,
			eventToWire(record, record.kind === "override" ? overridePlace(id, record) : null),
		]),
	);
}

function overridePlace(id: string, record: Parameters<typeof eventToWire>[0]) {
	const { data, master_id } = record;
	if (master_id === null || data.recurrence_id === null) return null;
	return { id, seriesId: master_id, originalStart: data.recurrence_id, start: data.start, end: data.end };
}
