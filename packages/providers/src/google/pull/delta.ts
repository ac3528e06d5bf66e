import type { PullPage } from "../../port/provider.ts";
import { fetchAllEvents } from "../events.ts";
import { type GoogleSeries, sameSeries, seriesOf } from "../series.ts";
import { toCursor } from "../settings.ts";
import { type GoogleEvent, isCancelled, isException, isMaster } from "../types.ts";
import { inPages, mapSeries, type PullScope } from "./scope.ts";
import { asShown } from "./shown.ts";

/**
 * What changed since the token. All of it is fetched before anything is handed on, so that a token that is refused on a
 * later page costs nothing, and exceptions meet their masters.
 * @throws ProviderFailure `cursor_expired` where the token is no longer known
 */
export async function* pullChanges(scope: PullScope, syncToken: string): AsyncGenerator<PullPage> {
	const { session, calendar } = scope;
	const { events, nextSyncToken } = await fetchAllEvents(session, calendar.id, { syncToken });
	const { changed, removed } = await changesOf(scope, allAsShown(events, calendar));
	const pages = inPages(changed);
	for (const [index, part] of pages.entries()) {
		yield {
			mode: "delta",
			changed: await mapSeries(part, scope.mapping),
			removed: index === 0 ? removed : [],
			unchanged: [],
			cursor:
				index === pages.length - 1
					? toCursor({ syncToken: nextSyncToken, since: null, access: calendar.access })
					: null,
			complete: false,
		};
	}
}

interface Changes {
	readonly changed: readonly GoogleSeries[];
	/** Ids of resources. */
	readonly removed: readonly string[];
}

/**
 * The resources that a delta is about. An exception alone is put into the series that is known; where the master itself
 * has changed, its exceptions are asked for, as Google does not say what becomes of them.
 */
async function changesOf(scope: PullScope, events: ReadonlyMap<string, GoogleEvent>): Promise<Changes> {
	if (events.size === 0) return { changed: [], removed: [] };
	const known = await knownOf(scope, events);
	const adopts = await mastersOfOrphans(scope, events, known);
	const touched = new Map<string, GoogleEvent[]>();
	const heads: GoogleEvent[] = [];
	for (const event of events.values()) {
		const series = seriesIdOf(event, known);
		if (series === null) heads.push(event);
		else touched.set(series, [...(touched.get(series) ?? []), event]);
	}
	const changed = new Map<string, GoogleSeries>();
	const removed = new Set<string>();
	for (const event of heads) {
		const exceptions = touched.get(event.id) ?? [];
		touched.delete(event.id);
		const before = known.get(event.id);
		if (isCancelled(event) || !isMaster(event)) {
			if (isCancelled(event)) removed.add(event.id);
			else changed.set(event.id, { event, exceptions: [] });
			const left = await exceptionsLeft(scope, event, before, exceptions);
			for (const orphan of left) changed.set(orphan.id, { event: orphan, exceptions: [] });
		} else if (exceptions.length > 0 || (before?.exceptions.length ?? 0) > 0 || adopts.has(event.id)) {
			const found = await fetchSeries(scope, event);
			const master = found.get(event.id) ?? event;
			const own = [...found.values()].filter(({ recurringEventId }) => recurringEventId === event.id);
			changed.set(event.id, { event: master, exceptions: own });
		} else {
			changed.set(event.id, { event, exceptions: [] });
		}
	}
	for (const [id, exceptions] of touched) {
		const before = known.get(id);
		if (before === undefined || isException(before.event)) {
			for (const event of exceptions) {
				if (isCancelled(event)) removed.add(event.id);
				else changed.set(event.id, { event, exceptions: [] });
			}
			continue;
		}
		const merged = new Map(before.exceptions.map((event) => [event.id, event]));
		for (const event of exceptions) {
			// A tombstone that names no slot: the exception itself is gone.
			if (isException(event)) merged.set(event.id, event);
			else merged.delete(event.id);
		}
		changed.set(id, { event: before.event, exceptions: [...merged.values()] });
	}
	// What was a resource of its own is part of a series now.
	for (const { event, exceptions } of changed.values()) {
		for (const { id } of exceptions) if (known.has(id) || adopts.has(event.id)) removed.add(id);
	}
	for (const id of changed.keys()) removed.delete(id);
	return { changed: [...changed.values()], removed: [...removed] };
}

/** Ends like the id of an instance; only tombstones without any other word of their series are known by it. */
const INSTANCE_ID = /^(.+)_R?\d{8}(T\d{6}Z?)?$/;

/** The series that an exception belongs to; null for a single or a master. */
function seriesIdOf(event: GoogleEvent, known: ReadonlyMap<string, GoogleSeries>): string | null {
	if (isException(event)) return event.recurringEventId ?? null;
	const master = isCancelled(event) && !known.has(event.id) ? INSTANCE_ID.exec(event.id)?.[1] : undefined;
	const series = master === undefined ? undefined : known.get(master);
	return series?.exceptions.some(({ id }) => id === event.id) === true ? series.event.id : null;
}

/** New masters of which occurrences are known already, as resources of their own. */
async function mastersOfOrphans(
	scope: PullScope,
	events: ReadonlyMap<string, GoogleEvent>,
	known: ReadonlyMap<string, GoogleSeries>,
): Promise<ReadonlySet<string>> {
	const fresh = [...events.values()].filter((event) => isMaster(event) && !known.has(event.id));
	if (fresh.length === 0) return new Set();
	const orphaned = new Set([...(await scope.known.etags()).keys()].map((id) => INSTANCE_ID.exec(id)?.[1]));
	return new Set(fresh.map(({ id }) => id).filter((id) => orphaned.has(id)));
}

async function knownOf(
	{ known }: PullScope,
	events: ReadonlyMap<string, GoogleEvent>,
): Promise<ReadonlyMap<string, GoogleSeries>> {
	const ids = new Set<string>();
	for (const { id, recurringEventId } of events.values()) {
		ids.add(id);
		if (recurringEventId) ids.add(recurringEventId);
		const master = INSTANCE_ID.exec(id)?.[1];
		if (master !== undefined) ids.add(master);
	}
	const series = new Map<string, GoogleSeries>();
	for (const [id, raw] of await known.bodies([...ids])) {
		const read = seriesOf(raw);
		if (read !== null) series.set(id, read);
	}
	return series;
}

/** Exceptions that outlive their master, such as one instance that the person is still invited to. */
async function exceptionsLeft(
	scope: PullScope,
	head: GoogleEvent,
	before: GoogleSeries | undefined,
	told: readonly GoogleEvent[],
): Promise<readonly GoogleEvent[]> {
	const live = (event: GoogleEvent) => !isCancelled(event);
	if (before === undefined || !before.exceptions.some(live)) return told.filter(live);
	const found = await fetchSeries(scope, before.event);
	return [...found.values()].filter((event) => live(event) && event.recurringEventId === head.id);
}

/** Master and exceptions of a series as they are now. */
async function fetchSeries(
	{ session, calendar }: PullScope,
	event: GoogleEvent,
): Promise<ReadonlyMap<string, GoogleEvent>> {
	return allAsShown((await fetchAllEvents(session, calendar.id, sameSeries(event))).events, calendar);
}

function allAsShown(
	events: ReadonlyMap<string, GoogleEvent>,
	calendar: PullScope["calendar"],
): ReadonlyMap<string, GoogleEvent> {
	return new Map([...events].map(([id, event]) => [id, asShown(event, calendar)]));
}
