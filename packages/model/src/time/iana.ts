import { memoize } from "./bounded-cache.ts";
import { fixedZone, type Zone, zoneFromTable } from "./zone.ts";

export const UTC: Zone = fixedZone("UTC", 0);

const FROM = Date.UTC(1900, 0, 1);
const TO = Date.UTC(2100, 0, 1);

/**
 * The name of an IANA zone in the letter case of the tz database, links kept (`us/pacific` gives `US/Pacific`);
 * null where the tz database of this runtime has no such zone. Numeric offsets are no names.
 */
export const ianaName: (name: string) => string | null = memoize(
	4096,
	(name) => {
		if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name)) return null;
		try {
			return new Temporal.ZonedDateTime(0n, name).timeZoneId;
		} catch {
			return null;
		}
	},
	64,
);

const zoneOfName: (name: string) => Zone = memoize(1024, (name) => {
	if (name === "UTC") return UTC;
	const start = Temporal.Instant.fromEpochMilliseconds(FROM).toZonedDateTimeISO(name);
	const instants: number[] = [];
	const offsets: number[] = [];
	let next = start.getTimeZoneTransition("next");
	while (next !== null && next.epochMilliseconds < TO) {
		instants.push(next.epochMilliseconds);
		offsets.push(next.offsetNanoseconds / 1e6);
		next = next.getTimeZoneTransition("next");
	}
	return zoneFromTable(name, {
		from: FROM,
		to: TO,
		initialOffset: start.offsetNanoseconds / 1e6,
		instants,
		offsets,
		offsetBeyond: (instant) =>
			Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name).offsetNanoseconds / 1e6,
	});
});

/** The zone of an IANA name in any letter case; null where there is none. Its transitions are read once and kept. */
export function ianaZone(name: string): Zone | null {
	const known = ianaName(name);
	return known === null ? null : zoneOfName(known);
}
