/** The API's event as the calendar screens read it (docs/api.md). */

export interface TimedPoint {
	/** RFC 3339; with offset unless floating. */
	readonly date_time: string;
	/** IANA; null: floating where `date_time` has no offset, else a zone without a name. */
	readonly time_zone: string | null;
}

/** A day, `YYYY-MM-DD`; as an end it is exclusive. */
export interface DayPoint {
	readonly date: string;
}

export type EventPoint = TimedPoint | DayPoint;

export interface Span {
	readonly start: EventPoint;
	readonly end: EventPoint;
}

export function isDay(point: EventPoint): point is DayPoint {
	return "date" in point;
}
