import { sql, type Transaction } from "kysely";
import { appendChanges } from "../changes/append-changes.ts";
import type { Database } from "../db/schema.ts";
import { notFound } from "../http/problem.ts";
import { reopenIntents } from "./edit-resource.ts";
import { lockIntents } from "./intent-rows.ts";
import type { EndedIntent, IntentsOutcome } from "./outcomes.ts";
import { isProvisional } from "./provisional.ts";
import { applyOutcome } from "./settle.ts";
import { findRow, lockForWrite } from "./snapshot.ts";
import type { DiscardIntents, IntentRow, ResourceRow, RetryIntents } from "./types.ts";

export const retryIntents: RetryIntents = async (services, { userId, eventId }) =>
	services.db.transaction().execute(async (tx) => {
		const { intents } = await lockOpen(tx, userId, eventId);
		for (const { id, state } of intents) {
			if (state === "failed") await reopenIntents(services, tx, userId, id);
		}
		return { intentIds: intents.map(({ id }) => id) };
	});

export const discardIntents: DiscardIntents = async (services, { userId, eventId, actor }) =>
	services.db.transaction().execute(async (tx) => {
		const { resource, intents } = await lockOpen(tx, userId, eventId);
		const first = intents[0];
		if (first === undefined) return { discarded: 0, busy: false };
		if (await isClaimed(tx, userId, resource.id)) return { discarded: 0, busy: true };
		const owner = { userId, calendarId: resource.calendar_id, now: services.now() };
		const ended = intents.map((intent): EndedIntent => ({ intent, end: { type: "discarded" }, stays: false }));
		const isNew = isProvisional(resource);
		const outcome: IntentsOutcome = {
			resource: resource.provider_resource_id,
			eventId: first.event_id,
			shown: isNew ? null : first.base,
			rebased: [],
			ended,
			error: null,
		};
		const drop = isNew ? [resource.id] : [];
		const entries = await applyOutcome(services, tx, owner, outcome, { drop, author: { actor, action: null } });
		await tx
			.updateTable("calendars")
			.set({ write_seq: sql<number>`write_seq + 1` })
			.where("user_id", "=", userId)
			.where("id", "=", resource.calendar_id)
			.execute();
		await appendChanges(tx, userId, owner.now, entries);
		return { discarded: intents.length, busy: false };
	});

/**
 * The resource of an event, also of one whose deletion is still to be sent, and its intents; the calendar is locked.
 * @throws Problem `not_found`
 */
async function lockOpen(
	tx: Transaction<Database>,
	userId: string,
	eventId: string,
): Promise<{ readonly resource: ResourceRow; readonly intents: readonly IntentRow[] }> {
	const place =
		(await findRow(tx, userId, eventId)) ??
		(await tx
			.selectFrom("intents")
			.select(["calendar_id", "resource_id"])
			.where("user_id", "=", userId)
			.where("event_id", "=", eventId)
			.executeTakeFirst());
	if (place === undefined) throw notFound("event");
	await lockForWrite(tx, userId, place.calendar_id, "event");
	const resource = await tx
		.selectFrom("resources")
		.selectAll()
		.where("user_id", "=", userId)
		.where("id", "=", place.resource_id)
		.executeTakeFirst();
	if (resource === undefined) throw notFound("event");
	return { resource, intents: await lockIntents(tx, userId, resource.id) };
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
