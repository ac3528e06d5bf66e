import { z } from "zod";
import { endpoint } from "../../http/endpoint.ts";
import { Problem } from "../../http/errors.ts";
import { notFound } from "../../http/problem.ts";
import { editResource } from "../../push/edit-resource.ts";
import { personOf } from "../../push/person.ts";
import { EventParams, EventSchema } from "../schemas.ts";
import { ownAddresses } from "./own-addresses.ts";
import { planResponse } from "./plan-response.ts";
import { textInput } from "./text-from-wire.ts";
import { actorOf, answerWrite, requireWritable } from "./writing.ts";

const LONGEST_COMMENT = 1_000;

export const rsvpEvent = endpoint({
	method: "POST",
	path: "/v1/events/:id/rsvp",
	operationId: "rsvpEvent",
	summary: "Answer an invitation",
	description:
		"Changes your own response and nothing else. Of an occurrence's id that occurrence is meant, of a series' all; `scope` " +
		"says otherwise. 202 where the provider could not be reached yet.",
	tag: "events",
	access: { kind: "user", scope: "write", ids: { id: "event" } },
	params: EventParams,
	query: z.object({ scope: z.enum(["this", "all"]).optional().describe("Which occurrences of a series.") }),
	body: z.strictObject({
		response: z.enum(["accepted", "declined", "tentative"]),
		comment: textInput(LONGEST_COMMENT).optional().describe("For the organizer; left out, an earlier one goes."),
	}),
	responses: { 200: EventSchema, 202: EventSchema },
	async handle(request) {
		const { services, principal, params, query, body } = request;
		const asked = { userId: principal.userId, actor: actorOf(principal), eventId: params.id };
		const person = await personOf(services.db, principal.userId);
		const write = await editResource(services, { ...asked, sender: person }, (snapshot) => {
			const plan = planResponse({
				snapshot,
				answer: { response: body.response, comment: body.comment?.trim() || null },
				own: ownAddresses(snapshot.connection, person),
				scope: query.scope ?? null,
				now: services.now(),
				floatingZone: snapshot.calendar.time_zone ?? "UTC",
			});
			if (plan.type === "not_an_occurrence") throw notFound("event");
			requireWritable(services, snapshot);
			if (plan.type === "answered") {
				return { wanted: plan.events, responseOnly: plan.responseOnly, action: "updated" };
			}
			throw plan.type === "which" ? whichOccurrence() : notInvited();
		});
		return answerWrite(request, write, params.id, 200);
	},
});

function notInvited(): Problem {
	return new Problem("not_invited", "You are not among the participants of this event.", {
		fix: "Ask the organizer to invite the address of this account.",
	});
}

function whichOccurrence(): Problem {
	return new Problem("invalid_request", "scope: this id names a series, not one of its occurrences.", {
		fix: "Send the id of an occurrence, or scope=all.",
		errors: [{ field: "scope", detail: "needs the id of an occurrence" }],
	});
}
