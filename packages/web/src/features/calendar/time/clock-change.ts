import { startOfDay } from "./instants.ts";

export interface ClockChange {
	/** Epoch milliseconds. */
	readonly at: number;
	/** Minutes that the clock is put forward; negative: back. */
	readonly byMinutes: number;
}

/** The change of clocks on that day (`YYYY-MM-DD`) in `zone`; null where there is none. */
export function clockChangeOn(date: string, zone: string): ClockChange | null {
	const start = Temporal.Instant.fromEpochMilliseconds(startOfDay(date, zone) - 1).toZonedDateTimeISO(zone);
	const next = start.getTimeZoneTransition("next");
	if (next === null || next.toPlainDate().toString() !== date) return null;
	const before = next.subtract({ nanoseconds: 1 });
	return { at: next.epochMilliseconds, byMinutes: (next.offsetNanoseconds - before.offsetNanoseconds) / 60e9 };
}

/** Whether the wall clock at this instant comes twice that day in `zone`, so that it only says with its offset which it is. */
export function comesTwice(instant: number, zone: string): boolean {
	const here = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
	const wall = here.toPlainDateTime();
	const first = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
	const second = wall.toZonedDateTime(zone, { disambiguation: "later" });
	return first.epochMilliseconds !== second.epochMilliseconds;
}
