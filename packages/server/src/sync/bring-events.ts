import { planSlice, type SlicePlan, type StoredEvent, type WantedEvent } from "@kalends/model";
import { breathe, type RemoteResource } from "@kalends/providers";
import type { Transaction } from "kysely";
import type { ChangeEntry } from "../changes/append-changes.ts";
import type { Database } from "../db/schema.ts";
import { type Materialised, materialise, seriesSignature } from "../events/materialise.ts";
import { type OccurrenceRow, occurrenceRows, occurrenceWindow } from "../events/occurrence-rows.ts";
import { deleteOccurrences, insertOccurrences } from "../events/occurrence-statements.ts";
import { noteLeads } from "../notify/reminders/leads.ts";
import { type Author, insertVersions, type VersionEntry, versionsOf } from "../push/history.ts";
import type { Services } from "../services.ts";
import {
	deleteEvents,
	deleteResources,
	executeInTurn,
	executeTogether,
	insertEvents,
	type MaterialisedSeries,
	type SliceOwner,
	updateEvents,
	upsertResources,
} from "./write-slice.ts";

/** What the stored events of some resources are to be. */
export interface EventsWork {
	/** Every stored event of every UID that these resources have or had. */
	readonly stored: readonly StoredEvent[];
	/** By the provider's resource id: all that it is to hold; empty where it goes. */
	readonly wanted: ReadonlyMap<string, readonly WantedEvent[]>;
	/** Rows of the resources by the provider's id: of those in `wanted`, and of those that the stored events lie in. */
	readonly resourceIds: ReadonlyMap<string, string>;
	/** Bodies to store, each in the row that `resourceIds` names. */
	readonly bodies: readonly RemoteResource[];
	/** Rows of resources that go, with all that hangs on them. */
	readonly drop: readonly string[];
	/** Series that were expanded ahead, by signature. */
	readonly expanded: ReadonlyMap<string, Materialised>;
	/** As in `planSlice`. */
	readonly remembered?: (resource: string, uid: string) => string | null;
	/** Who is named in the history; null: nothing is noted. */
	readonly author: Author | null;
	/** What goes into the history besides. */
	readonly versions?: readonly VersionEntry[];
}

/** So many occurrences are worked on without letting others run: a slice may hold hundreds of series. */
const ROWS_AT_ONCE = 500;
/** So few are written in one round trip; of more the next statement is made while one is executed. */
const FEW_ROWS = 20;

/**
 * Makes the stored events of these resources equal the wanted ones: resources, events, occurrences, history. The one way
 * in which events are written, for pulls, local writes and what comes of them; in a transaction that has locked the
 * calendar.
 */
export async function bringEvents(
	services: Services,
	tx: Transaction<Database>,
	owner: SliceOwner,
	work: EventsWork,
): Promise<SlicePlan> {
	const { stored, wanted, resourceIds, remembered } = work;
	const plan = planSlice({
		stored,
		wanted,
		newId: () => services.newId("evt"),
		...(remembered === undefined ? {} : { remembered }),
	});
	const window = occurrenceWindow(owner.now);
	const series = new Map<string, MaterialisedSeries>();
	const rows: OccurrenceRow[] = [];
	for (const planned of plan.rematerialise) {
		const materialised = work.expanded.get(seriesSignature(planned)) ?? (await materialise(planned, { window }));
		const { base, overrides } = planned;
		series.set(base.id, { materialised, expandedFrom: window.from });
		const { id, kind, event } = base;
		const one = { id, kind, event, calendarId: owner.calendarId, overrides };
		const breathed = Math.floor(rows.length / ROWS_AT_ONCE);
		rows.push(...occurrenceRows(one, materialised.expansion, window));
		if (Math.floor(rows.length / ROWS_AT_ONCE) > breathed) await breathe();
	}

	const created = new Set(plan.create.map((event) => event.id));
	const bodies = work.bodies.map((remote) => ({ id: rowId(resourceIds, remote.id), remote }));
	const known = [...series.keys()].filter((id) => !created.has(id));
	const noted = work.author === null ? [] : versionsOf(plan, stored, resourceIds, work.author);
	const makers = [
		// First, while the bodies of what goes are still there.
		() => insertVersions(owner, [...noted, ...(work.versions ?? [])]),
		() => upsertResources(owner, bodies),
		() => deleteEvents(owner, plan.delete),
		() => updateEvents(owner, plan.update, resourceIds, series),
		() => insertEvents(owner, plan.create, resourceIds, series),
		() => deleteOccurrences(owner.userId, known),
		...cut(rows, ROWS_AT_ONCE).map((part) => () => insertOccurrences(owner.userId, part)),
		() => noteLeads(owner.userId, [...plan.create, ...plan.update]),
		() => deleteResources(owner, work.drop),
	];
	const touched = plan.delete.length + plan.update.length + known.length + work.drop.length;
	// What only adds rows needs no order.
	if (touched === 0 && rows.length <= FEW_ROWS) await executeTogether(tx, makers);
	else await executeInTurn(tx, makers);
	return plan;
}

function cut<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
	const count = Math.ceil(items.length / size);
	return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** The entries for the feed. */
export function eventEntries(plan: SlicePlan, calendarId: string): ChangeEntry[] {
	return plan.changes.map((change) => ({
		type: `event.${change.type}` as const,
		id: change.id,
		calendarId,
		...(change.type === "updated" ? { fields: change.fields } : {}),
	}));
}

function rowId(resourceIds: ReadonlyMap<string, string>, id: string): string {
	const row = resourceIds.get(id);
	if (row === undefined) throw new Error("a resource was given no row");
	return row;
}
