import { dayText, type Reading, SHORT_DATE, SHORT_DAY, timesText, timeText, zonePlace } from "../time/format.ts";
import { dayOf, daysOf, instantOf } from "../time/instants.ts";
import { isDay, type Span } from "../wire.ts";

/** "Monday 7 December 2026", or the first and the last day. */
export function daysText({ start, end }: Span, { locale, zone }: Reading): string {
	const { first, last } = daysOf(start, end, zone);
	if (first === last) return dayText(first, locale);
	return `${dayText(first, locale, SHORT_DATE)} – ${dayText(last, locale, SHORT_DATE)}`;
}

/**
 * "09:00 – 10:00 New York", or "17:30 Berlin – 20:15 New York": in the event's own zones, with the day where it is another
 * there. Null where the reader's zone says the same.
 */
export function ownTimesText({ start, end }: Span, reading: Reading): string | null {
	if (isDay(start) || isDay(end)) return null;
	const [from, to] = [instantOf(start, reading.zone), instantOf(end, reading.zone)];
	const [zone, endZone] = [start.time_zone ?? reading.zone, end.time_zone ?? reading.zone];
	if (zone === reading.zone && endZone === reading.zone) return null;
	const dayThere = (instant: number, there: string) => {
		const day = dayOf(instant, there);
		return day === dayOf(instant, reading.zone) ? "" : `${dayText(day, reading.locale, SHORT_DAY)}, `;
	};
	const [day, endDay] = [dayThere(from, zone), dayThere(to, endZone)];
	if (zone === endZone && (endDay === "" || endDay === day)) {
		return `${day}${timesText(from, to, { ...reading, zone })} ${zonePlace(zone)}`;
	}
	const first = `${day}${timeText(from, { ...reading, zone })} ${zonePlace(zone)}`;
	return `${first} – ${endDay}${timeText(to, { ...reading, zone: endZone })} ${zonePlace(endZone)}`;
}
