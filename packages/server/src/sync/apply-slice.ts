import type { SlicePlan, WantedEvent } from "@kalends/model";
import { mayBeOlder } from "@kalends/model";
import type { Transaction } from "kysely";
import { appendChanges, type ChangeEntry } from "../changes/append-changes.ts";
import type { Database } from "../db/schema.ts";
import { inTransaction } from "../db/transact.ts";
import { BY_PROVIDER } from "../push/history.ts";
import { sendPush } from "../push/intent-rows.ts";
import { type Effects, effectsOf } from "../push/outcomes.ts";
import { rebaseSlice } from "../push/rebase-slice.ts";
import type { Services } from "../services.ts";
import { bringEvents, eventEntries } from "./bring-events.ts";
import { type CalendarCompletion, completeCalendar } from "./complete-calendar.ts";
import { lockCalendar, NOTHING_STORED, readSlice } from "./read-slice.ts";
import { type ClaimedCalendar, type ClaimedRun, type EventCounts, recordProgress } from "./run-lease.ts";
import type { PreparedSlice } from "./slice.ts";
import { executeInTurn, markGone } from "./write-slice.ts";

export interface SliceWork {
	readonly changed: PreparedSlice["changed"];
	readonly expanded: PreparedSlice["expanded"];
	/** Provider ids of resources that are gone. */
	readonly removed: readonly string[];
	/** Nothing that is stored has its resources or UIDs: there is nothing to read, and it may be written beside others. */
	readonly isNew: boolean;
	/** With the last slice of a pull. */
	readonly completion: CalendarCompletion | null;
	/** Of resources that were read one by one since: the calendar's `write_seq` before that. */
	readonly readAt: ReadonlyMap<string, number>;
}

export interface SliceTarget {
	readonly run: ClaimedRun;
	readonly calendar: ClaimedCalendar;
	/** Events of a first sync make no feed entries of their own. */
	readonly isFirstSync: boolean;
}

/** What a pull says of these resources may be older than our own writes of them: read them anew. Nothing was written. */
export class StaleReading extends Error {
	override readonly name = "StaleReading";
	/** The provider's. */
	readonly ids: readonly string[];

	constructor(ids: readonly string[]) {
		super("our own writes have overtaken what was read");
		this.ids = ids;
	}
}

/** Somebody has written to a calendar that was thought to be empty. Nothing was written. */
export class NotAlone extends Error {
	override readonly name = "NotAlone";
}

/**
 * Writes one slice in one transaction: resources, events, occurrences, with the last slice the cursor, then the run's
 * counts (which checks the fence a second time) and at the very end the feed.
 *
 * @throws LeaseLost when the run or the calendar is another holder's by now, StaleReading, NotAlone: nothing is written
 *   then
 */
export async function applySlice(services: Services, target: SliceTarget, work: SliceWork): Promise<EventCounts> {
	const { run, calendar, isFirstSync } = target;
	return inTransaction(services.db, async (tx) => {
		const writeSeq = await lockCalendar(tx, calendar, work.isNew && work.completion === null ? "share" : "update");
		if (work.isNew && writeSeq !== calendar.writeSeq) throw new NotAlone("the calendar is being written to");
		const now = services.now();
		const plan = await writePlan(services, tx, calendar, work, {
			isFirstSync,
			wasWritten: writeSeq > 0,
		});
		const entries: ChangeEntry[] = isFirstSync ? [] : eventEntries(plan, calendar.id);
		if (work.completion !== null) {
			entries.push(...(await completeCalendar(tx, calendar, now, work.completion)));
		}
		const counts = countChanges(plan);
		await recordProgress(tx, run, counts);
		await appendChanges(tx, calendar.userId, now, entries);
		return counts;
	});
}

/**
 * Deletes resources with their events, in a transaction that has locked the calendar.
 * @param ids the provider's
 * @returns the entries for the feed
 */
export async function removeResources(
	services: Services,
	tx: Transaction<Database>,
	calendar: ClaimedCalendar,
	ids: readonly string[],
): Promise<ChangeEntry[]> {
	const options = { isFirstSync: false, wasWritten: calendar.writeSeq > 0 };
	return eventEntries(await writePlan(services, tx, calendar, removal(ids), options), calendar.id);
}

/** @param ids the provider's ids of resources that are gone */
export function removal(ids: readonly string[], readAt: ReadonlyMap<string, number> = new Map()): SliceWork {
	return { changed: [], expanded: new Map(), removed: ids, isNew: false, completion: null, readAt };
}

interface PlanOptions {
	readonly isFirstSync: boolean;
	/** Has anybody ever written to the calendar here? */
	readonly wasWritten: boolean;
}

async function writePlan(
	services: Services,
	tx: Transaction<Database>,
	calendar: ClaimedCalendar,
	{ changed, removed, expanded, isNew, readAt }: SliceWork,
	{ isFirstSync, wasWritten }: PlanOptions,
): Promise<SlicePlan> {
	const { userId, id: calendarId } = calendar;
	const owner = { userId, calendarId, now: services.now() };
	const bodies = changed.map(({ resource }) => resource);
	const isRebased = wasWritten && !isNew;
	const effects = isRebased
		? await effectsOf(services, tx, owner, await rebaseSlice(tx, calendar, bodies, removed))
		: NO_EFFECTS;
	const wanted = new Map<string, readonly WantedEvent[]>();
	for (const { resource, events } of changed) wanted.set(resource.id, events);
	for (const id of removed) wanted.set(id, []);
	for (const [id, events] of effects.wanted) wanted.set(id, events);
	const uids = [...wanted.values()].flatMap((events) => events.map(({ event }) => event.uid));
	const stored = isNew ? NOTHING_STORED : await readSlice(tx, calendar, [...wanted.keys()], uids);
	const stale = [...stored.stamps].filter(([id, stamp]) => mayBeOlder(readAt.get(id) ?? calendar.writeSeq, stamp));
	if (stale.length > 0) throw new StaleReading(stale.map(([id]) => id));

	// Earlier pages may name these once more, as they were before: the row stays until a later pull.
	const remembered = removed.filter((id) => (stored.stamps.get(id) ?? 0) > calendar.writeSeq);
	const dropped = removed.filter((id) => !remembered.includes(id));
	const resourceIds = new Map(stored.resourceIds);
	for (const { id } of bodies) if (!resourceIds.has(id)) resourceIds.set(id, services.newId("res"));
	const plan = await bringEvents(services, tx, owner, {
		stored: stored.events,
		wanted,
		resourceIds,
		bodies,
		drop: [...effects.drop, ...dropped.flatMap((id) => stored.resourceIds.get(id) ?? [])],
		expanded,
		remembered: effects.remembered,
		author: isFirstSync ? null : BY_PROVIDER,
		versions: effects.versions,
	});
	await executeInTurn(tx, [
		...effects.statements,
		() =>
			markGone(
				owner,
				remembered.flatMap((id) => stored.resourceIds.get(id) ?? []),
			),
	]);
	for (const id of effects.freed) await sendPush(tx, services, userId, id, 0);
	return plan;
}

const NO_EFFECTS: Effects = {
	wanted: new Map(),
	remembered: () => null,
	drop: [],
	versions: [],
	statements: [],
	givenUp: [],
	freed: [],
};

function countChanges(plan: SlicePlan): EventCounts {
	const counts = { created: 0, updated: 0, deleted: 0 };
	for (const change of plan.changes) counts[change.type]++;
	return counts;
}
