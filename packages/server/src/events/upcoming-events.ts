import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { listOf } from "../http/paging.ts";
import { eventFilterQuery, PointInTimeQuery, pointInTime } from "./event-query.ts";
import { answerEventPage } from "./read-events.ts";
import { EventSchema } from "./schemas.ts";

const DAY = 86_400_000;

export const upcomingEvents = endpoint({
	method: "GET",
	path: "/v1/events/upcoming",
	operationId: "upcomingEvents",
	summary: "List what is next",
	description: "Occurrences from now on, those under way included, for seven days unless told otherwise.",
	tag: "events",
	access: { kind: "user", scope: "read" },
	query: z.object({
		...eventFilterQuery,
		from: PointInTimeQuery.describe("From when, in place of now."),
		days: z.coerce.number().int().min(1).max(366).optional().describe("How many days ahead; 7 unless given."),
		to: PointInTimeQuery.describe("Until when, in place of days."),
	}),
	responses: { 200: listOf(EventSchema) },
	async handle({ services, principal, query }) {
		return answerEventPage(services, principal, query, (zone) => {
			const from = query.from === undefined ? services.now() : pointInTime(query.from, zone);
			return { zone, from, to: query.to === undefined ? from + (query.days ?? 7) * DAY : pointInTime(query.to, zone) };
		});
	},
});
