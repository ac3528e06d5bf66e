import { type CalendarEvent, type Expansion, type InstantRange, instantOf, seriesBounds } from "@kalends/model";
import type { EventKind } from "../db/schema.ts";
import { expandSafely } from "./expansion-pool.ts";
import { MOST_OCCURRENCES } from "./occurrence-rows.ts";

/** A series as planned or as stored: what stands for it, and its overrides where that is a master. */
export interface SeriesParts {
	readonly base: { readonly kind: EventKind; readonly event: CalendarEvent; readonly hash: string };
	readonly overrides: readonly { readonly event: CalendarEvent; readonly hash: string }[];
}

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
export function seriesSignature({ base, overrides }: SeriesParts): string {
	return [base.hash, ...overrides.map((override) => override.hash)].join(" ");
}

/** Expands a planned series over the window; hostile rules are cut off there (T13). */
export async function materialise({ base, overrides }: SeriesParts, input: MaterialiseInput): Promise<Materialised> {
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
