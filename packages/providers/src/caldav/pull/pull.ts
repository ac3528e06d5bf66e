import { ProviderFailure } from "../../port/failure.ts";
import type { PullPage } from "../../port/provider.ts";
import type { CaldavCursor } from "../settings.ts";
import { toCursor } from "../settings.ts";
import { fetchAlone, fetchBodies } from "./bodies.ts";
import {
	applyChanges,
	BULK,
	compareEtags,
	type Etags,
	mergeListings,
	repeatsCalendar,
	unreported,
	witnessOf,
} from "./compare.ts";
import { firstPull } from "./first-pull.ts";
import { askCalendar, listMembers, type Members } from "./members.ts";
import type { PullScope } from "./scope.ts";
import { type Changes, collectChanges } from "./sync-collection.ts";

const HOUR = 3600 * 1000;
/** About a day between two comparisons of all etags, never the same on two calendars. */
const AUDIT_AFTER = 20 * HOUR;
const AUDIT_JITTER = 8 * HOUR;
/** After so many extra comparisons that found nothing, a moving ctag is not taken as a sign any more. */
const MAX_VAIN_AUDITS = 3;

type Complete = Extract<Changes, { type: "changes" }>;

/**
 * Chooses how to find what changed (caldav.md §3): A sync-collection by token, B ctag and etags, C etags alone;
 * and falls from one to the next where the server does not keep its word.
 */
export async function* pullCalendar(scope: PullScope, cursor: CaldavCursor | null): AsyncGenerator<PullPage> {
	if (cursor === null) return yield* firstPull(scope);
	const syncs = scope.settings.sync && scope.now >= cursor.avoidSyncUntil;
	if (!syncs) return yield* pullByEtags(scope, cursor);
	if (cursor.token === null) return yield* startOver(scope, cursor);
	const due = scope.now - cursor.auditedAt > AUDIT_AFTER + scope.random() * AUDIT_JITTER;
	if (due) return yield* audit(scope, cursor, cursor.token, false);
	yield* pullByToken(scope, cursor, cursor.token);
}

/** A: what changed since the token. */
async function* pullByToken(scope: PullScope, cursor: CaldavCursor, token: string): AsyncGenerator<PullPage> {
	const changes = await collectChanges(scope.session, scope.collection, token);
	if (changes.type === "bad_token") return yield* startOver(scope, cursor);
	if (changes.type === "unsupported" || changes.token === null) return yield* withoutSync(scope, cursor, changes);
	const nothing = changes.changed.size === 0 && changes.removed.size === 0;
	const { ctag } = scope.settings;
	const ctagMoved = cursor.ctag !== null && ctag !== null && ctag !== cursor.ctag;
	if (nothing && ctagMoved && cursor.vainAudits < MAX_VAIN_AUDITS) return yield* audit(scope, cursor, token, true);
	const known: Etags = changes.changed.size > 0 ? await scope.known() : new Map();
	if (repeatsCalendar(known, changes) || !(await isThere(scope, witnessOf(known, changes)))) {
		return yield* startOver(scope, cursor, undefined, namedBy(changes));
	}

	const pages = scope.pages("delta", cursor.pending);
	for (const id of changes.removed) pages.addRemoved(id);
	const again = Object.entries(cursor.pending)
		.filter(([id, etag]) => etag === null && !changes.changed.has(id) && !changes.removed.has(id))
		.map(([id]) => ({ id, url: new URL(id, scope.collection), etag: null }));
	yield* pages.addBodies(fetchBodies(scope.session, scope.collection, [...changes.changed.values(), ...again]));
	yield pages.takeLast(
		toCursor({
			...cursor,
			token: changes.token,
			ctag,
			auditedAt: pages.tooMuchPending ? 0 : cursor.auditedAt,
			pending: pages.pending(),
		}),
	);
}

/** True also where the server does not say. */
async function isThere(scope: PullScope, id: string | null): Promise<boolean> {
	if (id === null) return true;
	const { session, collection } = scope;
	return (await fetchAlone(session, { id, url: new URL(id, collection), etag: null })).type !== "gone";
}

/**
 * Compares all etags although there is a token: now and then, or because the ctag moved and no change was reported.
 * The report is asked for after the listing; a difference that it does not explain means that it cannot be relied on.
 */
async function* audit(
	scope: PullScope,
	cursor: CaldavCursor,
	token: string,
	suspicious: boolean,
): AsyncGenerator<PullPage> {
	const listed = await listMembers(scope.session, scope.collection);
	const changes = await collectChanges(scope.session, scope.collection, token);
	if (changes.type === "bad_token") return yield* startOver(scope, cursor, listed);
	if (changes.type === "unsupported" || changes.token === null)
		return yield* withoutSync(scope, cursor, changes, listed);
	const known = await scope.known();
	if (repeatsCalendar(known, changes)) return yield* startOver(scope, cursor, listed, namedBy(changes));
	const missed = unreported(known, listed, changes, cursor.pending);
	yield* fullPages(scope, applyChanges(listed, changes), cursor, {
		token: changes.token,
		avoidSyncUntil: missed.length > 0 ? scope.avoidSync() : 0,
		vainAudits: suspicious && missed.length === 0 ? cursor.vainAudits + 1 : 0,
		named: namedBy(changes),
	});
}

/**
 * The token is not accepted any more: nothing is wiped, all etags are compared, and the reports start anew.
 * @param named what is asked for whatever its etag
 */
async function* startOver(
	scope: PullScope,
	cursor: CaldavCursor,
	listing?: Members,
	named?: ReadonlySet<string>,
): AsyncGenerator<PullPage> {
	const listed = listing ?? (await listMembers(scope.session, scope.collection));
	const changes = await collectChanges(scope.session, scope.collection, "");
	const merged = isUsable(changes) ? mergeListings(listed, changes.changed) : null;
	if (!isUsable(changes) || merged === null) return yield* withoutSync(scope, cursor, changes, listed);
	const next = { token: changes.token, avoidSyncUntil: 0, vainAudits: 0, ...(named === undefined ? {} : { named }) };
	yield* fullPages(scope, merged, cursor, next);
}

/** The report is refused or does not lead on: a PROPFIND tells whether the calendar is still ours, then etags do. */
async function* withoutSync(
	scope: PullScope,
	cursor: CaldavCursor,
	changes: Changes,
	listing?: Members,
): AsyncGenerator<PullPage> {
	if (listing === undefined) await askCalendar(scope.session, scope.collection);
	const listed = listing ?? (await listMembers(scope.session, scope.collection));
	const avoidSyncUntil = scope.avoidSync(changes.type === "unsupported" ? changes.failure.status : undefined);
	yield* fullPages(scope, listed, cursor, { token: null, avoidSyncUntil, vainAudits: 0 });
}

/** B and C: the ctag is read before the listing, so that a change in between is seen next time. */
async function* pullByEtags(scope: PullScope, cursor: CaldavCursor): AsyncGenerator<PullPage> {
	const ctag = await askCalendar(scope.session, scope.collection);
	const due = scope.now - cursor.auditedAt > AUDIT_AFTER + scope.random() * AUDIT_JITTER;
	const hasWork = Object.values(cursor.pending).includes(null);
	if (ctag !== null && ctag === cursor.ctag && !due && !hasWork) {
		yield scope.pages("delta", cursor.pending).takeLast(toCursor(cursor));
		return;
	}
	const listed = await listMembers(scope.session, scope.collection);
	const { avoidSyncUntil } = cursor;
	yield* fullPages(scope, listed, cursor, { token: null, avoidSyncUntil, vainAudits: 0, ctag });
}

/** A full pull from a listing: only what differs is fetched, and what is not listed is gone. */
async function* fullPages(
	scope: PullScope,
	listed: Members,
	cursor: CaldavCursor,
	next: Pick<CaldavCursor, "token" | "avoidSyncUntil" | "vainAudits"> & {
		readonly ctag?: string | null;
		readonly named?: ReadonlySet<string>;
	},
): AsyncGenerator<PullPage> {
	const known = await scope.known();
	if (listed.size === 0 && known.size > 0) await askCalendar(scope.session, scope.collection);
	const { named, ...position } = next;
	const { toFetch, unchanged } = compareEtags(known, listed, cursor.pending, named);
	const stillListed = Object.entries(cursor.pending).filter(([id]) => listed.has(id));
	const pages = scope.pages("full", Object.fromEntries(stillListed));
	yield* pages.addAllUnchanged(unchanged);
	yield* pages.addBodies(fetchBodies(scope.session, scope.collection, toFetch));
	yield pages.takeLast(
		toCursor({
			v: 1,
			calendar: scope.calendarId,
			ctag: scope.settings.ctag,
			...position,
			auditedAt: pages.tooMuchPending ? 0 : scope.now,
			pending: pages.pending(),
		}),
	);
}

/**
 * What a report names as changed is asked for although it is at the known etag: SOGo gives what is deleted and made
 * again its old etag. Not where it names much: then the token was forgotten, and the report is of everything.
 */
function namedBy({ changed }: Complete): ReadonlySet<string> {
	return new Set(changed.size > BULK ? [] : changed.keys());
}

function isUsable(changes: Changes): changes is Complete & { readonly token: string } {
	return changes.type === "changes" && changes.complete && changes.token !== null;
}

/** For the caller: settings that a listing of this version did not write. */
export function unreadableSettings(): ProviderFailure {
	return new ProviderFailure("invalid", {
		reason: "not_a_calendar",
		message: "the calendar's stored address cannot be read; list the calendars again",
	});
}
