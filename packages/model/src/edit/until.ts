import type { EventDateTime } from "../event/event.ts";
import { timeValue } from "../icalendar/date-value.ts";
import type { Frame } from "../recurrence/frame.ts";
import type { Until } from "../recurrence/rule.ts";
import { utcAt, withLocal } from "../time/event-time.ts";
import { DAY, MAX_LOCAL, MIN_LOCAL, SECOND } from "../time/wall-clock.ts";

/** The last wall clock of a series that an UNTIL allows, in local milliseconds. */
export function untilLocal(until: Until, frame: Frame): number {
	if (until.kind === "date") return until.local + DAY - SECOND;
	if (frame.face.kind !== "zoned" || until.kind !== "utc") return until.local;
	return until.local + frame.face.zone.offsetAt(until.local);
}

/** UNTIL at a wall clock of a series: a date, a local time, or the instant in UTC, as DTSTART is (RFC 5545 §3.3.10). */
export function untilText(local: number, start: EventDateTime, frame: Frame): string {
	const at = Math.min(Math.max(local, MIN_LOCAL), MAX_LOCAL);
	if (start.type !== "zoned") return timeValue(withLocal(start, at));
	return timeValue(utcAt(frame.face.zone.toInstant(at)));
}
