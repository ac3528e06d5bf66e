import { instantOf, originalStartKey, parseOriginalStartKey } from "@kalends/model";
import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import { loadEventCalendars, loadEventRecords } from "./event-records.ts";
import { eventToWire } from "./event-to-wire.ts";
import { expandSafely } from "./expansion-pool.ts";
import type { WireEvent } from "./schemas.ts";

const DAY = 86_400_000;

/**
 * The event, or the occurrence of a series, with this id; null where the user has none.
 * An occurrence exists when its series has that slot, also where it is cancelled or moved.
 */
export async function findEvent(db: Kysely<Database>, userId: string, id: string): Promise<WireEvent | null> {
	const dot = id.indexOf(".");
	const masterId = dot < 0 ? id : id.slice(0, dot);
	const calendars = await loadEventCalendars(db, userId);
	const records = await loadEventRecords(db, userId, dot < 0 ? [id] : [id, masterId], calendars);
	const own = records.get(id);
	if (own !== undefined) return eventToWire(own, own.kind === "override" ? overridePlace(own.id, own) : null);
	const master = records.get(masterId);
	if (dot < 0 || master === undefined || master.kind !== "master") return null;

	const slot = parseOriginalStartKey(id.slice(dot + 1));
	if (slot === null) return null;
	const overrides = await db
		.selectFrom("events")
		.select(["id", "data"])
		.where("user_id", "=", userId)
		.where("master_id", "=", masterId)
		.execute();
	// With THISANDFUTURE a slot may be far from where it is shown: those overrides tell how far.
	const reach = Math.max(0, ...overrides.map(({ data }) => shiftOf(data))) + 2 * DAY;
	const at = instantOf(slot, "UTC");
	const expansion = await expandSafely(
		{ master: master.data, overrides: overrides.map((row) => row.data) },
		{ from: at - reach, to: at + reach },
		{ floatingZone: "UTC" },
	);
	const found = expansion.occurrences.find((one) => `${masterId}.${originalStartKey(one.original_start)}` === id);
	if (found === undefined) return null;
	const { recurrence_id } = found.event;
	const sourceId = recurrence_id === null ? masterId : `${masterId}.${originalStartKey(recurrence_id)}`;
	const source = (await loadEventRecords(db, userId, [sourceId], calendars)).get(sourceId) ?? master;
	return eventToWire(source, {
		id,
		seriesId: masterId,
		originalStart: found.original_start,
		start: found.start,
		end: found.end,
	});
}

function overridePlace(id: string, record: Parameters<typeof eventToWire>[0]) {
	const { data, master_id } = record;
	if (master_id === null || data.recurrence_id === null) return null;
	return { id, seriesId: master_id, originalStart: data.recurrence_id, start: data.start, end: data.end };
}

function shiftOf(data: Parameters<typeof eventToWire>[0]["data"]): number {
	if (data.recurrence_id === null) return 0;
	return Math.abs(instantOf(data.start, "UTC") - instantOf(data.recurrence_id, "UTC"));
}
