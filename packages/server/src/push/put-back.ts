import { putBack, type ResourceEvents, sameContent } from "@kalends/model";
import type { Transaction } from "kysely";
import type { Database, RunError } from "../db/schema.ts";
import { copyGiven } from "../notify/reminders/given.ts";
import type { Services } from "../services.ts";
import { editResourceIn } from "./edit-resource.ts";
import { lockIntents } from "./intent-rows.ts";
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
	if (cut === null || !(await isOfCut(tx, { user_id: userId, kind, cut }))) return null;
	const { snapshot } = await lockResource(tx, userId, cut.event_id);
	return putBack(cut, snapshot.events);
}

/** Does it make what was split off a series that is still there? */
export async function isOfCut(
	tx: Transaction<Database>,
	{ user_id: userId, kind, cut }: Pick<IntentRow, "user_id" | "kind" | "cut">,
): Promise<boolean> {
	return cut !== null && kind === "create" && (await findRow(tx, userId, cut.event_id)) !== undefined;
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

/**
 * What waits to be split off by a cut that was sent, but may be there or not. Without the cut here, one that is there would
 * take away the rest of the series: so the split is put back as a whole.
 * @returns the id of the new series; undefined where there is none, or more is to be sent of the old one
 */
export async function splitOffBy(
	tx: Transaction<Database>,
	userId: string,
	eventId: string,
): Promise<string | undefined> {
	const row = await tx
		.selectFrom("intents as i")
		.innerJoin("intents as w", (join) => join.onRef("w.user_id", "=", "i.user_id").onRef("w.id", "=", "i.waits_for"))
		.select("i.event_id")
		.where("i.user_id", "=", userId)
		.where("i.kind", "=", "create")
		.where("i.cut", "is not", null)
		.where("w.event_id", "=", eventId.split(".", 1)[0] ?? eventId)
		.where("w.kind", "=", "update")
		.where("w.state", "=", "pending")
		.where("w.attempts", ">", 0)
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom("intents as other")
						.select("other.id")
						.whereRef("other.user_id", "=", "w.user_id")
						.whereRef("other.resource_id", "=", "w.resource_id")
						.whereRef("other.id", "<>", "w.id"),
				),
			),
		)
		.executeTakeFirst();
	return row?.event_id;
}

/**
 * A cut that was sent, but may be there or not, is not sent again only to be put back, as guests would be told twice of
 * nothing: what puts it back looks first. One that is being sent, or is more than the cut, stays.
 */
export async function withdrawCut(
	tx: Transaction<Database>,
	{ user_id: userId, waits_for: cutBy, cut }: Pick<IntentRow, "user_id" | "waits_for" | "cut">,
): Promise<void> {
	if (cutBy === null || cut === null) return;
	const cutting = tx.selectFrom("intents").select("resource_id").where("user_id", "=", userId).where("id", "=", cutBy);
	const resource = await cutting.executeTakeFirst();
	if (resource === undefined) return;
	const [sent, back, ...more] = await lockIntents(tx, userId, resource.resource_id);
	if (sent?.id !== cutBy || back === undefined || more.length > 0 || !putsBack(back)) return;
	const isKnown = sent.attempts === 0 || sent.state !== "pending" || sent.claimed_until !== null;
	if (isKnown || !sameContent(sent.base, cut.before) || !sameContent(sent.wanted, cut.after)) return;
	if (!sameContent(back.base, cut.after)) return;
	const { attempts } = sent;
	await tx.deleteFrom("intents").where("user_id", "=", userId).where("id", "=", sent.id).execute();
	const told = JSON.stringify({ events: cut.before });
	await tx
		.updateTable("intents")
		.set({ attempts, told })
		.where("user_id", "=", userId)
		.where("id", "=", back.id)
		.execute();
}

/** Without it, or what was changed with it, the series would stay cut. */
export function putsBack({ kind, cut, state }: Pick<IntentRow, "kind" | "cut" | "state">): boolean {
	return kind === "update" && cut !== null && state === "pending";
}
