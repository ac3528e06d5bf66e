import type { Calendar } from "../../world/calendar.ts";
import type { EventRecord } from "../../world/event-record.ts";
import type { OpenCalendar } from "../caller.ts";
import type { Placed } from "../paging.ts";
import { instanceRecord } from "./find.ts";
import { type EventsQuery, FAR } from "./list-query.ts";
import { instancesOf, type Range, touches } from "./series.ts";
import { timeKey } from "./times.ts";

/** Series without an end are expanded so far ahead, where no `timeMax` says how far (milliseconds). */
const AHEAD = 2 * 366 * 86_400_000;
const MOST = 20_000;
const DAY = 86_400_000;

/**
 * With `singleEvents`: instances in the place of their series. Exceptions are records of their own and stay. After a
 * change of a series all its instances are listed, and as cancelled those that it no longer has.
 */
export function* expanded(
	records: Iterable<EventRecord>,
	{ calendar }: OpenCalendar,
	query: EventsQuery,
	keyOf: (record: EventRecord) => number,
	now: number,
): Generator<Placed<EventRecord>> {
	const range = query.range ?? { from: FAR.past, to: now + AHEAD };
	const bounded = { from: range.from, to: Math.min(range.to, Math.max(now, range.from) + AHEAD) };
	for (const record of records) {
		const key = keyOf(record);
		const items = new Map<string, EventRecord>();
		if (record.recurrence === undefined) items.set(record.id, record);
		else for (const one of instancesIn(record, calendar, bounded)) items.set(one.id, one);
		if (query.sync !== null) addGone(items, record, calendar, query.sync.revision, bounded);
		for (const id of [...items.keys()].sort()) {
			const item = items.get(id);
			if (item !== undefined) yield { key, id, item };
		}
	}
}

/** The instances of a series in a range that are no exceptions. */
export function instancesIn(master: EventRecord, calendar: Calendar, range: Range): readonly EventRecord[] {
	const exceptions = calendar.events.exceptionsOf(master.id);
	const taken = new Set(
		exceptions.flatMap(({ originalStartTime, deletedAt }) =>
			originalStartTime === undefined || (deletedAt !== undefined && master.deletedAt === undefined)
				? []
				: [timeKey(originalStartTime)],
		),
	);
	const wide = { from: range.from - DAY, to: range.to + DAY };
	return instancesOf(master, wide, MOST)
		.filter((one) => !taken.has(timeKey(one.originalStartTime)) && touches(one, range, calendar.timeZone))
		.map((one) => instanceRecord(master, one));
}

/** As cancelled, what earlier versions of an event listed and this one does not. */
function addGone(
	items: Map<string, EventRecord>,
	record: EventRecord,
	calendar: Calendar,
	since: number,
	range: Range,
): void {
	const gone = { etag: record.etag, deletedAt: record.updated };
	for (const former of calendar.events.formerSince(record.id, since)) {
		if (former.recurrence === undefined) {
			if (!items.has(record.id)) items.set(record.id, { ...former, ...gone });
			continue;
		}
		for (const one of instancesIn({ ...former, deletedAt: undefined }, calendar, range)) {
			if (items.has(one.id) || calendar.events.get(one.id) !== null) continue;
			items.set(one.id, { ...one, ...gone });
		}
	}
}
