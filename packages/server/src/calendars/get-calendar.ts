import { endpoint } from "../http/endpoint.ts";
import { calendarToWire, findCalendarRecord } from "./calendar-records.ts";
import { CalendarParams, CalendarSchema } from "./schemas.ts";

export const getCalendar = endpoint({
	method: "GET",
	path: "/v1/calendars/:id",
	operationId: "getCalendar",
	summary: "Show a calendar and how it is doing",
	tag: "calendars",
	access: { kind: "user", scope: "read", ids: { id: "calendar" } },
	params: CalendarParams,
	responses: { 200: CalendarSchema },
	async handle({ services, principal, params }) {
		const record = await findCalendarRecord(services.db, principal.userId, params.id);
		return { status: 200, body: calendarToWire(record) };
	},
});
