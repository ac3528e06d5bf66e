import {
	type CalendarEvent,
	instantOf,
	type Occurrence,
	originalStartKey,
	parseOriginalStartKey,
} from "@kalends/model";
import { expandSafely } from "./expansion-pool.ts";

const DAY = 86_400_000;

/**
 * The occurrence of a series whose original start has this key, moved and cancelled ones too; null where the series has
 * no such slot.
 */
export async function findOccurrence(
	master: CalendarEvent,
	overrides: readonly CalendarEvent[],
	key: string,
): Promise<Occurrence | null> {
	const slot = parseOriginalStartKey(key);
	if (slot === null) return null;
	// With THISANDFUTURE a slot may be far from where it is shown: those overrides tell how far.
	const reach = Math.max(0, ...overrides.map(shiftOf)) + 2 * DAY;
	const at = instantOf(slot, "UTC");
	const range = { from: at - reach, to: at + reach };
	const expansion = await expandSafely({ master, overrides }, range, { floatingZone: "UTC" });
	return expansion.occurrences.find((one) => originalStartKey(one.original_start) === key) ?? null;
}

function shiftOf({ start, recurrence_id }: CalendarEvent): number {
	return recurrence_id === null ? 0 : Math.abs(instantOf(start, "UTC") - instantOf(recurrence_id, "UTC"));
}
