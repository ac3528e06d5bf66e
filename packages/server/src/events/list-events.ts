import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { listOf } from "../http/paging.ts";
import { eventFilterQuery, PointInTimeQuery, pointInTime } from "./event-query.ts";
import { answerEventPage } from "./read-events.ts";
import { EventSchema } from "./schemas.ts";

const DEFAULT_SPAN = 31 * 86_400_000;

export const listEvents = endpoint({
	method: "GET",
	path: "/v1/events",
	operationId: "listEvents",
	summary: "List events in a range",
	description:
		"Occurrences with start < to and end > from, over all selected calendars, ordered by start, all-day first. " +
		"Series are expanded. The range may span up to five years; without one it is the next 31 days.",
	tag: "events",
	access: { kind: "user", scope: "read" },
	query: z.object({
		...eventFilterQuery,
		from: PointInTimeQuery.describe("RFC 3339 time, or a date (its midnight in time_zone). Now, unless given."),
		to: PointInTimeQuery.describe(
			"RFC 3339 time, or a date (its midnight in time_zone). 31 days after from, unless given.",
		),
	}),
	responses: { 200: listOf(EventSchema) },
	async handle({ services, principal, query }) {
		return answerEventPage(services, principal, query, (zone) => {
			const from = query.from === undefined ? services.now() : pointInTime(query.from, zone);
			return { zone, from, to: query.to === undefined ? from + DEFAULT_SPAN : pointInTime(query.to, zone) };
		});
	},
});
