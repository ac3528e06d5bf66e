import type { JsonObject } from "../json.ts";

/** Days and times of a seed, counted from the Monday of the week that it is made in. */
export interface Days {
	readonly timeZone: string;
	/** `start` and `end` of a timed event: `day` 0 is this week's Monday; times as `HH:MM`. */
	at(day: number, from: string, to: string): JsonObject;
	/** `start` and `end` of an all-day event of so many days. */
	allDay(day: number, count?: number): JsonObject;
	/** `20261207T083000Z`: the start of an occurrence, as ids of instances end. */
	instant(day: number, time: string): string;
}

/** @param now epoch milliseconds */
export function daysFrom(now: number, timeZone: string): Days {
	const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate();
	const monday = today.subtract({ days: today.dayOfWeek - 1 });
	const date = (day: number): Temporal.PlainDate => monday.add({ days: day });
	return {
		timeZone,
		at(day, from, to) {
			const time = (clock: string): JsonObject => ({ dateTime: `${date(day)}T${clock}:00`, timeZone });
			return { start: time(from), end: time(to) };
		},
		allDay(day, count = 1) {
			return { start: { date: date(day).toString() }, end: { date: date(day + count).toString() } };
		},
		instant(day, time) {
			const plain = date(day).toPlainDateTime(Temporal.PlainTime.from(time));
			return plain.toZonedDateTime(timeZone).toInstant().toString().replaceAll(/[-:]/g, "");
		},
	};
}
