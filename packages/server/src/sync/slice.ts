import { contentHash, planSlice, type WantedEvent } from "@kalends/model";
import { breathe, type RemoteResource } from "@kalends/providers";
import { type Materialised, type MaterialiseInput, materialise, seriesSignature } from "../events/materialise.ts";

/** A changed resource with the hashes of its events. */
export interface PreparedResource {
	readonly resource: RemoteResource;
	readonly events: readonly WantedEvent[];
}

/** What is written in one transaction. */
export interface PreparedSlice {
	readonly changed: readonly PreparedResource[];
	/** Series that were expanded ahead, by signature. */
	readonly expanded: ReadonlyMap<string, Materialised>;
}

export const MOST_EVENTS = 250;
/** Characters of raw bodies; keeps a slice of large bodies within reason. */
const MOST_RAW = 4_000_000;
/** So many events are hashed without letting others run; each takes about 30 µs. */
const HASHED_AT_ONCE = 100;

/** Cuts resources into slices of at most `MOST_EVENTS` events; a resource is never divided. */
export function* cutSlices(resources: readonly RemoteResource[]): Generator<readonly RemoteResource[]> {
	let slice: RemoteResource[] = [];
	let events = 0;
	let raw = 0;
	for (const resource of resources) {
		const weight = Math.max(1, resource.events.length);
		if (slice.length > 0 && (events + weight > MOST_EVENTS || raw + resource.raw.length > MOST_RAW)) {
			yield slice;
			slice = [];
			events = 0;
			raw = 0;
		}
		slice.push(resource);
		events += weight;
		raw += resource.raw.length;
	}
	if (slice.length > 0) yield slice;
}

/**
 * Does ahead of the transaction what needs no lock: hashing, and for a first sync expanding. What is expanded here is
 * used where the series turns out to be just this one, else it is expanded anew.
 */
export async function prepareSlice(
	resources: readonly RemoteResource[],
	expandAhead: MaterialiseInput | null,
): Promise<PreparedSlice> {
	const changed: PreparedResource[] = [];
	let hashed = 0;
	for (const resource of resources) {
		const events: WantedEvent[] = [];
		for (const event of resource.events) {
			events.push({ event, hash: contentHash(event) });
			if (++hashed % HASHED_AT_ONCE === 0) await breathe();
		}
		changed.push({ resource, events });
	}
	await breathe();
	return { changed, expanded: expandAhead === null ? new Map() : await expandAll(changed, expandAhead) };
}

async function expandAll(
	changed: readonly PreparedResource[],
	input: MaterialiseInput,
): Promise<ReadonlyMap<string, Materialised>> {
	const series = new Set(changed.flatMap(({ events }) => events.filter(isOfSeries).map(({ event }) => event.uid)));
	if (series.size === 0) return new Map();
	const wanted = new Map<string, readonly WantedEvent[]>();
	for (const { resource, events } of changed) {
		wanted.set(
			resource.id,
			events.filter(({ event }) => series.has(event.uid)),
		);
	}
	let ids = 0;
	const { rematerialise } = planSlice({ stored: [], wanted, newId: () => String(ids++) });
	const expanded = new Map<string, Materialised>();
	for (const series of rematerialise) {
		if (series.base.kind !== "master") continue;
		expanded.set(seriesSignature(series), await materialise(series, input));
		await breathe();
	}
	return expanded;
}

/** Is it, or may it stand for, more than one occurrence? */
function isOfSeries({ event }: WantedEvent): boolean {
	return event.recurrence_id !== null || (event.recurrence?.length ?? 0) > 0;
}
