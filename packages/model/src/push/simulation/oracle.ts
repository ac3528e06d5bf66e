import type { LostEdit, ResourceEvents } from "../../merge/lost-edit.ts";
import {
	ABSENT,
	apiFields,
	type CellChange,
	type Cells,
	calendarCell,
	cellChanges,
	cellName,
	cellsOf,
	ourUid,
} from "./cells.ts";
import { Copies } from "./copies.ts";

/** An invariant does not hold. */
export class Violation extends Error {
	override readonly name = "Violation";
}

const SLOT_FIELDS: ReadonlySet<string> = new Set(["start", "recurrence"]);

interface LocalEdit extends CellChange {
	readonly at: number;
	readonly what: string;
}

interface Loss {
	readonly at: number;
	readonly uid: string;
	readonly entry: LostEdit | null;
}

interface Effect {
	readonly id: string;
	readonly personEdits: number;
}

/**
 * Knows, beside the system, who changed what from what: a write of ours may only replace a value that whoever made the
 * edit has seen, and each edit that was taken must have reached the provider, or be in the history.
 */
export class Oracle {
	private readonly rewrites: boolean;
	private time = 0;
	/** By cell: which value was set by somebody who saw which. */
	private readonly links = new Map<string, Map<string, Set<string>>>();
	/** By cell: values that the provider had, and until when. */
	private readonly landed = new Map<string, Map<string, number>>();
	private readonly edits: LocalEdit[] = [];
	private readonly losses: Loss[] = [];
	private readonly effects = new Map<string, Effect>();
	private readonly personEdits = new Map<string, number>();
	/** UIDs of what people there have changed. */
	private readonly touched = new Set<string>();
	private readonly copies = new Copies();
	private readonly givenUp = new Set<string>();
	/** Names of the cells that say where an event is, and that a person there has changed. */
	private readonly movedThere = new Set<string>();
	private readonly revisions = new Map<string, number>();

	/** @param rewrites whether the provider's own form of what it was sent may be taken for somebody's edit */
	constructor(rewrites: boolean) {
		this.rewrites = rewrites;
	}

	/** A person here changed what they saw, and was told that it is kept. */
	localEdit(what: string, shown: Cells, wanted: Cells): void {
		this.time++;
		for (const change of cellChanges(shown, wanted)) {
			this.link(change);
			this.edits.push({ ...change, at: this.time, what });
			if (what === "delete") this.copies.delete(cellName(change.cell).uid);
		}
	}

	/** A person changed the resource at the provider. */
	remoteEdit(id: string, before: Cells, after: Cells): void {
		this.time++;
		this.personEdits.set(id, (this.personEdits.get(id) ?? 0) + 1);
		for (const change of cellChanges(before, after)) {
			this.link(change);
			this.land(change);
			this.touched.add(cellName(change.cell).uid);
			if (after.size === 0) this.copies.delete(cellName(change.cell).uid);
			if (cellName(change.cell).field === "calendar" && change.from !== ABSENT) this.movedThere.add(change.cell);
		}
	}

	/** The provider's own form of what it was sent: to a person the same. */
	rewritten(sent: ResourceEvents, stored: ResourceEvents): void {
		for (const change of cellChanges(cellsOf(sent), cellsOf(stored))) {
			this.link(change);
			this.link({ cell: change.cell, from: change.to, to: change.from });
			this.land(change);
		}
	}

	/** A write of ours took effect. @param key of the intent and what it wanted */
	ourWrite(key: string, id: string, before: Cells, after: Cells): void {
		this.time++;
		const changes = cellChanges(before, after);
		if (changes.length === 0) return;
		// Where somebody there has undone it since, and the answer was lost, nobody can tell that from never done.
		const earlier = this.effects.get(key);
		if (earlier !== undefined && earlier.personEdits === (this.personEdits.get(earlier.id) ?? 0)) {
			throw new Violation(`intent ${key} had a second effect on ${id}: ${JSON.stringify(changes)}`);
		}
		this.effects.set(key, { id, personEdits: this.personEdits.get(id) ?? 0 });
		for (const change of changes) {
			// Answers of guests come in at any time; a deletion does not wait for them.
			const answer = after.size === 0 && change.cell.includes("|response:");
			if (!answer && !this.reaches(change)) {
				throw new Violation(`${key} replaced what nobody here had seen: ${JSON.stringify(change)}`);
			}
			this.land(change);
		}
	}

	/** A part of this is made, so that whoever deletes that has deleted the rest. */
	begun(cells: Cells): void {
		for (const [cell, value] of cells) this.land({ cell, from: value, to: value });
	}

	/** What the history says did not survive. */
	lost(entries: readonly LostEdit[]): void {
		const nobody = entries.find(({ uid }) => !this.touched.has(ourUid(uid)));
		if (nobody !== undefined && !this.rewrites)
			throw new Violation(`a conflict with nobody: ${JSON.stringify(nobody)}`);
		this.note(entries);
	}

	private note(entries: readonly LostEdit[]): void {
		for (const entry of entries) this.losses.push({ at: this.time, uid: ourUid(entry.uid), entry });
	}

	/** A new series that was not made, as the old one could not be cut: its whole content is in the history. */
	dropped(uid: string): void {
		this.losses.push({ at: this.time, uid: ourUid(uid), entry: null });
	}

	/** A new series that was refused, as the old one is whole again: everything after the cut would be there twice. */
	putBack(uid: string): void {
		this.givenUp.add(uid);
	}

	/** @param uids of all that the provider has in the end */
	checkGivenUp(uids: readonly string[]): void {
		const twice = uids.find((uid) => this.givenUp.has(ourUid(uid)));
		if (twice !== undefined) throw new Violation(`${twice} is there, and what it was split off from is put back`);
	}

	/** A person moves an event to another calendar, where it is to be a copy under a UID of its own. */
	copied(from: string, to: string): void {
		// What was to go and is there again is one more event.
		if (!this.isTold(ourUid(from))) this.copies.add(ourUid(from), to);
	}

	/** Does the history say that something of it did not come through, or has somebody there moved it? */
	private isTold(uid: string): boolean {
		return this.losses.some((loss) => loss.uid === uid) || this.movedThere.has(calendarCell(uid));
	}

	/** @param uids of all that the provider has in the end */
	checkCopies(uids: readonly string[]): void {
		const fault = this.copies.fault(uids, (uid) => this.isTold(uid));
		if (fault !== null) throw new Violation(fault);
	}

	/** A refused move is given up by whoever edits what is shown where it was. */
	moveGivenUp(uid: string): void {
		this.note([{ uid: ourUid(uid), originalStart: null, fields: ["calendar"], kind: "field" }]);
	}

	/** A refused deletion is given up by editing what is shown again. */
	deletionGivenUp(uid: string): void {
		this.note([{ uid, originalStart: null, fields: [], kind: "deletion_of_edited" }]);
	}

	/** The row of a resource now holds this state of it; never an older one than before. */
	applied(id: string, revision: number, cells: Cells): void {
		const before = this.revisions.get(id) ?? 0;
		if (revision < before) throw new Violation(`${id} fell back from state ${before} to ${revision}`);
		this.revisions.set(id, revision);
		// What somebody there had done already, as is learned now, has not to be done again.
		for (const [cell, value] of cells) this.land({ cell, from: value, to: value });
	}

	/** The resource is known to be gone; it comes back only as {@link backAgain} says. */
	removed(id: string): void {
		this.revisions.set(id, Number.POSITIVE_INFINITY);
	}

	/** It was moved here, or made anew, under an id that was there before. */
	backAgain(id: string): void {
		this.revisions.delete(id);
	}

	/** May the new series of a split be made: was the old one cut, with whatever was done to it since? */
	cutHolds(uid: string, cut: string, old: ResourceEvents): boolean {
		if (old === null) return true;
		const cell = `${uid}||recurrence`;
		const now = cellsOf(old).get(cell) ?? ABSENT;
		return now === cut || this.reaches({ cell, from: cut, to: now });
	}

	/** Every local edit is there, was there and was replaced, or is in the history. */
	checkEdits(final: Cells): void {
		for (const edit of this.edits) {
			if (!this.accounted(edit, final)) {
				throw new Violation(`lost without a trace (${edit.what}): ${JSON.stringify(edit)}`);
			}
		}
	}

	private accounted(edit: LocalEdit, final: Cells): boolean {
		const now = final.get(edit.cell) ?? ABSENT;
		const landed = this.landed.get(edit.cell);
		const isThere = this.supersededBy(edit).some(
			(one) => one.to === now || one.to === edit.from || (landed?.get(one.to) ?? -1) >= edit.at || this.inHistory(one),
		);
		return isThere || this.takesBack(edit) || this.supersededBy(edit).some((one) => this.isElsewhere(one, final));
	}

	/**
	 * Was it moved, or deleted, there meanwhile? No field of an event says where it was to be, and what is gone from where
	 * it was to be deleted is deleted.
	 */
	private isElsewhere({ cell, from, to }: LocalEdit, final: Cells): boolean {
		const where = calendarCell(cellName(cell).uid);
		if (!this.movedThere.has(where)) return false;
		return to === ABSENT || (cell === where && (final.get(where) ?? ABSENT) !== from);
	}

	/** Did it bring back what an edit here had replaced, before the provider had heard of that? Then nothing was asked. */
	private takesBack(edit: LocalEdit): boolean {
		const landed = this.landed.get(edit.cell);
		const unheard = new Set([edit.from]);
		for (const earlier of this.edits.filter(({ cell, at }) => cell === edit.cell && at < edit.at).reverse()) {
			if (!unheard.has(earlier.to) || (landed?.get(earlier.to) ?? -1) >= earlier.at) continue;
			if (earlier.from === edit.to) return true;
			unheard.add(earlier.from);
		}
		return false;
	}

	/** The edit and those by which people here replaced what it had set. */
	private supersededBy(edit: LocalEdit): LocalEdit[] {
		const chain = [edit];
		const values = new Set([edit.to]);
		for (const later of this.edits) {
			if (later.cell !== edit.cell || later.at <= edit.at || !values.has(later.from)) continue;
			values.add(later.to);
			chain.push(later);
		}
		return chain;
	}

	private inHistory(edit: LocalEdit): boolean {
		const name = cellName(edit.cell);
		const fields = apiFields(name);
		const structural = edit.to === ABSENT || edit.from === ABSENT;
		return this.losses.some(({ at, uid, entry }) => {
			if (at < edit.at || uid !== name.uid) return false;
			if (entry === null) return true;
			if (edit.to === ABSENT && entry.kind === "deletion_of_edited") return true;
			if ((entry.originalStart ?? "") === name.slot) {
				return entry.kind !== "field" || structural || fields.some((field) => entry.fields.includes(field));
			}
			// Overrides go, or move to other slots, with a change of the series.
			const series = entry.originalStart === null && entry.fields.some((field) => SLOT_FIELDS.has(field));
			return edit.to === ABSENT && series;
		});
	}

	private link({ cell, from, to }: CellChange): void {
		const links = this.links.get(cell) ?? new Map<string, Set<string>>();
		this.links.set(cell, links);
		const next = links.get(from) ?? new Set<string>();
		links.set(from, next.add(to));
	}

	private land({ cell, from, to }: CellChange): void {
		const values = this.landed.get(cell) ?? new Map<string, number>();
		this.landed.set(cell, values);
		values.set(from, this.time);
		values.set(to, this.time);
	}

	private reaches({ cell, from, to }: CellChange): boolean {
		const links = this.links.get(cell);
		const seen = new Set([from]);
		for (const value of seen) for (const next of links?.get(value) ?? []) seen.add(next);
		return seen.has(to);
	}
}
