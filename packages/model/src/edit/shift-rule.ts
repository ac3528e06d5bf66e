import type { EventDateTime } from "../event/event.ts";
import type { Rule, WeekdayPart } from "../recurrence/rule.ts";
import { parseRule } from "../recurrence/rule.ts";
import { civilFromDays, DAY, daysFromCivil, daysInMonth, HOUR, MINUTE, SECOND } from "../time/wall-clock.ts";
import { type RulePart, weekdayText, withParts } from "./lines.ts";
import { sameTimes } from "./same-times.ts";

/** The slots of a series move: from what start to what start, and each from where to where (local milliseconds). */
export interface SlotShift {
	readonly from: { readonly kind: EventDateTime["type"]; readonly local: number };
	readonly to: { readonly kind: EventDateTime["type"]; readonly local: number };
	readonly map: (local: number) => number;
}

/** A rule that follows a shift, and where its slots go; null where the month of a slot has no such day. */
export interface ShiftedRule {
	/** UNTIL is still the old one. */
	readonly value: string;
	readonly map: (local: number) => number | null;
	/** False where slots follow the calendar, not one and the same distance. */
	readonly constant: boolean;
}

type Parts = Partial<Record<RulePart, string | null>>;

const SUB_DAILY = ["HOURLY", "MINUTELY", "SECONDLY"];

/**
 * The rule whose times are those of `rule` after a shift: parts that name weekdays, days, months or times of day follow
 * where that has one meaning. Where a monthly or yearly rule has no other day than that of its start, it follows the
 * start to another day of the month. Null where the rule cannot follow.
 */
export function shiftRule(value: string, rule: Rule, shift: SlotShift): ShiftedRule | null {
	const clock = shiftClock(rule, shift);
	if (clock === null) return null;
	const parts = clock.days === 0 ? {} : shiftDays(rule, clock.days);
	if (parts !== null) {
		const shifted = withParts(value, { ...clock.parts, ...parts });
		const exact = { value: shifted, map: shift.map, constant: true };
		const still =
			shift.map(shift.from.local) === shift.from.local && shift.from.kind !== "date" && shift.to.kind !== "date";
		const untouched = shifted === value && (still || (clock.days === 0 && clock.plain));
		if (untouched || follows(rule, shifted, shift)) return exact;
	}
	return shiftOnCalendar(value, rule, shift, clock.parts);
}

function follows(rule: Rule, shifted: string, { from, to, map }: SlotShift): boolean {
	const parsed = parseRule(shifted).rule;
	if (parsed === null) return false;
	const clockless = from.kind === "date" || to.kind === "date";
	const old = clockless ? { ...rule, ...NO_CLOCK } : rule;
	return sameTimes({ rule: old, start: from.local }, { rule: parsed, start: to.local }, map);
}

const NO_CLOCK = { byHour: [], byMinute: [], bySecond: [] };

interface ClockShift {
	readonly parts: Parts;
	/** Days that all times of day move by. */
	readonly days: number;
	/** True where the rule names no times of day. */
	readonly plain: boolean;
}

const dayOf = (local: number): number => Math.floor(local / DAY);
const clockOf = (local: number): number => local - dayOf(local) * DAY;

function shiftClock(rule: Rule, { from, to, map }: SlotShift): ClockShift | null {
	const without = { BYHOUR: null, BYMINUTE: null, BYSECOND: null };
	const plain = rule.byHour.length + rule.byMinute.length + rule.bySecond.length === 0;
	const days = dayOf(map(from.local)) - dayOf(from.local);
	if (from.kind === "date") return { parts: without, days, plain };
	const subDaily = SUB_DAILY.includes(rule.frequency);
	if (to.kind === "date") {
		const times = timesOfDay(rule, from.local);
		return subDaily || times.length > 1 ? null : { parts: without, days, plain };
	}
	const distance = map(from.local) - from.local;
	if (subDaily) {
		const named = rule.byDay.length + rule.byMonth.length + rule.byMonthDay.length + rule.byYearDay.length > 0;
		// Only whole days can be told to the parts of such a rule; without any, its start says all.
		if (distance % DAY === 0) return { parts: {}, days: named ? distance / DAY : 0, plain };
		return { parts: {}, days: 0, plain: plain && !named };
	}
	return shiftTimesOfDay(rule, from.local, distance, plain);
}

function timesOfDay(rule: Rule, start: number): readonly number[] {
	const clock = clockOf(start);
	const or = (list: readonly number[], value: number): readonly number[] => (list.length > 0 ? list : [value]);
	const hours = or(rule.byHour, Math.floor(clock / HOUR));
	const minutes = or(rule.byMinute, Math.floor((clock % HOUR) / MINUTE));
	const seconds = or(rule.bySecond, Math.floor((clock % MINUTE) / SECOND));
	return hours.flatMap((hour) =>
		minutes.flatMap((minute) => seconds.map((second) => hour * HOUR + minute * MINUTE + second * SECOND)),
	);
}

/** Moves hours × minutes × seconds; null where they would no longer be a product, or fall on different days. */
function shiftTimesOfDay(rule: Rule, start: number, distance: number, plain: boolean): ClockShift | null {
	const moved = timesOfDay(rule, start).map((time) => time + distance);
	const days = dayOf(moved[0] ?? 0);
	if (moved.some((time) => dayOf(time) !== days)) return null;
	const unique = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);
	const clocks = moved.map(clockOf);
	const hours = unique(clocks.map((clock) => Math.floor(clock / HOUR)));
	const minutes = unique(clocks.map((clock) => Math.floor((clock % HOUR) / MINUTE)));
	const seconds = unique(clocks.map((clock) => Math.floor((clock % MINUTE) / SECOND)));
	if (hours.length * minutes.length * seconds.length !== clocks.length) return null;
	const part = (old: readonly number[], now: readonly number[]): string | undefined =>
		old.length === 0 && now.length === 1 ? undefined : now.join();
	const texts = {
		BYHOUR: sameList(rule.byHour, hours) ? undefined : part(rule.byHour, hours),
		BYMINUTE: sameList(rule.byMinute, minutes) ? undefined : part(rule.byMinute, minutes),
		BYSECOND: sameList(rule.bySecond, seconds) ? undefined : part(rule.bySecond, seconds),
	};
	const parts: Parts = {};
	for (const [name, text] of Object.entries(texts)) if (text !== undefined) parts[name as keyof typeof texts] = text;
	return { parts, days, plain };
}

const sameList = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();

/** The parts that name days, moved by so many days; null where they have no such form. */
function shiftDays(rule: Rule, days: number): Parts | null {
	if (rule.byWeekNo.length > 0 || rule.byYearDay.length > 0) return null;
	const weekdays = shiftWeekdays(rule.byDay, days);
	const monthDays = shiftMonthDays(rule, days);
	if (weekdays === null || monthDays === null) return null;
	const parts: Parts = {};
	if (rule.byDay.length > 0) parts.BYDAY = weekdays.map(weekdayText).join();
	if (monthDays.length > 0) parts.BYMONTHDAY = monthDays.join();
	// Weeks that count (every other one, the first day of each) have to begin as much later.
	if (rule.frequency === "WEEKLY" && (rule.interval > 1 || rule.bySetPos.length > 0)) {
		parts.WKST = weekdayText({ weekday: rotated(rule.weekStart, days), ordinal: 0 });
	}
	return parts;
}

const rotated = (weekday: number, days: number): number => ((((weekday - 1 + days) % 7) + 7) % 7) + 1;

function shiftWeekdays(parts: readonly WeekdayPart[], days: number): readonly WeekdayPart[] | null {
	const shifted: WeekdayPart[] = [];
	for (const { weekday, ordinal } of parts) {
		const moved = ordinal + days / 7;
		if (ordinal === 0) shifted.push({ weekday: rotated(weekday, days), ordinal });
		else if (Number.isInteger(moved) && Math.sign(moved) === Math.sign(ordinal))
			shifted.push({ weekday, ordinal: moved });
		else return null;
	}
	return shifted;
}

/** Days of the month, counted from its other end where they leave it. */
function shiftMonthDays({ byMonthDay, byMonth }: Rule, days: number): readonly number[] | null {
	const shifted = byMonthDay.map((day) => {
		const moved = day + days;
		if (day > 0) return moved > 0 ? moved : moved - 1;
		return moved < 0 ? moved : moved + 1;
	});
	const leaves = shifted.some((day, index) => Math.sign(day) !== Math.sign(byMonthDay[index] ?? 0));
	return shifted.some((day) => Math.abs(day) > 31) || (leaves && byMonth.length > 0) ? null : shifted;
}

/**
 * A monthly or yearly rule that names no day but that of its start: each slot goes to the new day, as many months later
 * as the start does. So 28 to 29 February or from one leap year to the next means what people mean by it.
 */
function shiftOnCalendar(value: string, rule: Rule, { from, to }: SlotShift, clock: Parts): ShiftedRule | null {
	if (rule.frequency !== "MONTHLY" && rule.frequency !== "YEARLY") return null;
	const named = [rule.byDay, rule.byYearDay, rule.byWeekNo, rule.bySetPos].some((list) => list.length > 0);
	if (named || rule.skip !== "OMIT" || timesOfDay(rule, from.local).length > 1) return null;
	const old = civilFromDays(dayOf(from.local));
	const now = civilFromDays(dayOf(to.local));
	const ownDay = rule.byMonthDay.length === 0 || sameList(rule.byMonthDay, [old.day]);
	const ownMonth = rule.byMonth.length === 0 || (rule.frequency === "YEARLY" && sameList(rule.byMonth, [old.month]));
	if (!ownDay || !ownMonth) return null;
	const months = now.year * 12 + now.month - old.year * 12 - old.month;
	return {
		value: withParts(value, {
			...clock,
			...(rule.byMonthDay.length > 0 ? { BYMONTHDAY: String(now.day) } : {}),
			...(rule.byMonth.length > 0 ? { BYMONTH: String(now.month) } : {}),
		}),
		map: (local) => {
			const { year, month } = civilFromDays(dayOf(local));
			const total = year * 12 + month - 1 + months;
			const [targetYear, targetMonth] = [Math.floor(total / 12), (total % 12) + 1];
			if (now.day > daysInMonth(targetYear, targetMonth)) return null;
			return daysFromCivil(targetYear, targetMonth, now.day) * DAY + clockOf(to.local);
		},
		constant: false,
	};
}
