import {
	type CalendarEvent,
	type Expansion,
	type InstantRange,
	instantOf,
	type PlannedSeries,
	seriesBounds,
} from "@kalends/model";
import { expandSafely } from "./expansion-pool.ts";
import { MOST_OCCURRENCES } from "./occurrence-rows.ts";

export interface MaterialiseInput {
	/** Of `occurrenceWindow`. */
	readonly window: InstantRange;
}

const HOUR = 3_600_000;

/** What is kept of a series besides its rows. Instants are epoch milliseconds. */
export interface Materialised {
	/** Null for what does not recur. */
	readonly expansion: Expansion | null;
	readonly startsAt: number;
	/** Null: endless. */
	readonly endsAt: number | null;
}

/** Two series with equal signatures have equal occurrences, whatever their ids. */
export function seriesSignature({ base, overrides }: PlannedSeries): string {
	return [base.hash, ...overrides.map((override) => override.hash)].join(" ");
}

/** Expands a planned series over the window; hostile rules are cut off there (T13). */
export async function materialise({ base, overrides }: PlannedSeries, input: MaterialiseInput): Promise<Materialised> {
	if (base.kind !== "master") {
		const { start, end } = base.event;
		// As `seriesBounds`: wall clocks count wherever the reader is.
		const floats = start.type !== "zoned";
		return {
			expansion: null,
			startsAt: instantOf(start, "UTC") - (floats ? 14 * HOUR : 0),
			endsAt: instantOf(end, "UTC") + (floats ? 12 * HOUR : 0),
		};
	}
	const series = { master: base.event, overrides: overrides.map((override): CalendarEvent => override.event) };
	const expansion = await expandSafely(series, input.window, {
		floatingZone: "UTC",
		limits: { maxOccurrences: MOST_OCCURRENCES },
	});
	return { expansion, ...seriesBounds(series) };
}
