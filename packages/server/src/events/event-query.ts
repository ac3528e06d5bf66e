import { z } from "zod";
import { Problem } from "../http/errors.ts";
import { pageQuery, readCursor } from "../http/paging.ts";
import type { OccurrenceKey } from "./occurrence-key.ts";
import { instantOfWallClock, isTimeZone, zoneSteps } from "./reader-zone.ts";

/** The query parameters that all lists of events share, and how they are read. */

const idList = (what: string) =>
	z
		.union([z.string().max(4_000), z.array(z.string().max(100)).max(200)])
		.transform((value) =>
			(Array.isArray(value) ? value : value.split(",")).map((id) => id.trim()).filter((id) => id !== ""),
		)
		.optional()
		.describe(`Only of these ${what}: repeat the parameter or separate by commas.`);

const TimeZoneQuery = z
	.string()
	.max(100)
	.refine(isTimeZone, "Use an IANA time zone name, e.g. Europe/Berlin.")
	.optional()
	.describe("IANA zone in which all-day and floating events are read; the user's own, else UTC.");

export const eventFilterQuery = {
	...pageQuery,
	calendar_id: idList("calendars"),
	connection_id: idList("connections"),
	q: z.string().trim().max(200).optional().describe("Text to look for in title, description, place and participants."),
	time_zone: TimeZoneQuery,
	show_cancelled: z.enum(["true", "false"]).default("false").describe("Cancelled occurrences too."),
} as const;

export const PointInTimeQuery = z
	.string()
	.max(40)
	.refine((text) => (DATE.test(text) || DATE_TIME.test(text)) && isCalendarDay(text.slice(0, 10)), {
		error:
			"Use an RFC 3339 time with offset, e.g. 2026-12-05T09:00:00Z (a + must be written %2B), or a date, e.g. 2026-12-05.",
	})
	.optional();

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME =
	/^\d{4}-\d\d-\d\d[Tt]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Date.parse takes 30 February for a day in March. */
function isCalendarDay(day: string): boolean {
	try {
		Temporal.PlainDate.from(day);
		return true;
	} catch {
		return false;
	}
}

/** Epoch milliseconds of a checked point in time; a date is its midnight in the zone. */
export function pointInTime(text: string, zone: string): number {
	if (!DATE.test(text)) return Date.parse(text);
	const midnight = Date.parse(`${text}T00:00:00Z`);
	return instantOfWallClock(zoneSteps(zone, midnight, midnight), midnight);
}

/** What points in time and ranges of five years from them can reach. */
const InstantSchema = z.number().min(Date.parse("-000001-01-01T00:00:00Z")).max(Date.parse("+010006-01-01T00:00:00Z"));

const CursorSchema = z.strictObject({
	from: InstantSchema,
	to: InstantSchema,
	zone: z.string().max(100).refine(isTimeZone),
	at: InstantSchema,
	allDay: z.boolean(),
	id: z.string().max(200),
});
export type EventCursor = z.infer<typeof CursorSchema>;

/** A cursor holds its range, so that pages of a range that began "now" stay of one range. */
export function readEventCursor(cursor: string | undefined): { range: RangeInZone; after: OccurrenceKey } | null {
	const position = readCursor(cursor, CursorSchema);
	if (position === undefined) return null;
	const { from, to, zone, at, allDay, id } = position;
	return { range: { from, to, zone }, after: { at, allDay, id } };
}

export interface RangeInZone {
	/** Epoch milliseconds. */
	readonly from: number;
	readonly to: number;
	readonly zone: string;
}

const LONGEST_RANGE = (5 * 366 + 1) * 86_400_000;

/** @throws Problem `invalid_request` where the range is empty, backward or longer than five years */
export function checkRange(range: RangeInZone): RangeInZone {
	if (range.to <= range.from) {
		throw new Problem("invalid_request", "to: must be after from.", {
			fix: "Send a from that lies before to.",
			errors: [{ field: "to", detail: "must be after from" }],
		});
	}
	if (range.to - range.from > LONGEST_RANGE) {
		throw new Problem("invalid_request", "to: the range may span at most five years.", {
			fix: "Ask for at most five years at a time.",
			errors: [{ field: "to", detail: "must be at most five years after from" }],
		});
	}
	return range;
}
