import { planSlice, type SlicePlan } from "@kalends/model";
import type { Transaction } from "kysely";
import { appendChanges, type ChangeEntry } from "../changes/append-changes.ts";
import type { Database } from "../db/schema.ts";
import { materialise, seriesSignature } from "../events/materialise.ts";
import { type OccurrenceRow, occurrenceRows, occurrenceWindow } from "../events/occurrence-rows.ts";
import { deleteOccurrences, insertOccurrences } from "../events/occurrence-statements.ts";
import type { Services } from "../services.ts";
import { type CalendarCompletion, completeCalendar } from "./complete-calendar.ts";
import { lockCalendar, NOTHING_STORED, readSlice } from "./read-slice.ts";
import { type ClaimedCalendar, type ClaimedRun, type EventCounts, recordProgress } from "./run-lease.ts";
import type { PreparedSlice } from "./slice.ts";
import {
	deleteEvents,
	deleteResources,
	executeInTurn,
	insertEvents,
	type MaterialisedSeries,
	type SliceOwner,
	updateEvents,
	upsertResources,
} from "./write-slice.ts";

export interface SliceWork {
	readonly changed: PreparedSlice["changed"];
	readonly expanded: PreparedSlice["expanded"];
	/** Provider ids of resources that are gone. */
	readonly removed: readonly string[];
	/** Nothing that is stored has its resources or UIDs: there is nothing to read, and it may be written beside others. */
	readonly isNew: boolean;
	/** With the last slice of a pull. */
	readonly completion: CalendarCompletion | null;
}

export interface SliceTarget {
	readonly run: ClaimedRun;
	readonly calendar: ClaimedCalendar;
	/** Events of a first sync make no feed entries of their own. */
	readonly isFirstSync: boolean;
}

/**
 * Writes one slice in one transaction: resources, events, occurrences, with the last slice the cursor, then the run's
 * counts (which checks the fence a second time) and at the very end the feed.
 *
 * @throws LeaseLost when the run or the calendar is another holder's by now; nothing is written then
 */
export async function applySlice(services: Services, target: SliceTarget, work: SliceWork): Promise<EventCounts> {
	const { run, calendar, isFirstSync } = target;
	return services.db.transaction().execute(async (tx) => {
		await lockCalendar(tx, calendar, work.isNew && work.completion === null ? "share" : "update");
		const owner: SliceOwner = { userId: calendar.userId, calendarId: calendar.id, now: services.now() };
		const plan = await writePlan(services, tx, owner, calendar, work);
		const entries: ChangeEntry[] = isFirstSync ? [] : eventEntries(plan, calendar.id);
		if (work.completion !== null) {
			entries.push(...(await completeCalendar(tx, calendar, owner.now, work.completion)));
		}
		const counts = countChanges(plan);
		await recordProgress(tx, run, counts);
		await appendChanges(tx, calendar.userId, owner.now, entries);
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
	const owner: SliceOwner = { userId: calendar.userId, calendarId: calendar.id, now: services.now() };
	const work = { changed: [], expanded: new Map(), removed: ids, isNew: false, completion: null };
	return eventEntries(await writePlan(services, tx, owner, calendar, work), calendar.id);
}

async function writePlan(
	services: Services,
	tx: Transaction<Database>,
	owner: SliceOwner,
	calendar: ClaimedCalendar,
	{ changed, removed, expanded, isNew }: SliceWork,
): Promise<SlicePlan> {
	const wanted = new Map(changed.map(({ resource, events }) => [resource.id, events]));
	for (const id of removed) wanted.set(id, []);
	const uids = changed.flatMap(({ events }) => events.map(({ event }) => event.uid));
	const touched = [...wanted.keys()];
	const stored = isNew ? NOTHING_STORED : await readSlice(tx, calendar, touched, uids);
	const plan = planSlice({ stored: stored.events, wanted, newId: () => services.newId("evt") });

	const resourceIds = new Map(stored.resourceIds);
	for (const { resource } of changed) {
		if (!resourceIds.has(resource.id)) resourceIds.set(resource.id, services.newId("res"));
	}
	const window = occurrenceWindow(owner.now);
	const series = new Map<string, MaterialisedSeries>();
	const rows: OccurrenceRow[] = [];
	for (const planned of plan.rematerialise) {
		const materialised = expanded.get(seriesSignature(planned)) ?? (await materialise(planned, { window }));
		const { base, overrides } = planned;
		series.set(base.id, { materialised, expandedFrom: window.from });
		const { id, kind, event } = base;
		const one = { id, kind, event, calendarId: calendar.id, overrides };
		rows.push(...occurrenceRows(one, materialised.expansion, window));
	}

	const created = new Set(plan.create.map((event) => event.id));
	const remotes = changed.map(({ resource }) => ({
		id: resourceIds.get(resource.id) ?? services.newId("res"),
		remote: resource,
	}));
	const known = [...series.keys()].filter((id) => !created.has(id));
	await executeInTurn(tx, [
		() => upsertResources(owner, remotes),
		() => deleteEvents(owner, plan.delete),
		() => updateEvents(owner, plan.update, resourceIds, series),
		() => insertEvents(owner, plan.create, resourceIds, series),
		() => deleteOccurrences(owner.userId, known),
		() => insertOccurrences(owner.userId, rows),
		() =>
			deleteResources(
				owner,
				removed.flatMap((id) => stored.resourceIds.get(id) ?? []),
			),
	]);
	return plan;
}

function eventEntries(plan: SlicePlan, calendarId: string): ChangeEntry[] {
	return plan.changes.map((change) => ({
		type: `event.${change.type}` as const,
		id: change.id,
		calendarId,
		...(change.type === "updated" ? { fields: change.fields } : {}),
	}));
}

function countChanges(plan: SlicePlan): EventCounts {
	const counts = { created: 0, updated: 0, deleted: 0 };
	for (const change of plan.changes) counts[change.type]++;
	return counts;
}
