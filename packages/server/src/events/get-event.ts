import { endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { etagHeader } from "./etag.ts";
import { findEvent } from "./find-event.ts";
import { EventParams, EventSchema } from "./schemas.ts";

export const getEvent = endpoint({
	method: "GET",
	path: "/v1/events/:id",
	operationId: "getEvent",
	summary: "Get an event",
	description: "An event, a series by its master, or one occurrence of a series (`<master id>.<original start>`).",
	tag: "events",
	access: { kind: "user", scope: "read", ids: { id: "event" } },
	params: EventParams,
	responses: { 200: EventSchema },
	async handle({ services, principal, params }) {
		const event = await findEvent(services.db, principal.userId, params.id);
		if (event === null) throw new Problem("not_found", "There is no such event.");
		return { status: 200, body: event, headers: etagHeader(event) };
	},
});
