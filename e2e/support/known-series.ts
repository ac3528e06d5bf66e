import { READER_ZONE } from "./api.ts";

/** What times of a series are: days, wall clocks of a zone, or wall clocks anywhere (floating: zone null). */
export interface Face {
	readonly kind: "date" | "time";
	readonly zone: string | null;
}

/** One occurrence as the tests know it, by wall clocks; of a day only the date counts. */
export interface Known {
	/** Where the rule puts it: what it is called by. */
	readonly slot: Temporal.PlainDateTime;
	readonly face: Face;
	readonly start: Temporal.PlainDateTime;
	/** Whole days for a day, else exact minutes. */
	readonly length: number;
	readonly title: string;
	readonly status: "confirmed" | "cancelled";
	/** An override of its own: what the series says reaches it only where it says the same. */
	readonly own: boolean;
}

/** A series, and what must be listed of it. */
export interface KnownSeries {
	readonly id: string;
	readonly uid: string;
	readonly face: Face;
	readonly title: string;
	readonly length: number;
	/** DTSTART, also where that occurrence was deleted. */
	readonly start: Temporal.PlainDateTime;
	/** In order of their slots. */
	readonly occurrences: readonly Known[];
}

/** What an edit makes of one occurrence; null: it was, or will be, not there. */
export interface Fate {
	readonly before: Known | null;
	readonly after: Known | null;
}

export const UTC: Face = { kind: "time", zone: "UTC" };

export function instantAt(at: Temporal.PlainDateTime, face: Face): Temporal.Instant {
	return at.toZonedDateTime(face.zone ?? READER_ZONE).toInstant();
}

/** Start and end, as the independent reader shows them. */
export function timesOf(one: Pick<Known, "start" | "face" | "length">): readonly [start: string, end: string] {
	const { start, face, length } = one;
	if (face.kind === "date") return [dayText(start), dayText(start.add({ days: length }))];
	const from = instantAt(start, face);
	return [from.toString(), endOf(one).toString()];
}

/** A floating occurrence is as long on the clock as it says, any other in time that passes. */
function endOf({ start, face, length }: Pick<Known, "start" | "face" | "length">): Temporal.Instant {
	if (face.kind === "date") return instantAt(start.add({ days: length }), { kind: "time", zone: READER_ZONE });
	if (face.zone === null) return instantAt(start.add({ minutes: length }), face);
	return instantAt(start, face).add({ minutes: length });
}

export const dayText = (at: Temporal.PlainDateTime): string => at.toPlainDate().toString();

/** `[start, end, title, status]` of those that touch the range of whole days in READER_ZONE, sorted. */
export function listing(occurrences: readonly Known[], { from, to }: { readonly from: string; readonly to: string }) {
	return occurrences
		.filter((one) => touches(one, from, to))
		.map((one) => JSON.stringify([...timesOf(one), one.title, one.status]))
		.sort();
}

export function touches(one: Known, from: string, to: string): boolean {
	const day = (text: string) => Temporal.PlainDate.from(text).toZonedDateTime(READER_ZONE).toInstant();
	const begins = instantAt(one.start, one.face);
	return Temporal.Instant.compare(begins, day(to)) < 0 && Temporal.Instant.compare(endOf(one), day(from)) > 0;
}

/** The key of a slot: an instant, a wall clock, or a day. */
export function slotKey(slot: Temporal.PlainDateTime, face: Face): string {
	if (face.kind === "date") return dayText(slot);
	return face.zone === null ? slot.toString() : instantAt(slot, face).toString();
}

/** A time as the API takes it. */
function wireTime(at: Temporal.PlainDateTime, { kind, zone }: Face) {
	return kind === "date"
		? { date: dayText(at) }
		: { date_time: at.toString({ smallestUnit: "second" }), time_zone: zone };
}

/** Start and end as the API takes them; the end says its offset, as its wall clock may come twice. */
export function wireTimes(one: Pick<Known, "start" | "face" | "length">) {
	const { start, face, length } = one;
	if (face.kind === "date") return { start: wireTime(start, face), end: wireTime(start.add({ days: length }), face) };
	const end = endOf(one).toZonedDateTimeISO(face.zone ?? READER_ZONE);
	const told = end.toString({ smallestUnit: "second", timeZoneName: "never" });
	return {
		start: wireTime(start, face),
		end: face.zone === null ? wireTime(end.toPlainDateTime(), face) : { date_time: told, time_zone: face.zone },
	};
}

/** False for a wall clock that the zone leaves out. */
export function exists(at: Temporal.PlainDateTime, face: Face): boolean {
	if (face.kind === "date") return true;
	return instantAt(at, face)
		.toZonedDateTimeISO(face.zone ?? READER_ZONE)
		.toPlainDateTime()
		.equals(at);
}

/** The key of a time that the API answered. */
export function wireKey(time: {
	readonly date?: string;
	readonly date_time?: string;
	readonly time_zone?: string | null;
}): string {
	const { date, date_time: text = "" } = time;
	if (date !== undefined) return date;
	return /([Zz]|[+-]\d\d:\d\d)$/.test(text)
		? Temporal.Instant.from(text).toString()
		: Temporal.PlainDateTime.from(text).toString();
}
