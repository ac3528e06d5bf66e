import {
	civilFromDays,
	DAY,
	dayOfWeek,
	daysFromCivil,
	HOUR,
	MAX_LOCAL,
	MIN_LOCAL,
	MINUTE,
	SECOND,
} from "../time/wall-clock.ts";
import {
	dayTest,
	expandMonthDays,
	expandWeekdays,
	expandWeeks,
	expandYearDays,
	type Limits,
	monthSpan,
	monthTest,
	sortedUnique,
	weekOneStart,
	weekYearOf,
	yearSpan,
} from "./days.ts";
import type { Rule } from "./rule.ts";
import { subDailyCadence } from "./sub-daily.ts";
import type { Work } from "./work.ts";

/**
 * A rule as a row of periods (years, months, weeks, days, hours, minutes or seconds, `INTERVAL` apart, counted from
 * the one that holds DTSTART). Any period can be worked out alone, so expansion can begin near the window.
 * All times are local milliseconds.
 */
export interface Cadence {
	/** Where the period begins; nothing of it lies before. Infinity past the year 9999. */
	startOf(index: number): number;
	/** The last period that begins at or before `local`; may be negative. Off by one at most. */
	indexAt(local: number): number;
	/** The first period from `index` on that can hold anything and begins before `limit`, else one that begins after. */
	next(index: number, limit: number, work: Work): number;
	/** The first times of a period's units, ascending: {@link offsets} are added to each. */
	bases(index: number): readonly number[];
	/** Times within a unit, ascending. */
	readonly offsets: readonly number[];
	/** The number of bases of every period, where it is always the same. */
	readonly constantBases: number | null;
	/** Steps that working out one period takes, at most. */
	readonly cost: number;
}

const LENIENT: Limits = { month: true, monthDay: true, yearDay: true, weekNo: true, weekday: "none" };
const ALL_MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** Lays a rule out as periods from a start in local milliseconds. What the rule does not say comes from the start. */
export function cadenceOf(rule: Rule, start: number): Cadence {
	switch (rule.frequency) {
		case "YEARLY":
			return yearly(rule, start);
		case "MONTHLY":
			return monthly(rule, start);
		case "WEEKLY":
			return weekly(rule, start);
		case "DAILY":
			return daily(rule, start);
		case "HOURLY":
			return subDailyCadence(rule, start, HOUR, dayTest(rule, LENIENT));
		case "MINUTELY":
			return subDailyCadence(rule, start, MINUTE, dayTest(rule, LENIENT));
		case "SECONDLY":
			return subDailyCadence(rule, start, SECOND, dayTest(rule, LENIENT));
	}
}

const dayOf = (local: number): number => Math.floor(local / DAY);

/** Times of day: BYHOUR × BYMINUTE × BYSECOND, each taken from the start where it is absent. */
function timesOfDay(rule: Rule, start: number): readonly number[] {
	const clock = start - dayOf(start) * DAY;
	const or = (list: readonly number[], value: number): readonly number[] => (list.length > 0 ? list : [value]);
	const times: number[] = [];
	for (const hour of or(rule.byHour, Math.floor(clock / HOUR))) {
		for (const minute of or(rule.byMinute, Math.floor((clock % HOUR) / MINUTE))) {
			for (const second of or(rule.bySecond, Math.floor((clock % MINUTE) / SECOND))) {
				times.push(hour * HOUR + minute * MINUTE + second * SECOND);
			}
		}
	}
	return times;
}

interface Calendrical {
	readonly rule: Rule;
	readonly start: number;
	readonly startOf: (index: number) => number;
	readonly indexAt: (local: number) => number;
	/** Candidate days of a period, in any order. */
	readonly days: (index: number) => readonly number[];
	readonly test: ((day: number) => boolean) | null;
	readonly constantBases: number | null;
	readonly cost: number;
}

function calendrical(of: Calendrical): Cadence {
	const { test } = of;
	return {
		startOf: of.startOf,
		indexAt: (local) => of.indexAt(Math.min(Math.max(local, MIN_LOCAL), MAX_LOCAL)),
		next: (index) => index,
		bases: (index) => {
			const days = of.days(index);
			const passing = test === null ? days : days.filter(test);
			const ordered = passing.length > 1 ? sortedUnique(passing) : passing;
			return ordered.map((day) => day * DAY);
		},
		offsets: timesOfDay(of.rule, of.start),
		constantBases: of.constantBases,
		cost: of.cost,
	};
}

function yearly(rule: Rule, start: number): Cadence {
	const startDay = dayOf(start);
	const civil = civilFromDays(startDay);
	const numbered = rule.byWeekNo.length > 0;
	// Numbered weeks reach over the turn of the year; INTERVAL counts from the calendar year of DTSTART all the same.
	const firstYear = numbered && rule.interval === 1 ? weekYearOf(startDay, rule.weekStart) : civil.year;
	const yearAt = (index: number): number => firstYear + index * rule.interval;
	const startOf = (index: number): number => {
		const year = yearAt(index);
		if (year > 9999) return Number.POSITIVE_INFINITY;
		return (numbered ? weekOneStart(year, rule.weekStart) : daysFromCivil(year, 1, 1)) * DAY;
	};
	const common = {
		rule,
		start,
		startOf,
		indexAt: (local: number) => Math.floor((civilFromDays(dayOf(local)).year - firstYear) / rule.interval),
		constantBases: null,
	};
	const scope = rule.byMonth.length > 0 ? "month" : "year";
	const none: Limits = { month: false, monthDay: false, yearDay: false, weekNo: false, weekday: false };
	if (numbered) {
		return calendrical({
			...common,
			days: gather((index, into) => expandWeeks(rule, yearAt(index), dayOfWeek(startDay), into)),
			test: dayTest(rule, { ...none, month: true, monthDay: true, yearDay: true }),
			cost: 1 + rule.byWeekNo.length * Math.max(1, rule.byDay.length),
		});
	}
	if (rule.byYearDay.length > 0) {
		return calendrical({
			...common,
			days: gather((index, into) => expandYearDays(rule, yearAt(index), into)),
			test: dayTest(rule, { ...none, month: true, monthDay: true, weekday: scope }),
			cost: 1 + rule.byYearDay.length,
		});
	}
	if (rule.byDay.length > 0 && rule.byMonthDay.length === 0) {
		const months = rule.byMonth;
		return calendrical({
			...common,
			days: gather((index, into) => {
				const year = yearAt(index);
				if (months.length === 0) expandWeekdays(rule.byDay, yearSpan(year), into);
				for (const month of months) expandWeekdays(rule.byDay, monthSpan(year, month), into);
			}),
			test: null,
			cost: 1 + rule.byDay.reduce((sum, part) => sum + (part.ordinal === 0 ? 53 : Math.max(1, months.length)), 0),
		});
	}
	const ownDay = rule.byMonthDay.length === 0;
	const monthDays = ownDay ? [civil.day] : rule.byMonthDay;
	const months = rule.byMonth.length > 0 ? rule.byMonth : ownDay ? [civil.month] : ALL_MONTHS;
	return calendrical({
		...common,
		days: gather((index, into) => {
			for (const month of months) expandMonthDays(monthDays, monthSpan(yearAt(index), month), rule.skip, into);
		}),
		test: dayTest(rule, { ...none, weekday: scope }),
		cost: 1 + months.length * monthDays.length,
	});
}

function monthly(rule: Rule, start: number): Cadence {
	const civil = civilFromDays(dayOf(start));
	const firstMonth = civil.year * 12 + civil.month - 1;
	const monthAt = (index: number): number => firstMonth + index * rule.interval;
	const monthPasses = monthTest(rule);
	const own = rule.byMonthDay.length === 0 && rule.byDay.length === 0;
	const anyDay = own && rule.byYearDay.length + rule.byWeekNo.length > 0;
	const monthDays = own ? [civil.day] : rule.byMonthDay;
	return calendrical({
		rule,
		start,
		startOf: (index) => {
			const month = monthAt(index);
			if (month >= 10_000 * 12) return Number.POSITIVE_INFINITY;
			return daysFromCivil(Math.floor(month / 12), (month % 12) + 1, 1) * DAY;
		},
		indexAt: (local) => {
			const { year, month } = civilFromDays(dayOf(local));
			return Math.floor((year * 12 + month - 1 - firstMonth) / rule.interval);
		},
		days: gather((index, into) => {
			const month = monthAt(index);
			if (!monthPasses((month % 12) + 1)) return;
			const span = monthSpan(Math.floor(month / 12), (month % 12) + 1);
			if (anyDay) for (let day = 0; day < span.length; day++) into.push(span.first + day);
			else if (monthDays.length > 0) expandMonthDays(monthDays, span, rule.skip, into);
			else expandWeekdays(rule.byDay, span, into);
		}),
		test: dayTest(rule, {
			month: false,
			monthDay: false,
			yearDay: true,
			weekNo: true,
			weekday: rule.byMonthDay.length > 0 ? "month" : false,
		}),
		constantBases: null,
		cost: 1 + (anyDay ? 31 : monthDays.length + rule.byDay.reduce((n, part) => n + (part.ordinal === 0 ? 5 : 1), 0)),
	});
}

function weekly(rule: Rule, start: number): Cadence {
	const startDay = dayOf(start);
	const firstDay = startDay - ((dayOfWeek(startDay) - rule.weekStart + 7) % 7);
	const step = rule.interval * 7;
	const weekdays = rule.byDay.length > 0 ? rule.byDay.map((part) => part.weekday) : [dayOfWeek(startDay)];
	const inWeek = sortedUnique(weekdays.map((weekday) => (weekday - rule.weekStart + 7) % 7));
	const test = dayTest(rule, { ...LENIENT, weekday: false });
	return calendrical({
		rule,
		start,
		startOf: (index) => (firstDay + index * step) * DAY,
		indexAt: (local) => Math.floor((dayOf(local) - firstDay) / step),
		days: (index) => inWeek.map((day) => firstDay + index * step + day),
		test,
		constantBases: test === null ? inWeek.length : null,
		cost: 1 + inWeek.length,
	});
}

function daily(rule: Rule, start: number): Cadence {
	const firstDay = dayOf(start);
	const test = dayTest(rule, LENIENT);
	return calendrical({
		rule,
		start,
		startOf: (index) => (firstDay + index * rule.interval) * DAY,
		indexAt: (local) => Math.floor((dayOf(local) - firstDay) / rule.interval),
		days: (index) => [firstDay + index * rule.interval],
		test,
		constantBases: test === null ? 1 : null,
		cost: 1,
	});
}

function gather(expand: (index: number, into: number[]) => void): (index: number) => readonly number[] {
	return (index) => {
		const days: number[] = [];
		expand(index, days);
		return days;
	};
}
