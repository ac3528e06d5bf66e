import { sql, type Transaction } from "kysely";
import type { ChangeEntry } from "../changes/append-changes.ts";
import type { Database } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { showAgain } from "./apply-outcome.ts";
import { sendPush } from "./intent-rows.ts";
import { type Deletion, giveUpDeletions, intentsWithResource, lockCalendars } from "./moves.ts";

/**
 * Locks calendars that are to be removed, and those from which something is to move to one of them.
 * @returns what was to move, shown where it was by `giveUpMoves`
 */
export async function lockWithMoves(
	tx: Transaction<Database>,
	userId: string,
	calendarIds: readonly string[],
): Promise<readonly Deletion[]> {
	if (calendarIds.length === 0) return [];
	const origins = (await movingTo(tx, userId, calendarIds)).map(({ calendar_id }) => calendar_id);
	const locked = new Set([...calendarIds, ...origins]);
	await lockCalendars(tx, userId, [...locked]);
	// Some may have got through while the locks were waited for; of one that has just begun its own push sees to it.
	return (await movingTo(tx, userId, calendarIds)).filter(({ calendar_id }) => locked.has(calendar_id));
}

async function movingTo(
	tx: Transaction<Database>,
	userId: string,
	calendarIds: readonly string[],
): Promise<readonly Deletion[]> {
	return intentsWithResource(tx, userId)
		.innerJoin("intents as w", (join) => join.onRef("w.user_id", "=", "i.user_id").onRef("w.id", "=", "i.waits_for"))
		.where("i.kind", "=", "delete")
		.where("w.calendar_id", "in", [...calendarIds])
		.where("i.calendar_id", "not in", [...calendarIds])
		.execute();
}

/**
 * What was to move to calendars that are removed is shown where it was, with its booking. What the provider itself moves may
 * have left: its own push asks for that.
 * @returns the entries for the feed
 */
export async function giveUpMoves(
	services: Services,
	tx: Transaction<Database>,
	userId: string,
	deletions: readonly Deletion[],
): Promise<readonly ChangeEntry[]> {
	const entries: ChangeEntry[] = [];
	for (const deletion of deletions) {
		const owner = { userId, calendarId: deletion.calendar_id, now: services.now() };
		const mayHaveLeft = deletion.move !== null;
		entries.push(...(await showAgain(services, tx, owner, deletion, { stays: mayHaveLeft })));
		if (!mayHaveLeft) continue;
		await giveUpDeletions(userId, owner.now, [deletion.id])?.execute(tx);
		const intents = tx.updateTable("intents").where("user_id", "=", userId).where("id", "=", deletion.id);
		await intents.set({ attempts: sql<number>`greatest(attempts, 1)` }).execute();
		await sendPush(tx, services, userId, deletion.id, 0);
	}
	return entries;
}
