/**
 * Wall-clock arithmetic on plain numbers. "Local milliseconds" are milliseconds since 1970-01-01T00:00:00 of the wall
 * clock itself, in the proleptic Gregorian calendar, with no zone applied; as numbers they add and compare cheaply.
 */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The first and last wall clocks that a four-digit year can write. */
export const MIN_LOCAL = daysFromCivil(1, 1, 1) * DAY;
export const MAX_LOCAL = daysFromCivil(9999, 12, 31) * DAY + DAY - SECOND;

/** Days from 1970-01-01 to a civil date; `month` is 1-12. */
export function daysFromCivil(year: number, month: number, day: number): number {
	const y = month <= 2 ? year - 1 : year;
	const era = Math.floor(y / 400);
	const yearOfEra = y - era * 400;
	const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
	const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
	return era * 146097 + dayOfEra - 719468;
}

export interface CivilDate {
	readonly year: number;
	/** 1-12. */
	readonly month: number;
	readonly day: number;
}

/** The inverse of {@link daysFromCivil}. */
export function civilFromDays(days: number): CivilDate {
	const z = days + 719468;
	const era = Math.floor(z / 146097);
	const dayOfEra = z - era * 146097;
	const yearOfEra = Math.floor(
		(dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
	);
	const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
	const shifted = Math.floor((5 * dayOfYear + 2) / 153);
	const month = shifted < 10 ? shifted + 3 : shifted - 9;
	return {
		year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
		month,
		day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
	};
}

export function daysInMonth(year: number, month: number): number {
	if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
	return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Monday 1 … Sunday 7. */
export function dayOfWeek(days: number): number {
	return ((((days + 3) % 7) + 7) % 7) + 1;
}

function digits(text: string, at: number, count: number): number {
	let number = 0;
	for (let i = at; i < at + count; i++) {
		const digit = text.charCodeAt(i) - 48;
		if (!(digit >= 0 && digit <= 9)) return Number.NaN;
		number = number * 10 + digit;
	}
	return number;
}

function localOf(year: number, month: number, day: number): number {
	const valid = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
	return valid ? daysFromCivil(year, month, day) * DAY : Number.NaN;
}

function clockOf(hour: number, minute: number, second: number): number {
	// Leap seconds are not supported: 60 counts as 59 (RFC 5545 §3.3.12).
	const valid = hour <= 23 && minute <= 59 && second <= 60;
	return valid ? hour * HOUR + minute * MINUTE + Math.min(second, 59) * SECOND : Number.NaN;
}

/** Local milliseconds of `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS` (a trailing `Z` is ignored); NaN where it is none. */
export function parseLocal(text: string): number {
	const date = localOf(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
	return text.length === 10 ? date : date + clockOf(digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2));
}

/** Local milliseconds of iCalendar's `YYYYMMDD` or `YYYYMMDDTHHMMSS` (a trailing `Z` is ignored); NaN where it is none. */
export function parseBasic(text: string): number {
	const date = localOf(digits(text, 0, 4), digits(text, 4, 2), digits(text, 6, 2));
	if (text.length === 8) return date;
	return text[8] === "T" || text[8] === "t"
		? date + clockOf(digits(text, 9, 2), digits(text, 11, 2), digits(text, 13, 2))
		: Number.NaN;
}

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/** `YYYY-MM-DD` of the day that `local` falls in. */
export function formatDate(local: number): string {
	const { year, month, day } = civilFromDays(Math.floor(local / DAY));
	return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

/** `YYYY-MM-DDTHH:MM:SS`; fractions of a second are cut. */
export function formatLocal(local: number): string {
	const clock = local - Math.floor(local / DAY) * DAY;
	const hour = Math.floor(clock / HOUR);
	const minute = Math.floor((clock % HOUR) / MINUTE);
	const second = Math.floor((clock % MINUTE) / SECOND);
	return `${formatDate(local)}T${two(hour)}:${two(minute)}:${two(second)}`;
}

/** `YYYY-MM-DDTHH:MM:SSZ` of an instant in epoch milliseconds. */
export function formatInstant(instant: number): string {
	return `${formatLocal(instant)}Z`;
}

/** Extended to basic form: `2026-03-01T09:00:00` to `20260301T090000`. */
export function toBasic(extended: string): string {
	return extended.replace(/[-:]/g, "");
}
