/**
 * Where an occurrence stands in every list: by start in the reader's zone, all-day first, then id.
 * A cursor is the key of the last one given, so pages stay put while events come and go.
 */
export interface OccurrenceKey {
	/** Start, epoch milliseconds; for all-day ones midnight in the reader's zone. */
	readonly at: number;
	readonly allDay: boolean;
	readonly id: string;
}

export function compareOccurrenceKeys(a: OccurrenceKey, b: OccurrenceKey): number {
	if (a.at !== b.at) return a.at - b.at;
	if (a.allDay !== b.allDay) return a.allDay ? -1 : 1;
	return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
