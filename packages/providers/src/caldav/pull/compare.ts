import type { Member, Members } from "./members.ts";
import type { Changes } from "./sync-collection.ts";

export type Etags = ReadonlyMap<string, string | null>;

/** Bodies that could not be read at an etag, by id; asking again for the same one is in vain. */
export type Pending = Readonly<Record<string, string | null>>;

/** What a full listing means beside what is known. Deletions are what is in neither list. */
export interface Comparison {
	readonly toFetch: readonly Member[];
	readonly unchanged: readonly string[];
}

/**
 * A resource without etag counts as changed: there is nothing to tell by.
 * @param named what counts as changed whatever its etag
 */
export function compareEtags(
	known: Etags,
	listed: Members,
	pending: Pending = {},
	named: ReadonlySet<string> = new Set(),
): Comparison {
	const toFetch: Member[] = [];
	const unchanged: string[] = [];
	for (const member of listed.values()) {
		const { id, etag } = member;
		const seen = known.get(id) === etag || pending[id] === etag;
		const same = etag !== null && known.has(id) && seen && !named.has(id);
		if (same) unchanged.push(id);
		else toFetch.push(member);
	}
	return { toFetch, unchanged };
}

/** Changes at one time that are more than a person makes. */
export const BULK = 10;

type Complete = Extract<Changes, { type: "changes" }>;

/** A listing brought up to date by the changes that were reported after it. */
export function applyChanges(listed: Members, changes: Complete): Members {
	const members = new Map(listed);
	for (const id of changes.removed) members.delete(id);
	for (const [id, member] of changes.changed) members.set(id, member);
	return members;
}

/**
 * Does a report of changes repeat the calendar? So do servers that have forgotten the token and do not say so
 * (DAViCal): what is gone is then not in it. A report names what has changed, so one that covers half of what is known
 * and names something at the etag at which it is known, or very much, is doubted.
 */
export function repeatsCalendar(known: Etags, { changed }: Complete): boolean {
	const covered = [...changed.values()].filter(({ id }) => known.has(id));
	if (covered.length * 2 < known.size) return false;
	return covered.length > BULK || covered.some(({ id, etag }) => etag !== null && known.get(id) === etag);
}

/**
 * A member by which a report of changes can be told from one that repeats the calendar, as an answer to an empty token
 * names all members and nothing that was removed (RFC 6578 §3.4): known, not named, and so gone if this is one. Null
 * where no doubt is left.
 */
export function witnessOf(known: Etags, { changed, removed }: Complete): string | null {
	if (changed.size === 0 || removed.size > 0) return null;
	for (const id of known.keys()) if (!changed.has(id)) return id;
	return null;
}

/**
 * Differences between what is known and a listing that reports made after it do not explain: what sync-collection
 * has kept back.
 */
export function unreported(known: Etags, listed: Members, changes: Complete, pending: Pending): readonly string[] {
	const explained = (id: string) => changes.changed.has(id) || changes.removed.has(id) || pending[id] === null;
	const { toFetch } = compareEtags(known, listed, pending);
	const changed = toFetch.filter(({ id, etag }) => etag !== null && known.get(id) !== null).map(({ id }) => id);
	const removed = [...known.keys()].filter((id) => !listed.has(id));
	return [...changed, ...removed].filter((id) => !explained(id));
}

/**
 * One membership from two listings made after one another. What only one of them names is asked for without an etag,
 * so that the answer to that decides whether it is there. Null where the second lacks so much that it cannot be right.
 */
export function mergeListings(first: Members, second: Members): Members | null {
	const onlyFirst = [...first.values()].filter(({ id }) => !second.has(id));
	if (onlyFirst.length > Math.max(10, first.size / 4)) return null;
	const merged = new Map<string, Member>();
	for (const member of second.values()) {
		merged.set(member.id, first.has(member.id) ? member : { ...member, etag: null });
	}
	for (const member of onlyFirst) merged.set(member.id, { ...member, etag: null });
	return merged;
}
