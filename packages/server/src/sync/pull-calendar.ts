import { mayBeOlder } from "@kalends/model";
import {
	type CalendarProvider,
	type KnownResources,
	type ProviderContext,
	ProviderFailure,
	type PullPage,
	type RemoteCalendar,
	type RemoteResource,
	type SyncCursor,
} from "@kalends/providers";
import { sql } from "kysely";
import { occurrenceWindow } from "../events/occurrence-rows.ts";
import { IS_PROVISIONAL } from "../push/provisional.ts";
import type { Services } from "../services.ts";
import { applySlice, NotAlone, removal, type SliceTarget, type SliceWork, StaleReading } from "./apply-slice.ts";
import type { CalendarCompletion } from "./complete-calendar.ts";
import { type Candidate, countEvents, findCandidates, findRenamed, Listing, planDeletions } from "./deletions.ts";
import { readAhead } from "./read-ahead.ts";
import { ReadAnew } from "./read-anew.ts";
import { type FreshCalendar, freshCalendar } from "./read-slice.ts";
import { type ClaimedCalendar, type ClaimedRun, claimCalendar, type EventCounts, NO_EVENTS } from "./run-lease.ts";
import { cutSlices, MOST_EVENTS, type PreparedSlice, prepareSlice } from "./slice.ts";

/** The row of a calendar, as far as a pull needs it. */
export interface PullableCalendar {
	readonly id: string;
	readonly cursor: SyncCursor | null;
	readonly first_synced_at: Date | null;
}

export interface PullOutcome {
	readonly counts: EventCounts;
	/** Deletions were held back by this pull. */
	readonly held: boolean;
	/** Seconds after which the provider asks to be polled again; null where it does not say. */
	readonly refreshAfter: number | null;
}

/**
 * Brings one calendar up to date. Pages become slices, each committed by itself; the cursor goes with the last one, so
 * whatever breaks this off, the next pull begins where the last complete one ended and finds the rest done already.
 *
 * @throws ProviderFailure as the provider does; LeaseLost when another holder took over
 */
export async function pullCalendar(
	services: Services,
	run: ClaimedRun,
	row: PullableCalendar,
	remote: RemoteCalendar,
	provider: CalendarProvider,
	context: ProviderContext,
): Promise<PullOutcome> {
	const calendar = await claimCalendar(services.db, run, row.id);
	const isFirstSync = row.first_synced_at === null;
	const fresh = isFirstSync ? await freshCalendar(services.db, calendar) : null;
	const anew = new ReadAnew(services, calendar, remote, provider, context);
	const pull = new Pull(services, { run, calendar, isFirstSync }, fresh, anew, remote, provider, context);
	try {
		return await pull.perform(row.cursor);
	} catch (error) {
		// Providers handle this themselves; one that could not is asked for everything.
		if (!(error instanceof ProviderFailure && error.kind === "cursor_expired" && row.cursor !== null)) throw error;
		return await pull.perform(null);
	}
}

/** Slices of a first sync that are written at the same time, each on a connection of its own. */
const SLICES_AT_ONCE = 2;

/** A slice to write; `last` is the last page, on the slice that ends the pull. */
interface Step {
	readonly slice: PreparedSlice;
	readonly renamed: readonly string[];
	readonly last: PullPage | null;
}

class Pull {
	readonly #services: Services;
	readonly #target: SliceTarget;
	readonly #calendar: ClaimedCalendar;
	readonly #fresh: FreshCalendar | null;
	readonly #anew: ReadAnew;
	readonly #remote: RemoteCalendar;
	readonly #provider: CalendarProvider;
	readonly #context: ProviderContext;
	#counts: EventCounts = NO_EVENTS;
	/** Events of the calendar before this pull wrote anything; null until the first page came. */
	#stored: number | null = null;

	constructor(
		services: Services,
		target: SliceTarget,
		fresh: FreshCalendar | null,
		anew: ReadAnew,
		remote: RemoteCalendar,
		provider: CalendarProvider,
		context: ProviderContext,
	) {
		this.#services = services;
		this.#target = target;
		this.#calendar = target.calendar;
		this.#fresh = fresh;
		this.#anew = anew;
		this.#remote = remote;
		this.#provider = provider;
		this.#context = context;
	}

	async perform(cursor: SyncCursor | null): Promise<PullOutcome> {
		this.#stored = null;
		const listing = new Listing();
		// Leaving early aborts what the read-ahead still waits for.
		const leaving = new AbortController();
		const signal = AbortSignal.any([leaving.signal, ...(this.#context.signal ? [this.#context.signal] : [])]);
		const context = { ...this.#context, signal };
		const writing = new Set<Promise<void>>();
		try {
			const pages = this.#provider.pull(this.#remote, cursor, this.#known(), context);
			for await (const step of readAhead(this.#steps(readAhead(pages), listing))) {
				const isNew = step.renamed.length === 0 && this.#fresh?.admit(step.slice) === true;
				const most = isNew && step.last === null ? SLICES_AT_ONCE - 1 : 0;
				while (writing.size > most) await Promise.race(writing);
				const work = { ...step.slice, removed: step.renamed, isNew, completion: null, readAt: new Map() };
				if (step.last !== null) return await this.#complete(work, step.last, listing);
				const write = this.#apply(work).finally(() => writing.delete(write));
				// Its failure is thrown where it is waited for.
				write.catch(() => {});
				writing.add(write);
				if (!isNew) await write;
			}
			await Promise.all(writing);
		} finally {
			leaving.abort();
			await Promise.allSettled(writing);
		}
		throw new ProviderFailure("invalid", { reason: "incomplete_answer", message: "the pull ended without a cursor" });
	}

	async *#steps(pages: AsyncIterable<PullPage>, listing: Listing): AsyncGenerator<Step> {
		const { db, now } = this.#services;
		const expandAhead = this.#target.isFirstSync ? { window: occurrenceWindow(now()) } : null;
		for await (const page of pages) {
			listing.add(page);
			this.#stored ??= await this.#countStored(page);
			const slices = [...cutSlices(page.changed)];
			if (slices.length === 0 && page.cursor !== null) slices.push([]);
			for (const [index, resources] of slices.entries()) {
				const uids = resources.flatMap((resource) => resource.events.map((event) => event.uid));
				const renamed = await findRenamed(db, this.#calendar, page.removed, uids);
				for (const id of renamed) listing.settle(id);
				const slice = await prepareSlice(resources, expandAhead);
				const isLast = page.cursor !== null && index === slices.length - 1;
				yield { slice, renamed, last: isLast ? page : null };
			}
		}
	}

	/** Counting takes longer than a small pull by a push message; a single page of changes alone deletes nothing. */
	async #countStored({ mode, removed, cursor }: PullPage): Promise<number> {
		if (mode === "delta" && removed.length === 0 && cursor !== null) return 0;
		return countEvents(this.#services.db, this.#calendar, this.#target.run.startedAt);
	}

	async #complete(last: SliceWork, page: PullPage, listing: Listing): Promise<PullOutcome> {
		const services = this.#services;
		const found = await findCandidates(services.db, this.#calendar, listing, {
			// Where nothing was stored before, all that is stored was listed.
			compare: listing.full && (this.#fresh === null || this.#fresh.isSpoilt),
			now: services.now(),
		});
		const { candidates, there, readAt } = await this.#confirm(found, listing);
		const plan = planDeletions(listing, candidates, {
			stored: this.#stored ?? 0,
			complete: page.complete,
			believed: page.isShownAnew === true,
			pastAbsenceMeansDeletion: this.#provider.capabilities.pastAbsenceMeansDeletion,
		});
		const completion: CalendarCompletion = {
			cursor: page.cursor ?? {},
			version: this.#remote.version,
			full: listing.full,
			hold: plan.hold,
			release: plan.release,
			properties: page.calendar ?? {},
		};
		const works = [last];
		for (const resources of cutSlices(there)) {
			works.push({ ...removal([], readAt), ...(await prepareSlice(resources, null)) });
		}
		for (const removed of cutCandidates(plan.remove)) {
			works.push(removal(removed, readAt));
		}
		for (const [index, work] of works.entries()) {
			await this.#apply(index === works.length - 1 ? { ...work, completion } : work);
		}
		if (plan.hold.length > 0) {
			services.log.warn(
				{ user_id: this.#calendar.userId, calendar_id: this.#calendar.id, held: plan.hold.length },
				"deletions held back",
			);
		}
		return { counts: this.#counts, held: plan.hold.length > 0, refreshAfter: page.refreshAfter ?? null };
	}

	/** What we wrote while the pull went on is asked for by itself: the listing may be older. */
	async #confirm(
		found: readonly Candidate[],
		listing: Listing,
	): Promise<{
		readonly candidates: readonly Candidate[];
		readonly there: readonly RemoteResource[];
		readonly readAt: ReadonlyMap<string, number>;
	}> {
		const candidates: Candidate[] = [];
		const there: RemoteResource[] = [];
		const readAt = new Map<string, number>();
		for (const candidate of found) {
			const { id, stamp } = candidate;
			const isDoubtful = !listing.present.has(id) && mayBeOlder(this.#calendar.writeSeq, stamp);
			const reading = isDoubtful ? await this.#anew.read(id) : null;
			if (reading !== null) readAt.set(id, reading.at);
			const remote = reading?.remote ?? null;
			if (remote === null) candidates.push(candidate);
			else {
				listing.found(id);
				there.push(remote);
			}
		}
		return { candidates, there, readAt };
	}

	async #apply(work: SliceWork): Promise<void> {
		const { created, updated, deleted } = await this.#applyFresh(work);
		this.#counts = {
			created: this.#counts.created + created,
			updated: this.#counts.updated + updated,
			deleted: this.#counts.deleted + deleted,
		};
	}

	/** What is overtaken by our own writes is read anew until it is not; each time at least one of them got through. */
	async #applyFresh(work: SliceWork): Promise<EventCounts> {
		for (let next = work; ; ) {
			this.#context.signal?.throwIfAborted();
			try {
				return await applySlice(this.#services, this.#target, next);
			} catch (error) {
				if (error instanceof NotAlone) {
					this.#fresh?.spoil();
					next = { ...next, isNew: false };
				} else if (error instanceof StaleReading) next = await this.#anew.replace(next, error.ids);
				else throw error;
			}
		}
	}

	#known(): KnownResources {
		const { userId, id } = this.#calendar;
		return {
			etags: async () => {
				if (this.#fresh?.isEmpty === true) return new Map();
				const rows = await this.#services.db
					.selectFrom("resources as r")
					.select(["provider_resource_id", "etag"])
					.where("user_id", "=", userId)
					.where("calendar_id", "=", id)
					.where("gone", "=", false)
					.where(sql<boolean>`NOT (${IS_PROVISIONAL})`)
					.execute();
				return new Map(rows.map((row) => [row.provider_resource_id, row.etag]));
			},
			bodies: async (ids) => {
				if (ids.length === 0 || this.#fresh?.isEmpty === true) return new Map();
				const rows = await this.#services.db
					.selectFrom("resources as r")
					.select(["provider_resource_id", "raw"])
					.where("user_id", "=", userId)
					.where("calendar_id", "=", id)
					.where("provider_resource_id", "=", sql<string>`ANY(${[...ids]}::text[])`)
					.where("gone", "=", false)
					.execute();
				return new Map(rows.map((row) => [row.provider_resource_id, row.raw]));
			},
		};
	}
}

function* cutCandidates(candidates: readonly Candidate[]): Generator<readonly string[]> {
	let chunk: string[] = [];
	let events = 0;
	for (const { id, events: weight } of candidates) {
		if (chunk.length > 0 && events + Math.max(1, weight) > MOST_EVENTS) {
			yield chunk;
			chunk = [];
			events = 0;
		}
		chunk.push(id);
		events += Math.max(1, weight);
	}
	if (chunk.length > 0) yield chunk;
}
