import { comesTwice } from "./clock-change.ts";
import { at } from "./instants.ts";

/** How a person wants to read times. */
export interface Reading {
	readonly locale: string;
	/** IANA. */
	readonly zone: string;
	/** 12-hour clock; null: as the locale does. */
	readonly hour12: boolean | null;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter is slow and using it is not, so each is made once. */
function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = `${locale} ${JSON.stringify(options)}`;
	const made = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
	formats.set(key, made);
	return made;
}

/**
 * The language of the texts as the browser's region writes dates and times: en-GB of a British browser, en-DE of a German one.
 * @param languages the browser's, BCP 47, the preferred one first
 */
export function regional(language: string, languages: readonly string[]): string {
	const preferred = languages[0];
	if (preferred === undefined) return language;
	const locale = new Intl.Locale(preferred);
	if (locale.language === language) return preferred;
	return `${language}-${locale.maximize().region}`;
}

/** "09:30", or "9:30 AM"; with its offset where that clock comes twice that day. */
export function timeText(instant: number, { locale, zone, hour12 }: Reading): string {
	const text = formatOf(locale, { timeZone: zone, ...clockOf(locale, hour12), minute: "2-digit" }).format(instant);
	return comesTwice(instant, zone) ? `${text} (${offsetText(instant, zone)})` : text;
}

/** "09", or "9 AM" */
export function hourText(instant: number, { locale, zone, hour12 }: Reading): string {
	return formatOf(locale, { timeZone: zone, ...clockOf(locale, hour12) }).format(instant);
}

function clockOf(locale: string, hour12: boolean | null): Intl.DateTimeFormatOptions {
	const twelve = hour12 ?? formatOf(locale, { hour: "numeric" }).resolvedOptions().hour12 ?? false;
	return twelve ? { hour: "numeric", hour12: true } : { hour: "2-digit", hourCycle: "h23" };
}

/** "09:30 – 10:00" */
export function timesText(start: number, end: number, reading: Reading): string {
	return start === end ? timeText(start, reading) : `${timeText(start, reading)} – ${timeText(end, reading)}`;
}

/** "Monday, 7 December 2026" of a day `YYYY-MM-DD`. */
export function dayText(date: string, locale: string, options: Intl.DateTimeFormatOptions = LONG_DAY): string {
	const noon = Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: "UTC", plainTime: "12:00" });
	return formatOf(locale, { timeZone: "UTC", ...options }).format(noon.epochMilliseconds);
}

const LONG_DAY: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
export const SHORT_DATE: Intl.DateTimeFormatOptions = {
	weekday: "short",
	day: "numeric",
	month: "short",
	year: "numeric",
};
export const SHORT_DAY: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short" };

/** "GMT+2", "GMT+5:30", "GMT". */
export function offsetText(instant: number, zone: string): string {
	const minutes = Math.round(at(instant, zone).offsetNanoseconds / 60e9);
	if (minutes === 0) return "GMT";
	const size = Math.abs(minutes);
	const rest = size % 60 === 0 ? "" : `:${String(size % 60).padStart(2, "0")}`;
	return `GMT${minutes < 0 ? "−" : "+"}${Math.floor(size / 60)}${rest}`;
}

/** The place that a zone is named after: "New York" of `America/New_York`. */
export function zonePlace(zone: string): string {
	return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

/** "New York (GMT−5)" */
export function zoneText(zone: string, instant: number): string {
	return `${zonePlace(zone)} (${offsetText(instant, zone)})`;
}

/** "1 h 30 min" of a length in milliseconds. */
export function lengthText(length: number, locale: string): string {
	const minutes = Math.round(length / 60_000);
	const unit = (value: number, name: "day" | "hour" | "minute") =>
		new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
	const parts = [
		[Math.floor(minutes / 1440), "day"],
		[Math.floor((minutes % 1440) / 60), "hour"],
		[minutes % 60, "minute"],
	] as const;
	const shown = parts.filter(([value]) => value > 0).map(([value, name]) => unit(value, name));
	return shown.length === 0 ? unit(0, "minute") : shown.join(" ");
}
