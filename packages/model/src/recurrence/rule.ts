import { parseBasic } from "../time/wall-clock.ts";
import { type ExpansionProblem, malformed, quote, unsupported } from "./problem.ts";

export type Frequency = "YEARLY" | "MONTHLY" | "WEEKLY" | "DAILY" | "HOURLY" | "MINUTELY" | "SECONDLY";

export interface WeekdayPart {
	/** Monday 1 … Sunday 7. */
	readonly weekday: number;
	/** The n-th such day of the month or year, negative from its end; 0 means every one. */
	readonly ordinal: number;
}

export interface Until {
	/** Local milliseconds as written. */
	readonly local: number;
	readonly kind: "date" | "floating" | "utc";
}

/** A RECUR value (RFC 5545 §3.3.10, RFC 7529). Absent lists are empty; lists hold no duplicates. */
export interface Rule {
	readonly frequency: Frequency;
	readonly interval: number;
	readonly count: number | null;
	readonly until: Until | null;
	/** Monday 1 … Sunday 7. */
	readonly weekStart: number;
	readonly byMonth: readonly number[];
	readonly byWeekNo: readonly number[];
	readonly byYearDay: readonly number[];
	readonly byMonthDay: readonly number[];
	readonly byDay: readonly WeekdayPart[];
	readonly byHour: readonly number[];
	readonly byMinute: readonly number[];
	readonly bySecond: readonly number[];
	readonly bySetPos: readonly number[];
	/** What becomes of dates that a month does not have. */
	readonly skip: "OMIT" | "BACKWARD" | "FORWARD";
}

export type ParsedRule =
	| { readonly rule: Rule; readonly problem: null }
	/** `what`: the fault alone, as a part of a sentence. */
	| { readonly rule: null; readonly problem: ExpansionProblem; readonly what: string };

const FREQUENCIES: readonly Frequency[] = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"];
export const WEEKDAY_NAMES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/** Every value of every part of a rule, written out, fits in this. */
const MAX_LENGTH = 20_000;

class Broken extends Error {
	readonly problem: ExpansionProblem;
	readonly what: string;
	constructor(what: string, problem: ExpansionProblem) {
		super(what);
		this.problem = problem;
		this.what = what;
	}
}

const fail = (what: string): never => {
	throw new Broken(what, malformed(what));
};

const refuse = (what: string): never => {
	throw new Broken(what, unsupported(what));
};

/**
 * Parses the value of an RRULE or EXRULE: parts in any order and letter case, each once. Tolerated: spaces around
 * values, a stray semicolon, `X-` parts, COUNT beside UNTIL, ordinals of BYDAY where the frequency knows none, and
 * BYxxx parts that the RFC does not provide for a frequency (they limit). Never throws.
 */
export function parseRule(value: string): ParsedRule {
	try {
		return { rule: ruleOf(partsOf(value)), problem: null };
	} catch (error) {
		if (error instanceof Broken) return { rule: null, problem: error.problem, what: error.what };
		throw error;
	}
}

function partsOf(value: string): Map<string, string> {
	if (value.length > MAX_LENGTH) fail("its rule is too long");
	const parts = new Map<string, string>();
	for (const part of value.split(";")) {
		if (part.trim() === "") continue;
		const equals = part.indexOf("=");
		const name = part
			.slice(0, equals === -1 ? undefined : equals)
			.trim()
			.toUpperCase();
		if (name.startsWith("X-")) continue;
		const text = equals === -1 ? "" : part.slice(equals + 1).trim();
		if (!KNOWN.has(name)) refuse(`it has the part ${quote(name)}`);
		if (text === "") fail(`${name} has no value`);
		if (parts.has(name)) fail(`${name} is given twice`);
		parts.set(name, text.toUpperCase());
	}
	return parts;
}

const KNOWN = new Set([
	...["FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "RSCALE", "SKIP"],
	...["BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS"],
]);

function ruleOf(parts: ReadonlyMap<string, string>): Rule {
	const scale = parts.get("RSCALE");
	if (scale !== undefined && scale !== "GREGORIAN") refuse(`by the calendar ${quote(scale)}`);
	const list = (name: string, low: number, high: number): readonly number[] => listOf(parts, name, low, high);
	const bothWays = (name: string, high: number): readonly number[] => {
		const values = list(name, -high, high);
		return values.includes(0) ? fail(`${name} holds 0`) : values;
	};
	const rule: Rule = {
		frequency: frequencyOf(parts.get("FREQ")),
		interval: positive(parts, "INTERVAL") ?? 1,
		count: positive(parts, "COUNT"),
		until: untilOf(parts.get("UNTIL")),
		weekStart: weekdayOf(parts.get("WKST") ?? "MO"),
		byMonth: list("BYMONTH", 1, 12),
		byWeekNo: bothWays("BYWEEKNO", 53),
		byYearDay: bothWays("BYYEARDAY", 366),
		byMonthDay: bothWays("BYMONTHDAY", 31),
		byDay: byDayOf(parts.get("BYDAY")),
		byHour: list("BYHOUR", 0, 23),
		byMinute: list("BYMINUTE", 0, 59),
		bySecond: [...new Set(list("BYSECOND", 0, 60).map((second) => Math.min(second, 59)))],
		bySetPos: bothWays("BYSETPOS", 366),
		skip: skipOf(parts.get("SKIP"), scale),
	};
	return rule;
}

function frequencyOf(text: string | undefined): Frequency {
	const frequency = FREQUENCIES.find((name) => name === text);
	return frequency ?? fail(text === undefined ? "its rule has no FREQ" : `${quote(text)} is no frequency`);
}

function integer(text: string, name: string): number {
	// Longer numbers would lose precision; none of that size means anything.
	return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : fail(`${name} holds ${quote(text)}`);
}

function positive(parts: ReadonlyMap<string, string>, name: string): number | null {
	const text = parts.get(name);
	if (text === undefined) return null;
	const value = integer(text, name);
	return value >= 1 ? value : fail(`${name} is ${value}`);
}

function listOf(parts: ReadonlyMap<string, string>, name: string, low: number, high: number): readonly number[] {
	const text = parts.get(name);
	if (text === undefined) return [];
	const values = new Set<number>();
	for (const item of text.split(",")) {
		const value = integer(item.trim(), name);
		if (value < low || value > high) fail(`${name} holds ${value}`);
		values.add(value);
	}
	return [...values].sort((a, b) => a - b);
}

function weekdayOf(text: string): number {
	const index = WEEKDAY_NAMES.indexOf(text);
	return index === -1 ? fail(`${quote(text)} is no weekday`) : index + 1;
}

function byDayOf(text: string | undefined): readonly WeekdayPart[] {
	if (text === undefined) return [];
	const parts = new Map<string, WeekdayPart>();
	for (const item of text.split(",")) {
		const match = /^([+-]?\d{1,2})?\s*([A-Z]{2})$/.exec(item.trim());
		const ordinal = match?.[1] === undefined ? 0 : Number(match[1]);
		if (match === null || Math.abs(ordinal) > 53 || (match[1] !== undefined && ordinal === 0)) {
			fail(`BYDAY holds ${quote(item)}`);
		}
		const weekday = weekdayOf(match?.[2] ?? "");
		parts.set(`${ordinal} ${weekday}`, { weekday, ordinal });
	}
	return [...parts.values()];
}

function untilOf(text: string | undefined): Until | null {
	if (text === undefined) return null;
	const local = /^\d{8}(T\d{6}Z?)?$/.test(text) ? parseBasic(text) : Number.NaN;
	if (Number.isNaN(local)) fail(`UNTIL is ${quote(text)}`);
	return { local, kind: text.length === 8 ? "date" : text.endsWith("Z") ? "utc" : "floating" };
}

function skipOf(text: string | undefined, scale: string | undefined): Rule["skip"] {
	if (text === undefined) return "OMIT";
	if (scale === undefined) return fail("SKIP needs RSCALE");
	return text === "OMIT" || text === "BACKWARD" || text === "FORWARD" ? text : fail(`SKIP is ${quote(text)}`);
}
