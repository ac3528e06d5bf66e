import type { EventDateTime } from "../event/event.ts";
import { normalisedLines } from "../icalendar/fields/recurrence.ts";
import type { ReadContext } from "../icalendar/read/context.ts";
import { type ContentLine, paramOf, parseContentLine } from "../icalendar/syntax/content-line.ts";
import { type CustomZones, zoneOf } from "../time/event-time.ts";
import { type ResolvedZone, resolveTzid } from "../time/resolve-tzid.ts";
import { quote } from "./problem.ts";
import { ruleFaults } from "./rule-faults.ts";

export interface RecurrenceLineFault {
	/** Of the line. */
	readonly index: number;
	/** What is wrong and, where that is short, how to write it; a sentence. */
	readonly detail: string;
}

export interface CheckedRecurrence {
	/** Canonical, as `CalendarEvent.recurrence` holds them; to be used only where there are no faults. */
	readonly lines: readonly string[];
	readonly faults: readonly RecurrenceLineFault[];
}

export interface RecurrenceCheck {
	/** Of the series; null where it is not known: what depends on it is not looked at. */
	readonly start: EventDateTime | null;
	/** Lines that the series has already: they stay as they are, whatever they say. */
	readonly known: readonly string[];
	readonly customZones?: CustomZones;
}

/** Dates that the lines may list in all. */
const MAX_DATES = 2000;

/**
 * Checks recurrence lines that a person wrote (RFC 5545 §3.8.5): RRULE at most once, RDATE, EXDATE. Stricter than reading:
 * nothing is left out in silence, and every value has the type of the start. Never throws.
 */
export function checkRecurrence(texts: readonly string[], check: RecurrenceCheck): CheckedRecurrence {
	const lines: string[] = [];
	const faults: RecurrenceLineFault[] = [];
	let rules = 0;
	let dates = 0;
	for (const [index, text] of texts.entries()) {
		const add = (detail: string): void => void faults.push({ index, detail });
		const line = parseContentLine(text);
		if (check.known.includes(text)) lines.push(text);
		else lines.push(...checkedLines(text, line, check, add));
		if (line?.name === "RRULE" && ++rules === 2) add("A series can have one RRULE only.");
		if (line?.name === "RDATE" || line?.name === "EXDATE") {
			const before = dates;
			dates += line.value.split(",").length;
			if (before <= MAX_DATES && dates > MAX_DATES) add(`A series can list at most ${MAX_DATES} dates.`);
		}
	}
	if (texts.length > 0 && faults.length === 0 && !lines.some((text) => /^R(RULE|DATE)\b/.test(text))) {
		faults.push({ index: 0, detail: "Nothing repeats by EXDATE alone; add an RRULE or an RDATE." });
	}
	return { lines: [...new Set(lines)], faults };
}

const EXAMPLE = "RRULE:FREQ=WEEKLY;BYDAY=MO";

function checkedLines(
	text: string,
	line: ContentLine | null,
	check: RecurrenceCheck,
	add: (detail: string) => void,
): readonly string[] {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: a line break would begin another property
	if (line === null || /[\u0000-\u001f\u007f]/.test(text)) {
		add(
			/^\s*FREQ=/i.test(text)
				? "Write the property's name before the rule: RRULE:FREQ=…"
				: `${quote(text)} is no recurrence line, such as ${EXAMPLE}.`,
		);
		return [];
	}
	if (line.name === "EXRULE") add("EXRULE is no longer used (RFC 5545). List the dates to leave out as EXDATE.");
	else if (!["RRULE", "RDATE", "EXDATE"].includes(line.name)) {
		add(`${quote(line.name)} is no recurrence property. Use RRULE, RDATE and EXDATE lines, such as ${EXAMPLE}.`);
	} else if (line.name === "RRULE") {
		for (const fault of ruleFaults(line.value, check.start)) add(fault);
		return normalisedLines(line, contextOf(check, { warn: () => add("The rule is too long.") }));
	} else return checkedDates(line, check, add);
	return [];
}

function checkedDates(line: ContentLine, check: RecurrenceCheck, add: (detail: string) => void): readonly string[] {
	const unknown = new Set<string>();
	const context = contextOf(check, { unknownZone: (tzid) => unknown.add(tzid) });
	const values = line.value.split(",");
	const unreadable = values.filter((value) => normalisedLines({ ...line, value }, context).length === 0);
	for (const tzid of unknown) add(`The time zone ${quote(tzid)} is unknown. Use an IANA name, e.g. Europe/Berlin.`);
	if (unreadable.length > 0) add(`${line.name} holds ${quote(unreadable.join())}, which is no date.`);
	const canonical = normalisedLines(line, context);
	const type = check.start?.type;
	if (type !== undefined && canonical.some((text) => typeOf(text) !== type)) {
		add(`${line.name} ${NEEDED[type]}, as the start is.`);
	}
	return canonical;
}

const NEEDED: Readonly<Record<EventDateTime["type"], string>> = {
	date: "must list dates (VALUE=DATE)",
	floating: "must list times without a zone",
	zoned: "must list times with a zone (in UTC with Z, or with TZID)",
};

function typeOf(canonical: string): EventDateTime["type"] {
	const line = parseContentLine(canonical);
	if (line === null || /^\d{8}(,|$)/.test(line.value)) return "date";
	return paramOf(line, "TZID") !== null || /^\d{8}T\d{6}Z/.test(line.value) ? "zoned" : "floating";
}

function contextOf(
	{ start, customZones }: RecurrenceCheck,
	on: { readonly warn?: (sentence: string) => void; readonly unknownZone?: (tzid: string) => void },
): ReadContext {
	const zone = (tzid: string): ResolvedZone => {
		if (start?.type === "zoned" && start.zone === null && start.tzid === tzid) {
			return { zone: zoneOf(start, customZones), name: null, tzid, definition: null, uncertain: false };
		}
		const resolved = resolveTzid(tzid, { definitions: new Map(), fallback: null });
		if (resolved.uncertain) on.unknownZone?.(tzid);
		return resolved;
	};
	return { zone, isSelf: () => false, warn: (sentence) => on.warn?.(sentence) };
}
