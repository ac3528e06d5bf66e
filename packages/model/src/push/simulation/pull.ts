import { mayBeOlder } from "../plan-push.ts";
import type { Database } from "./database.ts";
import { Violation } from "./oracle.ts";
import type { RemoteState } from "./provider.ts";
import type { Calendar, Intent, Row } from "./rows.ts";
import { applyPulled } from "./settling.ts";
import { hasBug, sometimes, type World } from "./world.ts";

const PAGE = 3;

interface Found {
	readonly id: string;
	readonly state: RemoteState | null;
	/** `write_seq` when it was read. */
	readonly noted: number;
}

/**
 * Pulls of all calendars. What was tried before, and nobody has tried since, and the pulls did not find, is not there:
 * nothing has to be looked up for it.
 */
export function* pullAll(world: World, db: Database): Generator<string, void, void> {
	const { names } = world.traits;
	const isQuiet = ({ state, attempts, claimedUntil, kind }: Intent): boolean =>
		state === "pending" && attempts > 0 && claimedUntil === 0 && !(names && kind === "create");
	const quiet = [...db.intents.values()].filter(isQuiet);
	for (const calendar of db.calendars) calendar.pulling = true;
	for (const calendar of db.calendars) if (!(yield* pull(world, db, calendar))) return;
	for (const calendar of db.calendars) calendar.pulling = false;
	for (const { id, fence } of quiet) {
		const intent = db.intents.get(id);
		if (intent === undefined || !isQuiet(intent) || intent.fence !== fence) continue;
		sometimes(world, "sent as if for the first time");
		db.rowOf(intent).calendar.provider.forgetLate(intent.rowId);
		db.put({ ...intent, attempts: 0, nextAt: Math.min(intent.nextAt, world.now) });
	}
}

/**
 * One pull, from claiming the calendar to its last page. Pauses wherever others may act; killed, it is just left there.
 * @returns whether it came to its end
 */
export function* pull(world: World, db: Database, calendar: Calendar): Generator<string, boolean, void> {
	const { provider } = calendar;
	const fence = ++calendar.pullFence;
	const began = calendar.writeSeq;
	calendar.pulling = true;
	const { mode, ids, cursor } = provider.list(calendar.cursor);
	world.trace(`pull ${mode} ${ids.length}`);
	yield "listed";
	const listed = new Set(ids);
	for (let at = 0; ; at += PAGE) {
		const last = at + PAGE >= ids.length;
		const asked = ids.slice(at, at + PAGE);
		let found: Found[] = asked.map((id) => ({ id, state: provider.readListed(id), noted: began }));
		if (mode === "full" && (last || hasBug(world, "absence counts before the last page"))) {
			const known = hasBug(world, "absence counts before the last page") ? new Set(ids.slice(0, at + PAGE)) : listed;
			for (const id of unlisted(db, calendar, known)) found.push({ id, state: null, noted: began });
		}
		yield "read";
		for (;;) {
			const stale = staleOf(world, db, calendar, found);
			if (stale.length === 0) break;
			const noted = calendar.writeSeq;
			found = found.filter((one) => !stale.includes(one));
			for (const { id, state } of stale) {
				sometimes(world, `pull read anew what it had ${state === null ? "found gone" : "read before our write"}`);
				found.push({ id, state: provider.readListed(id), noted });
			}
			yield "read anew";
		}
		if (calendar.pullFence !== fence && !hasBug(world, "pull without fence")) {
			sometimes(world, "pull refused by its fence");
			return false;
		}
		calendar.pages++;
		for (const one of found) apply(world, db, calendar, one, mode);
		if (last || hasBug(world, "cursor committed with the first page")) calendar.cursor = cursor;
		else if (mode === "full") calendar.cursor = null;
		if (last) break;
		yield "page";
	}
	for (const row of db.rows.values()) {
		if (row.calendar !== calendar || !row.gone || mayBeOlder(began, row.writeSeq)) continue;
		sometimes(world, "gone row forgotten");
		db.rows.delete(row.id);
	}
	if (!db.moves) calendar.pulling = false;
	world.trace("pulled");
	return true;
}

function unlisted(db: Database, calendar: Calendar, listed: ReadonlySet<string>): string[] {
	return rowsIn(db, calendar).flatMap(({ remoteId, gone }) =>
		remoteId === null || gone || listed.has(remoteId) ? [] : [remoteId],
	);
}

function rowsIn(db: Database, calendar: Calendar): Row[] {
	return [...db.rows.values()].filter((row) => row.calendar === calendar);
}

function rowOf(db: Database, calendar: Calendar, id: string): Row | undefined {
	return rowsIn(db, calendar).find(({ remoteId }) => remoteId === id);
}

/** What was read before our own last write of it. */
function staleOf(world: World, db: Database, calendar: Calendar, found: readonly Found[]): readonly Found[] {
	if (hasBug(world, "pull ignores write_seq")) return [];
	return found.filter(({ id, state, noted }) => {
		const row = rowOf(db, calendar, id);
		if (row === undefined || (hasBug(world, "pull ignores write_seq of what is gone") && state === null)) return false;
		if (!mayBeOlder(noted, row.writeSeq)) return false;
		if (row.gone && state !== null) sometimes(world, "gone row kept out of an older pull");
		return true;
	});
}

function apply(world: World, db: Database, calendar: Calendar, { id, state }: Found, mode: "delta" | "full"): void {
	const known = rowOf(db, calendar, id);
	if (state === null) {
		if (known === undefined || known.gone) return;
		if (!calendar.provider.wasDeleted(id)) throw new Violation(`${id} is removed here, and nobody has deleted it`);
		if (mode === "full") sometimes(world, "full pull found something gone");
		applyPulled(db, known, null);
		return;
	}
	const uid = state.events[0]?.uid ?? "";
	if (known === undefined && isUnfinished(world, db, calendar, state)) return;
	const ours =
		known ??
		(hasBug(world, "pull does not know our created resources") ? undefined : unmade(world, db, calendar, state));
	if (ours !== undefined && known !== undefined && state.etag !== null && known.etag === state.etag) return;
	const row = ours ?? db.newRow(calendar, uid);
	applyPulled(db, row, state);
}

/** What we are still making is told of once more when it is whole; who takes it for something else has it twice. */
function isUnfinished(world: World, db: Database, calendar: Calendar, { key, unfinished }: RemoteState): boolean {
	if (!unfinished || hasBug(world, "what is half made is taken for somebody's event")) return false;
	const isOurs = rowsIn(db, calendar).some(({ id, remoteId }) => id === key && remoteId === null);
	if (isOurs) sometimes(world, "pull passed over what is half made");
	return isOurs;
}

/** Our row of a resource that the provider has made, and we have not heard of. */
function unmade(world: World, db: Database, calendar: Calendar, state: RemoteState): Row | undefined {
	const uid = state.events[0]?.uid ?? "";
	const key = state.unfinished || hasBug(world, "creation is not known by its key") ? null : state.key;
	const isIt = (row: Row): boolean => (key !== null && row.id === key) || row.uid === uid;
	return rowsIn(db, calendar).find((row) => row.remoteId === null && isIt(row));
}
