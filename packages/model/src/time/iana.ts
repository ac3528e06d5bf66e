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

/** A change of a zone's offset; both in milliseconds. */
export interface Transition {
	readonly instant: number;
	readonly offset: number;
}

/** The changes of an IANA zone after `from` and before `to` (epoch milliseconds), in order; `name` must be known. */
export function* ianaTransitions(name: string, from: number, to: number): Generator<Transition, void, void> {
	let next = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(name).getTimeZoneTransition("next");
	while (next !== null && next.epochMilliseconds < to) {
		yield { instant: next.epochMilliseconds, offset: next.offsetNanoseconds / 1e6 };
		next = next.getTimeZoneTransition("next");
	}
}

const zoneOfName: (name: string) => Zone = memoize(1024, (name) => {
	if (name === "UTC") return UTC;
	const offsetBeyond = (instant: number) =>
		Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name).offsetNanoseconds / 1e6;
	const transitions = [...ianaTransitions(name, FROM, TO)];
	return zoneFromTable(name, {
		from: FROM,
		to: TO,
		initialOffset: offsetBeyond(FROM),
		instants: transitions.map(({ instant }) => instant),
		offsets: transitions.map(({ offset }) => offset),
		offsetBeyond,
	});
});

/** The zone of an IANA name in any letter case; null where there is none. Its transitions are read once and kept. */
export function ianaZone(name: string): Zone | null {
	const known = ianaName(name);
	return known === null ? null : zoneOfName(known);
}
