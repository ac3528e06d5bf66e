import { isDate } from "../../editor/form/values.ts";

/** What the calendar's address says; what is left out is the person's own. */
export interface CalendarSearch {
	readonly view?: string;
	readonly date?: string;
	readonly zone?: string;
	readonly second_zone?: string;
	readonly q?: string;
	/** Ids of calendars that are not shown, with commas between. */
	readonly hide?: string;
	readonly event?: string;
}

export const VIEWS = ["month", "week", "days", "day", "agenda"] as const;
export type View = (typeof VIEWS)[number];

export interface CalendarState {
	readonly view: View;
	/** `YYYY-MM-DD`, a day that is shown. */
	readonly date: string;
	/** IANA. */
	readonly zone: string;
	readonly secondZone: string | null;
	/** Null: nothing is searched for; "" where the field is open. */
	readonly q: string | null;
	readonly hidden: ReadonlySet<string>;
	readonly event: string | null;
}

export interface Defaults {
	/** `YYYY-MM-DD` */
	readonly today: string;
	readonly zone: string;
	readonly secondZone: string | null;
	readonly isPhone: boolean;
}

/** Anything in the address that means nothing is as if it were not there. */
export function stateOf(search: CalendarSearch, { today, zone, secondZone, isPhone }: Defaults): CalendarState {
	const wanted = VIEWS.find((view) => view === search.view) ?? (isPhone ? "agenda" : "week");
	return {
		view: isPhone && wanted === "week" ? "days" : wanted,
		date: search.date !== undefined && isDate(search.date) ? search.date : today,
		zone: isZone(search.zone) ? search.zone : zone,
		secondZone: search.second_zone === "none" ? null : isZone(search.second_zone) ? search.second_zone : secondZone,
		q: search.q ?? null,
		hidden: new Set((search.hide ?? "").split(",").filter((id) => id !== "")),
		event: search.event ?? null,
	};
}

/** The address after calendars were shown or hidden. */
export function hideParam(hidden: ReadonlySet<string>): string | undefined {
	return hidden.size === 0 ? undefined : [...hidden].sort().join(",");
}

/**
 * The address with which what lies on these days (`first` and `last` inclusive) of the calendar is in sight, in the same
 * view. Null: it is already.
 */
export function searchShowing(
	search: CalendarSearch,
	state: CalendarState,
	{ first, last, calendarId }: { readonly first: string; readonly last: string; readonly calendarId: string },
	weekStart: WeekStart,
): CalendarSearch | null {
	const { from, to } = daysShown(state.view, state.date, weekStart);
	const isOn = first < to && last >= from;
	if (isOn && state.q === null && !state.hidden.has(calendarId)) return null;
	const { q: _searched, hide: _hidden, ...kept } = search;
	const hide = hideParam(new Set([...state.hidden].filter((id) => id !== calendarId)));
	return { ...kept, ...(isOn ? {} : { date: first }), ...(hide === undefined ? {} : { hide }) };
}

/** First day of the week by its number: 0 is Sunday. */
export type WeekStart = 0 | 1 | 6;

/** The days that a view shows: first, and the one after the last. */
export function daysShown(
	view: View,
	date: string,
	weekStart: WeekStart,
): { readonly from: string; readonly to: string } {
	const day = Temporal.PlainDate.from(date);
	const span = (from: Temporal.PlainDate, days: number) => ({
		from: from.toString(),
		to: from.add({ days }).toString(),
	});
	switch (view) {
		case "month":
			return span(weekBegin(day.with({ day: 1 }), weekStart), 42);
		case "week":
			return span(weekBegin(day, weekStart), 7);
		case "days":
			return span(day, 3);
		case "day":
			return span(day, 1);
		case "agenda":
			return span(day, AGENDA_DAYS);
	}
}

const AGENDA_DAYS = 30;

/** The date to show one view further on or back. */
export function stepped(view: View, date: string, by: 1 | -1): string {
	const day = Temporal.PlainDate.from(date);
	const step = {
		month: () => day.with({ day: 1 }).add({ months: by }),
		week: () => day.add({ weeks: by }),
		days: () => day.add({ days: 3 * by }),
		day: () => day.add({ days: by }),
		agenda: () => day.add({ days: AGENDA_DAYS * by }),
	};
	return step[view]().toString();
}

export function weekBegin(day: Temporal.PlainDate, weekStart: WeekStart): Temporal.PlainDate {
	return day.subtract({ days: (day.dayOfWeek - weekStart + 7) % 7 });
}

export function isZone(text: string | undefined): text is string {
	if (text === undefined || text === "" || /^[+-]/.test(text)) return false;
	try {
		return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== "";
	} catch {
		return false;
	}
}

/** Where weeks begin in that language, as far as the browser knows. */
export function weekStartOf(locale: string): WeekStart {
	const info = new Intl.Locale(locale) as Intl.Locale & { getWeekInfo?: () => { readonly firstDay: number } };
	const first = info.getWeekInfo?.().firstDay ?? 1;
	return first === 7 ? 0 : first === 6 ? 6 : 1;
}
