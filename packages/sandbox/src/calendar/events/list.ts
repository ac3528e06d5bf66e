import type { JsonObject } from "../../json.ts";
import { etagOf } from "../../world/calendar.ts";
import type { EventRecord } from "../../world/event-record.ts";
import { type Answer, type Call, type OpenCalendar, openCalendar } from "../caller.ts";
import { beginListing, cutPage, endOfListing, type Placed } from "../paging.ts";
import { RETENTION, writeSyncToken } from "../tokens.ts";
import { answerZone } from "./event-call.ts";
import { expanded } from "./list-expanded.ts";
import { type EventsQuery, readEventsQuery } from "./list-query.ts";
import { seriesTouches, touches } from "./series.ts";
import { formatStamp, instantOfTime } from "./times.ts";
import { type ViewOptions, viewEvent } from "./view.ts";

/** https://developers.google.com/calendar/api/v3/reference/events/list */
export function listEvents(call: Call): Answer {
	const { world } = call;
	const open = openCalendar(call, call.params.calendarId ?? "");
	const { calendar, role } = open;
	const zone = answerZone(call, open);
	calendar.events.forget(world.clock.now() - RETENTION);
	const query = readEventsQuery(call, open);
	const listing = beginListing(call, `events ${calendar.id}`, { usual: 250, most: 2500 });
	const view: ViewOptions = {
		calendar,
		role,
		zone,
		origin: world.origin(),
		maxAttendees: call.query.integer("maxAttendees", { min: 1, max: 2 ** 31 - 1 }),
		deletedDetails: query.showDeleted,
	};
	const { items, nextPageToken } = cutPage(world, listing, listed(call, open, query));
	// All changes up to now were listed by then; of a full listing, all up to when it began.
	const revision = query.sync === null ? listing.began : world.revisions.current;
	const syncToken = (): string | undefined =>
		query.syncable
			? writeSyncToken({ resource: `events ${calendar.id}`, revision, issuedAt: world.clock.now(), same: query.same })
			: undefined;
	return {
		body: {
			...headOf(call, open, zone),
			...endOfListing(world, nextPageToken, syncToken),
			items: items.map((record) => viewEvent(record, view)),
		},
	};
}

function headOf(call: Call, { calendar, role }: OpenCalendar, zone: string): JsonObject {
	const entry = call.caller.account.list.get(calendar.id);
	const now = call.world.clock.now();
	return {
		kind: "calendar#events",
		etag: etagOf(call.world.revisions.current, now),
		summary: calendar.summary,
		description: calendar.description,
		updated: formatStamp(now),
		timeZone: zone,
		accessRole: role,
		defaultReminders: entry?.defaultReminders.map((reminder) => ({ ...reminder })) ?? [],
	};
}

/** What a query lists, in its order. */
function listed(call: Call, open: OpenCalendar, query: EventsQuery): Iterable<Placed<EventRecord>> {
	const { calendar } = open;
	const { sync } = query;
	const kept =
		sync === null
			? pick(calendar.events.all(), (record) => isListed(record, open, query))
			: pick(calendar.events.changedSince(sync.revision), query.matches);
	const keyOf = sync === null ? (record: EventRecord) => record.order : (record: EventRecord) => record.revision;
	const items = query.singleEvents ? expanded(kept, open, query, keyOf, call.world.clock.now()) : place(kept, keyOf);
	if (query.orderBy === null) return items;
	const byStart = query.orderBy === "startTime";
	const zone = calendar.timeZone;
	return [...items]
		.map(({ id, item }) => ({ id, item, key: byStart ? instantOfTime(item.start, zone) : item.updated }))
		.sort((a, b) => a.key - b.key || (a.id < b.id ? -1 : 1));
}

function* pick(records: Iterable<EventRecord>, keep: (record: EventRecord) => boolean): Generator<EventRecord> {
	for (const record of records) if (keep(record)) yield record;
}

function* place(
	records: Iterable<EventRecord>,
	keyOf: (record: EventRecord) => number,
): Generator<Placed<EventRecord>> {
	for (const item of records) yield { key: keyOf(item), id: item.id, item };
}

/** Whether a full listing holds a record; masters that are to be expanded are looked at more closely there. */
function isListed(record: EventRecord, { calendar }: OpenCalendar, query: EventsQuery): boolean {
	const { range, updatedMin, singleEvents, showDeleted } = query;
	const withDeleted = showDeleted || updatedMin !== null;
	if (record.deletedAt !== undefined && !withDeleted) return false;
	// Cancelled exceptions of a living series are part of it, whatever `showDeleted` says.
	if (record.status === "cancelled" && singleEvents && !withDeleted) return false;
	if (updatedMin !== null && record.updated < updatedMin) return false;
	if (!query.matches(record)) return false;
	if (range === null || (singleEvents && record.recurrence !== undefined)) return true;
	return record.recurrence === undefined
		? touches(record, range, calendar.timeZone)
		: seriesTouches(record, calendar.events, range, calendar.timeZone);
}
