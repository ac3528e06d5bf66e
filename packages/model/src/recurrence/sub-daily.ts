import { civilFromDays, DAY, daysFromCivil, HOUR, MINUTE, SECOND } from "../time/wall-clock.ts";
import type { Cadence } from "./cadence.ts";
import { monthTest } from "./days.ts";
import type { Rule } from "./rule.ts";

/**
 * HOURLY, MINUTELY and SECONDLY rules: on the wall clock like all others. Parts above the unit limit, those below it
 * expand. A period that the limits shut out leads straight to the next month, day, hour or minute that may pass.
 */
export function subDailyCadence(
	rule: Rule,
	start: number,
	unit: typeof HOUR | typeof MINUTE | typeof SECOND,
	dayPasses: ((day: number) => boolean) | null,
): Cadence {
	const first = Math.floor(start / unit) * unit;
	const step = rule.interval * unit;
	const hours = new Set(rule.byHour);
	const minutes = unit === HOUR ? new Set<number>() : new Set(rule.byMinute);
	const seconds = unit === SECOND ? new Set(rule.bySecond) : new Set<number>();
	const monthPasses = monthTest(rule);
	let known = Number.NaN;
	let knownPasses = false;

	/** Where the search goes on after a time that does not pass; null where it passes. */
	const after = (local: number): number | null => {
		const day = Math.floor(local / DAY);
		if (dayPasses !== null) {
			if (day !== known) {
				known = day;
				knownPasses = dayPasses(day);
			}
			if (!knownPasses) return afterDay(day);
		}
		const hour = Math.floor(local / HOUR);
		if (hours.size > 0 && !hours.has(hour - day * 24)) return (hour + 1) * HOUR;
		const minute = Math.floor(local / MINUTE);
		if (minutes.size > 0 && !minutes.has(minute - hour * 60)) return (minute + 1) * MINUTE;
		return seconds.size > 0 && !seconds.has((local - minute * MINUTE) / SECOND) ? local + SECOND : null;
	};
	const afterDay = (day: number): number => {
		const { year, month } = civilFromDays(day);
		if (monthPasses(month)) return (day + 1) * DAY;
		return (month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1)) * DAY;
	};
	const limited = dayPasses !== null || hours.size + minutes.size + seconds.size > 0;
	const startOf = (index: number): number => first + index * step;

	return {
		startOf,
		indexAt: (local) => Math.floor((local - first) / step),
		next: (index, limit, work) => {
			if (!limited) return index;
			let current = index;
			for (;;) {
				const local = startOf(current);
				if (local >= limit || !work.spend(1)) return current;
				const target = after(local);
				if (target === null) return current;
				current = Math.max(current + 1, Math.ceil((target - first) / step));
			}
		},
		bases: (index) => {
			const local = startOf(index);
			return limited && after(local) !== null ? [] : [local];
		},
		offsets: offsetsWithin(rule, start, unit),
		constantBases: limited ? null : 1,
		cost: 1,
	};
}

function offsetsWithin(rule: Rule, start: number, unit: number): readonly number[] {
	const within = start - Math.floor(start / unit) * unit;
	if (unit === SECOND) return [0];
	const seconds = rule.bySecond.length > 0 ? rule.bySecond : [Math.floor((within % MINUTE) / SECOND)];
	if (unit === MINUTE) return seconds.map((second) => second * SECOND);
	const minutes = rule.byMinute.length > 0 ? rule.byMinute : [Math.floor(within / MINUTE)];
	return minutes.flatMap((minute) => seconds.map((second) => minute * MINUTE + second * SECOND));
}
