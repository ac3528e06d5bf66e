import type { CalendarEvent } from "../event/event.ts";
import { originalStartKey } from "../recurrence/keys.ts";
import { type ArrangedSeries, arrange, compareText, type Part } from "./arrange.ts";
import { changedFields } from "./content.ts";

export type StoredKind = "single" | "master" | "override";

/** An event as the provider has it now; `hash` is its `contentHash`. */
export interface WantedEvent {
	readonly event: CalendarEvent;
	readonly hash: string;
}

/** A row of `events` as it is stored. */
export interface StoredEvent extends Part {
	readonly id: string;
	readonly kind: StoredKind;
	/** Null for bases, and for overrides whose master is not there. */
	readonly masterId: string | null;
	readonly version: number;
	readonly hash: string;
}

/** A row of `events` as it is to be; the same shape, so that a plan applied is a snapshot. */
export type PlannedEvent = StoredEvent;

export interface SliceSnapshot {
	/** Every stored event of every UID that a touched resource has or had, in whichever resource it lies. */
	readonly stored: readonly StoredEvent[];
	/** By touched resource: what it holds now; empty when it is gone or holds no event. */
	readonly wanted: ReadonlyMap<string, readonly WantedEvent[]>;
	/** Mints an event id. */
	readonly newId: () => string;
	/** The id that the single or master of this resource and UID is to have where none is stored; null: a new one. */
	readonly remembered?: (resource: string, uid: string) => string | null;
}

/** What a reader of the feed learns of an event; overrides speak through their master. */
export type EventChange =
	| { readonly type: "created"; readonly id: string }
	| { readonly type: "updated"; readonly id: string; readonly fields: readonly string[] }
	| { readonly type: "deleted"; readonly id: string };

/** A series (or single, or orphaned override: `overrides` is empty then) whose occurrences are to be written anew. */
export interface PlannedSeries {
	readonly base: PlannedEvent;
	readonly overrides: readonly PlannedEvent[];
}

export interface SlicePlan {
	readonly create: readonly PlannedEvent[];
	readonly update: readonly PlannedEvent[];
	/** Ids. */
	readonly delete: readonly string[];
	readonly changes: readonly EventChange[];
	readonly rematerialise: readonly PlannedSeries[];
}

/**
 * Decides what to write so that the stored events of the touched resources equal the wanted ones.
 *
 * Ids survive: a base (single or master) keeps its id while its UID stays, also when it moves to another resource
 * of the same slice; an override is `<master id>.<original start>`. An override that comes before its master has
 * an id of its own until the master adopts it.
 *
 * `version` of a base moves only when something visible of it, or of an override of it, changes.
 * Planning again what is stored gives an empty plan, and the final state does not depend on the order of slices.
 */
export function planSlice(snapshot: SliceSnapshot): SlicePlan {
	const draft: Draft = { create: [], update: [], delete: [], changes: [], rematerialise: [] };
	for (const { stored, parts } of byUid(snapshot)) planUid(stored, parts, snapshot, draft);
	return withReturned(draft, snapshot.stored);
}

/** What goes and is back with its id, under the UID that its provider gave it, was changed at most. */
function withReturned(plan: SlicePlan, stored: readonly StoredEvent[]): SlicePlan {
	const gone = new Set(plan.delete);
	const made = new Map(plan.create.filter(({ id }) => gone.has(id)).map((row) => [row.id, row]));
	if (made.size === 0) return plan;
	const before = new Map(stored.map((row) => [row.id, row]));
	const fieldsOf = (id: string): readonly string[] | null => {
		const [was, is] = [before.get(id), made.get(id)];
		return was === undefined || is === undefined ? null : changedFields(was.event, is.event);
	};
	return {
		...plan,
		create: plan.create.map((row) => {
			const fields = fieldsOf(row.id);
			return fields === null
				? row
				: { ...row, version: (before.get(row.id)?.version ?? 0) + (fields.length > 0 ? 1 : 0) };
		}),
		changes: plan.changes.flatMap((change): readonly EventChange[] => {
			const fields = fieldsOf(change.id);
			if (fields === null) return [change];
			return change.type === "deleted" || fields.length === 0 ? [] : [{ type: "updated", id: change.id, fields }];
		}),
	};
}

interface HashedPart extends Part {
	readonly hash: string;
}

interface Draft extends SlicePlan {
	readonly create: PlannedEvent[];
	readonly update: PlannedEvent[];
	readonly delete: string[];
	readonly changes: EventChange[];
	readonly rematerialise: PlannedSeries[];
}

interface UidSnapshot {
	readonly stored: StoredEvent[];
	readonly parts: HashedPart[];
}

function byUid({ stored, wanted }: SliceSnapshot): Iterable<UidSnapshot> {
	const uids = new Map<string, UidSnapshot>();
	const entry = (uid: string): UidSnapshot => {
		const known = uids.get(uid) ?? { stored: [], parts: [] };
		uids.set(uid, known);
		return known;
	};
	for (const row of stored) {
		const { stored: rows, parts } = entry(row.event.uid);
		rows.push(row);
		if (!wanted.has(row.resource)) parts.push(row);
	}
	for (const [resource, events] of wanted) {
		for (const { event, hash } of events) entry(event.uid).parts.push({ resource, event, hash });
	}
	return uids.values();
}

function planUid(
	stored: readonly StoredEvent[],
	parts: readonly HashedPart[],
	{ newId, remembered }: Pick<SliceSnapshot, "newId" | "remembered">,
	draft: Draft,
): void {
	const { series, orphans } = arrange(parts);
	const before = new Map(stored.map((row) => [row.id, row]));
	const recalled = new Set<string>();
	const idOf = ({ resource, event }: Part): string => {
		const id = remembered?.(resource, event.uid) ?? null;
		if (id === null || before.has(id) || recalled.has(id)) return newId();
		recalled.add(id);
		return id;
	};
	const storedBases = stored.filter((row) => row.kind !== "override");
	const storedOrphans = stored.filter((row) => row.kind === "override" && row.masterId === null);
	const baseIds = matchIds(
		series.map(({ base }) => ({ exact: base.resource, alike: "" })),
		storedBases.map((row) => ({ exact: row.resource, alike: "", id: row.id })),
		(index) => (series[index] === undefined ? newId() : idOf(series[index].base)),
	);
	const orphanIds = matchIds(
		orphans.map((part) => orphanIdentity(part)),
		storedOrphans.map((row) => ({ ...orphanIdentity(row), id: row.id })),
		// Which of several it was is not remembered.
		(index) => (orphans.length === 1 && orphans[index] !== undefined ? idOf(orphans[index]) : newId()),
	);

	const kept = new Set<string>();
	series.forEach((entry, index) => {
		planSeries(entry, baseIds[index] ?? newId(), stored, before, kept, draft);
	});
	orphans.forEach((part, index) => {
		const row = toRow(part, orphanIds[index] ?? newId(), "override", null, before);
		kept.add(row.id);
		const previous = before.get(row.id);
		const fields = previous === undefined ? [] : changedFields(previous.event, row.event);
		put(row, previous, draft);
		if (previous === undefined) draft.changes.push({ type: "created", id: row.id });
		else if (fields.length > 0) draft.changes.push({ type: "updated", id: row.id, fields });
		if (previous?.hash !== row.hash) draft.rematerialise.push({ base: row, overrides: [] });
	});

	for (const row of stored) {
		if (kept.has(row.id)) continue;
		draft.delete.push(row.id);
		if (row.masterId === null) draft.changes.push({ type: "deleted", id: row.id });
	}
}

function planSeries(
	{ base, overrides }: ArrangedSeries<HashedPart>,
	id: string,
	stored: readonly StoredEvent[],
	before: ReadonlyMap<string, StoredEvent>,
	kept: Set<string>,
	draft: Draft,
): void {
	const kind = overrides.size > 0 || (base.event.recurrence?.length ?? 0) > 0 ? "master" : "single";
	const previous = before.get(id);
	const fields = new Set(previous === undefined ? [] : changedFields(previous.event, base.event));
	let moved = previous?.hash !== base.hash || previous.kind !== kind;
	kept.add(id);

	const rows: PlannedEvent[] = [];
	for (const [key, part] of overrides) {
		const row = toRow(part, `${id}.${key}`, "override", id, before);
		const earlier = before.get(row.id);
		kept.add(row.id);
		rows.push(row);
		put(row, earlier, draft);
		if (earlier?.hash === row.hash) continue;
		moved = true;
		const names = earlier === undefined ? deviation(base.event, part.event) : changedFields(earlier.event, part.event);
		for (const name of names) fields.add(name);
	}
	for (const row of stored) {
		if (row.masterId !== id || kept.has(row.id)) continue;
		moved = true;
		for (const name of deviation(base.event, row.event)) fields.add(name);
	}

	const version = previous === undefined ? 1 : previous.version + (fields.size > 0 ? 1 : 0);
	const { resource, event, hash } = base;
	const row: PlannedEvent = { id, kind, masterId: null, version, resource, event, hash };
	put(row, previous, draft);
	if (previous === undefined) draft.changes.push({ type: "created", id });
	else if (fields.size > 0) draft.changes.push({ type: "updated", id, fields: [...fields].sort() });
	if (moved) draft.rematerialise.push({ base: row, overrides: rows });
}

function toRow(
	part: HashedPart,
	id: string,
	kind: StoredKind,
	masterId: string | null,
	before: ReadonlyMap<string, StoredEvent>,
): PlannedEvent {
	const previous = before.get(id);
	const version = (previous?.version ?? 0) + (previous?.hash === part.hash ? 0 : 1);
	return { id, kind, masterId, version, resource: part.resource, event: part.event, hash: part.hash };
}

function put(row: PlannedEvent, previous: StoredEvent | undefined, draft: Draft): void {
	if (previous === undefined) {
		draft.create.push(row);
	} else if (
		previous.hash !== row.hash ||
		previous.resource !== row.resource ||
		previous.kind !== row.kind ||
		previous.masterId !== row.masterId ||
		previous.version !== row.version
	) {
		draft.update.push(row);
	}
}

interface Identity {
	readonly exact: string;
	readonly alike: string;
}

function orphanIdentity(part: Part): Identity {
	const key = part.event.recurrence_id === null ? "" : originalStartKey(part.event.recurrence_id);
	return { exact: JSON.stringify([part.resource, key]), alike: key };
}

/** Ids for the wanted, in their order: of the stored one that is exactly it, else of a vanished one like it, else new. */
function matchIds(
	wanted: readonly Identity[],
	stored: readonly (Identity & { readonly id: string })[],
	newId: (index: number) => string,
): string[] {
	if (stored.length === 0) return wanted.map((_, position) => newId(position));
	const exact = new Map(stored.map((row) => [row.exact, row.id]));
	const matched = new Set(wanted.map((entry) => exact.get(entry.exact)));
	const vanished = stored.filter((row) => !matched.has(row.id)).sort((a, b) => compareText(a.exact, b.exact));
	return wanted.map((entry, position) => {
		const same = exact.get(entry.exact);
		if (same !== undefined) return same;
		const index = vanished.findIndex((row) => row.alike === entry.alike);
		return index < 0 ? newId(position) : (vanished.splice(index, 1)[0]?.id ?? newId(position));
	});
}

/** Fields in which an override differs from the instance that the master gives; never empty. */
function deviation(base: CalendarEvent, override: CalendarEvent): string[] {
	if (override.recurrence_id === null) return ["recurrence"];
	const names = new Set(changedFields(base, override));
	for (const name of ["start", "end", "recurrence", "original_start"]) names.delete(name);
	const moved = originalStartKey(override.start) !== originalStartKey(override.recurrence_id);
	if (moved) names.add("start");
	if (moved || length(base) !== length(override)) names.add("end");
	return names.size > 0 ? [...names] : ["recurrence"];
}

/** Wall-clock length, milliseconds. */
function length(event: CalendarEvent): number {
	return wallClock(event.end) - wallClock(event.start);
}

function wallClock(time: CalendarEvent["start"]): number {
	return Date.parse(time.type === "date" ? `${time.date}T00:00:00Z` : `${time.local}Z`);
}
