import { followMade } from "../../merge/follow-made.ts";
import type { ResourceEvents } from "../../merge/lost-edit.ts";
import { mergeResource } from "../../merge/merge-resource.ts";
import { sameContent } from "../../merge/same-content.ts";
import type { PushExchange } from "../push-types.ts";
import { putBack, refusesToMake } from "../put-back.ts";
import type { Database } from "./database.ts";
import { moveAgain } from "./moving.ts";
import type { RemoteState } from "./provider.ts";
import type { Intent, Row } from "./rows.ts";
import { storeAnswer } from "./settling.ts";
import { hasBug, sometimes } from "./world.ts";

/**
 * The provider has refused for good. What a new series was split off from is put back, unless more was changed since; what
 * was to move is shown where it was, and its deletion there is what failed.
 * @param there what was found or moved in this claim before the refusal
 * @returns whether what was to be made goes
 */
export function refuseClaim(db: Database, claim: Intent, refused: PushExchange, there: RemoteState | null): boolean {
	const intent = db.held(claim);
	if (intent === null) return false;
	const row = db.rowOf(intent);
	forgetRefusedMove(db, intent, row);
	if (refused.type === "update" && there !== null && claim.kind === "create" && db.moves) {
		const isUnmerged = hasBug(db.world, "a refused change of what was made takes back what was found");
		const wanted = isUnmerged ? intent.wanted : refused.events;
		const sent = intent.base ?? intent.wanted;
		db.world.oracle.lost(refused.lost);
		const seen = followMade(sent, sent, there.events);
		refuseRest(db, asUpdate(db, { ...intent, wanted }, row, there), row, { unmade: true, seen });
		return false;
	}
	const isNew = intent.kind === "create" && row.remoteId === null && db.intentsOf(row).length === 1;
	if (isNew && refusesToMake(refused) && (seriesPutBack(db, intent, row) || failMoves(db, intent, row))) return true;
	refuseRest(db, intent, row, { unmade: refusesToMake(refused) });
	return false;
}

/** Nobody wants the deletion any more that was half of a move which is refused; what was changed with it is in the history. */
function forgetRefusedMove(db: Database, { id }: Intent, row: Row): void {
	for (const one of db.intentsOf(row)) {
		if (one.id === id || one.state !== "failed" || one.move?.role !== "refused") continue;
		for (const uid of new Set([row.uid, one.move.event_id])) db.world.oracle.dropped(uid);
		db.intents.delete(one.id);
	}
}

function seriesPutBack(db: Database, claim: Intent, row: Row): boolean {
	const { world } = db;
	const { split } = claim;
	const old = split === undefined ? undefined : db.rows.get(split.rowId);
	if (split === undefined || old === undefined) return false;
	const whole = putBack(split, old.shown);
	if (whole === null) {
		sometimes(world, "cut not put back");
		return false;
	}
	sometimes(world, "cut put back");
	if (hasBug(world, "new series stays although the old one is put back")) db.release(claim, { state: "failed" });
	else db.dropRow(row);
	world.oracle.putBack(row.uid);
	if (!sameContent(whole, old.shown)) db.edit(old, whole);
	return true;
}

/** The deletions that wait for what was refused fail with it, and keep what was to be made. */
function failMoves(db: Database, { id, base, wanted, move }: Intent, row: Row): boolean {
	const deletions = db.deletionsFor(id);
	if (deletions.length === 0) return false;
	sometimes(db.world, "refused move shown where it was");
	const within = move?.role === "arrives";
	const { calendar, uid } = row;
	for (const deletion of deletions) {
		const { fence } = deletion;
		// What left was followed, whatever was changed in it there.
		const isOld = !within || hasBug(db.world, "a refused move that is tried again takes back what was changed");
		const events = (isOld ? wanted : mergeResource({ base, local: wanted, remote: deletion.base }).events) ?? [];
		const refused = { role: "refused", calendar_id: calendar.id, event_id: uid, events, raw: null, within } as const;
		db.put({ ...deletion, state: "failed", waitsFor: null, claimedUntil: 0, fence: fence + 1, move: refused });
		db.rowOf(deletion).shown = deletion.base;
	}
	db.dropRow(row, false);
	return true;
}

/** What was to be made, or moved, is there: what waited for that need not wait, and what is refused is a change of it. */
function asUpdate(db: Database, intent: Intent, row: Row, there: RemoteState): Intent {
	sometimes(db.world, "change of what was made refused");
	storeAnswer(db, row, there);
	row.remote = there.events;
	for (const deletion of db.deletionsFor(intent.id)) db.put({ ...deletion, waitsFor: null, nextAt: db.world.now });
	return db.put({ ...intent, kind: "update", base: there.events, move: null });
}

/** What was changed after a refused intent takes its place: its deletion, where that is all, leaves nothing to do. */
function refuseRest(
	db: Database,
	refused: Intent,
	row: Row,
	{ unmade, seen }: { readonly unmade: boolean; readonly seen?: ResourceEvents },
): void {
	const { world } = db;
	const next = db.moves ? db.intentsOf(row)[1] : undefined;
	if (next === undefined) {
		db.release(refused, { state: "failed" });
		return;
	}
	sometimes(world, "refused intent replaced");
	const waiting = db.deletionsFor(refused.id);
	if (refused.kind === "create" && next.kind === "delete") {
		const isForgotten = unmade || hasBug(world, "a refused creation that may be there is forgotten");
		for (const deletion of waiting) {
			const left = deletion.move?.role === "leaves";
			if (left) db.rowOf(deletion).etag = null;
			db.put({ ...deletion, ...(left ? { base: refused.base } : {}), waitsFor: next.waitsFor, move: null });
		}
		for (const { id } of db.intentsOf(row)) db.intents.delete(id);
		if (isForgotten) db.rows.delete(row.id);
		// What may have been made all the same is looked for, and removed.
		else forgetMade(db, refused, next.waitsFor);
		return;
	}
	for (const one of db.intents.values()) if (one.waitsFor === refused.id) db.put({ ...one, waitsFor: next.id });
	const isCreate = refused.kind === "create";
	db.put({
		...next,
		kind: next.kind === "delete" ? next.kind : isCreate ? "create" : "update",
		base:
			next.kind === "delete" && seen !== undefined
				? seen
				: isCreate && refused.move == null
					? refused.wanted
					: refused.base,
		move: (isCreate ? refused.move : next.move) ?? null,
		attempts: refused.attempts,
		nextAt: world.now,
		waitsFor: isCreate ? refused.waitsFor : next.waitsFor,
		...(refused.cut === undefined ? {} : { cut: refused.cut }),
		...(refused.split === undefined ? {} : { split: refused.split }),
	});
	db.intents.delete(refused.id);
}

/** A person, or the end of an outage, has what was refused tried again. */
export function retryIntent(db: Database, intent: Intent): void {
	sometimes(db.world, "failed intent retried");
	if (intent.move?.role === "refused") {
		moveAgain(db, intent, intent.move);
		return;
	}
	db.put({ ...intent, state: "pending", nextAt: db.world.now });
	db.show(db.rowOf(intent));
}

/** @param waitsFor what makes it elsewhere, as it moves on: until then it stays */
function forgetMade(db: Database, refused: Intent, waitsFor: Intent["waitsFor"]): void {
	const { wanted, edits, fence } = refused;
	const nextAt = db.world.now + 15_000;
	db.put({
		...refused,
		base: wanted,
		wanted: null,
		waitsFor,
		edits: edits + 1,
		fence: fence + 1,
		claimedUntil: 0,
		nextAt,
	});
}
