import type { CalendarEvent } from "@kalends/client";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";
import { startOfDay, withOffset } from "./time/instants.ts";

/** Every list of events that the calendar shows lies below this key; optimistic writes find them by it. */
export const RANGES = ["events", "range"] as const;

/** Events of these days (`YYYY-MM-DD`, `to` exclusive) in `zone`. */
export function rangeQuery(from: string, to: string, zone: string) {
	return queryOptions<readonly CalendarEvent[]>({
		queryKey: [...RANGES, from, to, zone],
		queryFn: ({ signal }) => kalends.events.list({ ...span(from, to, zone), limit: 200 }, { signal }).all(),
		placeholderData: keepPreviousData,
	});
}

const MOST_FOUND = 200;

/** Events that say `q`, a year around `today`. */
export function searchQuery(q: string, today: string, zone: string) {
	const day = Temporal.PlainDate.from(today);
	const [from, to] = [day.subtract({ years: 1 }).toString(), day.add({ years: 1 }).toString()];
	return queryOptions<readonly CalendarEvent[]>({
		queryKey: [...RANGES, "search", q, from, zone],
		queryFn: ({ signal }) =>
			kalends.events.list({ ...span(from, to, zone), q, limit: 200 }, { signal }).all(MOST_FOUND),
		enabled: q.trim() !== "",
		placeholderData: keepPreviousData,
	});
}

/** An event or occurrence by its id. */
export function eventQuery(id: string) {
	return queryOptions({
		queryKey: ["events", "one", id],
		queryFn: ({ signal }) => kalends.events.get(id, { signal }),
	});
}

export function historyQuery(id: string) {
	return queryOptions({
		queryKey: ["events", "history", id],
		queryFn: ({ signal }) => kalends.events.history(id, { limit: 50 }, { signal }).all(50),
	});
}

function span(from: string, to: string, zone: string) {
	return {
		from: withOffset(startOfDay(from, zone), zone),
		to: withOffset(startOfDay(to, zone), zone),
		time_zone: zone,
	};
}
