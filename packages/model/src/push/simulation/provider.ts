import type { CalendarEvent } from "../../event/event.ts";
import type { ResourceEvents } from "../../merge/lost-edit.ts";
import { sameContent } from "../../merge/same-content.ts";
import type { PushFailureKind } from "../push-types.ts";
import { type Cells, cellsOf, ourUid } from "./cells.ts";
import type { Coverage } from "./coverage.ts";
import { asMade, asStored, type Place } from "./made.ts";
import { type Oracle, Violation } from "./oracle.ts";
import type { ProviderTraits } from "./traits.ts";

export interface RemoteState {
	readonly id: string;
	readonly etag: string | null;
	readonly events: readonly CalendarEvent[];
	/** For the oracle: raised by each visible change. */
	readonly revision: number;
	/** The key that it was created under, where the provider tells it. */
	readonly key: string | null;
	/** Not all of it is written yet. */
	readonly unfinished: boolean;
}

interface Stored {
	readonly key: string | null;
	/** Not all of it is written yet. */
	readonly unfinished?: boolean;
	etag: string;
	events: readonly CalendarEvent[];
	revision: number;
	readonly previous: ResourceEvents;
}

export class Refused extends Error {
	readonly kind: PushFailureKind;

	constructor(kind: PushFailureKind) {
		super(kind);
		this.kind = kind;
	}
}

/** Who writes, for the oracle. */
export interface Author {
	/** The intent with what it wants, so that a second effect shows. */
	readonly effect: string;
	/** Of a split: the UID of the old series, and its recurrence after the cut. */
	readonly cut?: { readonly uid: string; readonly recurrence: string };
}

export interface Listing {
	readonly mode: "delta" | "full";
	readonly ids: readonly string[];
	readonly cursor: string;
}

/** An account at a provider, with one calendar or several. */
export class Account {
	readonly calendars: readonly Provider[];
	/** Writes of ours that it was asked for. */
	writes = 0;
	/** Those that it agreed to, without removals, and what the last one wrote. */
	stores = 0;
	lastWritten: { readonly calendar: Provider; readonly id: string } | null = null;

	/** @param ids of the calendars; of the only one an empty id */
	constructor(ids: readonly string[], traits: ProviderTraits, oracle: Oracle, cover: Coverage) {
		this.calendars = ids.map((id) => new Provider(this, id, traits, oracle, cover));
	}

	/** What it has of a UID, in any calendar. */
	byUid(uid: string): ResourceEvents {
		for (const calendar of this.calendars) {
			for (const id of calendar.ids()) {
				const events = calendar.read(id)?.events ?? null;
				if (ourUid(events?.[0]?.uid ?? "") === uid) return events;
			}
		}
		return null;
	}
}

/** A calendar at a provider: resources under ids, conditional writes, a listing by cursor. */
export class Provider {
	readonly calendar: string;
	private readonly resources = new Map<string, Stored>();
	private readonly deleted = new Set<string>();
	private readonly usedKeys = new Set<string>();
	private log: string[] = [];
	private epoch = 0;
	private count = 0;
	private readonly account: Account;
	private readonly traits: ProviderTraits;
	private readonly oracle: Oracle;
	private readonly cover: Coverage;

	constructor(account: Account, calendar: string, traits: ProviderTraits, oracle: Oracle, cover: Coverage) {
		this.account = account;
		this.calendar = calendar;
		this.traits = traits;
		this.oracle = oracle;
		this.cover = cover;
	}

	read(id: string): RemoteState | null {
		const stored = this.resources.get(id);
		if (stored === undefined) return null;
		const { etag, events, revision, key, unfinished = false } = stored;
		return { id, etag, events, revision, key: this.traits.names ? key : null, unfinished };
	}

	/** @param rest what is to be written of a series that was made in part, and its author */
	findCreated(
		key: string,
		rest?: { readonly events: readonly CalendarEvent[]; readonly author: Author },
	): RemoteState | null {
		const found = [...this.resources].find(([, stored]) => stored.key === key);
		// It knows what it made, and was deleted since; where it makes ids of keys.
		if (found === undefined && rest !== undefined && this.traits.keepsKeys && this.deleted.has(`k${key}`)) {
			this.cover.hit("deleted since it was made");
			throw new Refused("gone");
		}
		if (found === undefined) return null;
		const [id, stored] = found;
		if (stored.unfinished !== true || rest === undefined) return this.read(id);
		this.cover.hit("unfinished creation finished");
		const { author, events } = rest;
		const sent = [...stored.events, ...asMade(events.slice(1), this.place(id))];
		const effect = `${author.effect}:rest`;
		return { ...this.store(id, key, stored, sent, { ...author, effect }), etag: this.resources.get(id)?.etag ?? null };
	}

	/** @param part whether it breaks off when only the first of several events is made */
	create(
		key: string,
		events: readonly CalendarEvent[],
		author: Author,
		{ late = false, part = false }: { readonly late?: boolean; readonly part?: boolean } = {},
	): RemoteState {
		this.account.writes++;
		const { keepsKeys, refusesSameKey } = this.traits;
		// A request that comes late does not outlive the deletion of what its repetition made.
		if (late && this.usedKeys.has(key)) throw new Refused("precondition_failed");
		if ((refusesSameKey || keepsKeys) && this.findCreated(key) !== null) throw new Refused("precondition_failed");
		const id = keepsKeys ? `k${key}` : this.newId();
		if (this.deleted.has(id)) throw new Refused("precondition_failed");
		const uid = events[0]?.uid ?? "";
		const { cut } = author;
		if (cut !== undefined && !this.oracle.cutHolds(cut.uid, cut.recurrence, this.account.byUid(cut.uid))) {
			throw new Violation(`${uid} was split off from ${cut.uid}, which is not cut`);
		}
		if (this.account.byUid(uid) !== null) throw new Violation(`${uid} is there twice`);
		this.usedKeys.add(key);
		const made = asMade(part ? events.slice(0, 1) : events, this.place(id));
		if (!part) return this.store(id, key, null, made, author);
		this.oracle.begun(this.cells(events));
		this.store(id, key, null, made, { ...author, effect: `${author.effect}:part` }, true);
		throw new Refused("unavailable");
	}

	/** What it refused for good it does not make of an earlier request that comes late either. */
	forgetLate(key: string): void {
		this.usedKeys.add(key);
	}

	/** @param etag null: without a condition */
	update(id: string, etag: string | null, events: readonly CalendarEvent[], author: Author): RemoteState {
		this.account.writes++;
		const stored = this.checked(id, etag);
		return this.store(id, stored.key, stored, events, author);
	}

	remove(id: string, etag: string | null, author: Author): void {
		this.account.writes++;
		const stored = this.checked(id, etag);
		this.oracle.ourWrite(author.effect, this.nameOf(id), this.cells(stored.events), this.cells(null));
		this.drop(id);
	}

	/** Moves what is here to another calendar, as it is. */
	move(id: string, to: Provider, author: Author): RemoteState {
		this.account.writes++;
		const stored = this.checked(id, null);
		this.oracle.ourWrite(`${author.effect}:move`, id, this.cells(stored.events), to.cells(stored.events));
		return this.hand(id, stored, to);
	}

	/** @param cursor null, or one that is not known any more: everything is listed */
	list(cursor: string | null): Listing {
		const [epoch, at] = (cursor ?? "").split(":").map(Number);
		const next = `${this.epoch}:${this.log.length}`;
		if (cursor === null || epoch !== this.epoch) {
			this.cover.hit("full pull");
			return { mode: "full", ids: [...this.resources.keys()], cursor: next };
		}
		return { mode: "delta", ids: [...new Set(this.log.slice(at))], cursor: next };
	}

	/** As a pull reads it. */
	readListed(id: string): RemoteState | null {
		const state = this.read(id);
		if (state === null || this.traits.etagInListings) return state;
		this.cover.hit("listing without etag");
		return { ...state, etag: null };
	}

	wasDeleted(id: string): boolean {
		return this.deleted.has(id);
	}

	ids(): string[] {
		return [...this.resources.keys()];
	}

	personCreates(wanted: readonly CalendarEvent[]): void {
		const id = this.newId();
		const events = asStored(wanted, this.place(id));
		this.oracle.remoteEdit(this.nameOf(id), this.cells(null), this.cells(events));
		this.put(id, { key: null, etag: "", events, revision: 0, previous: null });
	}

	personMoves(id: string, to: Provider): void {
		const stored = this.resources.get(id);
		if (stored === undefined) return;
		this.oracle.remoteEdit(id, this.cells(stored.events), to.cells(stored.events));
		this.hand(id, stored, to);
	}

	personEdits(id: string, events: ResourceEvents): void {
		const stored = this.resources.get(id);
		if (stored === undefined) return;
		this.oracle.remoteEdit(this.nameOf(id), this.cells(stored.events), this.cells(events));
		if (events === null) this.drop(id);
		else this.put(id, { ...stored, events: asStored(events, this.place(id)) });
	}

	/** A person takes back the last change; what was just made is deleted. */
	personUndoes(id: string): void {
		const stored = this.resources.get(id);
		if (stored !== undefined) this.personEdits(id, stored.previous);
	}

	/** The etag moves, and what nobody sees, but nothing else. */
	churn(id: string | undefined): void {
		const stored = id === undefined ? undefined : this.resources.get(id);
		if (id === undefined || stored === undefined) return;
		this.cover.hit("etag churned");
		this.put(id, { ...stored, events: stored.events.map((one) => ({ ...one, sequence: one.sequence + 1 })) });
	}

	expireCursors(): void {
		this.cover.hit("cursor expired");
		this.epoch++;
		this.log = [];
	}

	/** For the oracle. */
	nameOf(id: string): string {
		return `${this.calendar}${id}`;
	}

	/** What an event of this calendar is called by. */
	cells(events: ResourceEvents): Cells {
		return cellsOf(events, this.calendar);
	}

	private newId(): string {
		return `${this.calendar}r${++this.count}`;
	}

	private place(id: string): Place {
		return { id, calendar: this.calendar, traits: this.traits };
	}

	private hand(id: string, stored: Stored, to: Provider): RemoteState {
		this.drop(id);
		to.deleted.delete(id);
		this.oracle.backAgain(to.nameOf(id));
		const events = asStored(stored.events, to.place(id));
		to.put(id, { ...stored, events, revision: stored.revision + 1, previous: null });
		const state = to.read(id);
		if (state === null) throw new Error("moved a moment ago");
		return state;
	}

	private checked(id: string, etag: string | null): Stored {
		const stored = this.resources.get(id);
		if (stored === undefined) throw new Refused("not_found");
		if (etag !== null && stored.etag !== etag) throw new Refused("precondition_failed");
		return stored;
	}

	private store(
		id: string,
		key: string | null,
		before: Stored | null,
		sent: readonly CalendarEvent[],
		author: Author,
		unfinished = false,
	): RemoteState {
		this.oracle.ourWrite(author.effect, this.nameOf(id), this.cells(before?.events ?? null), this.cells(sent));
		const plain = asStored(sent, this.place(id));
		const events = this.traits.rewrites ? rewritten(plain) : plain;
		if (!sameContent(plain, events)) {
			this.cover.hit("body rewritten");
			this.oracle.rewritten(plain, events);
		}
		this.account.stores++;
		this.account.lastWritten = { calendar: this, id };
		this.put(id, { key, unfinished, etag: "", events, revision: before?.revision ?? 0, previous: null });
		const state = this.read(id);
		if (state === null) throw new Error("stored a moment ago");
		if (this.traits.etagInAnswers) return state;
		this.cover.hit("answer without etag");
		return { ...state, etag: null, events: plain };
	}

	private put(id: string, next: Stored): void {
		const before = this.resources.get(id);
		const revision =
			before !== undefined && sameContent(before.events, next.events) ? before.revision : next.revision + 1;
		this.resources.set(id, { ...next, etag: `"${this.calendar}${++this.count}"`, revision });
		this.log.push(id);
	}

	private drop(id: string): void {
		this.resources.delete(id);
		this.deleted.add(id);
		this.log.push(id);
	}
}

/** Sorts what has no order, cuts spaces, counts up. */
function rewritten(events: readonly CalendarEvent[]): readonly CalendarEvent[] {
	return events.map((one) => ({
		...one,
		description: one.description.trimEnd(),
		participants: one.participants.toReversed(),
		sequence: one.sequence + 1,
	}));
}
