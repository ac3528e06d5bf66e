import { plural, t } from "@lingui/core/macro";
import { dayText } from "../../calendar/time/format.ts";
import { type MonthDay, type Repetition, type Rule, WEEKDAYS, type Weekday } from "./rule.ts";

/** "Every 2 weeks on Monday and Thursday, until 30 June 2027", in the language that is active. @param locale for dates */
export function repetitionText(repetition: Repetition, locale: string): string {
	switch (repetition.kind) {
		case "none":
			return t`Does not repeat`;
		case "other":
			return t`By a rule of its own`;
		case "rule":
			return ruleText(repetition.rule, locale);
	}
}

export function ruleText(rule: Rule, locale: string): string {
	const text = patternText(rule, locale);
	const { end } = rule;
	if (end.kind === "count") {
		const times = plural(end.count, { one: "once", other: "# times" });
		return t`${text}, ${times}`;
	}
	if (end.kind === "until") {
		const date = dayText(end.date, locale, { day: "numeric", month: "long", year: "numeric" });
		return t`${text}, until ${date}`;
	}
	return text;
}

function patternText({ frequency, interval, weekdays, monthDay, month }: Rule, locale: string): string {
	switch (frequency) {
		case "DAILY":
			return plural(interval, { one: "Every day", other: "Every # days" });
		case "WEEKLY": {
			const work = interval === 1 && weekdays.join() === WEEKDAYS.slice(0, 5).join();
			if (work) return t`Every weekday (Monday to Friday)`;
			const days = listText(
				weekdays.map((day) => weekdayText(day, locale)),
				locale,
			);
			const every = plural(interval, { one: "Every week", other: "Every # weeks" });
			return t`${every} on ${days}`;
		}
		case "MONTHLY": {
			const every = plural(interval, { one: "Every month", other: "Every # months" });
			const day = monthDayText(monthDay, locale);
			return t`${every} on ${day}`;
		}
		case "YEARLY": {
			const every = plural(interval, { one: "Every year", other: "Every # years" });
			const day = yearDayText(monthDay, month, locale);
			return t`${every} on ${day}`;
		}
	}
}

function yearDayText(monthDay: MonthDay, month: number, locale: string): string {
	// 2028 has a 29 February.
	const first = Temporal.PlainDate.from({ year: 2028, month, day: 1 });
	if (monthDay.by === "day") {
		const date = first.with({ day: monthDay.day }, { overflow: "constrain" });
		return dayText(date.toString(), locale, { day: "numeric", month: "long" });
	}
	const name = dayText(first.toString(), locale, { month: "long" });
	const day = monthDayText(monthDay, locale);
	return t`${day} of ${name}`;
}

export function monthDayText(monthDay: MonthDay, locale: string): string {
	if (monthDay.by === "day") {
		const { day } = monthDay;
		return t`day ${day}`;
	}
	const weekday = weekdayText(monthDay.weekday, locale);
	switch (monthDay.nth) {
		case 1:
			return t`the first ${weekday}`;
		case 2:
			return t`the second ${weekday}`;
		case 3:
			return t`the third ${weekday}`;
		case 4:
			return t`the fourth ${weekday}`;
		case 5:
			return t`the fifth ${weekday}`;
		default:
			return t`the last ${weekday}`;
	}
}

export function weekdayText(weekday: Weekday, locale: string, width: "long" | "short" | "narrow" = "long"): string {
	// 5 January 2026 is a Monday.
	const date = Temporal.PlainDate.from("2026-01-05").add({ days: WEEKDAYS.indexOf(weekday) });
	return dayText(date.toString(), locale, { weekday: width });
}

function listText(items: readonly string[], locale: string): string {
	return new Intl.ListFormat(locale, { type: "conjunction" }).format(items);
}
