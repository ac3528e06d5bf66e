import { sql } from "kysely";
import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { findCalendarRecord, warnedResources } from "./calendar-records.ts";
import { CalendarParams, CalendarWarningSchema } from "./schemas.ts";

const NOT_EXPANDED =
	"The rule of this series cannot be followed, or not within bounds: not all that it means is shown.";

export const listWarnings = endpoint({
	method: "GET",
	path: "/v1/calendars/:id/warnings",
	operationId: "listCalendarWarnings",
	summary: "List what could not be read as it was written",
	description:
		"Servers and feeds send what no standard allows. Kalends shows what it can: here is what it guessed (a zone that " +
		"nothing defines), cut, or could not read at all.",
	tag: "calendars",
	access: { kind: "user", scope: "read", ids: { id: "calendar" } },
	params: CalendarParams,
	query: z.object(pageQuery),
	responses: { 200: listOf(CalendarWarningSchema) },
	async handle({ services, principal, params, query }) {
		await findCalendarRecord(services.db, principal.userId, params.id);
		const after = readCursor(query.cursor, z.string().max(100));
		let select = services.db
			.selectFrom("resources as r")
			.select(["r.id", "r.provider_resource_id", "r.warnings"])
			.select((eb) => {
				// The earliest of those that stand for themselves: a resource seldom has more than one.
				const event = eb
					.selectFrom("events as e")
					.whereRef("e.user_id", "=", "r.user_id")
					.whereRef("e.resource_id", "=", "r.id")
					.where("e.master_id", "is", null)
					.orderBy("e.id")
					.limit(1);
				return [
					event.select("e.id").as("event_id"),
					event.select("e.data").as("event"),
					event.select("e.expansion_error").as("expansion_error"),
				];
			})
			.where("r.user_id", "=", principal.userId)
			.where("r.id", "in", sql<string>`(${warnedResources(sql.val(principal.userId), sql.val(params.id))})`)
			.orderBy("r.id")
			.limit(query.limit + 1);
		if (after !== undefined) select = select.where("r.id", ">", after);
		const page = pageOf(
			await select.execute(),
			query.limit,
			(row) => row.id,
			(row) => ({
				provider_event_id: row.provider_resource_id,
				event_id: row.event_id,
				title: row.event?.title ?? null,
				details: [...row.warnings, ...(row.expansion_error === null ? [] : [NOT_EXPANDED])],
			}),
		);
		return { status: 200, body: page };
	},
});
