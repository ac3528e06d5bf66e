import type { EventDateTime } from "../../event/event.ts";
import { parseDuration } from "../../time/duration.ts";
import { resolveTzid } from "../../time/resolve-tzid.ts";
import { readTime, timeParams, timeValue } from "../date-value.ts";
import { defineField } from "../field.ts";
import type { ReadContext } from "../read/context.ts";
import { propertyOf } from "../syntax/component.ts";
import { type ContentLine, contentLine, paramOf, parseContentLine } from "../syntax/content-line.ts";

const NAMES = ["RRULE", "RDATE", "EXDATE", "EXRULE"];
/** Dates of one line beyond this are left out: no calendar lists so many, and each costs work at every expansion. */
const MAX_DATES = 20_000;
const MAX_RULE = 4096;

/**
 * `recurrence`: RRULE, RDATE, EXDATE and EXRULE as normalised content lines (RFC 5545 §3.8.5): upper case, TZIDs
 * replaced by the IANA names that they resolve to, `VALUE=DATE` added where eight digits stand alone, unreadable
 * dates left out. An override has none.
 */
export const recurrence = defineField<"recurrence">({
	keys: ["recurrence"],
	names: NAMES,
	read: (component, context) => {
		if (propertyOf(component, "RECURRENCE-ID") !== undefined) return { recurrence: null };
		const lines = component.properties.flatMap((line) => normalisedLines(line, context));
		return { recurrence: lines.length === 0 ? null : [...new Set(lines)] };
	},
	write: (event) => ({ lines: (event.recurrence ?? []).map((line) => lineForWriting(line, event.start)) }),
});

/** The canonical lines of one recurrence property; none where it is another or cannot be read, of which it warns. */
export function normalisedLines(line: ContentLine, context: ReadContext): string[] {
	if (line.name === "RDATE" || line.name === "EXDATE") return dateLines(line, context);
	if (line.name !== "RRULE" && line.name !== "EXRULE") return [];
	const rule = line.value.toUpperCase().replace(/\s+/g, "").replace(/;+/g, ";").replace(/^;|;$/g, "");
	if (rule.length > MAX_RULE) context.warn(`${line.name} is longer than ${MAX_RULE} characters and was left out.`);
	return rule === "" || rule.length > MAX_RULE ? [] : [`${line.name}:${rule}`];
}

interface DateGroup {
	readonly params: Readonly<Record<string, string | null>>;
	readonly values: string[];
}

/** One line for each kind of value in the list: dates, floating, UTC, one zone, periods. */
function dateLines(line: ContentLine, context: ReadContext): string[] {
	const tzid = paramOf(line, "TZID");
	const valueType = paramOf(line, "VALUE")?.toUpperCase() ?? null;
	const groups = new Map<string, DateGroup>();
	const values = line.value.split(",", MAX_DATES);
	for (const value of values) {
		if (value.trim() === "") continue;
		const read = readListed(value, tzid, valueType, context);
		if (read === null) {
			context.warn(`A date of ${line.name} is unreadable and was left out: ${value.slice(0, 40)}`);
			continue;
		}
		const key = JSON.stringify(read.params);
		const group = groups.get(key);
		if (group === undefined) groups.set(key, { params: read.params, values: [read.text] });
		else group.values.push(read.text);
	}
	return [...groups.values()].map(({ params, values: texts }) => contentLine(line.name, texts.join(","), params));
}

function readListed(
	value: string,
	tzid: string | null,
	valueType: string | null,
	context: ReadContext,
): { readonly text: string; readonly params: Readonly<Record<string, string | null>> } | null {
	const [first = "", second] = value.split("/");
	const start = readTime(first, tzid, valueType, context);
	if (start === null) return null;
	const params = canonicalParams(start);
	if (second === undefined) return { text: timeValue(start), params };
	const end = /^[+-]?P/i.test(second.trim()) ? null : readTime(second, tzid, null, context);
	if (end === null && parseDuration(second) === null) return null;
	const length = end === null ? second.trim().toUpperCase() : timeValue(end);
	return { text: `${timeValue(start)}/${length}`, params: { VALUE: "PERIOD", ...params } };
}

/** Unlike {@link timeParams}, names the zone that the TZID resolves to; expansion needs no file for it. */
export function canonicalParams(time: EventDateTime): Record<string, string | null> {
	if (time.type !== "zoned" || time.zone === "UTC") return time.type === "zoned" ? { TZID: null } : timeParams(time);
	return { TZID: time.zone ?? time.tzid ?? null };
}

/** A canonical line, its zone named by the TZID text that the event's own start is written with. */
function lineForWriting(text: string, start: EventDateTime): string {
	const line = parseContentLine(text);
	if (line === null || start.type !== "zoned" || start.tzid === undefined) return text;
	if (paramOf(line, "TZID") !== start.zone) return text;
	const params: Record<string, string> = {};
	for (const { name, values } of line.params) params[name] = name === "TZID" ? start.tzid : (values[0] ?? "");
	return contentLine(line.name, line.value, params);
}

/**
 * Recurrence lines of a provider that keeps them as text, in canonical form; null where none is left.
 * @param fallback the zone of a TZID that is none: an IANA name, or null for UTC
 */
export function readRecurrence(
	texts: readonly string[],
	fallback: string | null,
	warn: (sentence: string) => void,
): readonly string[] | null {
	const context: ReadContext = {
		zone: (tzid) => resolveTzid(tzid, { definitions: new Map(), fallback }),
		isSelf: () => false,
		warn,
	};
	const lines = texts.flatMap((text) => {
		const line = parseContentLine(text);
		return line === null ? [] : normalisedLines(line, context);
	});
	return lines.length === 0 ? null : [...new Set(lines)];
}
