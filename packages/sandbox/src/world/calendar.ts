import type { JsonObject } from "../json.ts";
import type { Clock } from "./clock.ts";
import type { EventDraft, EventRecord } from "./event-record.ts";

export type AccessRole = "freeBusyReader" | "reader" | "writerWithoutPrivateAccess" | "writer" | "owner";

const ROLES: readonly AccessRole[] = ["freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner"];

export const atLeast = (role: AccessRole | null, needed: AccessRole): boolean =>
	role !== null && ROLES.indexOf(role) >= ROLES.indexOf(needed);

export const isRole = (text: unknown): text is AccessRole => ROLES.some((role) => role === text);

/** What lies in a calendar, by id, and the order in which it changed. */
export interface EventStore {
	get(id: string): EventRecord | null;
	/** True for every id that was ever used, also where nothing of the event is left. */
	isTaken(id: string): boolean;
	/** Deleted ones too, in the order in which they were made. */
	all(): Iterable<EventRecord>;
	/** What changed after that revision, each once, in the order of the last changes. */
	changedSince(revision: number): readonly EventRecord[];
	/** Exceptions of a series, cancelled ones too. */
	exceptionsOf(masterId: string): readonly EventRecord[];
	withUid(iCalUID: string): readonly EventRecord[];
	/** What is or was a series, in versions that ended after that revision: their instances may be gone now. */
	formerSince(masterId: string, revision: number): readonly EventRecord[];
	put(draft: EventDraft): EventRecord;
	/** Forgets what was deleted before that instant; looks again only an hour later. */
	forget(before: number): void;
	/** Removes all without a trace. */
	clear(): void;
	readonly size: number;
}

export interface Calendar {
	readonly id: string;
	/** Of the account that it belongs to. */
	readonly dataOwner: string;
	readonly primary: boolean;
	readonly createdBy: string | null;
	readonly events: EventStore;
	/** By address, or `default` for everybody. */
	readonly acl: Map<string, AccessRole>;
	/** False for calendars such as holidays: watching them is refused. */
	pushSupported: boolean;
	summary: string;
	description: string | undefined;
	location: string | undefined;
	timeZone: string;
	conferenceProperties: JsonObject;
	revision: number;
	etag: string;
	aclRevision: number;
	/** Revision before which sync tokens no longer count. */
	tokensFrom: number;
	deleted: boolean;
}

const HOUR = 3_600_000;

export interface Revisions {
	next(): number;
	readonly current: number;
}

export function createRevisions(): Revisions {
	let current = 0;
	return {
		next: () => ++current,
		get current() {
			return current;
		},
	};
}

/** Numbers as Google's etags look. */
export const etagOf = (revision: number, updated: number): string => `"${updated}${String(revision).padStart(7, "0")}"`;

export function createEventStore(clock: Clock, revisions: Revisions): EventStore {
	const records = new Map<string, EventRecord>();
	const log: { readonly revision: number; readonly id: string }[] = [];
	const exceptions = new Map<string, Set<string>>();
	const uids = new Map<string, Set<string>>();
	const former = new Map<string, { readonly record: EventRecord; readonly until: number }[]>();
	const forgotten = new Set<string>();
	let forgottenBefore = Number.NEGATIVE_INFINITY;
	const found = (ids: Iterable<string> | undefined): readonly EventRecord[] =>
		[...(ids ?? [])].flatMap((id) => records.get(id) ?? []);
	const drop = (record: EventRecord): void => {
		records.delete(record.id);
		forgotten.add(record.id);
		uids.get(record.iCalUID)?.delete(record.id);
		if (record.recurringEventId !== undefined) exceptions.get(record.recurringEventId)?.delete(record.id);
	};

	/** Index in the log of the first change after a revision. */
	const after = (revision: number): number => {
		let low = 0;
		let high = log.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((log[middle]?.revision ?? 0) <= revision) low = middle + 1;
			else high = middle;
		}
		return low;
	};

	return {
		get: (id) => records.get(id) ?? null,
		isTaken: (id) => records.has(id) || forgotten.has(id),
		all: () => records.values(),
		changedSince(revision) {
			const changed: EventRecord[] = [];
			for (let at = after(revision); at < log.length; at++) {
				const entry = log[at];
				const record = entry === undefined ? undefined : records.get(entry.id);
				if (record !== undefined && record.revision === entry?.revision) changed.push(record);
			}
			return changed;
		},
		exceptionsOf: (masterId) => found(exceptions.get(masterId)),
		withUid: (iCalUID) => found(uids.get(iCalUID)),
		formerSince: (masterId, revision) =>
			(former.get(masterId) ?? []).filter(({ until }) => until > revision).map(({ record }) => record),
		put(draft) {
			const old = records.get(draft.id);
			const revision = revisions.next();
			const updated = draft.updated ?? clock.now();
			const order = old?.order ?? revision;
			const record: EventRecord = { ...draft, updated, revision, order, etag: etagOf(revision, updated) };
			if (old !== undefined && (old.recurrence ?? draft.recurrence) !== undefined) {
				const versions = former.get(old.id) ?? [];
				former.set(old.id, [...versions.slice(-19), { record: old, until: revision }]);
			}
			records.set(record.id, record);
			log.push({ revision, id: record.id });
			addTo(uids, record.iCalUID, record.id);
			if (record.recurringEventId !== undefined) addTo(exceptions, record.recurringEventId, record.id);
			return record;
		},
		forget(before) {
			if (before < forgottenBefore + HOUR) return;
			forgottenBefore = before;
			const old = [...records.values()].filter(({ deletedAt }) => deletedAt !== undefined && deletedAt < before);
			for (const record of old) drop(record);
		},
		clear() {
			for (const kept of [records, exceptions, uids, former, forgotten]) kept.clear();
			log.length = 0;
		},
		get size() {
			return records.size;
		},
	};
}

function addTo(index: Map<string, Set<string>>, key: string, id: string): void {
	const ids = index.get(key);
	if (ids === undefined) index.set(key, new Set([id]));
	else ids.add(id);
}
