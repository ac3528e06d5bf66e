import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { calendarToWire, listCalendarRecords } from "./calendar-records.ts";
import { CalendarSchema } from "./schemas.ts";

export const listCalendars = endpoint({
	method: "GET",
	path: "/v1/calendars",
	operationId: "listCalendars",
	summary: "List your calendars, of all connections",
	tag: "calendars",
	access: { kind: "user", scope: "read" },
	query: z.object({
		...pageQuery,
		connection_id: z.string().max(100).optional().describe("Only of this connection."),
	}),
	responses: { 200: listOf(CalendarSchema) },
	async handle({ services, principal, query }) {
		const records = await listCalendarRecords(services.db, principal.userId, {
			after: readCursor(query.cursor, z.string().max(100)),
			limit: query.limit + 1,
			connectionIds: query.connection_id === undefined ? undefined : [query.connection_id],
		});
		return { status: 200, body: pageOf(records, query.limit, (record) => record.id, calendarToWire) };
	},
});
