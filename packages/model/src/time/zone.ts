/** A time zone as a function between instants and wall clocks. Instants are epoch milliseconds. */
export interface Zone {
	/** The IANA name, or the TZID of the VTIMEZONE that defines it. */
	readonly id: string;
	/** Milliseconds to add to an instant to get its wall clock. */
	offsetAt(instant: number): number;
	/**
	 * The instant of a wall clock in local milliseconds. In a gap the offset before it counts, so 02:30 becomes 03:30;
	 * of two possible instants the first is taken (RFC 5545 §3.3.5).
	 */
	toInstant(local: number): number;
}

/** The changes of a zone's offset between two instants, and what holds beyond them. */
export interface TransitionTable {
	readonly from: number;
	readonly to: number;
	/** The offset at `from`. */
	readonly initialOffset: number;
	/** Ascending. */
	readonly instants: readonly number[];
	/** The offset from the instant of the same index on. */
	readonly offsets: readonly number[];
	/** Answers for instants before `from` and from `to` on. */
	readonly offsetBeyond: (instant: number) => number;
}

const GUARD = 48 * 3600 * 1000;

/** Makes a zone of its transitions: looking an offset up is a binary search, with no date objects. */
export function zoneFromTable(id: string, table: TransitionTable): Zone {
	const { instants, offsets, initialOffset } = table;
	const offsetIn = (index: number): number => (index < 0 ? initialOffset : (offsets[index] ?? initialOffset));
	const offsetAt = (instant: number): number =>
		instant < table.from || instant >= table.to
			? table.offsetBeyond(instant)
			: offsetIn(lastAtOrBefore(instants, instant));
	const toInstant = (local: number): number => {
		if (local < table.from + GUARD || local >= table.to - GUARD) return toInstantBySampling(local, offsetAt);
		// Offsets are under a day, so the stretch that `local` belongs to is at most a few transitions away.
		let index = lastAtOrBefore(instants, local - DAY_MS);
		while (index + 1 < instants.length) {
			const next = instants[index + 1] ?? Number.POSITIVE_INFINITY;
			// Before the next change on the clock that holds until then: the first of two readings, or a time before a gap.
			if (local - offsetIn(index) < next) break;
			// In the gap: the clock jumps past `local`; the offset before it counts.
			if (local - offsetIn(index + 1) < next) break;
			index++;
		}
		return local - offsetIn(index);
	};
	return { id, offsetAt, toInstant };
}

const DAY_MS = 24 * 3600 * 1000;

function toInstantBySampling(local: number, offsetAt: (instant: number) => number): number {
	const before = offsetAt(local - DAY_MS);
	const after = offsetAt(local + DAY_MS);
	if (offsetAt(local - before) === before) return local - before;
	if (offsetAt(local - after) === after) return local - after;
	return local - before;
}

/** A zone whose offset never changes. */
export function fixedZone(id: string, offset: number): Zone {
	return { id, offsetAt: () => offset, toInstant: (local) => local - offset };
}

function lastAtOrBefore(sorted: readonly number[], value: number): number {
	let low = 0;
	let high = sorted.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((sorted[middle] ?? Number.POSITIVE_INFINITY) <= value) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}
