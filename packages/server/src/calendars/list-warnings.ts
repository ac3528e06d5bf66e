import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { findCalendarRecord, hasWarnings } from "./calendar-records.ts";
import { CalendarParams, CalendarWarningSchema } from "./schemas.ts";

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
				return [event.select("e.id").as("event_id"), event.select("e.data").as("event")];
			})
			.where("r.user_id", "=", principal.userId)
			.where("r.calendar_id", "=", params.id)
			.where(hasWarnings("r"))
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
				details: row.warnings,
			}),
		);
		return { status: 200, body: page };
	},
});
