import { z } from "zod";
import { endpoint } from "../../http/endpoint.ts";
import { Problem } from "../../http/errors.ts";
import { discardIntents, retryIntents } from "../../push/resolve-intent.ts";
import { findEvent } from "../find-event.ts";
import { EventParams, EventSchema } from "../schemas.ts";
import { actorOf, answerRemoval, answerWrite } from "./writing.ts";

export const syncEvent = endpoint({
	method: "POST",
	path: "/v1/events/:id/sync",
	operationId: "syncEvent",
	summary: "Retry or discard a change that is not with the provider",
	description:
		"`retry` tries a change again that the provider refused, or that waits, at once. `discard` gives it up: the event is " +
		"again as the provider has it; one that the provider never had goes (204), as does one whose deletion is tried again. " +
		"A move that was refused is tried again as a whole, and answers the event in its new calendar; discarded, the event " +
		"stays where it is.",
	tag: "events",
	access: { kind: "user", scope: "write", ids: { id: "event" } },
	params: EventParams,
	body: z.strictObject({ action: z.enum(["retry", "discard"]) }),
	responses: { 200: EventSchema, 202: EventSchema, 204: null },
	async handle(request) {
		const { services, principal, params, body } = request;
		const { userId } = principal;
		const asked = { userId, actor: actorOf(principal), eventId: params.id };
		if (body.action === "retry") {
			const write = await retryIntents(services, asked);
			if (write.intentIds.length === 0) throw nothingToSync();
			if (write.removes) {
				const { status } = await answerRemoval(request, write, params.id);
				if (status === 202) throw stillWaits();
				return { status };
			}
			return answerWrite(request, write, write.createdEventId ?? params.id, 200);
		}
		const { discarded, busy } = await discardIntents(services, asked);
		if (discarded === 0) throw busy ? beingSent() : nothingToSync();
		if ((await findEvent(services.db, userId, params.id)) === null) return { status: 204 };
		return answerWrite(request, { intentIds: [] }, params.id, 200);
	},
});

function nothingToSync(): Problem {
	return new Problem("nothing_to_sync", "All changes of this event are with the provider already.");
}

function stillWaits(): Problem {
	return new Problem("sync_in_progress", "The provider could not be reached, so the deletion waits.", {
		fix: "Nothing: Kalends goes on trying.",
		retryAfter: 30,
	});
}

function beingSent(): Problem {
	return new Problem("sync_in_progress", "The change is being sent at this moment, or cannot be given up halfway.", {
		fix: "Read the event in a few seconds: its sync says what came of it. Then change it back, or restore a version.",
		retryAfter: 2,
	});
}
