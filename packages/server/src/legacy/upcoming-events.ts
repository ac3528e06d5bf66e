import { z } from "zod";
import { listCalendarRecords } from "../calendars/calendar-records.ts";
import { listEventPage } from "../events/read-events.ts";
import type { WireEvent } from "../events/schemas.ts";
import { type Endpoint, endpoint } from "../http/endpoint.ts";
import { MAX_LIMIT } from "../http/paging.ts";
import { olderTime } from "./older-event.ts";

const DAY = 86_400_000;
const MOST = 1_000;

const UpcomingSchema = z
	.strictObject({
		id: z.string(),
		external_event_id: z.string().nullable().describe("The provider's id; null until it has the event."),
		title: z.string(),
		description: z.string(),
		start_time: z.string().describe("RFC 3339; of an all-day event YYYY-MM-DD."),
		end_time: z.string().describe("Exclusive."),
		location: z.string(),
		all_day: z.boolean(),
		provider: z.string(),
		calendar_name: z.string(),
		color: z.string().nullable().describe("The event's own, else the calendar's."),
	})
	.meta({ id: "OlderUpcomingEvent" });

const upcoming = endpoint({
	method: "GET",
	path: "/api/calendar/events/upcoming/",
	operationId: "olderUpcomingEvents",
	summary: "List what is next in all calendars",
	description: "Occurrences, those under way included, ordered by start; at most 1,000. As GET /v1/events/upcoming.",
	tag: "older interfaces",
	deprecated: true,
	access: { kind: "user", scope: "read" },
	query: z.object({ days: z.coerce.number().int().min(1).max(366).default(7).describe("How many days ahead.") }),
	responses: { 200: z.array(UpcomingSchema) },
	async handle({ services, principal, query }) {
		const from = services.now();
		const calendars = await listCalendarRecords(services.db, principal.userId, { limit: 10_000 });
		const byId = new Map(calendars.map((calendar) => [calendar.id, calendar]));
		const events: WireEvent[] = [];
		let cursor: string | undefined;
		do {
			const page = await listEventPage(
				services,
				principal,
				{ limit: MAX_LIMIT, cursor, show_cancelled: "false" },
				(zone) => ({ zone, from, to: from + query.days * DAY }),
			);
			events.push(...page.data);
			cursor = page.next_cursor ?? undefined;
		} while (cursor !== undefined && events.length < MOST);
		const body = events.slice(0, MOST).map((event) => {
			const calendar = byId.get(event.calendar_id);
			return {
				id: event.id,
				external_event_id: event.provider_event_id || null,
				title: event.title,
				description: event.description,
				start_time: olderTime(event.start),
				end_time: olderTime(event.end),
				location: event.location,
				all_day: event.all_day,
				provider: event.provider,
				calendar_name: calendar?.name_override ?? calendar?.name ?? "",
				color: event.color ?? calendar?.color_override ?? calendar?.color ?? null,
			};
		});
		return { status: 200, body };
	},
});

export const olderUpcomingEndpoints: readonly Endpoint[] = [upcoming];
