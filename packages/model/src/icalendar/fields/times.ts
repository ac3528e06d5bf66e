import type { EventDateTime } from "../../event/event.ts";
import { type Duration, formatDuration, parseDuration } from "../../time/duration.ts";
import { addDays, addDuration, exactBetween, localOf, nominalBetween, withLocal } from "../../time/event-time.ts";
import { DAY } from "../../time/wall-clock.ts";
import { readTimeLine, timeParams, timeValue } from "../date-value.ts";
import { defineField } from "../field.ts";
import type { ReadContext } from "../read/context.ts";
import { type Component, propertyOf } from "../syntax/component.ts";
import { type ContentLine, contentLine } from "../syntax/content-line.ts";

const OUTLOOK_ALL_DAY = "X-MICROSOFT-CDO-ALLDAYEVENT";

/** A component without a readable DTSTART stands at no time and cannot be shown. */
export class MissingStartError extends Error {
	constructor() {
		super("DTSTART is missing or no date.");
		this.name = "MissingStartError";
	}
}

interface Extent {
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	readonly duration_kind: "exact" | "nominal";
}

/** DTEND or DURATION, whichever the file gives first (RFC 5545 allows only one; Zimbra writes both). */
function endLine(component: Component): ContentLine | undefined {
	return component.properties.find((line) => line.name === "DTEND" || line.name === "DURATION");
}

function readExtent(component: Component, context: ReadContext): Extent {
	const startLine = propertyOf(component, "DTSTART");
	const start = startLine === undefined ? null : readTimeLine(startLine, context);
	if (start === null) throw new MissingStartError();
	const line = endLine(component);
	const duration = line?.name === "DURATION" ? parseDuration(line.value) : null;
	if (duration !== null) return extentOfDuration(start, duration, context);
	const end = line?.name === "DTEND" ? readTimeLine(line, context) : null;
	return { start, end: usableEnd(start, end, context), duration_kind: "exact" };
}

function extentOfDuration(start: EventDateTime, duration: Duration, context: ReadContext): Extent {
	if (start.type === "date") {
		const days = Math.max(1, duration.days + Math.ceil(duration.milliseconds / DAY));
		return { start, end: addDays(start, days), duration_kind: "nominal" };
	}
	// A DURATION in hours and smaller is exact (RFC 5545 §3.3.6).
	const kind = duration.days === 0 ? "exact" : "nominal";
	if (duration.days < 0 || duration.milliseconds < 0) return { start, end: start, duration_kind: "exact" };
	return { start, end: addDuration(start, duration, zonesOf(start, context)), duration_kind: kind };
}

function zonesOf(time: EventDateTime, context: ReadContext): Record<string, string> {
	if (time.type !== "zoned" || time.tzid === undefined) return {};
	const { definition } = context.zone(time.tzid);
	return definition === null ? {} : { [time.tzid]: definition };
}

/** The end that a file gives, made exclusive, of the start's type and not before it; the default where it gives none. */
function usableEnd(start: EventDateTime, end: EventDateTime | null, context: ReadContext): EventDateTime {
	if (start.type === "date") {
		const local = end === null ? 0 : Math.ceil(localOf(end) / DAY) * DAY;
		return end === null || local <= localOf(start) ? addDays(start, 1) : withLocal(start, local);
	}
	if (end === null) return start;
	const comparable = end.type === start.type ? end : withLocal(start, localOf(end), zonesOf(start, context));
	return exactBetween(start, comparable) < 0 ? start : comparable;
}

/** Outlook writes all-day events from midnight to midnight, with a flag of its own. */
function asAllDay(extent: Extent, component: Component): Extent {
	const { start, end } = extent;
	if (start.type === "date" || propertyOf(component, OUTLOOK_ALL_DAY)?.value.trim().toUpperCase() !== "TRUE")
		return extent;
	const from = localOf(start);
	const to = localOf(end);
	if (from % DAY !== 0 || to % DAY !== 0 || to <= from) return extent;
	const first = addDays({ type: "date", date: start.local.slice(0, 10) }, 0);
	return { start: first, end: withLocal(first, to), duration_kind: "exact" };
}

function writeExtent({ start, end, duration_kind }: Extent): string[] {
	const lines = [contentLine("DTSTART", timeValue(start), timeParams(start))];
	if (start.type === end.type && exactBetween(start, end) === 0 && !guessed(start, end)) return lines;
	if (duration_kind === "nominal" && canBeDuration(start, end)) {
		lines.push(`DURATION:${formatDuration(nominalBetween(start, end))}`);
	} else {
		lines.push(contentLine("DTEND", timeValue(end), timeParams(end)));
	}
	return lines;
}

/** True where the end stands in an unknown zone of its own, so that its distance from the start is a guess. */
function guessed(start: EventDateTime, end: EventDateTime): boolean {
	return start.type === "zoned" && end.type === "zoned" && end.uncertain === true && end.tzid !== start.tzid;
}

/** True where a DURATION says the same: both ends in one zone that this runtime knows, at least a day apart. */
function canBeDuration(start: EventDateTime, end: EventDateTime): boolean {
	if (start.type !== "zoned" || end.type !== "zoned") return true;
	return start.zone === end.zone && start.tzid === end.tzid;
}

/** `start`, `end`, `duration_kind`: DTSTART with DTEND or DURATION (RFC 5545 §3.8.2). */
export const times = defineField<"start" | "end" | "duration_kind">({
	keys: ["start", "end", "duration_kind"],
	names: ["DTSTART", "DTEND", "DURATION", OUTLOOK_ALL_DAY],
	read: (component, context) => asAllDay(readExtent(component, context), component),
	write: (event, base) => {
		const lines = writeExtent(event);
		if (base !== null && propertyOf(base, OUTLOOK_ALL_DAY) !== undefined) {
			lines.push(`${OUTLOOK_ALL_DAY}:${event.start.type === "date" ? "TRUE" : "FALSE"}`);
		}
		return { lines };
	},
	stale: (_event, base, context) => {
		const ends = base.properties.filter((line) => line.name === "DTEND" || line.name === "DURATION");
		const startLine = propertyOf(base, "DTSTART");
		const start = startLine === undefined ? null : readTimeLine(startLine, context);
		const end = ends[0]?.name === "DTEND" ? readTimeLine(ends[0], context) : null;
		if (ends.length > 1) return true;
		return start !== null && end !== null && (start.type !== end.type || exactBetween(start, end) <= 0);
	},
});
