import {
	type CustomZones,
	type EventDateTime,
	ianaZone,
	localOf,
	MINUTE,
	parseLocal,
	utcAt,
	withLocal,
	type Zone,
	zonedAt,
	zoneOf,
} from "@kalends/model";
import { z } from "zod";
import { unknownZone, zoneFromWire } from "./zone-from-wire.ts";

/** A start or end as a person wrote it, each part checked by itself. */
export interface WrittenTime {
	/** `YYYY-MM-DD`; null where it is no day. */
	readonly date: string | null;
	/** Wall clock in local milliseconds, with its offset in milliseconds where one was given. */
	readonly clock: { readonly local: number; readonly offset: number | null } | null;
	/** IANA name; null: none is wanted; undefined: not said. */
	readonly zone: string | null | undefined;
}

export type PlacedTime =
	/** `fixed`: an instant in UTC, as the zone that it was written in cannot say it or was not named. */
	| { readonly time: EventDateTime; readonly fixed: boolean }
	| { readonly time: null; readonly field: "date_time" | "time_zone"; readonly detail: string };

const DATE = /^\d{4}-\d\d-\d\d$/;
/** RFC 3339 §5.6; a fraction of a second is dropped, as no calendar format has any. */
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?$/;
/** Where the Gregorian calendar begins, and where a series has still room to go on. */
const FIRST = parseLocal("1583-01-01");
const LAST = parseLocal("9998-12-31T23:59:59");

const Written = z.strictObject({
	date: z.string().max(40).nullable().optional().describe("YYYY-MM-DD, of an all-day event; an end is exclusive."),
	date_time: z
		.string()
		.max(40)
		.nullable()
		.optional()
		.describe(
			"RFC 3339; fractions of a second are dropped. With time_zone the offset may be left out: it is then the wall clock of that zone.",
		),
	time_zone: z
		.string()
		.max(100)
		.nullable()
		.optional()
		.describe(
			"IANA or Windows name. Null with a date_time without offset: floating, the same wall clock everywhere. " +
				"Sent alone in a PATCH it keeps the wall clock, so the event moves to that hour of the other zone; to keep the " +
				"moment, send date_time with its offset too.",
		),
});

/** `start` and `end` of a request. */
export const TimeInput = Written.meta({ id: "WrittenDateTime" }).transform((input, context): WrittenTime => {
	for (const [field, detail] of partFaults(input)) {
		context.addIssue({ code: "custom", path: field === null ? [] : [field], message: detail });
	}
	const zone = typeof input.time_zone === "string" ? zoneFromWire(input.time_zone) : input.time_zone;
	return { date: input.date ?? null, clock: clockOf(input.date_time ?? null), zone };
});

type Fault = readonly [field: "date" | "date_time" | "time_zone" | null, detail: string];

function partFaults({ date, date_time, time_zone }: z.infer<typeof Written>): Fault[] {
	const faults: Fault[] = [];
	const clock = clockOf(date_time ?? null);
	if (typeof date === "string") {
		const local = DATE.test(date) ? parseLocal(date) : Number.NaN;
		if (Number.isNaN(local)) faults.push(["date", "There is no such day. Use YYYY-MM-DD, e.g. 2026-12-05."]);
		else if (local < FIRST || local > LAST) faults.push(["date", YEARS]);
		if (typeof date_time === "string") faults.push(["date_time", "A time has either date or date_time, not both."]);
		if (typeof time_zone === "string") faults.push(["time_zone", "A day has no time zone; leave it out."]);
	} else if (typeof date_time === "string") {
		if (clock === null) faults.push(["date_time", NO_TIME]);
		else if (clock.local < FIRST || clock.local > LAST) faults.push(["date_time", YEARS]);
	} else if (typeof time_zone !== "string") {
		faults.push([null, "Send date for a day, or date_time with time_zone for a time."]);
	}
	if (typeof time_zone === "string" && typeof date !== "string") {
		const name = zoneFromWire(time_zone);
		const zone = name === null ? null : ianaZone(name);
		if (name === null || zone === null) faults.push(["time_zone", unknownZone(time_zone)]);
		else if (clock !== null && clock.offset !== null && !isUtc(date_time)) {
			const offset = zone.offsetAt(clock.local - clock.offset);
			if (Math.abs(offset - clock.offset) >= MINUTE)
				faults.push(["date_time", wrongOffset(clock.offset, name, zone.toInstant(clock.local))]);
		}
	}
	return faults;
}

/** "Z" tells the instant and nothing of the local offset, so it goes with any zone (RFC 9557 §2). */
function isUtc(text: string | null | undefined): boolean {
	return /z$/i.test(text ?? "");
}

const NO_TIME =
	"There is no such time. Use RFC 3339, e.g. 2026-12-05T09:00:00+01:00, or without offset beside a time_zone.";
const YEARS = "Use a year from 1583 to 9998.";

function clockOf(text: string | null): WrittenTime["clock"] {
	const match = DATE_TIME.exec(text ?? "");
	if (match === null) return null;
	const [, day, clock, seconds = "00", zone] = match;
	const local = parseLocal(`${day}T${clock}:${seconds}`);
	if (Number.isNaN(local) || Number(seconds) > 59) return null;
	if (zone === undefined) return { local, offset: null };
	if (/z/i.test(zone)) return { local, offset: 0 };
	const hours = Number(zone.slice(1, 3));
	const minutes = Number(zone.slice(4));
	if (hours > 23 || minutes > 59) return null;
	return { local, offset: (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes) * MINUTE };
}

function wrongOffset(given: number, zone: string, instant: number): string {
	const right = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
	const text = right.toString({ timeZoneName: "never", smallestUnit: "second" });
	return `The offset ${offsetText(given)} is not the one of ${zone} at that time. Send ${text}, or leave the offset out.`;
}

function offsetText(offset: number): string {
	const minutes = Math.abs(offset) / MINUTE;
	const two = (value: number) => String(value).padStart(2, "0");
	return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/**
 * The time that was meant. What was not said is taken from the present time (RFC 7396): its zone, or its wall clock where
 * only a zone is given. A time without offset and zone is refused, as no zone is guessed.
 *
 * @param present what the event has now; null for a new event
 */
export function placeTime(
	written: WrittenTime,
	present: EventDateTime | null,
	customZones: CustomZones = {},
): PlacedTime {
	const { date, clock, zone } = written;
	if (date !== null) return { time: { type: "date", date }, fixed: false };
	const own = present?.type === "zoned" ? present : null;
	if (clock === null) {
		if (present === null || present.type === "date") {
			return { time: null, field: "date_time", detail: "A time needs date_time." };
		}
		return { time: inZone(localOf(present), zone ?? null, present, customZones), fixed: false };
	}
	if (clock.offset === null) {
		if (zone !== undefined) return { time: inZone(clock.local, zone, present, customZones), fixed: false };
		if (present !== null && present.type !== "date") {
			return { time: withLocal(present, clock.local, customZones), fixed: false };
		}
		const detail = "Name the time zone of this time, give date_time an offset, or send null for a floating time.";
		return { time: null, field: "time_zone", detail };
	}
	const keepsZone = own !== null && (zone === undefined || zone === own.zone);
	const name = keepsZone ? own.zone : (zone ?? null);
	const rules = keepsZone ? zoneOf(own, customZones) : name === null ? null : ianaZone(name);
	const instant = instantOf(clock.local, clock.offset, rules);
	if (own !== null && (keepsZone || zone === null) && parseLocal(own.instant) === instant) {
		return { time: own, fixed: false };
	}
	if (rules === null) return { time: utcAt(instant), fixed: clock.offset !== 0 };
	const local = instant + rules.offsetAt(instant);
	// Of two equal wall clocks iCalendar can name the first only.
	if (rules.toInstant(local) !== instant) return { time: utcAt(instant), fixed: true };
	return {
		time: keepsZone ? withLocal(own, local, customZones) : inZone(local, name, null, customZones),
		fixed: false,
	};
}

/** Local mean times, before there were zones, have offsets in seconds, which RFC 3339 writes in minutes. */
function instantOf(local: number, offset: number, rules: Zone | null): number {
	const written = local - offset;
	const exact = rules?.toInstant(local) ?? written;
	return Math.abs(exact - written) < MINUTE ? exact : written;
}

/** A wall clock in a zone, or floating; the present time's own spelling of the zone is kept. */
function inZone(
	local: number,
	name: string | null,
	present: EventDateTime | null,
	customZones: CustomZones,
): EventDateTime {
	if (name === null) return withLocal({ type: "floating", local: "" }, local);
	if (present?.type === "zoned" && present.zone === name) return withLocal(present, local, customZones);
	const zone = ianaZone(name);
	if (zone === null) throw new TypeError(`${name} is no zone`);
	return zonedAt(local, zone, { zone: name });
}
