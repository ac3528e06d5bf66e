import type { PullPage, RemoteResource } from "../../port/provider.ts";
import { fetchEventsPage } from "../events.ts";
import type { Page } from "../exchange.ts";
import { etagOf, type GoogleSeries } from "../series.ts";
import { toCursor } from "../settings.ts";
import { asEvent, type GoogleEvent, isCancelled, isException, isMaster } from "../types.ts";
import { inPages, mapSeries, type PullScope } from "./scope.ts";
import { asShown } from "./shown.ts";

/**
 * Lists everything. Singles go on as they come; masters and exceptions wait for the last page, as they may come in any
 * order and on any page. What is known at its etag is only named, so that nothing is written for it again.
 */
export async function* pullAll(scope: PullScope, isShownAnew = false): AsyncGenerator<PullPage> {
	const { session, calendar, known } = scope;
	const etags = await known.etags();
	const gathered = new Gathered();
	let next: Promise<Page> | null = ahead(fetchEventsPage(session, calendar.id, {}, null));
	while (next !== null) {
		const { items, nextPageToken, nextSyncToken }: Page = await next;
		// The next page is on its way while this one is mapped and written.
		next = nextPageToken === null ? null : ahead(fetchEventsPage(session, calendar.id, {}, nextPageToken));
		for (const item of items) {
			const event = asEvent(item);
			if (event !== null) gathered.add(asShown(event, calendar));
		}
		const isLast = next === null;
		const { singles, removed } = gathered.take();
		const series = isLast ? [...singles, ...gathered.rest()] : singles;
		const pages = inPages(series);
		for (const [index, part] of pages.entries()) {
			const ends = isLast && index === pages.length - 1;
			if (part.length === 0 && removed.length === 0 && !ends) continue;
			const { changed, unchanged } = await compared(part, etags, scope);
			yield {
				mode: "full",
				changed,
				unchanged,
				removed: index === 0 ? removed : [],
				cursor: ends ? toCursor({ syncToken: nextSyncToken, since: null, access: calendar.access }) : null,
				complete: ends,
				...(ends && isShownAnew ? { isShownAnew } : {}),
			};
		}
	}
}

/** Its failure is thrown where it is waited for, if it is. */
function ahead(page: Promise<Page>): Promise<Page> {
	page.catch(() => {});
	return page;
}

export async function compared(
	series: readonly GoogleSeries[],
	etags: ReadonlyMap<string, string | null>,
	{ mapping }: Pick<PullScope, "mapping">,
): Promise<{ readonly changed: readonly RemoteResource[]; readonly unchanged: readonly string[] }> {
	const unchanged: string[] = [];
	const moved: GoogleSeries[] = [];
	for (const one of series) {
		const etag = etagOf(one);
		if (etag !== null && etags.get(one.event.id) === etag) unchanged.push(one.event.id);
		else moved.push(one);
	}
	return { changed: await mapSeries(moved, mapping), unchanged };
}

/** What a listing has brought so far. */
class Gathered {
	#singles = new Map<string, GoogleEvent>();
	#removed = new Set<string>();
	/** Handed on already: a later page may take it back, or replace it. */
	readonly #handedOn = new Set<string>();
	readonly #masters = new Map<string, GoogleEvent>();
	readonly #exceptions = new Map<string, GoogleEvent>();

	add(event: GoogleEvent): void {
		if (isException(event)) {
			this.#exceptions.set(event.id, event);
			return;
		}
		this.#singles.delete(event.id);
		this.#masters.delete(event.id);
		if (isCancelled(event)) {
			this.#exceptions.delete(event.id);
			if (this.#handedOn.delete(event.id)) this.#removed.add(event.id);
			return;
		}
		this.#removed.delete(event.id);
		(isMaster(event) ? this.#masters : this.#singles).set(event.id, event);
	}

	/** The singles since the last time, and the ids of those handed on before that are gone. */
	take(): { readonly singles: readonly GoogleSeries[]; readonly removed: readonly string[] } {
		const singles = [...this.#singles.values()].map((event) => ({ event, exceptions: [] }));
		const removed = [...this.#removed];
		for (const id of this.#singles.keys()) this.#handedOn.add(id);
		this.#singles = new Map();
		this.#removed = new Set();
		return { singles, removed };
	}

	/** Series and orphans, when all is there. */
	rest(): readonly GoogleSeries[] {
		return seriesFrom(this.#masters.values(), this.#exceptions.values());
	}
}

/** Puts exceptions with their masters; those of none are resources of their own, unless they are cancelled. */
function seriesFrom(masters: Iterable<GoogleEvent>, exceptions: Iterable<GoogleEvent>): readonly GoogleSeries[] {
	const byMaster = new Map([...masters].map((event) => [event.id, { event, exceptions: [] as GoogleEvent[] }]));
	const orphans: GoogleSeries[] = [];
	for (const event of exceptions) {
		const series = byMaster.get(event.recurringEventId ?? "");
		if (series !== undefined) series.exceptions.push(event);
		else if (!isCancelled(event)) orphans.push({ event, exceptions: [] });
	}
	return [...byMaster.values(), ...orphans];
}
