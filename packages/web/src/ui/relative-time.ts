const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
	["day", 86_400],
	["hour", 3_600],
	["minute", 60],
];

/** "2 minutes ago", "in 3 hours"; "now" within half a minute. @param now milliseconds since 1970 */
export function relativeTime(instant: string, now: number, locale = "en"): string {
	const seconds = (Date.parse(instant) - now) / 1000;
	const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
	const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length - length / 2) ?? ["second", 30];
	return unit === "second"
		? format.format(0, "second")
		: format.format(Math.sign(seconds) * Math.round(Math.abs(seconds) / size), unit);
}
