import { sql } from "kysely";
import { appendChanges } from "../changes/append-changes.ts";
import { reopenIntents } from "./edit-resource.ts";
import type { EndedIntent, IntentsOutcome } from "./outcomes.ts";
import { isProvisional } from "./provisional.ts";
import { applyOutcome } from "./settle.ts";
import { lockResource } from "./snapshot.ts";
import type { DiscardIntents, RetryIntents } from "./types.ts";

export const retryIntents: RetryIntents = async (services, { userId, eventId }) =>
	services.db.transaction().execute(async (tx) => {
		const { intents } = await lockResource(tx, userId, eventId);
		for (const { id, state } of intents) {
			if (state === "failed") await reopenIntents(services, tx, userId, id);
		}
		return { intentIds: intents.map(({ id }) => id) };
	});

export const discardIntents: DiscardIntents = async (services, { userId, eventId, actor }) =>
	services.db.transaction().execute(async (tx) => {
		const { snapshot, intents } = await lockResource(tx, userId, eventId);
		const { calendar, resource } = snapshot;
		const first = intents[0];
		if (first === undefined) return { discarded: 0, busy: false };
		// What may have got through is not undone by forgetting it.
		const isSent = ({ state, attempts }: typeof first) => state === "pending" && attempts > 0;
		if (intents.some(isSent)) return { discarded: 0, busy: true };
		const owner = { userId, calendarId: calendar.id, now: services.now() };
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
			.where("id", "=", calendar.id)
			.execute();
		await appendChanges(tx, userId, owner.now, entries);
		return { discarded: intents.length, busy: false };
	});
