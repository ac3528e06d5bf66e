import { type CalendarEvent, localOf, originalStartKey, withLocal } from "@kalends/model";
import type { Kysely } from "kysely";
import type { Database } from "../../db/schema.ts";
import { findOccurrence } from "../../events/find-occurrence.ts";
import { seriesIdOf } from "../../events/history/version-records.ts";
import { type DueOccurrence, occurrenceOf } from "./due-occurrences.ts";

/** Of a series' history so many versions are looked at, the newest first. */
const VERSIONS = 20;

/**
 * What an occurrence that is no longer in the index has become since its series was moved as a whole: the history tells
 * where it was, and how far the series has moved since. Null where it was taken out, or where the series had an occurrence
 * there before, so that it may only begin later.
 * @param eventId of the occurrence
 */
export async function movedAlong(db: Kysely<Database>, userId: string, eventId: string): Promise<DueOccurrence | null> {
	const seriesId = seriesIdOf(eventId);
	const key = eventId.slice(seriesId.length + 1);
	const master = await masterOf(db, userId, seriesId);
	if (key === "" || master === null) return null;
	for (const events of await versionsOf(db, userId, seriesId)) {
		const before = events.find(({ recurrence_id }) => recurrence_id === null);
		if (before === undefined) continue;
		const overrides = events.filter((event) => event !== before);
		const slot = (await findOccurrence(before, overrides, key))?.original_start;
		if (slot === undefined) continue;
		if (before.start.type !== master.start.type) return null;
		const local = localOf(slot) + localOf(master.start) - localOf(before.start);
		const moved = originalStartKey(withLocal(master.start, local, master.custom_zones));
		if ((await findOccurrence(before, overrides, moved)) !== null) return null;
		const occurrence = await occurrenceOf(db, userId, `${seriesId}.${moved}`);
		return occurrence?.event.status === "cancelled" ? null : occurrence;
	}
	return null;
}

async function masterOf(db: Kysely<Database>, userId: string, id: string): Promise<CalendarEvent | null> {
	const row = await db
		.selectFrom("events")
		.select("data")
		.where("user_id", "=", userId)
		.where("id", "=", id)
		.where("kind", "=", "master")
		.executeTakeFirst();
	return row?.data ?? null;
}

async function versionsOf(
	db: Kysely<Database>,
	userId: string,
	seriesId: string,
): Promise<readonly (readonly CalendarEvent[])[]> {
	const rows = await db
		.selectFrom("event_versions")
		.select("events")
		.where("user_id", "=", userId)
		.where("event_id", "=", seriesId)
		.where("action", "!=", "conflict")
		.orderBy("version", "desc")
		.limit(VERSIONS)
		.execute();
	return rows.map(({ events }) => events);
}
