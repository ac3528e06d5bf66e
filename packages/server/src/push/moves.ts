import type { CalendarEvent, IntentMove, WaitedEnd } from "@kalends/model";
import { type Kysely, sql, type Transaction } from "kysely";
import { lockInOrder } from "../calendars/lock-in-order.ts";
import { toRecordset } from "../db/recordset.ts";
import type { Database } from "../db/schema.ts";
import type { Statement } from "../events/occurrence-statements.ts";
import { copyGiven } from "../notify/reminders/given.ts";
import type { ClaimedIntent } from "./intent-lease.ts";
import { storable } from "./intent-rows.ts";
import { isProvisional } from "./provisional.ts";
import type { IntentRow, ResourceSnapshot } from "./types.ts";

/**
 * A move to another calendar is a creation there and a deletion here that waits for it (`waits_for`). Only the creation's
 * end lets the deletion go, by taking its `waits_for` away; whatever else becomes of the creation, the deletion is given
 * up, so that the event may be there twice and is never lost. Where the provider itself moves (`IntentMove`), the creation
 * is that move, and nothing is left for the deletion to do.
 */

/** What the provider itself can move. */
export interface Origin {
	readonly calendarId: string;
	/** The provider's id, which stays. */
	readonly resource: string;
	/** As the provider has it. */
	readonly base: readonly CalendarEvent[];
}

/**
 * What the provider is to move so that it is in that calendar; null where it is copied, as there is still something to be
 * sent of it, or the provider has it no more. What was moved here and not sent yet moves on from where it is.
 */
export function originWithin(
	{
		calendar,
		resource,
		onlyHere,
		events,
		intents,
	}: Pick<ResourceSnapshot, "calendar" | "resource" | "onlyHere" | "events" | "intents">,
	targetCalendarId: string,
): Origin | null {
	const [first, ...more] = intents;
	if (onlyHere || more.length > 0) return null;
	if (!isProvisional(resource)) {
		const isQuiet = first === undefined || first.move?.role === "refused";
		return isQuiet ? { calendarId: calendar.id, resource: resource.provider_resource_id, base: events } : null;
	}
	if (first?.move?.role !== "arrives" || first.attempts > 0 || first.base === null) return null;
	const { calendar_id: calendarId, resource: id } = first.move;
	return calendarId === targetCalendarId ? null : { calendarId, resource: id, base: first.base };
}

/** Is what moved safely in its new calendar, so that the old one may go? That occurrences of it are gone is no matter. */
export function mayGo(end: WaitedEnd): boolean {
	if (end.type !== "settled") return false;
	return !end.lost.some(({ kind, originalStart }) => kind === "edit_of_deleted" && originalStart === null);
}

/** These deletions wait no more. */
export function endWaits(userId: string, now: number, ids: readonly string[]): Statement {
	if (ids.length === 0) return null;
	return sql`UPDATE intents SET waits_for = NULL, next_attempt_at = ${new Date(now)}
		WHERE user_id = ${userId} AND id = ANY(${[...ids]}::text[])`;
}

/** Instead of deleting, these only bring back what is there; guests know that. */
export function giveUpDeletions(userId: string, now: number, ids: readonly string[]): Statement {
	if (ids.length === 0) return null;
	return sql`UPDATE intents SET kind = 'update', wanted = base, waits_for = NULL, move = NULL, told = NULL,
		next_attempt_at = ${new Date(now)} WHERE user_id = ${userId} AND id = ANY(${[...ids]}::text[])`;
}

/**
 * A deletion whose creation is gone with its calendar or connection, and was never agreed to, is given up too. Whether the
 * provider has moved it all the same is asked.
 */
export function withoutLostMove(claimed: ClaimedIntent): ClaimedIntent {
	if (claimed.kind !== "delete" || claimed.waits_for === null) return claimed;
	const attempts = claimed.move === null ? claimed.attempts : Math.max(2, claimed.attempts);
	return { ...claimed, kind: "update", wanted: claimed.base, waits_for: null, move: null, told: null, attempts };
}

export type Deletion = IntentRow & { readonly provider_resource_id: string };

/** The user's intents `i`, each with the provider's id of its resource. */
export function intentsWithResource(tx: Transaction<Database>, userId: string) {
	return tx
		.selectFrom("intents as i")
		.innerJoin("resources as r", (join) =>
			join.onRef("r.user_id", "=", "i.user_id").onRef("r.id", "=", "i.resource_id"),
		)
		.selectAll("i")
		.select("r.provider_resource_id")
		.where("i.user_id", "=", userId);
}

/** What is to go once this creation is agreed to. */
export async function deletionsFor(tx: Transaction<Database>, userId: string, intentId: string): Promise<Deletion[]> {
	return intentsWithResource(tx, userId)
		.where("i.waits_for", "=", intentId)
		.where("i.kind", "=", "delete")
		.forUpdate("i")
		.execute();
}

/** The calendars from which something moves to this resource. */
export async function originsOf(
	db: Transaction<Database> | Kysely<Database>,
	userId: string,
	resourceId: string,
): Promise<string[]> {
	const rows = await db
		.selectFrom("intents as i")
		.innerJoin("intents as w", (join) => join.onRef("w.user_id", "=", "i.user_id").onRef("w.id", "=", "i.waits_for"))
		.select("i.calendar_id")
		.distinct()
		.where("i.user_id", "=", userId)
		.where("i.kind", "=", "delete")
		.where("w.resource_id", "=", resourceId)
		.execute();
	return rows.map(({ calendar_id }) => calendar_id);
}

/** Locks several calendars; pulls that are under way learn that somebody writes. */
export async function lockCalendars(tx: Transaction<Database>, userId: string, ids: readonly string[]): Promise<void> {
	await lockInOrder(tx, userId, ids);
	await tx
		.updateTable("calendars")
		.set({ write_seq: sql<number>`write_seq + 1` })
		.where("user_id", "=", userId)
		.where("id", "in", [...ids])
		.execute();
}

/** The booking whose event moves goes with it, and what was reminded of it is not again. */
export async function bringAlong(
	tx: Transaction<Database>,
	userId: string,
	eventId: string,
	to: { readonly eventId: string; readonly calendarId: string },
): Promise<void> {
	await copyGiven(tx, userId, eventId, to.eventId);
	await tx
		.updateTable("bookings")
		.set({ event_id: to.eventId, calendar_id: to.calendarId })
		.where("user_id", "=", userId)
		.where("event_id", "=", eventId)
		.execute();
}

/** The booking whose event was to move, and does not, is where that is, with what was reminded of it. */
export async function bringBack(tx: Transaction<Database>, deletion: IntentRow): Promise<void> {
	if (deletion.waits_for === null) return;
	const making = await tx
		.selectFrom("intents")
		.select("event_id")
		.where("user_id", "=", deletion.user_id)
		.where("id", "=", deletion.waits_for)
		.executeTakeFirst();
	if (making === undefined) return;
	const { user_id: userId, event_id: eventId, calendar_id: calendarId } = deletion;
	await bringAlong(tx, userId, making.event_id, { eventId, calendarId });
}

/**
 * What was to leave, and is deleted instead, is what was seen: as long as it was to leave, it was followed, whatever was
 * changed in it there.
 * @param deletions whose `move` is taken away already
 * @param arrival what they waited for
 */
export async function deleteAsSeen(
	tx: Transaction<Database>,
	userId: string,
	deletions: readonly Pick<IntentRow, "id" | "resource_id">[],
	{ base, move }: Pick<IntentRow, "base" | "move">,
): Promise<void> {
	if (move?.role !== "arrives") return;
	for (const { id, resource_id } of deletions) {
		const intents = tx.updateTable("intents").where("user_id", "=", userId).where("id", "=", id);
		await intents.set({ base: storable(base) }).execute();
		// It is read before it is deleted.
		const resources = tx.updateTable("resources").where("user_id", "=", userId).where("id", "=", resource_id);
		await resources.set({ etag: null }).execute();
	}
}

/** The deletion fails with the refusal to make what was to be moved, and keeps what to make where somebody tries it again. */
export async function failMove(
	tx: Transaction<Database>,
	deletion: IntentRow,
	move: Extract<IntentMove, { role: "refused" }>,
	error: object,
): Promise<void> {
	await tx
		.updateTable("intents")
		.set({
			state: "failed",
			waits_for: null,
			claimed_until: null,
			fence: sql<number>`fence + 1`,
			move: toRecordset(move),
			error: JSON.stringify(error),
		})
		.where("user_id", "=", deletion.user_id)
		.where("id", "=", deletion.id)
		.execute();
}
