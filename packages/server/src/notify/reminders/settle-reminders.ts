import { type RawBuilder, sql, type Transaction } from "kysely";
import { appendChanges } from "../../changes/append-changes.ts";
import { toRecordset } from "../../db/recordset.ts";
import type { Database, NotificationState } from "../../db/schema.ts";
import { dateTimeToWire } from "../../events/date-time-to-wire.ts";
import type { Services } from "../../services.ts";
import { type DueOccurrence, occurrenceOf } from "./due-occurrences.ts";
import { isOfOtherStart, remindsAnew } from "./given.ts";
import { movedAlong } from "./moved-along.ts";

const DAY = 86_400_000;

/** For so long after a reminder its occurrence is in the index, if there is one (events/occurrence-rows.ts). */
const INDEXED_MS = 28 * DAY;
const BATCH = 500;

/** As `remindDue` stores it. */
interface OpenReminder {
	readonly user_id: string;
	readonly id: string;
	readonly event_id: string;
	readonly about: string;
	readonly state: NotificationState;
	readonly data: { readonly minutes: number; readonly start: object; readonly end: object };
}

type Scan = Pick<Services, "db" | "now">;

/**
 * Brings reminders that were given in the app to what has become of their occurrences: those of what was deleted or
 * cancelled go; those that are shown, or come back now, have the time that their occurrence has. One that comes back goes
 * where that time is reminded of on its own, one that is shown once it was.
 */
export async function settleReminders(services: Scan, signal: AbortSignal): Promise<void> {
	const each = (which: RawBuilder<unknown>, decide: Decide) => settleEach(services, signal, which, decide);
	const now = services.now();
	await each(over(now), (tx, { user_id, event_id, data }) =>
		movedAlong(tx, user_id, event_id).then((occurrence) => (occurrence === null ? GOES : followed(occurrence, data))),
	);
	await each(moved(now), (tx, reminder) => afterMove(tx, reminder, now));
	await each(SUPERSEDED, async () => GOES);
}

/** Their occurrence is no more; an event that is only out of the index stays. */
function over(now: number): RawBuilder<unknown> {
	return sql`
		NOT EXISTS (
			SELECT FROM occurrences o
			WHERE o.user_id = n.user_id AND o.event_id = n.event_id AND NOT o.cancelled)
		AND (n.created_at > ${new Date(now - INDEXED_MS)} OR NOT EXISTS (
			SELECT FROM events e WHERE e.user_id = n.user_id AND e.id = split_part(n.event_id, '.', 1)))`;
}

/** Those that are shown with another time than their occurrence has, and all that come back. */
function moved(now: number): RawBuilder<unknown> {
	return sql`
		(n.state = 'snoozed' AND n.snoozed_until <= ${new Date(now)}) OR (n.state = 'active' AND EXISTS (
			SELECT FROM occurrences o JOIN events e ON e.user_id = o.user_id AND e.id = o.source_event_id
			WHERE o.user_id = n.user_id AND o.event_id = n.event_id AND (
				left(coalesce(n.data #>> '{start,date_time}', n.data #>> '{start,date}'), 19),
				left(coalesce(n.data #>> '{end,date_time}', n.data #>> '{end,date}'), 19),
				n.data #>> '{start,time_zone}'
			) IS DISTINCT FROM (
				o.starts_local, o.ends_local, CASE o.kind WHEN 'zoned' THEN e.data #>> '{start,zone}' END)))`;
}

/** The same was given again since, for another time of the occurrence. */
const SUPERSEDED = sql`
	EXISTS (
		SELECT FROM notifications m
		WHERE m.type = 'occurrence.reminder' AND m.state <> 'dismissed' AND m.user_id = n.user_id
			AND m.event_id = n.event_id AND m.data -> 'minutes' = n.data -> 'minutes' AND m.created_at > n.created_at)`;

interface Changed {
	readonly state?: "dismissed";
	readonly snoozed_until?: null;
	readonly event_id?: string;
	readonly calendar_id?: string;
	readonly connection_id?: string;
	readonly data?: string;
}

/** @returns null: it stays as it is */
type Decide = (tx: Transaction<Database>, reminder: OpenReminder) => Promise<Changed | null>;

const GOES: Changed = { state: "dismissed", snoozed_until: null };

/** @param which a condition on `n` */
async function settleEach(
	services: Scan,
	signal: AbortSignal,
	which: RawBuilder<unknown>,
	decide: Decide,
): Promise<void> {
	for (let [userId, id] = ["", ""]; !signal.aborted; ) {
		const { rows } = await sql<OpenReminder>`
			SELECT n.user_id, n.id, n.event_id, n.about, n.state, n.data FROM notifications n
			WHERE n.type = 'occurrence.reminder' AND n.state <> 'dismissed' AND (n.user_id, n.id) > (${userId}, ${id})
				AND (${which})
			ORDER BY n.user_id, n.id
			LIMIT ${BATCH}`.execute(services.db);
		for (const reminder of rows) await settle(services, reminder, decide);
		const last = rows.at(-1);
		if (last === undefined || rows.length < BATCH) return;
		[userId, id] = [last.user_id, last.id];
	}
}

async function settle({ db, now }: Scan, reminder: OpenReminder, decide: Decide): Promise<void> {
	const { user_id: userId, id } = reminder;
	await db.transaction().execute(async (tx) => {
		const changed = await decide(tx, reminder);
		if (changed === null) return;
		const { numUpdatedRows } = await tx
			.updateTable("notifications")
			.set(changed)
			.where("user_id", "=", userId)
			.where("id", "=", id)
			.where("state", "!=", "dismissed")
			.executeTakeFirst();
		if (numUpdatedRows === 0n) return;
		await appendChanges(tx, userId, now(), [{ type: "notification.updated", id, fields: Object.keys(changed) }]);
	});
}

async function afterMove(
	tx: Transaction<Database>,
	{ user_id: userId, event_id: eventId, about, state, data }: OpenReminder,
	now: number,
): Promise<Changed | null> {
	const occurrence = await occurrenceOf(tx, userId, eventId);
	if (occurrence === null) return null;
	// Written in another zone, it is where it was.
	if (
		isOfOtherStart(about, occurrence) &&
		state === "snoozed" &&
		(await remindsAnew(tx, occurrence, data.minutes, now))
	)
		return GOES;
	const { start, end } = timesOf(occurrence);
	return sameJson(start, data.start) && sameJson(end, data.end) ? null : { data: toRecordset({ ...data, start, end }) };
}

/** Occurrences of a series are named by where it puts them: moved along, one has another id; and so has what moved. */
function followed(occurrence: DueOccurrence, data: OpenReminder["data"]): Changed {
	const { eventId, calendarId, connectionId } = occurrence;
	const place = { event_id: eventId, calendar_id: calendarId };
	return {
		...place,
		connection_id: connectionId,
		data: toRecordset({ ...data, ...place, ...timesOf(occurrence) }),
	};
}

function timesOf({ start, end }: DueOccurrence) {
	return { start: dateTimeToWire(start), end: dateTimeToWire(end) };
}

/** The database gives the members of an object in an order of its own. */
function sameJson(one: object, other: object): boolean {
	const sorted = (value: object) => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
	return sorted(one) === sorted(other);
}
