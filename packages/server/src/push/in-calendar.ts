import { sql, type Transaction } from "kysely";
import { appendChanges, type ChangeEntry } from "../changes/append-changes.ts";
import type { Database } from "../db/schema.ts";
import { inTransaction } from "../db/transact.ts";
import type { Services } from "../services.ts";
import type { SettleOwner } from "./apply-outcome.ts";
import { type ClaimedIntent, IntentLost } from "./intent-lease.ts";
import { lockIntents } from "./intent-rows.ts";
import { lockCalendars, originsOf } from "./moves.ts";
import type { IntentRow, ResourceRow } from "./types.ts";

/** What is known once the calendar is locked. */
export interface Locked {
	/** The intents of the resource behind the claimed one, oldest first. */
	readonly rest: readonly IntentRow[];
	/** The calendar's new `write_seq`. */
	readonly stamp: number;
	/** Raised by each pull that begins. */
	readonly leaseFence: number;
	/** The calendars from which something moves to what the intent makes; with `calendarId` all that are locked. */
	readonly locked: ReadonlySet<string>;
}

/**
 * One transaction under the calendar's lock and the intent's fence, which ends with the feed.
 * @throws IntentLost when the intent is no longer this holder's
 */
export async function inCalendar(
	services: Services,
	claimed: ClaimedIntent,
	work: (tx: Transaction<Database>, owner: SettleOwner, locked: Locked) => Promise<readonly ChangeEntry[]>,
): Promise<void> {
	const owner = { userId: claimed.user_id, calendarId: claimed.calendar_id, now: services.now() };
	await inTransaction(services.db, async (tx) => {
		const origins = claimed.kind === "create" ? await originsOf(tx, owner.userId, claimed.resource_id) : [];
		if (origins.length > 0) await lockCalendars(tx, owner.userId, [owner.calendarId, ...origins]);
		const { write_seq: stamp, lease_fence: leaseFence } = await raiseWriteSeq(tx, owner);
		const intents = await lockIntents(tx, owner.userId, claimed.resource_id);
		const own = intents.find(({ id }) => id === claimed.id);
		if (own?.fence !== claimed.fence || own.state !== "pending") {
			throw new IntentLost("the intent was taken over, settled or changed");
		}
		const rest = intents.filter(({ id }) => id !== claimed.id);
		const entries = await work(tx, owner, { rest, stamp, leaseFence, locked: new Set(origins) });
		await appendChanges(tx, owner.userId, owner.now, entries);
	});
}

/** Locks the calendar, and notes for pulls that are under way that somebody writes. */
async function raiseWriteSeq(tx: Transaction<Database>, { userId, calendarId }: SettleOwner) {
	const row = await tx
		.updateTable("calendars")
		.set({ write_seq: sql<number>`write_seq + 1` })
		.where("user_id", "=", userId)
		.where("id", "=", calendarId)
		.returning(["write_seq", "lease_fence"])
		.executeTakeFirst();
	if (row === undefined) throw new IntentLost("the calendar was removed");
	return row;
}

/** @throws IntentLost where the resource was found under another id since: what is known is of the old one */
export async function readResourceRow(
	tx: Transaction<Database>,
	claimed: ClaimedIntent,
	seen: ResourceRow,
): Promise<ResourceRow> {
	const row = await tx
		.selectFrom("resources")
		.selectAll()
		.where("user_id", "=", claimed.user_id)
		.where("id", "=", claimed.resource_id)
		.executeTakeFirst();
	if (row?.provider_resource_id !== seen.provider_resource_id) {
		throw new IntentLost("the resource was found elsewhere");
	}
	return row;
}
