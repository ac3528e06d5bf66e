import { durationMilliseconds, parseDuration } from "../../time/duration.ts";
import { parseColor } from "../fields/css3-colors.ts";
import { type Component, propertyOf } from "../syntax/component.ts";
import { unescapeText } from "../syntax/text-value.ts";
import { calendarZone } from "./file-zones.ts";

export interface CalendarProperties {
	readonly name: string | null;
	readonly timeZone: string | null;
	readonly color: string | null;
	/** Seconds. */
	readonly refreshInterval: number | null;
}

function firstOf<Result>(calendars: readonly Component[], read: (calendar: Component) => Result | null): Result | null {
	for (const calendar of calendars) {
		const result = read(calendar);
		if (result !== null) return result;
	}
	return null;
}

function nameOf(calendar: Component): string | null {
	const texts = ["NAME", "X-WR-CALNAME"].map((name) => unescapeText(propertyOf(calendar, name)?.value ?? "").trim());
	return texts.find((text) => text !== "") ?? null;
}

function colorOf(calendar: Component): string | null {
	return (
		parseColor(propertyOf(calendar, "COLOR")?.value ?? "") ??
		parseColor(propertyOf(calendar, "X-APPLE-CALENDAR-COLOR")?.value ?? "")
	);
}

function refreshIntervalOf(calendar: Component): number | null {
	for (const name of ["REFRESH-INTERVAL", "X-PUBLISHED-TTL"]) {
		const duration = parseDuration(propertyOf(calendar, name)?.value ?? "");
		const seconds = duration === null ? 0 : durationMilliseconds(duration) / 1000;
		if (seconds > 0) return seconds;
	}
	return null;
}

/** What a file says of itself (RFC 7986 and its X- forerunners); the first VCALENDAR that gives a value counts. */
export function calendarProperties(calendars: readonly Component[]): CalendarProperties {
	return {
		name: firstOf(calendars, nameOf),
		timeZone: firstOf(calendars, calendarZone),
		color: firstOf(calendars, colorOf),
		refreshInterval: firstOf(calendars, refreshIntervalOf),
	};
}
