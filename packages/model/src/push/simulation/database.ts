import type { LostEdit, ResourceEvents } from "../../merge/lost-edit.ts";
import { sameContent } from "../../merge/same-content.ts";
import { waitVerdict } from "../plan-push.ts";
import type { PushExchange, PushKind, Rebase, RebaseIntent, Settle, WaitedEnd } from "../push-types.ts";
import { putBack, refusesToMake, type SeriesCut } from "../put-back.ts";
import { lookAgain, rebaseIntents, settleIntents } from "../rebase-intents.ts";
import { cellsOf } from "./cells.ts";
import { Violation } from "./oracle.ts";
import type { Author, RemoteState } from "./provider.ts";
import { hasBug, sometimes, type World } from "./world.ts";

/** A row of `resources`, with what the rows of `events` show. */
export interface Row {
	readonly id: string;
	readonly uid: string;
	/** Null until the provider has made it. */
	remoteId: string | null;
	etag: string | null;
	/** What the provider had when last heard of. */
	remote: ResourceEvents;
	shown: ResourceEvents;
	writeSeq: number;
	gone: boolean;
}

const EMPTY_ROW: Omit<Row, "id" | "uid"> = {
	remoteId: null,
	etag: null,
	remote: null,
	shown: null,
	writeSeq: 0,
	gone: false,
};

export interface Intent extends RebaseIntent {
	readonly rowId: string;
	readonly waitsFor: string | null;
	readonly cut?: Author["cut"];
	/** Of a new series: the row of the old one, and what that was before and after the cut. */
	readonly split?: SeriesCut & { readonly rowId: string };
	/** Edits that went into it. */
	readonly edits: number;
	readonly attempts: number;
	readonly fence: number;
	/** `pages` of the calendar when it was claimed. */
	readonly pages: number;
	readonly claimedUntil: number;
	readonly nextAt: number;
}

/** What the server's tables hold of one calendar. Each method is one transaction. */
export class Database {
	readonly rows = new Map<string, Row>();
	/** By id, oldest first. */
	readonly intents = new Map<string, Intent>();
	writeSeq = 0;
	cursor: string | null = null;
	pullFence = 0;
	/** Pages that pulls have applied. */
	pages = 0;
	/** A pull has begun and has not ended, as far as is known. */
	pulling = false;
	signedIn = true;
	/** No request before this instant, epoch milliseconds (Retry-After). */
	notBefore = 0;
	private count = 0;
	private readonly world: World;

	constructor(world: World) {
		this.world = world;
	}

	intentsOf(row: Row): Intent[] {
		return [...this.intents.values()].filter(({ rowId }) => rowId === row.id);
	}

	rowOf(intent: Intent): Row {
		const row = this.rows.get(intent.rowId);
		if (row === undefined) throw new Error(`${intent.id} without a row`);
		return row;
	}

	/** A person creates an event; `after` is the intent that has to be done first. */
	create(
		events: NonNullable<ResourceEvents>,
		after: Intent | null,
		of?: { readonly cut: NonNullable<Author["cut"]>; readonly split: NonNullable<Intent["split"]> },
	): Intent {
		const row = this.newRow(events[0]?.uid ?? "");
		row.shown = events;
		this.world.oracle.localEdit("create", null, events);
		const intent = this.newIntent(row.id, "create", null, events, after?.id ?? null);
		return this.put({ ...intent, ...of });
	}

	/** A resource that a pull met for the first time. */
	newRow(uid: string): Row {
		const row = { ...EMPTY_ROW, id: `row${++this.count}`, uid };
		this.rows.set(row.id, row);
		return row;
	}

	/** A person edits, or deletes, what they see. Null where nothing of it was ever sent. */
	edit(row: Row, wanted: ResourceEvents): Intent | null {
		const { oracle } = this.world;
		oracle.localEdit(wanted === null ? "delete" : "edit", row.shown, wanted);
		const last = this.intentsOf(row).at(-1);
		const shown = row.shown;
		row.shown = wanted;
		const open =
			last !== undefined &&
			(last.state === "failed" || last.attempts === 0 || hasBug(this.world, "edit changes a sent intent"));
		if (last === undefined || !open) {
			if (last !== undefined) sometimes(this.world, "edit behind a sent intent");
			return this.put(this.newIntent(row.id, wanted === null ? "delete" : "update", shown, wanted, null));
		}
		sometimes(this.world, last.state === "failed" ? "failed intent edited" : "edit changed an unsent intent");
		if (last.kind === "delete") oracle.deletionGivenUp(row.uid);
		if (last.kind === "create" && wanted === null) {
			this.dropRow(row);
			return null;
		}
		const kind = wanted === null ? "delete" : last.kind === "create" ? "create" : "update";
		const base = last.kind === "create" && last.attempts > 0 ? last.wanted : last.base;
		for (const other of this.intents.values()) if (other.waitsFor === last.id) this.put({ ...other, state: "pending" });
		return this.put({ ...last, kind, base, wanted, state: "pending", edits: last.edits + 1, nextAt: this.world.now });
	}

	retry(intent: Intent): void {
		sometimes(this.world, "failed intent retried");
		this.put({ ...intent, state: "pending", nextAt: this.world.now });
		this.show(this.rowOf(intent));
	}

	/** The next intent that somebody may speak to the provider of, and the claim on it. */
	claim(until: number): Intent | null {
		const due = [...this.rows.values()].flatMap((row) => {
			const intents = this.intentsOf(row);
			const first = hasBug(this.world, "later intents are sent first") ? intents.at(-1) : intents[0];
			return first !== undefined && this.isDue(first) ? [first] : [];
		});
		const intent = this.world.random.pick(due);
		if (intent === undefined) return null;
		const counted = hasBug(this.world, "attempt not counted before sending") ? 0 : 1;
		if (intent.claimedUntil > 0) sometimes(this.world, "claim expired while held");
		return this.put({
			...intent,
			attempts: intent.attempts + counted,
			fence: intent.fence + 1,
			pages: this.pages,
			claimedUntil: until,
		});
	}

	private isDue({ state, nextAt, claimedUntil }: Intent): boolean {
		return this.signedIn && state === "pending" && Math.max(nextAt, claimedUntil, this.notBefore) <= this.world.now;
	}

	/** The intent, while the claim still holds. */
	held(claim: Intent): Intent | null {
		const intent = this.intents.get(claim.id);
		if (intent !== undefined && intent.fence === claim.fence) return intent;
		sometimes(this.world, "answer for a claim taken away");
		return hasBug(this.world, "settle without checking the fence") ? (intent ?? null) : null;
	}

	release(claim: Intent, change: Partial<Pick<Intent, "nextAt" | "state" | "attempts">>): void {
		const intent = this.held(claim);
		if (intent === null) return;
		this.put({ ...intent, claimedUntil: 0, ...change });
		if (change.state !== "failed") return;
		if (hasBug(this.world, "refused intent is forgotten")) this.intents.delete(intent.id);
		this.afterEnd(intent.id, { type: "failed" });
		this.show(this.rowOf(intent));
	}

	/**
	 * The provider has refused for good. What a new series was split off from is put back, unless more was changed since.
	 * @returns whether it was
	 */
	refuse(claim: Intent, refused: PushExchange): boolean {
		const intent = this.held(claim);
		if (intent === null) return false;
		const { split } = intent;
		const row = this.rowOf(intent);
		const isNew = intent.kind === "create" && row.remoteId === null && this.intentsOf(row).length === 1;
		const old = split === undefined ? undefined : this.rows.get(split.rowId);
		if (split !== undefined && isNew && refusesToMake(refused) && old !== undefined) {
			const whole = putBack(split, old.shown);
			if (whole !== null) {
				sometimes(this.world, "cut put back");
				if (hasBug(this.world, "new series stays although the old one is put back"))
					this.release(claim, { state: "failed" });
				else this.dropRow(row);
				this.world.oracle.putBack(row.uid);
				if (!sameContent(whole, old.shown)) this.edit(old, whole);
				return true;
			}
			sometimes(this.world, "cut not put back");
		}
		this.release(claim, { state: "failed" });
		return false;
	}

	/** @param found what the last exchange of the claim said of the resource; undefined where there was none */
	settle(claim: Intent, settle: Settle, found: RemoteState | null | undefined): void {
		const intent = this.held(claim);
		if (intent === null) return;
		const row = this.rowOf(intent);
		this.world.trace(`settle ${intent.id} ${settle.outcome} ${found?.etag}`);
		const rest = this.intentsOf(row).filter(({ id }) => id !== intent.id);
		const atWork = this.pulling || claim.pages !== this.pages;
		const overtaken = intent.kind === "create" && settle.events !== null && atWork;
		if (overtaken && !hasBug(this.world, "created resource is not looked at again")) {
			sometimes(this.world, "create overtaken by a pull");
			this.put({ ...lookAgain(intent, settle.events), fence: intent.fence + 1, claimedUntil: 0 });
		} else {
			this.intents.delete(intent.id);
		}
		this.keepLost(settle.lost);
		this.afterEnd(intent.id, { type: "settled", lost: settle.lost });
		if (found !== undefined) {
			row.writeSeq = ++this.writeSeq;
			row.remoteId = found?.id ?? row.remoteId;
			row.etag = overtaken ? null : (found?.etag ?? null);
			if (found !== null) this.world.oracle.applied(found.id, found.revision, found.events);
			else if (row.remoteId !== null) this.world.oracle.removed(row.remoteId);
			row.remote = settle.events;
		}
		if (hasBug(this.world, "later intents stay on their old base") && rest.length > 0) return;
		if (settle.sent !== undefined && rest.length > 0) sometimes(this.world, "answer rebased later intents");
		this.keepRebase(row, settleIntents(settle, rest, intent));
	}

	/** A pull found the resource as this; null: gone. */
	applyPulled(row: Row, state: RemoteState | null): void {
		const { world } = this;
		const intents = this.intentsOf(row);
		world.trace(`apply ${row.id} ${state?.etag}`);
		if (state !== null) {
			world.oracle.applied(state.id, state.revision, state.events);
			row.remoteId = state.id;
		} else if (row.remoteId !== null) {
			world.oracle.removed(row.remoteId);
		}
		const moved = !sameContent(row.remote, state?.events ?? null);
		row.etag = state?.etag ?? null;
		row.remote = state?.events ?? null;
		row.gone = false;
		if (intents.length > 0 && moved) sometimes(world, "pull rebased");
		if (intents.length > 0 && hasBug(world, "pull rebases the row, not the intents")) return;
		if (hasBug(world, "pull overwrites what has intents")) {
			row.shown = row.remote;
			if (row.remote === null && intents.length === 0) this.rows.delete(row.id);
			return;
		}
		const rebase = rebaseIntents(row.remote, intents);
		for (const { id, lost } of rebase.settled) {
			sometimes(world, "pull settled an intent");
			if (this.intents.get(id)?.kind === "create") sometimes(world, "pull settled a create");
			if (lost.some(({ kind }) => kind === "edit_of_deleted") && row.remote === null) this.checkCause(row);
		}
		this.keepRebase(row, rebase);
	}

	private checkCause(row: Row): void {
		const { remoteId } = row;
		if (remoteId !== null && !this.world.provider.wasDeleted(remoteId)) {
			throw new Violation(`${row.id} counts as gone, and nobody has deleted it`);
		}
	}

	private keepRebase(row: Row, rebase: Rebase<Intent>): void {
		const bug = hasBug(this.world, "rebase leaves the fence");
		for (const { id, lost } of rebase.settled) {
			this.intents.delete(id);
			this.keepLost(lost);
			this.afterEnd(id, { type: "settled", lost });
		}
		for (const { rebased, lost, ...intent } of rebase.intents) {
			if (rebased && intent.claimedUntil > 0) sometimes(this.world, "pull took a claim away");
			// Whoever is sending it may have an answer that is older than what was found, though it says the same.
			const isTaken = (rebased || intent.claimedUntil > 0) && !bug;
			const taken = isTaken ? { fence: intent.fence + 1, claimedUntil: 0 } : {};
			this.put({ ...(intent as unknown as Intent), ...taken });
			this.keepLost(lost);
			if (waitVerdict({ type: "settled", lost }) === "drop") this.afterEnd(intent.id, { type: "settled", lost });
		}
		row.shown = rebase.shown;
		if (row.remote !== null || this.intentsOf(row).length > 0) return;
		// It may still be in what a pull that began earlier has read.
		if (row.writeSeq > 0 && !hasBug(this.world, "deleted rows are forgotten at once")) row.gone = true;
		else this.rows.delete(row.id);
	}

	private show(row: Row): void {
		row.shown = rebaseIntents(row.remote, this.intentsOf(row)).shown;
	}

	private keepLost(lost: readonly LostEdit[]): void {
		for (const { kind, fields } of lost) {
			if (kind === "field") sometimes(this.world, "field lost");
			if (kind === "edit_of_deleted") sometimes(this.world, "edit of deleted lost");
			if (kind === "deletion_of_edited") sometimes(this.world, "deletion of edited lost");
			if (fields.includes("recurrence") && lost.length > 1) sometimes(this.world, "slots withdrawn");
		}
		if (!hasBug(this.world, "lost edits are not kept")) this.world.oracle.lost(lost);
	}

	/** What the end of an intent means for those that wait for it. */
	private afterEnd(id: string, end: WaitedEnd): void {
		const waitingFor = [...this.intents.values()].filter(({ waitsFor }) => waitsFor === id);
		for (const waiting of waitingFor) {
			if (!this.intents.has(waiting.id)) continue;
			let verdict = waitVerdict(end);
			if (hasBug(this.world, "new series is made although the cut was lost")) verdict = "go";
			if (verdict === "fail") {
				sometimes(this.world, "new series failed with the cut");
				this.put({ ...waiting, state: "failed" });
			} else if (verdict === "drop") {
				sometimes(this.world, "new series dropped");
				this.dropRow(this.rowOf(waiting));
			} else if (end.type === "settled") {
				sometimes(this.world, "new series after the cut");
				this.put({ ...waiting, waitsFor: null });
			}
		}
	}

	/** Forgets what was never made, into the history; with it goes what waits for any of its intents. */
	private dropRow(row: Row): void {
		const intents = this.intentsOf(row);
		for (const { id } of intents) this.intents.delete(id);
		this.rows.delete(row.id);
		this.world.oracle.dropped(row.uid);
		for (const { id } of intents) this.afterEnd(id, { type: "discarded" });
	}

	private newIntent(
		rowId: string,
		kind: PushKind,
		base: ResourceEvents,
		wanted: ResourceEvents,
		waitsFor: string | null,
	): Intent {
		return {
			id: `int${++this.count}`,
			rowId,
			kind,
			base,
			wanted,
			waitsFor,
			state: "pending",
			edits: 0,
			attempts: 0,
			fence: 0,
			pages: 0,
			claimedUntil: 0,
			nextAt: this.world.now,
		};
	}

	private put(intent: Intent): Intent {
		this.intents.set(intent.id, intent);
		return intent;
	}
}

/** The recurrence of a series as the oracle names it. */
export function recurrenceCell(events: ResourceEvents, uid: string): string {
	return cellsOf(events).get(`${uid}||recurrence`) ?? "";
}
