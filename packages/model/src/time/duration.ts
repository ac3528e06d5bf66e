import { DAY, HOUR, MINUTE, SECOND } from "./wall-clock.ts";

/**
 * A length of time in the two measures of RFC 5545 §3.3.6: `days` are nominal (calendar days, weeks included),
 * `milliseconds` exact. Both carry the sign.
 */
export interface Duration {
	readonly days: number;
	readonly milliseconds: number;
}

const DURATION = /^([+-]?)P(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/i;

/** Parses a DURATION value such as `-P1DT2H` or `PT15M`; null where it is none. */
export function parseDuration(text: string): Duration | null {
	const match = DURATION.exec(text.trim());
	if (match === null || !/\d/.test(text)) return null;
	const [, sign, weeks = "0", days = "0", hours = "0", minutes = "0", seconds = "0"] = match;
	const factor = sign === "-" ? -1 : 1;
	const nominal = Number(weeks) * 7 + Number(days);
	const exact = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND;
	return { days: nominal === 0 ? 0 : factor * nominal, milliseconds: exact === 0 ? 0 : factor * exact };
}

/** Writes a DURATION value, e.g. `P1DT2H`. Days and milliseconds must not differ in sign; fractions of a second go. */
export function formatDuration(duration: Duration): string {
	const negative = duration.days < 0 || duration.milliseconds < 0;
	const days = Math.abs(duration.days);
	const exact = Math.abs(duration.milliseconds);
	const hours = Math.floor(exact / HOUR);
	const minutes = Math.floor((exact % HOUR) / MINUTE);
	const seconds = Math.floor((exact % MINUTE) / SECOND);
	const clock = `${hours > 0 ? `${hours}H` : ""}${minutes > 0 ? `${minutes}M` : ""}${seconds > 0 ? `${seconds}S` : ""}`;
	if (days === 0 && clock === "") return "PT0S";
	return `${negative ? "-" : ""}P${days > 0 ? `${days}D` : ""}${clock === "" ? "" : `T${clock}`}`;
}

/** Milliseconds of a duration where a day counts 24 hours. */
export function durationMilliseconds(duration: Duration): number {
	return duration.days * DAY + duration.milliseconds;
}
