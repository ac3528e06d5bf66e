import { isDeepStrictEqual } from "node:util";
import {
	type CalendarEvent,
	type EventDateTime,
	excludedKeys,
	hasSlot,
	parseOriginalStartKey,
	withoutExclusions,
} from "@kalends/model";
import type { MapContext } from "../fields/field.ts";
import { eventOf, type GoogleSeries, uidOf } from "../series.ts";
import type { EventBody } from "../types.ts";
import { patchBody } from "./body.ts";

/** What is to be written to the master, and what that leaves for the instances. */
export interface SeriesPlan {
	/** Null: the master stays as it is. */
	readonly body: EventBody | null;
	/** The slots lie elsewhere afterwards, so that what Google makes of its exceptions has to be asked. */
	readonly moves: boolean;
	/** As in `InstanceInput`. */
	readonly cancelled: ReadonlyMap<string, EventDateTime>;
	readonly excluded: ReadonlySet<string>;
}

/**
 * Plans the write of a master. An occurrence that is taken out becomes a cancelled instance, as Google's own clients do
 * it, and the guests are told of that one alone. Where the slots themselves lie elsewhere, and so all EXDATE lines with
 * them, they are written as lines.
 */
export function planSeries(base: GoogleSeries, master: CalendarEvent, context: MapContext): SeriesPlan {
	const present = eventOf(base.event, uidOf(base.event), context);
	const excluded = excludedKeys(master);
	const moves = !sameSlots(present, master);
	if (present.recurrence === null || !isDeepStrictEqual(present.start, master.start)) {
		return { body: patchBody(base.event, present, master, context), moves, cancelled: new Map(), excluded };
	}
	const inLines = excludedKeys(present);
	const everything = withoutExclusions(master, excluded);
	const cancelled = new Map<string, EventDateTime>();
	const spoken = new Set<string>();
	for (const key of excluded) {
		const slot = parseOriginalStartKey(key);
		if (slot === null || inLines.has(key)) continue;
		spoken.add(key);
		if (hasSlot(everything, key)) cancelled.set(key, slot);
	}
	const body = patchBody(base.event, present, withoutExclusions(master, spoken), context);
	return { body, moves, cancelled, excluded };
}

/** Do both begin alike and repeat by the same rules and dates, EXDATE aside? */
function sameSlots(a: CalendarEvent, b: CalendarEvent): boolean {
	const rules = ({ recurrence }: CalendarEvent) => (recurrence ?? []).filter((line) => !/^EXDATE\b/i.test(line)).sort();
	return isDeepStrictEqual(a.start, b.start) && isDeepStrictEqual(rules(a), rules(b));
}
