import { mayBeOlder } from "../plan-push.ts";
import type { Database, Row } from "./database.ts";
import { Violation } from "./oracle.ts";
import type { RemoteState } from "./provider.ts";
import { hasBug, sometimes, type World } from "./world.ts";

const PAGE = 3;

interface Found {
	readonly id: string;
	readonly state: RemoteState | null;
	/** `write_seq` when it was read. */
	readonly noted: number;
}

/** One pull, from claiming the calendar to its last page. Pauses wherever others may act; killed, it is just left there. */
export function* pull(world: World, db: Database): Generator<string, void, void> {
	const fence = ++db.pullFence;
	const began = db.writeSeq;
	db.pulling = true;
	const { mode, ids, cursor } = world.provider.list(db.cursor);
	world.trace(`pull ${mode} ${ids.length}`);
	yield "listed";
	const listed = new Set(ids);
	for (let at = 0; ; at += PAGE) {
		const last = at + PAGE >= ids.length;
		const asked = ids.slice(at, at + PAGE);
		let found: Found[] = asked.map((id) => ({ id, state: world.provider.readListed(id), noted: began }));
		if (mode === "full" && (last || hasBug(world, "absence counts before the last page"))) {
			const known = hasBug(world, "absence counts before the last page") ? new Set(ids.slice(0, at + PAGE)) : listed;
			for (const id of unlisted(db, known)) found.push({ id, state: null, noted: began });
		}
		yield "read";
		for (;;) {
			const stale = staleOf(world, db, found);
			if (stale.length === 0) break;
			const noted = db.writeSeq;
			found = found.filter((one) => !stale.includes(one));
			for (const { id, state } of stale) {
				sometimes(world, `pull read anew what it had ${state === null ? "found gone" : "read before our write"}`);
				found.push({ id, state: world.provider.readListed(id), noted });
			}
			yield "read anew";
		}
		if (db.pullFence !== fence && !hasBug(world, "pull without fence")) {
			sometimes(world, "pull refused by its fence");
			return;
		}
		db.pages++;
		for (const one of found) apply(world, db, one, mode);
		if (last || hasBug(world, "cursor committed with the first page")) db.cursor = cursor;
		else if (mode === "full") db.cursor = null;
		if (last) break;
		yield "page";
	}
	for (const row of db.rows.values()) {
		if (!row.gone || mayBeOlder(began, row.writeSeq)) continue;
		sometimes(world, "gone row forgotten");
		db.rows.delete(row.id);
	}
	db.pulling = false;
	world.trace("pulled");
}

function unlisted(db: Database, listed: ReadonlySet<string>): string[] {
	return [...db.rows.values()].flatMap(({ remoteId, gone }) =>
		remoteId === null || gone || listed.has(remoteId) ? [] : [remoteId],
	);
}

function rowOf(db: Database, id: string): Row | undefined {
	return [...db.rows.values()].find(({ remoteId }) => remoteId === id);
}

/** What was read before our own last write of it. */
function staleOf(world: World, db: Database, found: readonly Found[]): readonly Found[] {
	if (hasBug(world, "pull ignores write_seq")) return [];
	return found.filter(({ id, state, noted }) => {
		const row = rowOf(db, id);
		if (row === undefined || (hasBug(world, "pull ignores write_seq of what is gone") && state === null)) return false;
		if (!mayBeOlder(noted, row.writeSeq)) return false;
		if (row.gone && state !== null) sometimes(world, "gone row kept out of an older pull");
		return true;
	});
}

function apply(world: World, db: Database, { id, state }: Found, mode: "delta" | "full"): void {
	const known = rowOf(db, id);
	if (state === null) {
		if (known === undefined || known.gone) return;
		if (!world.provider.wasDeleted(id)) throw new Violation(`${id} is removed here, and nobody has deleted it`);
		if (mode === "full") sometimes(world, "full pull found something gone");
		db.applyPulled(known, null);
		return;
	}
	const uid = state.events[0]?.uid ?? "";
	const ours = known ?? (hasBug(world, "pull does not know our created resources") ? undefined : unmade(db, uid));
	if (ours !== undefined && known !== undefined && state.etag !== null && known.etag === state.etag) return;
	const row = ours ?? db.newRow(uid);
	db.applyPulled(row, state);
}

/** Our row of a resource that the provider has made, and we have not heard of. */
function unmade(db: Database, uid: string): Row | undefined {
	return [...db.rows.values()].find((row) => row.uid === uid && row.remoteId === null);
}
