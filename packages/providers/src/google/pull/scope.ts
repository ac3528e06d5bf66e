import type { KnownResources, RemoteCalendar, RemoteResource } from "../../port/provider.ts";
import { breathe } from "../../shared/breathe.ts";
import type { MapContext } from "../fields/field.ts";
import { type GoogleSeries, resourceOf } from "../series.ts";
import type { Session } from "../session.ts";

/** One calendar, to be pulled once. */
export interface PullScope {
	readonly session: Session;
	readonly calendar: RemoteCalendar;
	readonly known: KnownResources;
	readonly mapping: Omit<MapContext, "warn">;
}

/** So many events are mapped without letting others run. */
const AT_ONCE = 50;
/** Resources a page of the port. */
export const PAGE_RESOURCES = 250;

/** Maps series to resources, letting others run now and then. */
export async function mapSeries(
	series: readonly GoogleSeries[],
	mapping: PullScope["mapping"],
): Promise<RemoteResource[]> {
	const resources: RemoteResource[] = [];
	for (const one of series) {
		resources.push(resourceOf(one, mapping));
		if (resources.length % AT_ONCE === 0) await breathe();
	}
	return resources;
}

/** Cuts a list into pages; an empty one for an empty list. */
export function inPages<T>(list: readonly T[], size = PAGE_RESOURCES): readonly (readonly T[])[] {
	const pages: (readonly T[])[] = [];
	for (let at = 0; at === 0 || at < list.length; at += size) pages.push(list.slice(at, at + size));
	return pages;
}
