import { blankEvent, type CalendarEvent, checkRecurrence, expandSeries, type Occurrence } from "@kalends/model";
import { invalid, required } from "../../http/google-error.ts";
import type { Json } from "../../json.ts";
import type { EventStore } from "../../world/calendar.ts";
import { type EventRecord, type EventTime, isAllDay } from "../../world/event-record.ts";
import { fromModelTime, instantOfTime, shiftTime, timeKey, toModelTime } from "./times.ts";

/** Epoch milliseconds, `from <= t < to`. */
export interface Range {
	readonly from: number;
	readonly to: number;
}

/** Days are looked for in all zones at once; who asks places them. */
const DAY = 86_400_000;

/**
 * Checks the lines of `recurrence`.
 *
 * @throws GoogleError 400 where a line is none, or repeats without an end that can be found
 */
export function readRecurrence(
	value: Json | undefined,
	start: EventTime,
	zoned: boolean,
): readonly string[] | undefined {
	if (value === undefined || value === null) return undefined;
	if (!Array.isArray(value)) throw invalid("Invalid recurrence rule.");
	const lines = value.filter((line): line is string => typeof line === "string" && line !== "");
	if (lines.length !== value.length) throw invalid("Invalid recurrence rule.");
	if (lines.length === 0) return undefined;
	if (lines.some((line) => /^DT(START|END)\b/i.test(line))) throw invalid("Invalid recurrence rule.");
	if (!isAllDay(start) && !zoned) throw required("Missing time zone definition for start time.");
	const readable = lines.filter((line) => !/^EXRULE\b/i.test(line));
	const { faults } = checkRecurrence(readable, { start: toModelTime(start), known: [] });
	if (faults.length > 0) throw invalid("Invalid recurrence rule.");
	return lines;
}

/** An instance of a series as its rule gives it: what the series holds, at its own place. */
export interface Instance {
	readonly id: string;
	readonly originalStartTime: EventTime;
	readonly start: EventTime;
	readonly end: EventTime;
}

export const instanceId = (masterId: string, originalStart: EventTime): string =>
	`${masterId}_${timeKey(originalStart)}`;

/** The series and the slot that an instance's id names; null where it has not the form of one. */
export function parseInstanceId(id: string): { readonly masterId: string; readonly key: string } | null {
	const match = /^(.+)_(\d{8}(?:T\d{6}Z)?)$/.exec(id);
	return match?.[1] === undefined || match[2] === undefined ? null : { masterId: match[1], key: match[2] };
}

/** The instances that the rule of a series gives in a range, whatever exceptions say; bounded. */
export function instancesOf(master: EventRecord, range: Range, most: number): readonly Instance[] {
	const zone = isAllDay(master.start) ? "" : master.start.timeZone;
	const found = expandSeries({ master: toModelMaster(master), overrides: [] }, range, {
		floatingZone: "UTC",
		limits: { maxOccurrences: most },
	});
	return found.occurrences.map((occurrence) => toInstance(master.id, zone, occurrence));
}

function toInstance(masterId: string, zone: string, occurrence: Occurrence): Instance {
	const originalStartTime = fromModelTime(occurrence.original_start, zone);
	return {
		id: instanceId(masterId, originalStartTime),
		originalStartTime,
		start: fromModelTime(occurrence.start, zone),
		end: fromModelTime(occurrence.end, zone),
	};
}

/** The instance of a series in a slot; null where its rule gives none there. */
export function instanceAt(master: EventRecord, key: string): Instance | null {
	const text = `${key.slice(0, 4)}-${key.slice(4, 6)}-${key.slice(6, 8)}`;
	const clock = key.length === 8 ? "" : `T${key.slice(9, 11)}:${key.slice(11, 13)}:${key.slice(13, 15)}`;
	const from = Date.parse(key.length === 8 ? `${text}T00:00:00Z` : `${text}${clock}Z`);
	if (Number.isNaN(from)) return null;
	const near = instancesOf(master, { from, to: from + 1 }, 50);
	return near.find((one) => timeKey(one.originalStartTime) === key) ?? null;
}

/**
 * What is shown of a series in a range: its instances, exceptions in the place of theirs, also where they moved into
 * the range. Cancelled exceptions are there where they would have been.
 *
 * @param zone in which days are placed
 */
export function shownOf(
	master: EventRecord,
	store: EventStore,
	range: Range,
	zone: string,
	most: number,
): readonly (Instance | EventRecord)[] {
	const exceptions = store.exceptionsOf(master.id).filter(({ deletedAt }) => deletedAt === undefined);
	const taken = new Set(
		exceptions.flatMap(({ originalStartTime }) => (originalStartTime ? [timeKey(originalStartTime)] : [])),
	);
	const wide = { from: range.from - DAY, to: Number.isFinite(range.to) ? range.to + DAY : range.to };
	const own = instancesOf(master, isAllDay(master.start) ? wide : range, most);
	const shown: (Instance | EventRecord)[] = own.filter(
		(one) => !taken.has(timeKey(one.originalStartTime)) && touches(one, range, zone),
	);
	for (const exception of exceptions) if (touches(exception, range, zone)) shown.push(exception);
	return shown.sort((a, b) => instantOfTime(a.start, zone) - instantOfTime(b.start, zone));
}

/** `timeMin` is exclusive against the end, `timeMax` against the start; what has no length is there at its start. */
export function touches(
	event: { readonly start: EventTime; readonly end: EventTime },
	range: Range,
	zone: string,
): boolean {
	const start = instantOfTime(event.start, zone);
	const end = instantOfTime(event.end, zone);
	return start < range.to && (end > range.from || (end === start && start >= range.from));
}

/** Whether anything of a series can lie in a range: also where only an exception was moved there. */
export function seriesTouches(master: EventRecord, store: EventStore, range: Range, zone: string): boolean {
	return shownOf(master, store, range, zone, 1000).length > 0;
}

function toModelMaster({ iCalUID, start, end, recurrence }: EventRecord): CalendarEvent {
	const times = { start: toModelTime(start), end: toModelTime(inZoneOf(start, end)) };
	return { ...blankEvent({ uid: iCalUID, ...times }), recurrence: recurrence ?? null };
}

/** Ends in another zone than the start are placed by their length. */
function inZoneOf(start: EventTime, end: EventTime): EventTime {
	if (isAllDay(start) || isAllDay(end) || start.timeZone === end.timeZone) return end;
	return shiftTime(start, end.instant - start.instant);
}
