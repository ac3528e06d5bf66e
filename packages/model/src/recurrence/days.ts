import { civilFromDays, dayOfWeek, daysFromCivil, daysInMonth } from "../time/wall-clock.ts";
import type { Rule, WeekdayPart } from "./rule.ts";

/** A stretch of days, as days since 1970-01-01. */
export interface DaySpan {
	readonly first: number;
	readonly length: number;
}

export function monthSpan(year: number, month: number): DaySpan {
	return { first: daysFromCivil(year, month, 1), length: daysInMonth(year, month) };
}

export function yearSpan(year: number): DaySpan {
	const first = daysFromCivil(year, 1, 1);
	return { first, length: daysFromCivil(year + 1, 1, 1) - first };
}

/** The first day of week 1: the first week with at least four days in the year (RFC 5545 §3.3.10, BYWEEKNO). */
export function weekOneStart(year: number, weekStart: number): number {
	const fourth = daysFromCivil(year, 1, 4);
	return fourth - ((dayOfWeek(fourth) - weekStart + 7) % 7);
}

/** The year whose numbered weeks hold `day`; at the edges of a year it differs from the calendar year. */
export function weekYearOf(day: number, weekStart: number): number {
	const { year } = civilFromDays(day);
	if (day < weekOneStart(year, weekStart)) return year - 1;
	return day >= weekOneStart(year + 1, weekStart) ? year + 1 : year;
}

/** `value` counted from 1, or from -1 backwards, among `length`; 0 where it lies outside. */
function fromStart(value: number, length: number): number {
	const position = value < 0 ? length + value + 1 : value;
	return position >= 1 && position <= length ? position : 0;
}

/** The days of BYDAY within a month or year, ordinals applied; unordered, duplicates possible. */
export function expandWeekdays(parts: readonly WeekdayPart[], span: DaySpan, into: number[]): void {
	const firstWeekday = dayOfWeek(span.first);
	for (const { weekday, ordinal } of parts) {
		const first = span.first + ((weekday - firstWeekday + 7) % 7);
		const total = Math.floor((span.first + span.length - 1 - first) / 7) + 1;
		if (ordinal === 0) for (let n = 0; n < total; n++) into.push(first + n * 7);
		else {
			const position = fromStart(ordinal, total);
			if (position > 0) into.push(first + (position - 1) * 7);
		}
	}
}

/** The days of numbered weeks of a year: every day of them, or those of BYDAY, or that of DTSTART. */
export function expandWeeks(rule: Rule, year: number, startWeekday: number, into: number[]): void {
	const first = weekOneStart(year, rule.weekStart);
	const total = (weekOneStart(year + 1, rule.weekStart) - first) / 7;
	const weekdays = rule.byDay.length > 0 ? rule.byDay.map((part) => part.weekday) : [startWeekday];
	for (const number of rule.byWeekNo) {
		const week = fromStart(number, total);
		if (week === 0) continue;
		for (const weekday of weekdays) into.push(first + (week - 1) * 7 + ((weekday - rule.weekStart + 7) % 7));
	}
}

export function expandYearDays(rule: Rule, year: number, into: number[]): void {
	const { first, length } = yearSpan(year);
	for (const value of rule.byYearDay) {
		const position = fromStart(value, length);
		if (position > 0) into.push(first + position - 1);
		// Only day 366 can be missing (RFC 7529 §4.1).
		else if (value > 0 && rule.skip !== "OMIT")
			into.push(rule.skip === "FORWARD" ? first + length : first + length - 1);
	}
}

export function expandMonthDays(monthDays: readonly number[], span: DaySpan, skip: Rule["skip"], into: number[]): void {
	for (const value of monthDays) {
		const position = fromStart(value, span.length);
		if (position > 0) into.push(span.first + position - 1);
		else if (value > 0 && skip === "FORWARD") into.push(span.first + span.length);
		else if (value > 0 && skip === "BACKWARD") into.push(span.first + span.length - 1);
	}
}

export function sortedUnique(values: readonly number[]): number[] {
	return [...new Set(values)].sort((a, b) => a - b);
}

/** Which parts limit the days; the others have already led to the candidates. */
export interface Limits {
	readonly month: boolean;
	readonly monthDay: boolean;
	readonly yearDay: boolean;
	readonly weekNo: boolean;
	/** Where ordinals of BYDAY count; "none" ignores them, false leaves BYDAY out. */
	readonly weekday: "month" | "year" | "none" | false;
}

/** True for the months that BYMONTH lets through. */
export function monthTest(rule: Rule): (month: number) => boolean {
	const months = new Set(rule.byMonth);
	return (month) => months.size === 0 || months.has(month);
}

/** The test that the limiting parts of a rule put to a day; null where nothing limits. */
export function dayTest(rule: Rule, limits: Limits): ((day: number) => boolean) | null {
	const tests: ((day: number) => boolean)[] = [];
	if (limits.month && rule.byMonth.length > 0) {
		const passes = monthTest(rule);
		tests.push((day) => passes(civilFromDays(day).month));
	}
	if (limits.weekday !== false && rule.byDay.length > 0) tests.push(weekdayTest(rule.byDay, limits.weekday));
	if (limits.monthDay && rule.byMonthDay.length > 0) {
		const wanted = new Set(rule.byMonthDay);
		tests.push((day) => {
			const { year, month, day: date } = civilFromDays(day);
			return wanted.has(date) || wanted.has(date - daysInMonth(year, month) - 1);
		});
	}
	if (limits.yearDay && rule.byYearDay.length > 0) {
		const wanted = new Set(rule.byYearDay);
		tests.push((day) => {
			const { first, length } = yearSpan(civilFromDays(day).year);
			return wanted.has(day - first + 1) || wanted.has(day - first - length);
		});
	}
	if (limits.weekNo && rule.byWeekNo.length > 0) {
		const wanted = new Set(rule.byWeekNo);
		tests.push((day) => {
			const year = weekYearOf(day, rule.weekStart);
			const first = weekOneStart(year, rule.weekStart);
			const week = Math.floor((day - first) / 7) + 1;
			return wanted.has(week) || wanted.has(week - (weekOneStart(year + 1, rule.weekStart) - first) / 7 - 1);
		});
	}
	const [only] = tests;
	if (only === undefined) return null;
	return tests.length === 1 ? only : (day) => tests.every((test) => test(day));
}

function weekdayTest(parts: readonly WeekdayPart[], scope: "month" | "year" | "none"): (day: number) => boolean {
	const key = (weekday: number, ordinal: number): number => ordinal * 10 + weekday;
	if (scope === "none" || parts.every((part) => part.ordinal === 0)) {
		const weekdays = new Set(parts.map((part) => part.weekday));
		return (day) => weekdays.has(dayOfWeek(day));
	}
	const wanted = new Set(parts.map((part) => key(part.weekday, part.ordinal)));
	return (day) => {
		const { year, month } = civilFromDays(day);
		const { first, length } = scope === "month" ? monthSpan(year, month) : yearSpan(year);
		const weekday = dayOfWeek(day);
		const before = Math.floor((day - first) / 7) + 1;
		const after = Math.floor((first + length - 1 - day) / 7) + 1;
		return wanted.has(key(weekday, 0)) || wanted.has(key(weekday, before)) || wanted.has(key(weekday, -after));
	};
}
