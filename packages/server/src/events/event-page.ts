import { type EventDateTime, parseOriginalStartKey } from "@kalends/model";
import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import { type EventCalendar, type EventRecord, loadEventRecords } from "./event-records.ts";
import { eventToWire, type OccurrencePlace } from "./event-to-wire.ts";
import { compareOccurrenceKeys, type OccurrenceKey } from "./occurrence-key.ts";
import {
	type ListedOccurrence,
	type ListedTime,
	type OccurrenceFilter,
	type OccurrenceWindow,
	queryOccurrences,
} from "./occurrence-query.ts";
import { zoneSteps } from "./reader-zone.ts";
import type { WireEvent } from "./schemas.ts";
import { type ExpandedOccurrence, expandOnRead, findUnmaterialisedSeries } from "./unmaterialised-series.ts";

export interface EventPageQuery extends Omit<OccurrenceFilter, "calendarIds"> {
	/** The calendars to read, by id. */
	readonly calendars: ReadonlyMap<string, EventCalendar>;
	/** Epoch milliseconds. */
	readonly from: number;
	readonly to: number;
	/** The reader's zone, IANA. */
	readonly zone: string;
	readonly after: OccurrenceKey | null;
	readonly limit: number;
}

export interface EventPage {
	readonly events: readonly WireEvent[];
	/** The key to go on behind; null when this was the last page. */
	readonly next: OccurrenceKey | null;
}

type FoundOccurrence = ListedOccurrence | ExpandedOccurrence;

/**
 * Occurrences with `start < to AND end > from`, by start, all-day first, then id: the materialised ones merged with
 * those of series that reach outside their materialised stretch.
 */
export async function readEventPage(db: Kysely<Database>, query: EventPageQuery): Promise<EventPage> {
	const found = await findOccurrences(db, query);
	const page = found.slice(0, query.limit);
	const records = await loadEventRecords(
		db,
		query.userId,
		[...new Set(page.map((one) => one.sourceEventId))],
		query.calendars,
	);
	const last = page.at(-1);
	return {
		// An event that went between the two queries is left out.
		events: page.flatMap((one) => {
			const record = records.get(one.sourceEventId);
			return record === undefined ? [] : [occurrenceToWire(record, one)];
		}),
		next: found.length > query.limit && last !== undefined ? { at: last.at, allDay: last.allDay, id: last.id } : null,
	};
}

const FIRST_WINDOW = 35 * 86_400_000;

/**
 * Up to `limit + 1` occurrences. A long range is read in windows, each longer than the one before, so that a page seldom
 * needs a second; one in which a dense series could not be expanded whole ends where that expansion ended.
 */
async function findOccurrences(db: Kysely<Database>, query: EventPageQuery): Promise<FoundOccurrence[]> {
	const found: FoundOccurrence[] = [];
	const filter: OccurrenceFilter = { ...query, calendarIds: [...query.calendars.keys()] };
	const resumeAt = Math.max(query.from, query.after?.at ?? query.from);
	let from = resumeAt;
	let length = FIRST_WINDOW;
	while (from < query.to && found.length <= query.limit) {
		const to = Math.min(query.to, from + length);
		const isFirst = from === resumeAt;
		const beganEarlier = isFirst && resumeAt === query.from;
		const window = { endsAfter: query.from, startsFrom: beganEarlier ? null : from, startsBefore: to };
		const part = await findInWindow(db, query, filter, window, isFirst ? query.after : null);
		const completeTo = part.completeTo > from ? part.completeTo : to;
		found.push(...part.occurrences.filter((one) => one.at < completeTo));
		from = completeTo;
		length *= 4;
	}
	return found.slice(0, query.limit + 1);
}

async function findInWindow(
	db: Kysely<Database>,
	query: EventPageQuery,
	filter: OccurrenceFilter,
	window: OccurrenceWindow,
	after: OccurrenceKey | null,
) {
	const steps = zoneSteps(query.zone, window.startsFrom ?? window.endsAfter, window.startsBefore);
	const list = (withoutSeries: readonly string[]) =>
		queryOccurrences(db, filter, window, steps, after, withoutSeries, query.limit + 1);
	// Nearly always every series is materialised here, so both are asked for at once.
	const [unmaterialised, all] = await Promise.all([findUnmaterialisedSeries(db, filter, window), list([])]);
	const listed = unmaterialised.length === 0 ? all : await list(unmaterialised);
	const expanded = await expandOnRead(db, filter, window, unmaterialised, query.zone);
	const behind = expanded.occurrences.filter((one) => after === null || compareOccurrenceKeys(one, after) > 0);
	return { occurrences: [...listed, ...behind].sort(compareOccurrenceKeys), completeTo: expanded.completeTo };
}

function occurrenceToWire(record: EventRecord, found: FoundOccurrence): WireEvent {
	return eventToWire(record, placeOf(record, found));
}

/** Null for singles and for overrides without a master, which stand for themselves. */
function placeOf(record: EventRecord, found: FoundOccurrence): OccurrencePlace | null {
	if (found.id === found.seriesId) return null;
	const { id, seriesId } = found;
	if ("originalStart" in found) {
		return { id, seriesId, originalStart: found.originalStart, start: found.start, end: found.end };
	}
	return {
		id,
		seriesId,
		originalStart: originalStart(record, id, seriesId),
		start: timeOf(found.start, record.data.start),
		end: timeOf(found.end, record.data.end),
	};
}

/** As the override wrote it, else the slot that the id names, in the series' zone. */
function originalStart(record: EventRecord, id: string, seriesId: string): EventDateTime {
	if (record.id === id && record.data.recurrence_id !== null) return record.data.recurrence_id;
	const slot = parseOriginalStartKey(id.slice(seriesId.length + 1));
	if (slot === null) throw new Error(`occurrence id ${id} names no slot`);
	return inZoneOf(slot, record.data.start);
}

function timeOf(listed: ListedTime, like: EventDateTime): EventDateTime {
	switch (listed.type) {
		case "date":
			return { type: "date", date: listed.local.slice(0, 10) };
		case "floating":
			return { type: "floating", local: listed.local };
		case "zoned":
			return {
				type: "zoned",
				local: listed.local,
				zone: like.type === "zoned" ? like.zone : "UTC",
				instant: new Date(listed.instant).toISOString().replace(".000Z", "Z"),
			};
	}
}

/** A slot parsed from an id is in UTC; people see it in the series' zone. */
function inZoneOf(slot: EventDateTime, like: EventDateTime): EventDateTime {
	if (slot.type !== "zoned" || like.type !== "zoned") return slot;
	return { ...slot, zone: like.zone };
}
