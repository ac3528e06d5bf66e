import type { LostEdit } from "../../merge/lost-edit.ts";
import { sameContent } from "../../merge/same-content.ts";
import { waitVerdict } from "../plan-push.ts";
import type { Rebase, Settle } from "../push-types.ts";
import { lookAgain, rebaseIntents, settleIntents } from "../rebase-intents.ts";
import type { Database } from "./database.ts";
import { Violation } from "./oracle.ts";
import type { RemoteState } from "./provider.ts";
import type { Intent, Row } from "./rows.ts";
import { afterEnd } from "./waits.ts";
import { hasBug, sometimes } from "./world.ts";

/** @param found what the last exchange of the claim said of the resource; undefined where there was none */
export function settleClaim(db: Database, claim: Intent, settle: Settle, found: RemoteState | null | undefined): void {
	const { world } = db;
	const intent = db.held(claim);
	if (intent === null) return;
	const row = db.rowOf(intent);
	const { calendar } = row;
	world.trace(`settle ${intent.id} ${settle.outcome} ${found?.etag}`);
	const rest = db.intentsOf(row).filter(({ id }) => id !== intent.id);
	const atWork = calendar.pulling || claim.pages !== calendar.pages;
	const overtaken = intent.kind === "create" && settle.events !== null && atWork;
	const looksAgain = overtaken && !hasBug(world, "created resource is not looked at again");
	if (looksAgain) {
		sometimes(world, "create overtaken by a pull");
		const again = lookAgain(intent, settle.events);
		db.put({ ...again, move: null, fence: intent.fence + 1, claimedUntil: 0 });
	} else {
		db.intents.delete(intent.id);
	}
	keepLost(db, settle.lost);
	if (!looksAgain || settle.lost.length > 0) {
		const { lost } = settle;
		afterEnd(db, intent.id, { type: "settled", lost }, { stays: looksAgain, locked: intent.kind === "create" });
	}
	if (found !== undefined) storeAnswer(db, row, found, overtaken);
	if (found !== undefined) row.remote = settle.events;
	if (hasBug(world, "later intents stay on their old base") && rest.length > 0) return;
	if (settle.sent !== undefined && rest.length > 0) sometimes(world, "answer rebased later intents");
	keepRebase(db, row, settleIntents(settle, rest, intent));
}

/** Stamps the row, so that a pull which began before knows that it may be told of what was. */
export function storeAnswer(db: Database, row: Row, found: RemoteState | null, forget = false): void {
	const { oracle } = db.world;
	const { calendar } = row;
	if (found !== null) removeDouble(db, row, found.id);
	row.writeSeq = ++calendar.writeSeq;
	row.remoteId = found?.id ?? row.remoteId;
	row.etag = forget ? null : (found?.etag ?? null);
	const { provider } = calendar;
	if (found !== null) oracle.applied(provider.nameOf(found.id), found.revision, provider.cells(found.events));
	else if (row.remoteId !== null) oracle.removed(provider.nameOf(row.remoteId));
}

/** A pull may have taken what we made for something else, as the provider gave it another UID: one row stays. */
function removeDouble(db: Database, row: Row, id: string): void {
	const double = [...db.rows.values()].find(
		(one) => one !== row && one.calendar === row.calendar && one.remoteId === id,
	);
	if (double === undefined) return;
	sometimes(db.world, double.gone ? "gone row replaced" : "double removed");
	for (const { id: intent } of db.intentsOf(double)) db.intents.delete(intent);
	db.rows.delete(double.id);
}

/** A pull found the resource as this; null: gone. */
export function applyPulled(db: Database, row: Row, state: RemoteState | null): void {
	const { world } = db;
	const { provider } = row.calendar;
	const intents = db.intentsOf(row);
	world.trace(`apply ${row.id} ${state?.etag}`);
	if (state !== null) {
		world.oracle.applied(provider.nameOf(state.id), state.revision, provider.cells(state.events));
		row.remoteId = state.id;
	} else if (row.remoteId !== null) {
		world.oracle.removed(provider.nameOf(row.remoteId));
	}
	const moved = !sameContent(row.remote, state?.events ?? null);
	row.etag = state?.etag ?? null;
	row.remote = state?.events ?? null;
	row.gone = false;
	if (intents.length > 0 && moved) sometimes(world, "pull rebased");
	if (intents.length > 0 && hasBug(world, "pull rebases the row, not the intents")) return;
	if (hasBug(world, "pull overwrites what has intents")) {
		row.shown = row.remote;
		if (row.remote === null && intents.length === 0) db.rows.delete(row.id);
		return;
	}
	const rebase = rebaseIntents(row.remote, intents);
	for (const { id, lost } of rebase.settled) {
		sometimes(world, "pull settled an intent");
		if (db.intents.get(id)?.kind === "create") sometimes(world, "pull settled a create");
		if (lost.some(({ kind }) => kind === "edit_of_deleted") && row.remote === null) checkCause(row);
	}
	keepRebase(db, row, rebase);
}

function checkCause({ id, remoteId, calendar }: Row): void {
	if (remoteId !== null && !calendar.provider.wasDeleted(remoteId)) {
		throw new Violation(`${id} counts as gone, and nobody has deleted it`);
	}
}

function keepRebase(db: Database, row: Row, rebase: Rebase<Intent>): void {
	const { world } = db;
	const bug = hasBug(world, "rebase leaves the fence");
	for (const { id, lost } of rebase.settled) {
		const { move } = db.intents.get(id) ?? {};
		// What was refused to be made elsewhere goes with what it was.
		if (move?.role === "refused") world.oracle.dropped(move.event_id);
		db.intents.delete(id);
		keepLost(db, lost);
		afterEnd(db, id, { type: "settled", lost });
	}
	for (const { rebased, lost, ...intent } of rebase.intents) {
		if (rebased && intent.claimedUntil > 0) sometimes(world, "pull took a claim away");
		// Whoever is sending it may have an answer that is older than what was found, though it says the same.
		const isTaken = (rebased || intent.claimedUntil > 0) && !bug;
		const taken = isTaken ? { fence: intent.fence + 1, claimedUntil: 0 } : {};
		// What was let go by the intents before it waits no more.
		const waitsFor = db.intents.get(intent.id)?.waitsFor ?? null;
		db.put({ ...(intent as unknown as Intent), ...taken, waitsFor });
		keepLost(db, lost);
		const end = { type: "settled", lost } as const;
		if (lost.length > 0) afterEnd(db, intent.id, end, { stays: waitVerdict(end) !== "drop" });
	}
	row.shown = rebase.shown;
	if (row.remote !== null || db.intentsOf(row).length > 0) return;
	// It may still be in what a pull that began earlier has read.
	if (row.writeSeq > 0 && !hasBug(world, "deleted rows are forgotten at once")) row.gone = true;
	else db.rows.delete(row.id);
}

function keepLost({ world }: Database, lost: readonly LostEdit[]): void {
	for (const { kind, fields } of lost) {
		if (kind === "field") sometimes(world, "field lost");
		if (kind === "edit_of_deleted") sometimes(world, "edit of deleted lost");
		if (kind === "deletion_of_edited") sometimes(world, "deletion of edited lost");
		if (fields.includes("recurrence") && lost.length > 1) sometimes(world, "slots withdrawn");
	}
	if (!hasBug(world, "lost edits are not kept")) world.oracle.lost(lost);
}
