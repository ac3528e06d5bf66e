import { putBack, type ResourceEvents } from "@kalends/model";
import type { Transaction } from "kysely";
import type { Database, RunError } from "../db/schema.ts";
import { copyGiven } from "../notify/reminders/given.ts";
import type { Services } from "../services.ts";
import { editResourceIn } from "./edit-resource.ts";
import { findRow, lockResource } from "./snapshot.ts";
import type { IntentRow } from "./types.ts";

/**
 * The old series with its cut taken back, as its new part, which this intent was to make, is refused for good. In a
 * transaction that has locked the calendar.
 * @returns null where this makes no new series, or the old one cannot be put back
 */
export async function seriesPutBack(
	tx: Transaction<Database>,
	{ user_id: userId, kind, cut }: Pick<IntentRow, "user_id" | "kind" | "cut">,
): Promise<ResourceEvents> {
	if (cut === null || kind !== "create" || (await findRow(tx, userId, cut.event_id)) === undefined) return null;
	const { snapshot } = await lockResource(tx, userId, cut.event_id);
	return putBack(cut, snapshot.events);
}

/** To discard it would leave the series cut. */
const FIX = "Nothing needs to be done: Kalends puts the series back as it was. Do not discard that.";

/**
 * Writes it back by an ordinary intent, which carries the reason of the refusal, if there was one, until it is done.
 * The feed is locked afterwards, so little may follow.
 */
export async function writePutBack(
	services: Services,
	tx: Transaction<Database>,
	{ user_id: userId, event_id: eventId, cut, actor }: Pick<IntentRow, "user_id" | "event_id" | "cut" | "actor">,
	wanted: ResourceEvents,
	error: RunError | null,
): Promise<void> {
	if (cut === null) return;
	await copyGiven(tx, userId, eventId, cut.event_id);
	const request = { userId, actor, eventId: cut.event_id };
	const { intentIds } = await editResourceIn(services, tx, request, () => ({ wanted, action: "restored" }));
	const last = intentIds.at(-1);
	if (last === undefined) return;
	const written = tx.updateTable("intents").where("user_id", "=", userId).where("id", "=", last);
	await written.set({ cut: JSON.stringify(cut) }).execute();
	await written
		.set({
			error: error === null ? null : JSON.stringify({ ...error, fix: FIX }),
			next_attempt_at: new Date(services.now()),
		})
		.where("state", "=", "pending")
		.where("attempts", "=", 0)
		.execute();
}

/** Without it, or what was changed with it, the series would stay cut. */
export function putsBack({ kind, cut, state }: Pick<IntentRow, "kind" | "cut" | "state">): boolean {
	return kind === "update" && cut !== null && state === "pending";
}
