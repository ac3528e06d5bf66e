/** Unit, its length and from where on it is used, in seconds. */
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number, number])[] = [
	["day", 86_400, 171_000],
	["hour", 3_600, 3_570],
	["minute", 60, 30],
];

/**
 * "2 minutes ago", "in 34 hours"; "now" within half a minute. Never "tomorrow": how far away something is does not tell on
 * which day it is.
 * @param now milliseconds since 1970
 */
export function relativeTime(instant: string, now: number, locale = "en"): string {
	const seconds = (Date.parse(instant) - now) / 1000;
	const [unit, size] = UNITS.find(([, , from]) => Math.abs(seconds) >= from) ?? ["second", null];
	const format = new Intl.RelativeTimeFormat(locale, { numeric: size === null ? "auto" : "always" });
	return format.format(size === null ? 0 : Math.sign(seconds) * Math.round(Math.abs(seconds) / size), unit);
}
