import type { EventDateTime } from "../event/event.ts";
import { utcAt, zonedAt } from "../time/event-time.ts";
import { formatDate, formatLocal, MINUTE, parseBasic, toBasic } from "../time/wall-clock.ts";
import type { ReadContext } from "./read/context.ts";
import { type ContentLine, paramOf } from "./syntax/content-line.ts";

const OFFSET = /^(\d{8}T\d{6})([+-])(\d{2}):?(\d{2})$/;

/** Every event keeps the text of its TZID; no real one is longer. */
const MAX_TZID = 255;

/** Brings spellings seen in the wild to `YYYYMMDD` or `YYYYMMDDTHHMMSS[Z]`. */
function normalise(value: string): string {
	let text = value.trim().toUpperCase();
	if (/^\d{4}-\d{2}-\d{2}/.test(text)) text = `${toBasic(text.slice(0, 10))}${text.slice(10).replace(/:/g, "")}`;
	return /^\d{8}T\d{4}Z?$/.test(text) ? text.replace(/(T\d{4})/, "$100") : text;
}

/**
 * Reads one DATE or DATE-TIME value (RFC 5545 §3.3.4, §3.3.5); null where it is neither.
 * Eight digits are a date with or without `VALUE=DATE`; a TZID on a `Z` time is ignored; the invalid form with a
 * numeric offset is taken for the instant that it names.
 */
export function readTime(
	value: string,
	tzid: string | null,
	valueType: string | null,
	context: ReadContext,
): EventDateTime | null {
	const text = value.length === 15 || value.length === 8 ? value : normalise(value);
	const local = parseBasic(text);
	if (Number.isNaN(local)) return null;
	if (text.length === 8 || valueType === "DATE") return { type: "date", date: formatDate(local) };
	if (text.length === 16 && text[15] === "Z") return utcAt(local);
	if (text.length !== 15) {
		const offset = OFFSET.exec(text);
		if (offset === null) return null;
		const minutes = Number(offset[3]) * 60 + Number(offset[4]);
		return utcAt(local - (offset[2] === "-" ? -minutes : minutes) * MINUTE);
	}
	if (tzid === null || tzid.trim() === "") return { type: "floating", local: formatLocal(local) };
	const resolved = context.zone(tzid.slice(0, MAX_TZID));
	return zonedAt(local, resolved.zone, {
		zone: resolved.name,
		tzid: resolved.tzid,
		...(resolved.uncertain ? { uncertain: true as const } : {}),
	});
}

/** Reads the value of a DTSTART-like property. */
export function readTimeLine(line: ContentLine, context: ReadContext): EventDateTime | null {
	if (line.params.length === 0) return readTime(line.value, null, null, context);
	const valueType = paramOf(line, "VALUE")?.toUpperCase() ?? null;
	return readTime(line.value, paramOf(line, "TZID"), valueType, context);
}

/** The value text of a time: `20260301`, `20260301T090000` or `20260301T090000Z`. */
export function timeValue(time: EventDateTime): string {
	if (time.type === "date") return toBasic(time.date);
	return isUtc(time) ? `${toBasic(time.local)}Z` : toBasic(time.local);
}

/** The VALUE and TZID parameters that a time is written with. */
export function timeParams(time: EventDateTime): Record<string, string | null> {
	if (time.type === "date") return { VALUE: "DATE" };
	return { TZID: time.type === "floating" || isUtc(time) ? null : (time.tzid ?? time.zone) };
}

function isUtc(time: EventDateTime): boolean {
	return time.type === "zoned" && time.zone === "UTC" && time.tzid === undefined;
}
