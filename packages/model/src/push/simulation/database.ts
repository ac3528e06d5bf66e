import type { ResourceEvents } from "../../merge/lost-edit.ts";
import { rebaseIntents } from "../rebase-intents.ts";
import { type Calendar, calendarOf, EMPTY_ROW, type Intent, isOpen, type Row } from "./rows.ts";
import { afterEnd } from "./waits.ts";
import { hasBug, sometimes, type World } from "./world.ts";

/** What an intent is made of. */
type NewIntent = Pick<Intent, "kind" | "base" | "wanted"> &
	Partial<Pick<Intent, "waitsFor" | "move" | "cut" | "split">>;

/** A deletion that is half of a move. */
export interface Half {
	/** The intent that makes it in the other calendar. */
	readonly waitsFor: string;
	/** The provider itself moves it. */
	readonly within: boolean;
}

const LEAVES = { role: "leaves" } as const;

/** What the server's tables hold of one account. Each method is one transaction, or a part of one. */
export class Database {
	readonly rows = new Map<string, Row>();
	/** By id, oldest first. */
	readonly intents = new Map<string, Intent>();
	readonly calendars: readonly Calendar[];
	signedIn = true;
	/** No request before this instant, epoch milliseconds (Retry-After). */
	notBefore = 0;
	readonly world: World;
	private count = 0;

	constructor(world: World) {
		this.world = world;
		this.calendars = world.account.calendars.map(calendarOf);
	}

	/** Are there several calendars? */
	get moves(): boolean {
		return this.calendars.length > 1;
	}

	intentsOf(row: Row): Intent[] {
		return [...this.intents.values()].filter(({ rowId }) => rowId === row.id);
	}

	rowOf(intent: Intent): Row {
		const row = this.rows.get(intent.rowId);
		if (row === undefined) throw new Error(`${intent.id} without a row`);
		return row;
	}

	/** The deletions that wait for this intent. */
	deletionsFor(id: string): Intent[] {
		return [...this.intents.values()].filter(({ waitsFor, kind }) => waitsFor === id && kind === "delete");
	}

	/** A person creates an event; `of.waitsFor` is the intent that has to be done first. */
	create(
		calendar: Calendar,
		events: NonNullable<ResourceEvents>,
		of: Partial<Pick<Intent, "base" | "waitsFor" | "cut" | "split" | "move">> = {},
	): Intent {
		const row = this.newRow(calendar, events[0]?.uid ?? "");
		row.shown = events;
		return this.addIntent(row, { kind: "create", base: null, wanted: events, ...of });
	}

	/** A resource that a pull met for the first time. */
	newRow(calendar: Calendar, uid: string): Row {
		const row = { ...EMPTY_ROW, id: `row${++this.count}`, uid, calendar };
		this.rows.set(row.id, row);
		return row;
	}

	/** A person edits, or deletes, what they see. Null where nothing of it was ever sent. */
	edit(row: Row, wanted: ResourceEvents): Intent | null {
		const { oracle } = this.world;
		const { provider } = row.calendar;
		oracle.localEdit(wanted === null ? "delete" : "edit", provider.cells(row.shown), provider.cells(wanted));
		const last = this.intentsOf(row).at(-1);
		const made = this.storeIntent(row, wanted, null);
		if (wanted === null && last?.kind === "create" && (made === null || made.id === last.id)) this.passOn(last, null);
		if (made === null) this.dropRow(row, last?.move?.role !== "arrives");
		return made;
	}

	/**
	 * Makes the intent of an edit, or changes the last one of the row where that is open.
	 * @returns null where nothing is to be sent: what was never there is deleted
	 */
	storeIntent(row: Row, wanted: ResourceEvents, half: Half | null): Intent | null {
		const { world } = this;
		const last = this.intentsOf(row).at(-1);
		const shown = row.shown;
		row.shown = wanted;
		const isChanged = last !== undefined && (isOpen(last) || hasBug(world, "edit changes a sent intent"));
		// An edit that waits to be sent stays one of its own, as the deletion may be given up.
		const isApart = half !== null && last?.kind === "update" && last.state === "pending";
		if (!isChanged || isApart) {
			if (last !== undefined) sometimes(world, "edit behind a sent intent");
			const kind = wanted === null ? "delete" : "update";
			return this.addIntent(row, { kind, base: shown, wanted, ...this.halfOf(half) });
		}
		sometimes(world, last.state === "failed" ? "failed intent edited" : "edit changed an unsent intent");
		if (last.kind === "delete") {
			if (last.move?.role !== "refused" || wanted !== null) world.oracle.deletionGivenUp(row.uid);
			if (last.move?.role === "refused") {
				world.oracle.moveGivenUp(row.uid);
				world.oracle.dropped(last.move.event_id);
			}
		}
		if (last.kind === "create" && wanted === null && !this.mayBeThere(last)) return null;
		const kind = last.kind === "create" ? "create" : wanted === null ? "delete" : "update";
		const arrives = last.move?.role === "arrives";
		const base = last.kind === "create" && last.attempts > 0 && !arrives ? last.wanted : last.base;
		for (const other of this.intents.values()) if (other.waitsFor === last.id) this.put({ ...other, state: "pending" });
		const waits = last.kind === "create" ? {} : this.halfOf(half);
		const edited = { ...last, ...waits, kind, base, wanted } as const;
		return this.put({ ...edited, state: "pending", edits: last.edits + 1, nextAt: world.now });
	}

	/** It was refused, but only after it may have been made: what was made goes, once it is found. */
	private mayBeThere({ attempts, move }: Intent): boolean {
		if (!this.moves || hasBug(this.world, "a refused creation that may be there is forgotten")) return false;
		return attempts > 1 && move?.role !== "arrives";
	}

	/** What was moved here and never sent moves on or is deleted: what it was moved from goes once that is made, or at once. */
	passOn(last: Intent, half: Half | null): void {
		for (const deletion of this.deletionsFor(last.id)) {
			sometimes(this.world, half === null ? "deletion of what had begun to move" : "moved on before it was sent");
			// What was to leave was followed, whatever was changed in it there; what is deleted is what was seen.
			const left = deletion.move?.role === "leaves" && half?.within !== true;
			const isBlind = !left || hasBug(this.world, "what is deleted instead of leaving is not what was seen");
			if (!isBlind) this.rowOf(deletion).etag = null;
			this.put({ ...deletion, ...(isBlind ? {} : { base: last.base }), ...this.halfOf(half) });
		}
	}

	private halfOf(half: Half | null): Pick<Intent, "waitsFor" | "move"> {
		return { waitsFor: half?.waitsFor ?? null, move: half?.within === true ? LEAVES : null };
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
			pages: this.rowOf(intent).calendar.pages,
			claimedUntil: until,
		});
	}

	private isDue({ state, nextAt, claimedUntil, kind, waitsFor }: Intent): boolean {
		if (kind === "delete" && waitsFor !== null && !hasBug(this.world, "deletion does not wait for the copy"))
			return false;
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
		afterEnd(this, intent.id, { type: "failed" }, { stays: true });
		this.show(this.rowOf(intent));
	}

	show(row: Row): void {
		row.shown = rebaseIntents(row.remote, this.intentsOf(row)).shown;
	}

	/**
	 * Forgets what was never made; with it goes what waits for any of its intents.
	 * @param noted whether into the history
	 */
	dropRow(row: Row, noted = true): void {
		const intents = this.intentsOf(row);
		for (const { id } of intents) this.intents.delete(id);
		this.rows.delete(row.id);
		if (noted) this.world.oracle.dropped(row.uid);
		for (const { id } of intents) afterEnd(this, id, { type: "discarded" });
	}

	put(intent: Intent): Intent {
		this.intents.set(intent.id, intent);
		return intent;
	}

	addIntent(row: Row, intent: NewIntent): Intent {
		return this.put({
			id: `int${++this.count}`,
			rowId: row.id,
			waitsFor: null,
			state: "pending",
			edits: 0,
			attempts: 0,
			fence: 0,
			pages: 0,
			claimedUntil: 0,
			nextAt: this.world.now,
			...intent,
		});
	}
}
