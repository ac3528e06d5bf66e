import type { CalendarEvent } from "../event/event.ts";
import { type ContentLine, paramOf, parseContentLine } from "../icalendar/syntax/content-line.ts";
import { type Duration, parseDuration } from "../time/duration.ts";
import { zoneOf } from "../time/event-time.ts";
import { resolveTzid, type ZoneDefinition } from "../time/resolve-tzid.ts";
import { customZone } from "../time/vtimezone.ts";
import { parseBasic } from "../time/wall-clock.ts";
import type { Zone } from "../time/zone.ts";
import type { DateValue } from "./frame.ts";
import { type ExpansionProblem, malformed, quote, tooExpensive, unsupported } from "./problem.ts";
import { parseRule, type Rule } from "./rule.ts";
import type { Work } from "./work.ts";

export interface ExtraDate {
	readonly at: DateValue;
	/** Of a PERIOD: its own end or length; null where the series gives the length. */
	readonly end: DateValue | Duration | null;
}

/** What the RRULE, RDATE, EXDATE and EXRULE lines of a master say, before any expansion. */
export interface RecurrenceSet {
	readonly rules: readonly Rule[];
	readonly excludedRules: readonly Rule[];
	readonly dates: readonly ExtraDate[];
	readonly excludedDates: readonly DateValue[];
	/** The first thing that could not be read; it counts as absent. */
	readonly problem: ExpansionProblem | null;
}

/** More rules than this mean nothing in a calendar. */
const MAX_RULES = 8;

/**
 * Reads the recurrence lines of a master; "dates" leaves the exclusions out. Never throws; unknown properties are left
 * out.
 */
export function recurrenceSetOf(master: CalendarEvent, work: Work, what: "all" | "dates" = "all"): RecurrenceSet {
	const rules: Rule[] = [];
	const excludedRules: Rule[] = [];
	const dates: ExtraDate[] = [];
	const excludedDates: DateValue[] = [];
	let problem: ExpansionProblem | null = null;
	const report = (found: ExpansionProblem): void => {
		problem ??= found;
	};
	const zones = zonesOf(master);
	for (const text of master.recurrence ?? []) {
		if (what === "dates" && /^EX/i.test(text)) continue;
		if (!work.spend(1)) {
			report(tooExpensive());
			break;
		}
		const line = parseContentLine(text);
		switch (line?.name) {
			case "RRULE":
			case "EXRULE": {
				const parsed = ruleFor(master, line.value);
				const into = line.name === "RRULE" ? rules : excludedRules;
				if (parsed.problem !== null) report(parsed.problem);
				else if (into.length < MAX_RULES) into.push(parsed.rule);
				else report(unsupported(`by more than ${MAX_RULES} rules`));
				break;
			}
			case "RDATE":
			case "EXDATE": {
				const zone = zones(line);
				for (const value of line.value.split(",")) {
					if (!work.spend(1)) report(tooExpensive());
					else if (line.name === "RDATE") addTo(dates, extraDateOf(value, zone), value, report);
					else addTo(excludedDates, dateValue(value, zone), value, report);
				}
				break;
			}
			case undefined:
				report(malformed(`${quote(text)} is no property`));
		}
	}
	return { rules, excludedRules, dates, excludedDates, problem };
}

/** A fault of the rule of an all-day event, as a part of a sentence. */
export const WITHIN_A_DAY = "an all-day event cannot repeat within a day";

/** Parses a rule of the master, without the parts that do not count for its kind of start. */
export function ruleFor(master: CalendarEvent, value: string): ReturnType<typeof parseRule> {
	const parsed = parseRule(value);
	const subDaily = parsed.rule !== null && ["HOURLY", "MINUTELY", "SECONDLY"].includes(parsed.rule.frequency);
	if (master.start.type !== "date" || parsed.rule === null) return parsed;
	if (subDaily) return { rule: null, what: WITHIN_A_DAY, problem: malformed(WITHIN_A_DAY) };
	// RFC 5545 §3.3.10: parts of the clock are ignored where DTSTART is a DATE.
	return { rule: { ...parsed.rule, byHour: [], byMinute: [], bySecond: [] }, problem: null };
}

function addTo<T>(into: T[], value: T | null, text: string, report: (problem: ExpansionProblem) => void): void {
	if (value !== null) into.push(value);
	else if (text.trim() !== "") report(malformed(`${quote(text)} is no date`));
}

/** Finds the zone of a line's TZID: the master's own, an IANA or Windows name, or one of its VTIMEZONEs. */
export function zonesOf(master: CalendarEvent): (line: ContentLine) => Zone | null {
	const known = new Map<string, Zone>();
	const start = master.start;
	if (start.type === "zoned") known.set(start.tzid ?? start.zone ?? "", zoneOf(start, master.custom_zones));
	return (line) => {
		const tzid = paramOf(line, "TZID");
		if (tzid === null) return null;
		const zone = known.get(tzid) ?? zoneNamed(tzid, master);
		known.set(tzid, zone);
		return zone;
	};
}

function zoneNamed(tzid: string, master: CalendarEvent): Zone {
	const definitions = new Map<string, ZoneDefinition>();
	for (const [id, text] of Object.entries(master.custom_zones ?? {})) {
		definitions.set(id, { text: () => text, location: null, zone: () => customZone(text) });
	}
	const fallback = master.start.type === "zoned" ? master.start.zone : null;
	return resolveTzid(tzid, { definitions, fallback }).zone;
}

function dateValue(text: string, zone: Zone | null): DateValue | null {
	const trimmed = text.trim();
	const local = parseBasic(trimmed);
	if (Number.isNaN(local)) return null;
	if (trimmed.length === 8) return { kind: "date", local, zone: null };
	if (trimmed.length === 15) return zone === null ? { kind: "floating", local, zone } : { kind: "zoned", local, zone };
	return trimmed.length === 16 && /z$/i.test(trimmed) ? { kind: "utc", local, zone: null } : null;
}

/** Reads one value of an RDATE or EXDATE; null where it is none. */
export function extraDateOf(text: string, zone: Zone | null): ExtraDate | null {
	const [from = "", to] = text.split("/");
	const at = dateValue(from, zone);
	if (at === null) return null;
	if (to === undefined) return { at, end: null };
	const end = dateValue(to, zone) ?? parseDuration(to);
	return end === null ? null : { at, end };
}
