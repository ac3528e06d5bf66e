import type { Selectable, Transaction } from "kysely";
import { appendChanges, type ChangeEntry } from "../changes/append-changes.ts";
import type { CalendarsTable, Database } from "../db/schema.ts";
import { inTransaction } from "../db/transact.ts";
import { notFound } from "../http/problem.ts";
import { giveUpMoves, lockWithMoves } from "../push/give-up-moves.ts";
import type { Services } from "../services.ts";
import { removeResources } from "./apply-slice.ts";
import { MOST_EVENTS } from "./slice.ts";

export interface CalendarKey {
	readonly userId: string;
	readonly calendarId: string;
}

/**
 * Deletes what was held back, a slice at a time. A pull of the calendar may go on meanwhile: both lock the calendar for
 * each slice, and what is deleted here is gone at the provider too.
 */
export async function applyHeldDeletions(services: Services, key: CalendarKey): Promise<void> {
	for (let more = true; more; ) {
		more = await inTransaction(services.db, async (tx) => {
			const calendar = await lock(tx, key);
			const held = await tx
				.selectFrom("held_deletions as h")
				.innerJoin("resources as r", (join) =>
					join.onRef("r.user_id", "=", "h.user_id").onRef("r.id", "=", "h.resource_id"),
				)
				.select("r.provider_resource_id as id")
				.where("h.user_id", "=", key.userId)
				.where("h.calendar_id", "=", key.calendarId)
				.where("h.kept", "=", false)
				.orderBy("r.id")
				.limit(MOST_EVENTS)
				.execute();
			const { lease_fence: fence, write_seq: writeSeq } = calendar;
			const target = { userId: key.userId, id: key.calendarId, fence, writeSeq };
			const entries = await removeResources(
				services,
				tx,
				target,
				held.map((row) => row.id),
			);
			const isLast = held.length < MOST_EVENTS;
			if (isLast) entries.push(...(await reopen(tx, key, calendar, services.now())));
			await appendChanges(tx, key.userId, services.now(), entries);
			return !isLast;
		});
	}
}

/** Keeps what was held back: it stays although the provider has it no more, and is not asked about again. */
export async function keepHeldDeletions(services: Services, key: CalendarKey): Promise<void> {
	await inTransaction(services.db, async (tx) => {
		const calendar = await lock(tx, key);
		await tx
			.updateTable("held_deletions")
			.set({ kept: true })
			.where("user_id", "=", key.userId)
			.where("calendar_id", "=", key.calendarId)
			.execute();
		await appendChanges(tx, key.userId, services.now(), await reopen(tx, key, calendar, services.now()));
	});
}

/**
 * Removes a calendar that the provider no longer lists, with all its events. Local writes that never reached it go with
 * it; what they were is in the history of their events.
 */
export async function removeGoneCalendar(services: Services, { userId, calendarId }: CalendarKey): Promise<void> {
	await inTransaction(services.db, async (tx) => {
		const moving = await lockWithMoves(tx, userId, [calendarId]);
		const calendar = await lock(tx, { userId, calendarId });
		if (calendar.status !== "gone") return;
		const shown = await giveUpMoves(services, tx, userId, moving);
		const { count } = await tx
			.selectFrom("intents")
			.select((eb) => eb.fn.countAll<number>().as("count"))
			.where("user_id", "=", userId)
			.where("calendar_id", "=", calendarId)
			.executeTakeFirstOrThrow();
		if (count > 0) {
			const fields = { user_id: userId, calendar_id: calendarId, unsent: count };
			services.log.warn(fields, "a calendar was removed with changes that had not reached its provider");
		}
		await tx.deleteFrom("calendars").where("user_id", "=", userId).where("id", "=", calendarId).execute();
		await appendChanges(tx, userId, services.now(), [
			{ type: "calendar.deleted", id: calendarId, calendarId },
			...shown,
		]);
	});
}

type CalendarState = Pick<Selectable<CalendarsTable>, "status" | "status_reason" | "lease_fence" | "write_seq">;

async function lock(tx: Transaction<Database>, { userId, calendarId }: CalendarKey): Promise<CalendarState> {
	const calendar = await tx
		.selectFrom("calendars")
		.select(["status", "status_reason", "lease_fence", "write_seq"])
		.where("user_id", "=", userId)
		.where("id", "=", calendarId)
		.forUpdate()
		.executeTakeFirst();
	if (calendar === undefined) throw notFound("calendar");
	return calendar;
}

/** Nothing waits any more. A calendar that is gone stays so, with the decision noted. */
async function reopen(
	tx: Transaction<Database>,
	{ userId, calendarId }: CalendarKey,
	{ status, status_reason }: CalendarState,
	now: number,
): Promise<ChangeEntry[]> {
	const after =
		status === "gone"
			? ({ status, status_reason: "calendar_kept" } as const)
			: ({ status: status === "paused" ? "active" : status, status_reason: null } as const);
	if (after.status === status && after.status_reason === status_reason) return [];
	await tx
		.updateTable("calendars")
		.set({ ...after, status_message: null, status_since: new Date(now) })
		.where("user_id", "=", userId)
		.where("id", "=", calendarId)
		.execute();
	return [{ type: "calendar.updated", id: calendarId, calendarId, fields: ["status"] }];
}
