import { buildTree, type Component, propertyOf } from "../icalendar/syntax/component.ts";
import { unfoldLines } from "../icalendar/syntax/lines.ts";
import { memoize } from "./bounded-cache.ts";
import { ianaZone } from "./iana.ts";
import {
	civilFromDays,
	DAY,
	dayOfWeek,
	daysFromCivil,
	daysInMonth,
	HOUR,
	MINUTE,
	parseBasic,
	SECOND,
} from "./wall-clock.ts";
import { type Zone, zoneFromTable } from "./zone.ts";

/** Rules are evaluated, and their COUNT counted, between these years only: Outlook's observances start in 1601. */
const FIRST_YEAR = 1899;
const LAST_YEAR = 2099;
const TO = Date.UTC(LAST_YEAR + 1, 0, 1);
/** Bounds of work: a zone with its whole history has about 200 observances, each with at most a few onsets a year. */
const MAX_OBSERVANCES = 300;
const MAX_ONSETS_PER_RULE = 600;
const MAX_ONSETS = 5000;

interface Onset {
	readonly instant: number;
	readonly offset: number;
	readonly offsetBefore: number;
}

/**
 * The zone that a VTIMEZONE defines (RFC 5545 §3.6.5), RRULE, UNTIL, COUNT and RDATE included; null where the text
 * holds no usable observance. An X-LIC-LOCATION with an IANA name wins over the rules. Compiled zones are kept by text.
 */
export const customZone: (text: string) => Zone | null = memoize(256, (text) => {
	const root = buildTree(unfoldLines(text)).roots[0];
	const component = root?.name === "VCALENDAR" ? root.components.find((child) => child.name === "VTIMEZONE") : root;
	return component === undefined ? null : compileZone(component);
});

/** Like {@link customZone}, of a component that is already parsed. */
export function compileZone(component: Component): Zone | null {
	const location = propertyOf(component, "X-LIC-LOCATION")?.value.trim();
	const known = location === undefined ? null : ianaZone(location);
	if (known !== null) return known;
	const id = propertyOf(component, "TZID")?.value.trim() ?? "";
	const onsets: Onset[] = [];
	for (const observance of component.components.slice(0, MAX_OBSERVANCES)) {
		if (observance.name === "STANDARD" || observance.name === "DAYLIGHT") collectOnsets(observance, onsets);
		if (onsets.length > MAX_ONSETS) break;
	}
	onsets.sort((a, b) => a.instant - b.instant);
	const first = onsets[0];
	if (first === undefined) return null;
	const table = {
		from: Number.NEGATIVE_INFINITY,
		to: TO,
		initialOffset: first.offsetBefore,
		instants: onsets.map((onset) => onset.instant),
		offsets: onsets.map((onset) => onset.offset),
	};
	const within = zoneFromTable(id, { ...table, offsetBeyond: () => first.offsetBefore });
	return zoneFromTable(id, { ...table, offsetBeyond: (instant) => within.offsetAt(equivalentInstant(instant)) });
}

/** Moves an instant from 2100 or later to a year of the 2070s to 2090s with the same days of the week. */
function equivalentInstant(instant: number): number {
	const { year } = civilFromDays(Math.floor(instant / DAY));
	const start = daysFromCivil(year, 1, 1);
	for (let candidate = LAST_YEAR - 27; candidate <= LAST_YEAR; candidate++) {
		const sameLength = daysInMonth(candidate, 2) === daysInMonth(year, 2);
		const candidateStart = daysFromCivil(candidate, 1, 1);
		if (sameLength && dayOfWeek(candidateStart) === dayOfWeek(start)) return instant + (candidateStart - start) * DAY;
	}
	return TO - 1;
}

function collectOnsets(observance: Component, into: Onset[]): void {
	const offset = parseOffset(propertyOf(observance, "TZOFFSETTO")?.value);
	const start = parseBasic(propertyOf(observance, "DTSTART")?.value.trim() ?? "");
	if (offset === null || Number.isNaN(start)) return;
	const offsetBefore = parseOffset(propertyOf(observance, "TZOFFSETFROM")?.value) ?? offset;
	const add = (local: number) => into.push({ instant: local - offsetBefore, offset, offsetBefore });
	add(start);
	for (const line of observance.properties) {
		if (into.length > MAX_ONSETS) return;
		if (line.name === "RRULE") for (const local of yearlyOnsets(line.value, start, offsetBefore)) add(local);
		if (line.name === "RDATE") {
			for (const value of line.value.split(",")) {
				const text = value.split("/")[0]?.trim() ?? "";
				const local = parseBasic(text);
				if (!Number.isNaN(local)) add(/z$/i.test(text) ? local + offsetBefore : local);
			}
		}
	}
}

function parseOffset(text: string | undefined): number | null {
	const match = /^([+-]?)(\d{2}):?(\d{2}):?(\d{2})?$/.exec(text?.trim() ?? "");
	if (match === null) return null;
	const size = Number(match[2]) * HOUR + Number(match[3]) * MINUTE + Number(match[4] ?? 0) * SECOND;
	if (size >= DAY) return null;
	return match[1] === "-" && size !== 0 ? -size : size;
}

const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

interface YearlyRule {
	readonly interval: number;
	readonly count: number;
	/** Local milliseconds of the last onset that counts. */
	readonly until: number;
	readonly months: readonly number[];
	readonly monthDays: readonly number[];
	readonly weekdays: readonly { readonly ordinal: number; readonly weekday: number }[];
	readonly positions: readonly number[];
}

function parseYearlyRule(text: string, start: number, offsetBefore: number): YearlyRule | null {
	const parts = new Map(text.split(";").map((part) => [part.split("=")[0]?.trim().toUpperCase(), part.split("=")[1]]));
	const list = (name: string): number[] => (parts.get(name) ?? "").split(",").map(Number).filter(Boolean);
	const frequency = parts.get("FREQ")?.trim().toUpperCase();
	const months = list("BYMONTH").filter((month) => month >= 1 && month <= 12);
	if (frequency !== "YEARLY" && !(frequency === "MONTHLY" && months.length > 0)) return null;
	const weekdays = [...(parts.get("BYDAY") ?? "").matchAll(/([+-]?\d*)(MO|TU|WE|TH|FR|SA|SU)/gi)].map((match) => ({
		ordinal: Number(match[1] ?? 0),
		weekday: WEEKDAYS.indexOf((match[2] ?? "").toUpperCase()) + 1,
	}));
	return {
		interval: Math.max(1, Math.trunc(Number(parts.get("INTERVAL") ?? 1)) || 1),
		count: parts.has("COUNT") ? Number(parts.get("COUNT")) || 1 : Number.POSITIVE_INFINITY,
		until: parseUntil(parts.get("UNTIL")?.trim() ?? "", offsetBefore),
		months: months.length > 0 ? months : [civilFromDays(Math.floor(start / DAY)).month],
		monthDays: list("BYMONTHDAY"),
		weekdays,
		positions: list("BYSETPOS"),
	};
}

function parseUntil(text: string, offsetBefore: number): number {
	const local = parseBasic(text);
	if (Number.isNaN(local)) return Number.POSITIVE_INFINITY;
	if (text.length === 8) return local + DAY - 1;
	return /z$/i.test(text) ? local + offsetBefore : local;
}

function yearlyOnsets(text: string, start: number, offsetBefore: number): number[] {
	const rule = parseYearlyRule(text, start, offsetBefore);
	if (rule === null) return [];
	const startYear = civilFromDays(Math.floor(start / DAY)).year;
	const skipped = Math.ceil(Math.max(0, FIRST_YEAR - startYear) / rule.interval);
	const onsets: number[] = [];
	let seen = 0;
	for (let year = startYear + skipped * rule.interval; year <= LAST_YEAR; year += rule.interval) {
		for (const day of daysOfYear(rule, year, start)) {
			const local = day * DAY + (start - Math.floor(start / DAY) * DAY);
			if (local < start) continue;
			if (local > rule.until || ++seen > rule.count) return onsets;
			if (local !== start) onsets.push(local);
			if (onsets.length >= MAX_ONSETS_PER_RULE) return onsets;
		}
	}
	return onsets;
}

function daysOfYear(rule: YearlyRule, year: number, start: number): number[] {
	const days = new Set<number>();
	for (const month of rule.months) for (const day of daysOfMonth(rule, year, month, start)) days.add(day);
	const sorted = [...days].sort((a, b) => a - b);
	if (rule.positions.length === 0) return sorted;
	const picked = rule.positions.map((position) => sorted.at(position > 0 ? position - 1 : position));
	return [...new Set(picked)].filter((day) => day !== undefined).sort((a, b) => a - b);
}

function daysOfMonth(rule: YearlyRule, year: number, month: number, start: number): number[] {
	const length = daysInMonth(year, month);
	const first = daysFromCivil(year, month, 1);
	const dates = rule.monthDays
		.map((day) => (day < 0 ? length + day + 1 : day))
		.filter((day) => day >= 1 && day <= length)
		.map((day) => first + day - 1);
	if (rule.weekdays.length === 0) {
		if (rule.monthDays.length > 0) return dates;
		const { day } = civilFromDays(Math.floor(start / DAY));
		return day <= length ? [first + day - 1] : [];
	}
	if (rule.monthDays.length > 0) {
		return dates.filter((day) => rule.weekdays.some(({ weekday }) => weekday === dayOfWeek(day)));
	}
	return rule.weekdays.flatMap(({ ordinal, weekday }) => {
		const matching: number[] = [];
		for (let day = first; day < first + length; day++) if (dayOfWeek(day) === weekday) matching.push(day);
		if (ordinal === 0) return matching;
		const chosen = matching.at(ordinal > 0 ? ordinal - 1 : ordinal);
		return chosen === undefined ? [] : [chosen];
	});
}
