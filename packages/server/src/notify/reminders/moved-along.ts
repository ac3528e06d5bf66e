import {
	addExact,
	type CalendarEvent,
	instantOf,
	localOf,
	originalStartKey,
	parseOriginalStartKey,
	withLocal,
} from "@kalends/model";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../db/schema.ts";
import { splitEventId } from "../../events/event-id.ts";
import { findOccurrence } from "../../events/find-occurrence.ts";
import { type DueOccurrence, occurrenceOf } from "./due-occurrences.ts";

/** Of a series' history so many versions are looked at, the newest first. */
const VERSIONS = 20;
const DAY = 86_400_000;

/**
 * What an occurrence that is no longer in the index has become: since its series was moved as a whole, or it went on in
 * another, or came back from there, however often. Null where it was taken out.
 * @param eventId of the occurrence
 */
export async function movedAlong(db: Kysely<Database>, userId: string, eventId: string): Promise<DueOccurrence | null> {
	const seen = new Set([eventId]);
	for (const was of seen) {
		for (const is of [await withItsSeries(db, userId, was), ...(await inOthers(db, userId, was))]) {
			if (is === null || seen.has(is) || seen.size > VERSIONS) continue;
			const occurrence = await aliveOccurrence(db, userId, is);
			if (occurrence !== null) return occurrence;
			seen.add(is);
		}
	}
	return null;
}

/**
 * The history tells where it was, and how far the series has moved since. Null where it was taken out, or where the series
 * had an occurrence there before, so that it may only begin later.
 */
async function withItsSeries(db: Kysely<Database>, userId: string, eventId: string): Promise<string | null> {
	const { seriesId, key } = splitEventId(eventId);
	const master = await masterOf(db, userId, seriesId);
	if (key === null || master === null) return null;
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
		return `${seriesId}.${moved}`;
	}
	return null;
}

/**
 * One write cut its series off and made the rest a series of its own, or moved the event to another calendar: it is in what
 * was made then, or, that being gone, in what that was made from; there at the time of day to which the write moved it.
 * @returns the ids that it may have
 */
async function inOthers(db: Kysely<Database>, userId: string, eventId: string): Promise<readonly string[]> {
	const { seriesId: id, key } = splitEventId(eventId);
	const { rows } = await sql<{ event_id: string; from: readonly CalendarEvent[]; to: readonly CalendarEvent[] }>`
		SELECT other.event_id, own.events AS from, other.events AS to
		FROM event_versions own
		JOIN event_versions other ON other.user_id = own.user_id AND other.at = own.at AND other.actor = own.actor
			AND other.event_id <> own.event_id
		WHERE own.user_id = ${userId} AND own.event_id = ${id} AND own.actor ->> 'type' <> 'provider'
			AND ((own.action = 'created' AND other.action IN ('updated', 'deleted'))
				OR (own.action IN ('updated', 'deleted') AND other.action = 'created'))
		ORDER BY own.version DESC
		LIMIT ${VERSIONS}`.execute(db);
	return rows.flatMap(({ event_id: other, from, to }) => {
		const at = (there: string | null) => (there === null ? [] : [`${other}.${there}`]);
		return key === null ? [other] : [key, shiftedKey(key, from, to)].flatMap(at);
	});
}

/** The key of the slot that is as far from it as one series is from the other in time of day, the nearer way round. */
function shiftedKey(key: string, from: readonly CalendarEvent[], to: readonly CalendarEvent[]): string | null {
	const slot = parseOriginalStartKey(key);
	const [before, after] = [from, to].map((events) => events.find(({ recurrence_id }) => recurrence_id === null));
	if (slot === null || before === undefined || after === undefined || before.start.type !== after.start.type)
		return null;
	const along = instantOf(slot, "UTC") - instantOf(before.start, "UTC");
	const own = addExact(before.start, along, before.custom_zones);
	const apart = (((localOf(after.start) - localOf(before.start)) % DAY) + DAY * 1.5) % DAY;
	return originalStartKey(withLocal(after.start, localOf(own) + apart - DAY / 2, after.custom_zones));
}

async function aliveOccurrence(db: Kysely<Database>, userId: string, eventId: string): Promise<DueOccurrence | null> {
	const occurrence = await occurrenceOf(db, userId, eventId);
	return occurrence?.event.status === "cancelled" ? null : occurrence;
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
