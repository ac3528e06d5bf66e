import { at, startOfDay } from "../../calendar/time/instants.ts";
import { type EventPoint, isDay } from "../../calendar/wire.ts";

/** Repetition as the editor shows it, to and from RRULE lines (RFC 5545 §3.3.10). */

export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export type Frequency = "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";

/** Which day of a month: its number, or the nth of a weekday; -1 is the last. */
export type MonthDay =
	| { readonly by: "day"; readonly day: number }
	| { readonly by: "weekday"; readonly nth: number; readonly weekday: Weekday };

export type RuleEnd =
	| { readonly kind: "never" }
	| { readonly kind: "count"; readonly count: number }
	/** The last day on which it may begin, `YYYY-MM-DD`. */
	| { readonly kind: "until"; readonly date: string };

export interface Rule {
	readonly frequency: Frequency;
	/** Every that many days, weeks, months or years. */
	readonly interval: number;
	/** Of a weekly rule; in the order of the week. */
	readonly weekdays: readonly Weekday[];
	/** Of a monthly rule; of a yearly one too where that is by weekday. */
	readonly monthDay: MonthDay;
	/** Of a yearly rule, 1 to 12. */
	readonly month: number;
	readonly end: RuleEnd;
	/** What weeks begin with, where the rule says so. */
	readonly weekStart: Weekday | null;
}

export type Repetition =
	| { readonly kind: "none" }
	/** `exceptions`: the RDATE and EXDATE lines beside the rule. */
	| { readonly kind: "rule"; readonly rule: Rule; readonly exceptions: readonly string[] }
	/** A rule that the editor has no controls for; it is kept as it is. */
	| { readonly kind: "other"; readonly lines: readonly string[] };

/** The rule's day as numbers: what a rule that begins with `date` repeats. */
export function ruleFrom(date: string, frequency: Frequency): Rule {
	const day = Temporal.PlainDate.from(date);
	return {
		frequency,
		interval: 1,
		weekdays: [weekdayOf(date)],
		monthDay: { by: "day", day: day.day },
		month: day.month,
		end: { kind: "never" },
		weekStart: null,
	};
}

export function weekdayOf(date: string): Weekday {
	return WEEKDAYS[Temporal.PlainDate.from(date).dayOfWeek - 1] ?? "MO";
}

/** The week of the month that the day lies in, from 1. */
export function nthOf(date: string): number {
	return Math.ceil(Temporal.PlainDate.from(date).day / 7);
}

export function isLastOfItsWeekday(date: string): boolean {
	const day = Temporal.PlainDate.from(date);
	return day.day + 7 > day.daysInMonth;
}

/** The choices that are offered before "custom": each begins with `date`. */
export function commonRules(date: string): readonly Rule[] {
	const weekday = weekdayOf(date);
	const nth = nthOf(date);
	const monthly = ruleFrom(date, "MONTHLY");
	const byWeekday = (of: number): Rule => ({ ...monthly, monthDay: { by: "weekday", nth: of, weekday } });
	const work = WEEKDAYS.slice(0, 5);
	return [
		ruleFrom(date, "DAILY"),
		...(work.includes(weekday) ? [{ ...ruleFrom(date, "WEEKLY"), weekdays: work }] : []),
		ruleFrom(date, "WEEKLY"),
		monthly,
		...(nth <= 4 ? [byWeekday(nth)] : []),
		...(isLastOfItsWeekday(date) ? [byWeekday(-1)] : []),
		ruleFrom(date, "YEARLY"),
	];
}

/** What an event's `recurrence` means to the editor. */
export function repetitionOf(lines: readonly string[] | null, start: EventPoint, shownZone: string): Repetition {
	if (lines === null || lines.length === 0) return { kind: "none" };
	const rules = lines.filter((line) => /^RRULE[:;]/i.test(line));
	const [line] = rules;
	if (line === undefined || rules.length > 1) return { kind: "other", lines };
	const rule = ruleOf(line, start, shownZone);
	if (rule === null) return { kind: "other", lines };
	return { kind: "rule", rule, exceptions: lines.filter((other) => other !== line) };
}

/** The `recurrence` to send; null: it happens once. */
export function linesOf(repetition: Repetition, start: EventPoint): readonly string[] | null {
	if (repetition.kind === "none") return null;
	if (repetition.kind === "other") return repetition.lines;
	return [ruleLine(repetition.rule, start), ...repetition.exceptions];
}

/** The rule after its event was put on another day: what was about the old day is about the new one. */
export function movedRule(rule: Rule, from: string, to: string): Rule {
	if (from === to) return rule;
	const [was, is] = [weekdayOf(from), weekdayOf(to)];
	const weekdays = rule.weekdays.includes(is)
		? rule.weekdays
		: inWeekOrder([...rule.weekdays.filter((day) => day !== was), is]);
	const date = Temporal.PlainDate.from(to);
	const { monthDay } = rule;
	const last = monthDay.by === "weekday" && monthDay.nth < 0 && isLastOfItsWeekday(to);
	const nth = last || nthOf(to) > 4 ? -1 : nthOf(to);
	const { end } = rule;
	return {
		...rule,
		weekdays,
		monthDay: monthDay.by === "day" ? { by: "day", day: date.day } : { by: "weekday", nth, weekday: is },
		month: date.month,
		end: end.kind === "until" && end.date < to ? { kind: "until", date: to } : end,
	};
}

export function inWeekOrder(days: readonly Weekday[]): readonly Weekday[] {
	return WEEKDAYS.filter((day) => days.includes(day));
}

export function sameRule(a: Rule, b: Rule): boolean {
	const point = { date: "2026-01-01" };
	return ruleLine(a, point) === ruleLine(b, point);
}

function ruleLine(rule: Rule, start: EventPoint): string {
	const { frequency, interval, weekdays, monthDay, month, end, weekStart } = rule;
	const nthWeekday = monthDay.by === "weekday" ? `${monthDay.nth}${monthDay.weekday}` : null;
	const parts = [`FREQ=${frequency}`];
	if (interval > 1) parts.push(`INTERVAL=${interval}`);
	if (frequency === "WEEKLY") parts.push(`BYDAY=${weekdays.join(",")}`);
	if (frequency === "MONTHLY") parts.push(monthDay.by === "day" ? `BYMONTHDAY=${monthDay.day}` : `BYDAY=${nthWeekday}`);
	if (frequency === "YEARLY") {
		parts.push(`BYMONTH=${month}`, monthDay.by === "day" ? `BYMONTHDAY=${monthDay.day}` : `BYDAY=${nthWeekday}`);
	}
	if (end.kind === "count") parts.push(`COUNT=${end.count}`);
	if (end.kind === "until") parts.push(`UNTIL=${untilOf(end.date, start)}`);
	if (weekStart !== null) parts.push(`WKST=${weekStart}`);
	return `RRULE:${parts.join(";")}`;
}

/** UNTIL is of the start's type (RFC 5545 §3.3.10): a day, a floating time, or UTC; the last second of that day there. */
function untilOf(date: string, start: EventPoint): string {
	const digits = date.replaceAll("-", "");
	if (isDay(start)) return digits;
	if (start.time_zone === null && !/(?:Z|[+-]\d{2}:\d{2})$/.test(start.date_time)) return `${digits}T235959`;
	const next = Temporal.PlainDate.from(date).add({ days: 1 }).toString();
	const end = at(startOfDay(next, start.time_zone ?? "UTC") - 1000, "UTC");
	return `${end.toPlainDateTime().toString({ smallestUnit: "second" }).replaceAll(/[-:]/g, "")}Z`;
}

function ruleOf(line: string, start: EventPoint, shownZone: string): Rule | null {
	const parts = new Map<string, string>();
	for (const part of line.slice(line.indexOf(":") + 1).split(";")) {
		const [name = "", value = ""] = part.split("=");
		parts.set(name.toUpperCase(), value.toUpperCase());
	}
	const take = (name: string) => {
		const value = parts.get(name);
		parts.delete(name);
		return value;
	};
	const frequency = take("FREQ");
	if (frequency !== "DAILY" && frequency !== "WEEKLY" && frequency !== "MONTHLY" && frequency !== "YEARLY") return null;
	const interval = Number(take("INTERVAL") ?? 1);
	const count = take("COUNT");
	const until = take("UNTIL");
	const weekStart = take("WKST");
	const byDay = take("BYDAY");
	const byMonthDay = take("BYMONTHDAY");
	const byMonth = take("BYMONTH");
	const bySetPosition = take("BYSETPOS");
	if (parts.size > 0 || !Number.isInteger(interval) || interval < 1) return null;
	if (weekStart !== undefined && !isWeekday(weekStart)) return null;
	const startDay = isDay(start) ? start.date : start.date_time.slice(0, 10);
	const base = ruleFrom(startDay, frequency);
	const days = daysOf(frequency, { byDay, byMonthDay, byMonth, bySetPosition }, base);
	const end = endOf(count, until, start, shownZone);
	if (days === null || end === null) return null;
	return { ...base, ...days, interval, end, weekStart: weekStart ?? null };
}

interface ByParts {
	readonly byDay: string | undefined;
	readonly byMonthDay: string | undefined;
	readonly byMonth: string | undefined;
	readonly bySetPosition: string | undefined;
}

/** Null where the editor cannot show them. */
function daysOf(frequency: Frequency, by: ByParts, base: Rule): Pick<Rule, "weekdays" | "monthDay" | "month"> | null {
	const { weekdays, monthDay, month } = base;
	const none = by.byDay === undefined && by.byMonthDay === undefined;
	switch (frequency) {
		case "DAILY":
			return none && by.byMonth === undefined && by.bySetPosition === undefined ? { weekdays, monthDay, month } : null;
		case "WEEKLY": {
			if (by.byMonthDay !== undefined || by.byMonth !== undefined || by.bySetPosition !== undefined) return null;
			if (by.byDay === undefined) return { weekdays, monthDay, month };
			const given = by.byDay.split(",");
			return given.every(isWeekday) ? { weekdays: inWeekOrder(given), monthDay, month } : null;
		}
		case "MONTHLY":
		case "YEARLY": {
			if (frequency === "MONTHLY" && by.byMonth !== undefined) return null;
			const inMonth = by.byMonth === undefined ? month : Number(by.byMonth);
			if (!Number.isInteger(inMonth)) return null;
			// "The second Tuesday" of a year and not of a month.
			if (frequency === "YEARLY" && by.byDay !== undefined && by.byMonth === undefined) return null;
			const day = monthDayOf(by, monthDay);
			return day === null ? null : { weekdays, monthDay: day, month: inMonth };
		}
	}
}

function monthDayOf({ byDay, byMonthDay, bySetPosition }: ByParts, base: MonthDay): MonthDay | null {
	if (byDay !== undefined && byMonthDay !== undefined) return null;
	if (byDay !== undefined) {
		const match = /^([+-]?\d+)?([A-Z]{2})$/.exec(byDay);
		const weekday = match?.[2];
		const nth = Number(match?.[1] ?? bySetPosition);
		if (weekday === undefined || !isWeekday(weekday) || (match?.[1] !== undefined && bySetPosition !== undefined))
			return null;
		return nth === -1 || (nth >= 1 && nth <= 5) ? { by: "weekday", nth, weekday } : null;
	}
	if (bySetPosition !== undefined) return null;
	if (byMonthDay === undefined) return base;
	const day = Number(byMonthDay);
	return Number.isInteger(day) && day >= 1 && day <= 31 ? { by: "day", day } : null;
}

function endOf(
	count: string | undefined,
	until: string | undefined,
	start: EventPoint,
	shownZone: string,
): RuleEnd | null {
	if (count !== undefined) return /^[1-9]\d*$/.test(count) ? { kind: "count", count: Number(count) } : null;
	if (until === undefined) return { kind: "never" };
	const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/.exec(until);
	if (match === null) return null;
	const [, year, month, day, hour, minute, second, utc] = match;
	const date = `${year}-${month}-${day}`;
	if (utc === undefined || isDay(start)) return { kind: "until", date };
	const zone = start.time_zone ?? shownZone;
	const instant = Temporal.Instant.from(`${date}T${hour}:${minute}:${second}Z`);
	return { kind: "until", date: instant.toZonedDateTimeISO(zone).toPlainDate().toString() };
}

function isWeekday(text: string): text is Weekday {
	return (WEEKDAYS as readonly string[]).includes(text);
}
