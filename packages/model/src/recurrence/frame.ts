import type { EventDateTime } from "../event/event.ts";
import { type CustomZones, localOf, zoneOf } from "../time/event-time.ts";
import { DAY, formatDate, HOUR, MINUTE, parseLocal, SECOND } from "../time/wall-clock.ts";
import type { Zone } from "../time/zone.ts";

/** A DATE or DATE-TIME as a recurrence property writes it. */
export interface DateValue {
	readonly kind: "date" | "floating" | "utc" | "zoned";
	/** Local milliseconds as written. */
	readonly local: number;
	/** Of a zoned value. */
	readonly zone: Zone | null;
}

/** A place in a series. */
export interface Slot {
	/** Wall clock of the series in local milliseconds; may lie in a gap. */
	readonly local: number;
	/** Epoch milliseconds. */
	readonly instant: number;
	/** Identity: the instant of a zoned series, else the wall clock. */
	readonly key: number;
}

/** Writes numbers as times of one kind and zone: that of the time it is made of. */
export interface Face {
	readonly kind: EventDateTime["type"];
	/** The zone of a zoned time; the reader's for the others. */
	readonly zone: Zone;
	/** `local` counts for dates and floating times, `instant` for zoned ones. */
	readonly write: (local: number, instant: number) => EventDateTime;
}

/** Formats wall clocks. Neighbours share the time of day, and often the day: what was formatted last is kept. */
function stamper(): (local: number) => string {
	let known = Number.NaN;
	let text = "";
	return (local) => {
		const day = Math.floor(local / DAY);
		const clock = local - day * DAY;
		if (clock !== known) {
			known = clock;
			text = clockText(clock);
		}
		return dayText(day) + text;
	};
}

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));

/** `THH:MM:SS` of a time of day in milliseconds. */
function clockText(clock: number): string {
	const hour = Math.floor(clock / HOUR);
	const minute = Math.floor((clock - hour * HOUR) / MINUTE);
	const second = Math.floor((clock - hour * HOUR - minute * MINUTE) / SECOND);
	return `T${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[second]}`;
}

function dayFormatter(): (day: number) => string {
	let known = Number.NaN;
	let text = "";
	return (day) => {
		if (day !== known) {
			known = day;
			text = formatDate(day * DAY);
		}
		return text;
	};
}

/** Shared by all: the start and end of an occurrence, local and in UTC, mostly lie on one day. */
const dayText = dayFormatter();

export function faceOf(time: EventDateTime, floatingZone: Zone, customZones: CustomZones | undefined): Face {
	if (time.type === "date") {
		return {
			kind: "date",
			zone: floatingZone,
			write: (local) => ({ type: "date", date: dayText(Math.floor(local / DAY)) }),
		};
	}
	const stamp = stamper();
	if (time.type === "floating") {
		return { kind: "floating", zone: floatingZone, write: (local) => ({ type: "floating", local: stamp(local) }) };
	}
	const zone = zoneOf(time, customZones);
	const stampInstant = stamper();
	const name = {
		zone: time.zone,
		...(time.tzid === undefined ? {} : { tzid: time.tzid }),
	};
	const flags = time.uncertain === undefined ? {} : { uncertain: time.uncertain };
	return {
		kind: "zoned",
		zone,
		write: (_local, instant) => ({
			type: "zoned",
			local: stamp(instant + zone.offsetAt(instant)),
			...name,
			instant: `${stampInstant(instant)}Z`,
			...flags,
		}),
	};
}

/** The kind of time that a series is counted in: that of its DTSTART. */
export interface Frame {
	readonly face: Face;
	readonly start: Slot;
	readonly slotAt: (local: number) => Slot;
	/** The slot that a date of another kind means: see the policies at {@link frameOf}. */
	readonly slotOf: (value: DateValue) => Slot;
	/** True where a date names a whole day of the series rather than one time. */
	readonly isDay: (value: DateValue) => boolean;
}

/**
 * The frame of a series. Dates whose kind differs from DTSTART's are read leniently: an instant counts as such in a
 * zoned series; a floating time as wall clock of the series; a date as that day at DTSTART's time; and in a floating
 * or all-day series a zoned or UTC time counts by its wall clock as written.
 */
export function frameOf(start: EventDateTime, floatingZone: Zone, customZones: CustomZones | undefined): Frame {
	const face = faceOf(start, floatingZone, customZones);
	const { zone } = face;
	const zoned = face.kind === "zoned";
	const slotAt = (local: number): Slot => {
		const instant = zone.toInstant(local);
		return { local, instant, key: zoned ? instant : local };
	};
	const slotAtInstant = (instant: number): Slot => ({ local: instant + zone.offsetAt(instant), instant, key: instant });
	const startLocal = localOf(start);
	const clock = startLocal - Math.floor(startLocal / DAY) * DAY;
	const startInstant = start.type === "zoned" ? parseLocal(start.instant) : zone.toInstant(startLocal);
	return {
		face,
		start: { local: startLocal, instant: startInstant, key: zoned ? startInstant : startLocal },
		slotAt,
		slotOf: (value) => {
			if (face.kind === "date") return slotAt(Math.floor(value.local / DAY) * DAY);
			if (value.kind === "date") return slotAt(value.local + clock);
			if (!zoned || value.kind === "floating") return slotAt(value.local);
			return slotAtInstant(value.zone === null ? value.local : value.zone.toInstant(value.local));
		},
		isDay: (value) => value.kind === "date" && face.kind !== "date",
	};
}

/** A canonical time as a recurrence property would write it. */
export function dateValueOf(time: EventDateTime): DateValue {
	if (time.type === "zoned") return { kind: "utc", local: parseLocal(time.instant), zone: null };
	return { kind: time.type, local: localOf(time), zone: null };
}
