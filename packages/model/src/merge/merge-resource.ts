import type { CalendarEvent } from "../event/event.ts";
import type { LostEdit, MergeInput, MergeResult, ResourceEvents } from "./lost-edit.ts";
import { gathered } from "./lost-edits.ts";
import { mergeSeries } from "./merge-series.ts";
import { sameContent } from "./same-content.ts";
import { type Parts, partsOf } from "./series.ts";

/**
 * Merges what the person here wants with what the provider has, both gone out from `base`. Changes of different events,
 * fields or list elements are all kept; of the same field the remote's is taken. Deleted there and edited here: it is
 * gone. Edited there and deleted here: it stays, unless only guests answered. Each local change that is not in `events`
 * is in `lost`.
 *
 * `events` is the very `remote` where nothing is left to write.
 */
export function mergeResource({ base, local, remote }: MergeInput): MergeResult {
	if (sameContent(local, base) || sameContent(local, remote)) return { events: remote, lost: [] };
	const sides = [byUid(base), byUid(local), byUid(remote)] as const;
	const events: CalendarEvent[] = [];
	const lost: LostEdit[] = [];
	for (const uid of new Set([...sides[2].keys(), ...sides[1].keys(), ...sides[0].keys()])) {
		const [before, ours, theirs] = sides.map((side) => side.get(uid) ?? NONE);
		if (before === undefined || ours === undefined || theirs === undefined) continue;
		const merged = mergeSeries({ base: before, local: ours, remote: theirs });
		events.push(...merged.parts.values());
		lost.push(...merged.lost);
	}
	const merged = events.length === 0 ? null : events;
	return { events: sameContent(merged, remote) ? remote : merged, lost: gathered(lost) };
}

const NONE: Parts = new Map();

function byUid(events: ResourceEvents): Map<string, Parts> {
	const groups = Map.groupBy(events ?? [], ({ uid }) => uid);
	return new Map([...groups].map(([uid, group]) => [uid, partsOf(group)]));
}
