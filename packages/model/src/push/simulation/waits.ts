import type { LostEdit } from "../../merge/lost-edit.ts";
import { waitVerdict } from "../plan-push.ts";
import type { WaitedEnd } from "../push-types.ts";
import type { Database } from "./database.ts";
import type { Intent } from "./rows.ts";
import { hasBug, sometimes, type World } from "./world.ts";

export interface Ending {
	/** The intent goes on, or stays as `failed`. */
	readonly stays?: boolean;
	/** The calendars of what waits are locked too. */
	readonly locked?: boolean;
}

/** What the end of an intent means for those that wait for it. */
export function afterEnd(
	db: Database,
	id: string,
	end: WaitedEnd,
	{ stays = false, locked = false }: Ending = {},
): void {
	const { world } = db;
	const waitingFor = [...db.intents.values()].filter(({ waitsFor }) => waitsFor === id);
	for (const waiting of waitingFor) {
		if (!db.intents.has(waiting.id)) continue;
		if (waiting.kind === "delete") {
			endMove(db, waiting, end, { stays, locked });
			continue;
		}
		let verdict = waitVerdict(end);
		if (hasBug(world, "new series is made although the cut was lost")) verdict = "go";
		if (verdict === "fail") {
			sometimes(world, "new series failed with the cut");
			db.put({ ...waiting, state: "failed" });
		} else if (verdict === "drop") {
			sometimes(world, "new series dropped");
			db.dropRow(db.rowOf(waiting));
		} else if (end.type === "settled" && !stays) {
			sometimes(world, "new series after the cut");
			db.put({ ...waiting, waitsFor: null });
		}
	}
}

/** Is what moved safely in its new calendar, so that the old one may go? That occurrences of it are gone is no matter. */
function mayGo(end: WaitedEnd, world: World): boolean {
	const bug = hasBug(world, "occurrences that were lost in a move keep the original");
	const isGone = ({ kind, originalStart }: LostEdit): boolean =>
		kind === "edit_of_deleted" && (bug || originalStart === null);
	return end.type === "settled" && !end.lost.some(isGone);
}

function endMove(db: Database, deletion: Intent, end: WaitedEnd, { stays, locked }: Required<Ending>): void {
	const { world } = db;
	const isThere = mayGo(end, world);
	// What failed may be there all the same, and is tried again or discarded.
	if (stays && (isThere || end.type === "failed")) return;
	if (isThere) {
		sometimes(world, "deletion let go by the copy");
		db.put({ ...deletion, waitsFor: null, nextAt: world.now });
		return;
	}
	sometimes(world, "deletion given up with the copy");
	const row = db.rowOf(deletion);
	world.oracle.deletionGivenUp(row.uid);
	world.oracle.moveGivenUp(row.uid);
	if (!locked) {
		// Its own push shows it.
		const { base } = deletion;
		db.put({ ...deletion, kind: "update", wanted: base, waitsFor: null, move: null, nextAt: world.now });
		return;
	}
	row.shown = deletion.base;
	db.intents.delete(deletion.id);
	afterEnd(db, deletion.id, { type: "discarded" });
}
