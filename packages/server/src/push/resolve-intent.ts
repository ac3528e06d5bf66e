import { sql, type Transaction } from "kysely";
import { appendChanges } from "../changes/append-changes.ts";
import type { Actor, Database } from "../db/schema.ts";
import { inTransaction } from "../db/transact.ts";
import { notFound } from "../http/problem.ts";
import type { Services } from "../services.ts";
import { applyOutcome } from "./apply-outcome.ts";
import { createResourceIn } from "./create-resource.ts";
import { reopenIntents } from "./edit-resource.ts";
import { forgetMade } from "./forget-made.ts";
import { atOneInstant } from "./history.ts";
import { JOB_AFTER_MS, lockIntents, sendPush } from "./intent-rows.ts";
import { bringAlong, lockCalendars, originsOf } from "./moves.ts";
import type { EndedIntent, IntentsOutcome } from "./outcomes.ts";
import { isProvisional } from "./provisional.ts";
import { isOfCut, putsBack, seriesPutBack, splitOffBy, withdrawCut, writePutBack } from "./put-back.ts";
import { findRow, lockForWrite } from "./snapshot.ts";
import type { CommittedWrite, DiscardIntents, IntentRow, ResourceRow, RetryIntents } from "./types.ts";

export const retryIntents: RetryIntents = async (services, { userId, eventId, actor }) =>
	inTransaction(services.db, async (tx) => {
		const { resource, intents } = await lockOpen(tx, userId, eventId);
		const refused = intents.find(({ state, move }) => state === "failed" && move?.role === "refused");
		if (refused !== undefined) {
			return { ...(await moveAgain(atOneInstant(services), tx, resource, refused, actor)), removes: false };
		}
		for (const { id, state } of intents) {
			if (state === "failed") await reopenIntents(services, tx, userId, id);
		}
		return { eventId, intentIds: intents.map(({ id }) => id), removes: intents.at(-1)?.kind === "delete" };
	});

export const discardIntents: DiscardIntents = async (services, { userId, eventId: asked, actor }) =>
	inTransaction(services.db, async (tx) => {
		// What moves away and stays is what arrives and does not.
		const arrival = await arrivalOf(tx, userId, asked);
		const isMoved = arrival?.move?.role === "arrives";
		if (isMoved && arrival.attempts > 0) return { discarded: 0, busy: true };
		const eventId = arrival?.event_id ?? (await splitOffBy(tx, userId, asked)) ?? asked;
		const { resource, intents, origins } = await lockOpen(tx, userId, eventId);
		const first = intents[0];
		if (first === undefined) return { discarded: 0, busy: false };
		// It may have moved already, by either of its ids, or have begun to while the locks were waited for.
		const isSent = first.attempts > 0 && first.state === "pending";
		if (isSent && (isMoved || first.move?.role === "arrives")) return { discarded: 0, busy: true };
		if (intents.some(putsBack) || (await isClaimed(tx, userId, resource.id))) return { discarded: 0, busy: true };
		const owner = { userId, calendarId: resource.calendar_id, now: services.now() };
		const isNew = isProvisional(resource);
		// What was split off is given up with the split; alone it would be lost, as where the series was cut anew before it.
		const whole = isNew ? await seriesPutBack(tx, first) : null;
		const isLost = isNew && whole === null && first.state === "pending" && (await isOfCut(tx, first));
		if (isLost) return { discarded: 0, busy: true };
		const mayBeMade = isNew && first.kind === "create" && first.attempts > (first.state === "failed" ? 1 : 0);
		const ended = intents.map((intent): EndedIntent => {
			return { intent, end: { type: "discarded" }, stays: mayBeMade && intent === first };
		});
		const outcome: IntentsOutcome = {
			resource: resource.provider_resource_id,
			eventId: first.event_id,
			shown: isNew ? null : first.base,
			rebased: [],
			ended,
			error: null,
		};
		const drop = isNew && !mayBeMade ? [resource.id] : [];
		const entries = await applyOutcome(services, tx, owner, outcome, {
			drop,
			author: { actor, action: null },
			locked: new Set(origins),
		});
		if (mayBeMade) {
			await forgetMade(services, tx, first, null);
			await sendPush(tx, services, userId, first.id, 0);
		}
		await tx
			.updateTable("calendars")
			.set({ write_seq: sql<number>`write_seq + 1` })
			.where("user_id", "=", userId)
			.where("id", "=", resource.calendar_id)
			.execute();
		await appendChanges(tx, userId, owner.now, entries);
		if (whole !== null) {
			await writePutBack(services, tx, { ...first, actor }, whole, null);
			await withdrawCut(tx, first);
		}
		return { discarded: intents.length, busy: false };
	});

/** What the deletion of an event waits for, as it moves to another calendar. */
async function arrivalOf(
	tx: Transaction<Database>,
	userId: string,
	eventId: string,
): Promise<Pick<IntentRow, "event_id" | "attempts" | "move"> | undefined> {
	return tx
		.selectFrom("intents as i")
		.innerJoin("intents as w", (join) => join.onRef("w.user_id", "=", "i.user_id").onRef("w.id", "=", "i.waits_for"))
		.select(["w.event_id", "w.attempts", "w.move"])
		.where("i.user_id", "=", userId)
		.where("i.event_id", "=", eventId)
		.where("i.kind", "=", "delete")
		.executeTakeFirst();
}

/**
 * The resource of an event, also of one whose deletion is still to be sent, and its intents; the calendar is locked.
 * @throws Problem `not_found`
 */
async function lockOpen(
	tx: Transaction<Database>,
	userId: string,
	eventId: string,
): Promise<{
	readonly resource: ResourceRow;
	readonly intents: readonly IntentRow[];
	/** The calendars from which something moves to it, which are locked too. */
	readonly origins: readonly string[];
}> {
	const place =
		(await findRow(tx, userId, eventId)) ??
		(await tx
			.selectFrom("intents")
			.select(["calendar_id", "resource_id"])
			.where("user_id", "=", userId)
			.where("event_id", "=", eventId)
			.executeTakeFirst());
	if (place === undefined) throw notFound("event");
	const origins = await originsOf(tx, userId, place.resource_id);
	const { rows: targets } = await sql<{ id: string }>`
		SELECT DISTINCT move ->> 'calendar_id' AS id FROM intents
		WHERE user_id = ${userId} AND resource_id = ${place.resource_id} AND move ->> 'role' = 'refused'`.execute(tx);
	await lockCalendars(tx, userId, [place.calendar_id, ...origins, ...targets.map(({ id }) => id)]);
	await lockForWrite(tx, userId, place.calendar_id, "event");
	const resource = await tx
		.selectFrom("resources")
		.selectAll()
		.where("user_id", "=", userId)
		.where("id", "=", place.resource_id)
		.executeTakeFirst();
	if (resource === undefined) throw notFound("event");
	return { resource, intents: await lockIntents(tx, userId, resource.id), origins };
}

/**
 * Makes in the other calendar what was refused there, and hides it here as when it was moved first. Little may follow: the
 * feed's counter is locked then.
 * @throws Problem `not_found` where that calendar is gone
 */
async function moveAgain(
	services: Services,
	tx: Transaction<Database>,
	{ provider_resource_id: resource, calendar_id: calendarId }: ResourceRow,
	refused: IntentRow,
	actor: Actor,
): Promise<CommittedWrite> {
	const { user_id: userId, id, event_id: eventId, base, move } = refused;
	if (move?.role !== "refused") throw notFound("event");
	const owner = { userId, calendarId, now: services.now() };
	const outcome: IntentsOutcome = { resource, eventId, shown: null, rebased: [], ended: [], error: null };
	const author = { actor, action: "deleted" } as const;
	const entries = await applyOutcome(services, tx, owner, outcome, { drop: [], author });
	const made = await createResourceIn(services, tx, {
		userId,
		actor,
		calendarId: move.calendar_id,
		eventId: move.event_id,
		events: move.events,
		raw: move.raw,
		origin: move.within && base !== null ? { calendarId, resource, base } : null,
		action: "created",
	});
	await bringAlong(tx, userId, eventId, { eventId: made.eventId, calendarId: move.calendar_id });
	await tx
		.updateTable("intents")
		.set({
			state: "pending",
			error: null,
			attempts: 0,
			waits_for: made.intentIds[0] ?? null,
			move: move.within ? JSON.stringify({ role: "leaves" }) : null,
			next_attempt_at: new Date(services.now() + JOB_AFTER_MS),
		})
		.where("user_id", "=", userId)
		.where("id", "=", id)
		.execute();
	await appendChanges(tx, userId, owner.now, entries);
	return { eventId, createdEventId: made.eventId, intentIds: [...made.intentIds, id] };
}

/** Is one of them being sent? Then what the provider makes of it is not known yet. */
async function isClaimed(tx: Transaction<Database>, userId: string, resourceId: string): Promise<boolean> {
	const row = await tx
		.selectFrom("intents")
		.select("id")
		.where("user_id", "=", userId)
		.where("resource_id", "=", resourceId)
		.where("claimed_until", ">", sql<Date>`clock_timestamp()`)
		.executeTakeFirst();
	return row !== undefined;
}
