import type { EndpointReply, Principal } from "../http/endpoint.ts";
import { type Page, writeCursor } from "../http/paging.ts";
import type { Services } from "../services.ts";
import { readEventPage } from "./event-page.ts";
import { checkRange, type EventCursor, type RangeInZone, readEventCursor } from "./event-query.ts";
import { type EventCalendar, loadEventCalendars } from "./event-records.ts";
import type { WireEvent } from "./schemas.ts";
import { searchKey } from "./search-text.ts";

/** The parsed filter parameters of a list of events. */
export interface EventListQuery {
	readonly limit: number;
	readonly cursor?: string | undefined;
	readonly calendar_id?: string[] | undefined;
	readonly connection_id?: string[] | undefined;
	readonly q?: string | undefined;
	readonly time_zone?: string | undefined;
	readonly show_cancelled: "true" | "false";
}

/**
 * Answers one page of the events of all selected calendars.
 *
 * @param rangeIn the range asked for, given the reader's zone; a cursor's own range comes first
 */
export async function answerEventPage(
	services: Services,
	principal: Principal,
	query: EventListQuery,
	rangeIn: (zone: string) => RangeInZone,
): Promise<EndpointReply> {
	return { status: 200, body: await listEventPage(services, principal, query, rangeIn) };
}

/** What `answerEventPage` answers. */
export async function listEventPage(
	services: Services,
	principal: Principal,
	query: EventListQuery,
	rangeIn: (zone: string) => RangeInZone,
): Promise<Page<WireEvent>> {
	const cursor = readEventCursor(query.cursor);
	const zone = cursor?.range.zone ?? query.time_zone ?? readerZone(principal);
	const calendars = await shownCalendars(services, principal.userId, query);
	const range = checkRange(cursor?.range ?? rangeIn(zone));
	const search = query.q === undefined ? "" : searchKey(query.q);
	const page = await readEventPage(services.db, {
		...range,
		userId: principal.userId,
		calendars,
		search: search === "" ? null : search,
		showCancelled: query.show_cancelled === "true",
		after: cursor?.after ?? null,
		limit: query.limit,
	});
	const next: EventCursor | null = page.next === null ? null : { ...range, ...page.next };
	return { data: page.events, next_cursor: next === null ? null : writeCursor(next) };
}

/** The zone that the user set, else UTC. */
export function readerZone({ timeZone }: Pick<Principal, "timeZone">): string {
	return timeZone ?? "UTC";
}

/** Selected calendars, narrowed by the filter; unknown ids and other people's narrow to nothing. */
async function shownCalendars(
	services: Services,
	userId: string,
	filter: Pick<EventListQuery, "calendar_id" | "connection_id">,
): Promise<Map<string, EventCalendar>> {
	const calendars = await loadEventCalendars(services.db, userId);
	const wanted = [...calendars].filter(
		([id, calendar]) =>
			calendar.selected &&
			(filter.calendar_id?.includes(id) ?? true) &&
			(filter.connection_id?.includes(calendar.connection_id) ?? true),
	);
	return new Map(wanted);
}
