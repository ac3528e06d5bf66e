import { z } from "zod";
import { endpoint } from "../../http/endpoint.ts";
import { EventParams, EventSchema } from "../schemas.ts";
import { changeEvent } from "./change-event.ts";
import { DryRunSchema, EditQuery, EventPatchSchema, IF_MATCH } from "./schemas.ts";
import { answerWrite } from "./writing.ts";

export const updateEvent = endpoint({
	method: "PATCH",
	path: "/v1/events/:id",
	operationId: "updateEvent",
	summary: "Change an event, a series, or occurrences of one",
	description:
		"A merge-patch (RFC 7396): what is left out stays, null clears, lists are replaced. Of a series or one of its " +
		"occurrences `scope` says which occurrences are meant; a change of time with `scope=all` on an occurrence moves the " +
		"whole series by as much. Answers what was changed: the occurrence, with `all` the series, with `following` the new " +
		"series. With another `calendar_id` the event moves, a series with `scope=all` only: it is answered under its new id " +
		"once it is there. 202 where the provider could not be reached yet; a change of nothing " +
		"writes nothing.",
	tag: "events",
	access: { kind: "user", scope: "write", ids: { id: "event" } },
	params: EventParams,
	query: EditQuery,
	headers: IF_MATCH,
	body: EventPatchSchema,
	responses: { 200: z.union([EventSchema, DryRunSchema]), 202: EventSchema },
	async handle(request) {
		const { params, query, body } = request;
		const result = await changeEvent(request, body);
		if (result.type === "previewed") return { status: 200, body: result.preview };
		const { write } = result;
		const series = query.scope === "following" || query.scope === "all";
		return answerWrite(request, write, write.createdEventId ?? (series ? write.eventId : params.id), 200);
	},
});
