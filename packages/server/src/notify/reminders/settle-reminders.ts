import { sql, type Transaction } from "kysely";
import { appendChanges } from "../../changes/append-changes.ts";
import type { Database } from "../../db/schema.ts";
import { dateTimeToWire } from "../../events/date-time-to-wire.ts";
import type { Services } from "../../services.ts";
import { type DueOccurrence, occurrenceOf } from "./due-occurrences.ts";
import { OVERLAP_MS, reminderThread } from "./remind-due.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** For so long after a reminder its occurrence is in the index, if there is one (events/occurrence-rows.ts). */
const INDEXED_MS = 28 * DAY;
const BATCH = 500;

interface ReminderKey {
	readonly user_id: string;
	readonly id: string;
}

/** As `remindDue` stores it. */
interface SnoozedReminder extends ReminderKey {
	readonly event_id: string;
	readonly about: string;
	readonly data: { readonly minutes: number; readonly start: object; readonly end: object };
}

/**
 * Brings reminders that were given in the app to what has become of their occurrences: those of what was deleted or
 * cancelled go; those that were snoozed, and come back now, have the time that their occurrence has, or go where that was
 * reminded of on its own.
 */
export async function settleReminders(services: Pick<Services, "db" | "now">, signal: AbortSignal): Promise<void> {
	while (!signal.aborted) {
		const over = await remindersOver(services);
		for (const key of over) await change(services, key, async () => ({ state: "dismissed", snoozed_until: null }));
		if (over.length < BATCH) break;
	}
	for (const reminder of await comingBack(services)) {
		await change(services, reminder, (tx) => afterMove(services, tx, reminder));
	}
}

async function remindersOver({ db, now }: Pick<Services, "db" | "now">): Promise<readonly ReminderKey[]> {
	const { rows } = await sql<ReminderKey>`
		SELECT n.user_id, n.id FROM notifications n
		WHERE n.type = 'occurrence.reminder' AND n.state <> 'dismissed'
			AND NOT EXISTS (
				SELECT FROM occurrences o
				WHERE o.user_id = n.user_id AND o.event_id = n.event_id AND NOT o.cancelled)
			AND (n.created_at > ${new Date(now() - INDEXED_MS)} OR NOT EXISTS (
				SELECT FROM events e WHERE e.user_id = n.user_id AND e.id = split_part(n.event_id, '.', 1)))
		LIMIT ${BATCH}`.execute(db);
	return rows;
}

async function comingBack({ db, now }: Pick<Services, "db" | "now">): Promise<readonly SnoozedReminder[]> {
	const { rows } = await sql<SnoozedReminder>`
		SELECT n.user_id, n.id, n.event_id, n.about, n.data FROM notifications n
		WHERE n.type = 'occurrence.reminder' AND n.state = 'snoozed' AND n.snoozed_until <= ${new Date(now())}`.execute(db);
	return rows;
}

interface Changed {
	readonly state?: "dismissed";
	readonly snoozed_until?: null;
	readonly data?: string;
}

/** @param decide null: it stays as it is */
async function change(
	{ db, now }: Pick<Services, "db" | "now">,
	{ user_id: userId, id }: ReminderKey,
	decide: (tx: Transaction<Database>) => Promise<Changed | null>,
): Promise<void> {
	await db.transaction().execute(async (tx) => {
		const changed = await decide(tx);
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
	services: Pick<Services, "now">,
	tx: Transaction<Database>,
	{ user_id: userId, event_id: eventId, about, data }: SnoozedReminder,
): Promise<Changed | null> {
	const occurrence = await occurrenceOf(tx, userId, eventId);
	if (occurrence === null) return null;
	const [start, end] = [dateTimeToWire(occurrence.start), dateTimeToWire(occurrence.end)];
	if (sameJson(start, data.start) && sameJson(end, data.end)) return null;
	// Written in another zone, it is where it was.
	const isMoved = !sameJson(start, data.start) && about !== reminderThread(occurrence, data.minutes);
	if (isMoved && (await remindsAnew(services, tx, occurrence, data.minutes))) {
		return { state: "dismissed", snoozed_until: null };
	}
	return { data: JSON.stringify({ ...data, start, end }) };
}

/** Whether this reminder is or was given for the time that the occurrence has now. */
async function remindsAnew(
	{ now }: Pick<Services, "now">,
	tx: Transaction<Database>,
	{ userId, eventId, startsAt }: DueOccurrence,
	minutes: number,
): Promise<boolean> {
	if (startsAt - minutes * MINUTE > now() - OVERLAP_MS) return true;
	const given = await tx
		.selectFrom("reminders_given")
		.select("minutes")
		.where("user_id", "=", userId)
		.where("event_id", "=", eventId)
		.where("starts_at", "=", new Date(startsAt))
		.where("minutes", "=", minutes)
		.where("channel", "=", "in_app")
		.executeTakeFirst();
	return given !== undefined;
}

/** The database gives the members of an object in an order of its own. */
function sameJson(one: object, other: object): boolean {
	const sorted = (value: object) => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
	return sorted(one) === sorted(other);
}
