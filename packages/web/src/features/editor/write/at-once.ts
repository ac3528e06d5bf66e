import type { CalendarEvent, NewEvent } from "@kalends/client";
import type { QueryClient } from "@tanstack/react-query";
import { RANGES } from "../../calendar/queries.ts";
import { daysOf } from "../../calendar/time/instants.ts";
import { type EventPoint, isDay } from "../../calendar/wire.ts";
import { applied, type PlannedWrite } from "../../calendar/write/optimistic.ts";

type Point = CalendarEvent["start"];

/** Shows in every list what the write will make of it. @returns takes it back */
export async function showAtOnce(client: QueryClient, write: PlannedWrite, zone: string): Promise<() => void> {
	await client.cancelQueries({ queryKey: RANGES });
	const before = client.getQueriesData<readonly CalendarEvent[]>({ queryKey: RANGES });
	for (const [key, events] of before) {
		if (events === undefined || (write.kind === "create" && !isWithin(key, write.event, zone))) continue;
		client.setQueryData<readonly CalendarEvent[]>(key, applied(events, write, zone));
	}
	return () => {
		for (const [key, events] of before) client.setQueryData(key, events);
	};
}

/** What a new event looks like until the server has answered: there to be seen, not yet to be changed. */
export function provisional(body: NewEvent, key: string): CalendarEvent {
	const now = new Date().toISOString();
	const { start, end } = body as { readonly start: EventPoint; readonly end: EventPoint };
	return {
		id: `new-${key}`,
		calendar_id: body.calendar_id ?? "",
		connection_id: "",
		provider: "",
		provider_event_id: "",
		ical_uid: "",
		title: body.title ?? "",
		description: body.description ?? "",
		location: body.location ?? "",
		status: "confirmed",
		start: start as Point,
		end: end as Point,
		all_day: isDay(start),
		recurrence: null,
		recurring_event_id: null,
		original_start: null,
		participants: [],
		reminders: { use_default: true, overrides: [] },
		visibility: body.visibility ?? "default",
		busy: body.busy ?? true,
		color: body.color ?? null,
		categories: [],
		conference: null,
		attachments: [],
		html_link: null,
		read_only: true,
		etag: "",
		sync: { state: "pending" },
		created_at: now,
		updated_at: now,
	};
}

/** Whether the list that has this key is of days that the event is on (`rangeQuery`); what is found by words is not. */
function isWithin(key: readonly unknown[], event: CalendarEvent, zone: string): boolean {
	const [from, to] = key.slice(RANGES.length);
	const { first, last } = daysOf(event.start, event.end, zone);
	return typeof from === "string" && typeof to === "string" && from !== "search" && first < to && last >= from;
}
