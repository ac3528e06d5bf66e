import { endpoint } from "../../http/endpoint.ts";
import { EventParams } from "../schemas.ts";
import { changeEvent } from "./change-event.ts";
import { DryRunSchema, EditQuery, IF_MATCH } from "./schemas.ts";
import { answerRemoval } from "./writing.ts";

export const deleteEvent = endpoint({
	method: "DELETE",
	path: "/v1/events/:id",
	operationId: "deleteEvent",
	summary: "Delete an event, a series, or occurrences of one",
	description:
		"204 once it is gone at the provider; 202 where that could not be reached yet: it is gone here, and Kalends goes on " +
		"trying. Where the provider refuses, it is shown again; where it was changed there meanwhile, it stays and the " +
		"answer is 409. What was deleted can be restored for 30 days.",
	tag: "events",
	access: { kind: "user", scope: "write", ids: { id: "event" } },
	params: EventParams,
	query: EditQuery,
	headers: IF_MATCH,
	responses: { 200: DryRunSchema, 202: null, 204: null },
	async handle(request) {
		const { params } = request;
		const result = await changeEvent(request, null);
		if (result.type === "previewed") return { status: 200, body: result.preview };
		return answerRemoval(request, result.write, params.id);
	},
});
