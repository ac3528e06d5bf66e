import type { CalendarEvent } from "../event/event.ts";
import { originalStartKey } from "../recurrence/keys.ts";

/** One VEVENT (or its like) and the provider's resource that it lies in. */
export interface Part {
	/** The provider's id of the resource, unique within the calendar. */
	readonly resource: string;
	readonly event: CalendarEvent;
}

/** A single, or a master with the overrides that replace its instances. */
export interface ArrangedSeries<P extends Part> {
	readonly base: P;
	/** By original start key, at most one each. */
	readonly overrides: ReadonlyMap<string, P>;
}

export interface Arrangement<P extends Part> {
	readonly series: readonly ArrangedSeries<P>[];
	/** Overrides that replace no instance of any master here (RFC 4791 §4.1 allows them); shown by themselves. */
	readonly orphans: readonly P[];
}

/**
 * Arranges all parts of one UID into series. The result depends on the set of parts alone, not on their order,
 * so slices may come in any order.
 *
 * - Within a resource, the RFC 5546 §2.1.5 rule: per RECURRENCE-ID the higher SEQUENCE wins, then the later update.
 * - An override belongs to the master in its own resource, else to the first master by resource id: some servers
 *   split a series into several resources.
 * - Two overrides for one instance in different resources: the master's own resource wins, then SEQUENCE, then the
 *   later update, then the resource id. The other one is kept as an orphan, so nothing vanishes.
 */
export function arrange<P extends Part>(parts: readonly P[]): Arrangement<P> {
	const kept = withoutDuplicates(parts);
	const bases = kept.filter((part) => part.event.recurrence_id === null);
	const series = bases.map((base) => ({ base, overrides: new Map<string, P>() }));
	const byResource = new Map(series.map((entry) => [entry.base.resource, entry]));
	const orphans: P[] = [];
	for (const part of kept) {
		if (part.event.recurrence_id === null) continue;
		const owner = byResource.get(part.resource) ?? series[0];
		if (owner === undefined) {
			orphans.push(part);
			continue;
		}
		const key = originalStartKey(part.event.recurrence_id);
		const rival = owner.overrides.get(key);
		if (rival === undefined) {
			owner.overrides.set(key, part);
			continue;
		}
		const partWins =
			part.resource === owner.base.resource ||
			(rival.resource !== owner.base.resource && compareVersions(part.event, rival.event) > 0);
		owner.overrides.set(key, partWins ? part : rival);
		orphans.push(partWins ? rival : part);
	}
	return { series, orphans };
}

/** Of one resource at most one part per RECURRENCE-ID; ordered by resource, then RECURRENCE-ID. */
function withoutDuplicates<P extends Part>(parts: readonly P[]): P[] {
	if (parts.length < 2) return [...parts];
	const best = new Map<string, { readonly key: string; readonly part: P }>();
	for (const part of parts) {
		const key = part.event.recurrence_id === null ? "" : originalStartKey(part.event.recurrence_id);
		const identity = JSON.stringify([part.resource, key]);
		const rival = best.get(identity);
		if (rival === undefined || compareVersions(part.event, rival.part.event) > 0) best.set(identity, { key, part });
	}
	return [...best.values()]
		.sort((a, b) => compareText(a.part.resource, b.part.resource) || compareText(a.key, b.key))
		.map(({ part }) => part);
}

/** Positive when `a` is the newer version of the same thing. */
function compareVersions(a: CalendarEvent, b: CalendarEvent): number {
	return a.sequence - b.sequence || compareText(a.updated_at ?? "", b.updated_at ?? "");
}

export function compareText(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
