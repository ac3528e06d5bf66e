import type { I18n } from "@lingui/core";
import { dayText } from "../../calendar/time/format.ts";
import { type MonthDay, type Repetition, type Rule, WEEKDAYS, type Weekday } from "./rule.ts";

/** "Every 2 weeks on Monday and Thursday, until 30 June 2027". */
export function repetitionText(repetition: Repetition, i18n: I18n): string {
	switch (repetition.kind) {
		case "none":
			return i18n._({ id: "repeat.none", message: "Does not repeat" });
		case "other":
			return i18n._({ id: "repeat.other", message: "By a rule of its own" });
		case "rule":
			return ruleText(repetition.rule, i18n);
	}
}

export function ruleText(rule: Rule, i18n: I18n): string {
	const text = patternText(rule, i18n);
	const { end } = rule;
	if (end.kind === "count") {
		const message = "{text}, {count, plural, one {once} other {# times}}";
		return i18n._({ id: "repeat.count", message, values: { text, count: end.count } });
	}
	if (end.kind === "until") {
		const date = dayText(end.date, i18n.locale, { day: "numeric", month: "long", year: "numeric" });
		return i18n._({ id: "repeat.until", message: "{text}, until {date}", values: { text, date } });
	}
	return text;
}

function patternText({ frequency, interval, weekdays, monthDay, month }: Rule, i18n: I18n): string {
	switch (frequency) {
		case "DAILY":
			return i18n._({
				id: "repeat.daily",
				message: "{interval, plural, one {Every day} other {Every # days}}",
				values: { interval },
			});
		case "WEEKLY": {
			const work = interval === 1 && weekdays.join() === WEEKDAYS.slice(0, 5).join();
			if (work) return i18n._({ id: "repeat.work-days", message: "Every weekday (Monday to Friday)" });
			const days = listText(
				weekdays.map((day) => weekdayText(day, i18n.locale)),
				i18n.locale,
			);
			return i18n._({
				id: "repeat.weekly",
				message: "{interval, plural, one {Every week} other {Every # weeks}} on {days}",
				values: { interval, days },
			});
		}
		case "MONTHLY":
			return i18n._({
				id: "repeat.monthly",
				message: "{interval, plural, one {Every month} other {Every # months}} on {day}",
				values: { interval, day: monthDayText(monthDay, i18n) },
			});
		case "YEARLY": {
			const every = i18n._({
				id: "repeat.yearly",
				message: "{interval, plural, one {Every year} other {Every # years}}",
				values: { interval },
			});
			return i18n._({
				id: "repeat.yearly-on",
				message: "{every} on {day}",
				values: { every, day: yearDayText(monthDay, month, i18n) },
			});
		}
	}
}

function yearDayText(monthDay: MonthDay, month: number, i18n: I18n): string {
	// 2028 has a 29 February.
	const first = Temporal.PlainDate.from({ year: 2028, month, day: 1 });
	if (monthDay.by === "day") {
		const date = first.with({ day: monthDay.day }, { overflow: "constrain" });
		return dayText(date.toString(), i18n.locale, { day: "numeric", month: "long" });
	}
	const name = dayText(first.toString(), i18n.locale, { month: "long" });
	const values = { day: monthDayText(monthDay, i18n), month: name };
	return i18n._({ id: "repeat.weekday-of-month", message: "{day} of {month}", values });
}

export function monthDayText(monthDay: MonthDay, i18n: I18n): string {
	if (monthDay.by === "day") return i18n._({ id: "repeat.day", message: "day {day}", values: { day: monthDay.day } });
	const values = { nth: String(monthDay.nth), weekday: weekdayText(monthDay.weekday, i18n.locale) };
	const message =
		"{nth, select, 1 {the first {weekday}} 2 {the second {weekday}} 3 {the third {weekday}} 4 {the fourth {weekday}} 5 {the fifth {weekday}} other {the last {weekday}}}";
	return i18n._({ id: "repeat.nth-weekday", message, values });
}

export function weekdayText(weekday: Weekday, locale: string, width: "long" | "short" | "narrow" = "long"): string {
	// 5 January 2026 is a Monday.
	const date = Temporal.PlainDate.from("2026-01-05").add({ days: WEEKDAYS.indexOf(weekday) });
	return dayText(date.toString(), locale, { weekday: width });
}

function listText(items: readonly string[], locale: string): string {
	return new Intl.ListFormat(locale, { type: "conjunction" }).format(items);
}
