import type { CalendarEvent } from "../../event/event.ts";
import type { ResourceEvents } from "../../merge/lost-edit.ts";
import { sameContent } from "../../merge/same-content.ts";
import type { PushFailureKind } from "../push-types.ts";
import type { Coverage } from "./coverage.ts";
import { type Oracle, Violation } from "./oracle.ts";

export interface RemoteState {
	readonly id: string;
	readonly etag: string | null;
	readonly events: readonly CalendarEvent[];
	/** For the oracle: raised by each visible change. */
	readonly revision: number;
}

interface Stored {
	readonly key: string | null;
	etag: string;
	events: readonly CalendarEvent[];
	revision: number;
	readonly previous: ResourceEvents;
}

/** How this provider behaves; drawn once a seed. */
export interface ProviderTraits {
	/** Does a second create with the same key fail, as with If-None-Match; or has it to be looked for? */
	readonly refusesSameKey: boolean;
	readonly etagInAnswers: boolean;
	readonly etagInListings: boolean;
	readonly rewrites: boolean;
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

/** A provider: resources under ids, conditional writes, a listing by cursor. */
export class Provider {
	/** Writes of ours that it was asked for. */
	writes = 0;
	/** Those that it agreed to, without removals, and the id of the last. */
	stores = 0;
	lastWritten = "";
	private readonly resources = new Map<string, Stored>();
	private readonly deleted = new Set<string>();
	private readonly usedKeys = new Set<string>();
	private log: string[] = [];
	private epoch = 0;
	private count = 0;
	private readonly traits: ProviderTraits;
	private readonly oracle: Oracle;
	private readonly cover: Coverage;

	constructor(traits: ProviderTraits, oracle: Oracle, cover: Coverage) {
		this.traits = traits;
		this.oracle = oracle;
		this.cover = cover;
	}

	read(id: string): RemoteState | null {
		const stored = this.resources.get(id);
		return stored === undefined ? null : { id, ...pickState(stored) };
	}

	findCreated(key: string): RemoteState | null {
		const found = [...this.resources].find(([, stored]) => stored.key === key);
		return found === undefined ? null : this.read(found[0]);
	}

	create(key: string, events: readonly CalendarEvent[], author: Author, late = false): RemoteState {
		this.writes++;
		// A request that comes late does not outlive the deletion of what its repetition made.
		if (late && this.usedKeys.has(key)) throw new Refused("precondition_failed");
		if (this.traits.refusesSameKey && this.findCreated(key) !== null) throw new Refused("precondition_failed");
		const uid = events[0]?.uid ?? "";
		const { cut } = author;
		if (cut !== undefined && !this.oracle.cutHolds(cut.uid, cut.recurrence, this.byUid(cut.uid))) {
			throw new Violation(`${uid} was split off from ${cut.uid}, which is not cut`);
		}
		if (this.byUid(uid) !== null) throw new Violation(`${uid} is there twice`);
		const id = `r${++this.count}`;
		this.usedKeys.add(key);
		return this.store(id, key, null, events, author);
	}

	/** What it refused for good it does not make of an earlier request that comes late either. */
	forgetLate(key: string): void {
		this.usedKeys.add(key);
	}

	/** @param etag null: without a condition */
	update(id: string, etag: string | null, events: readonly CalendarEvent[], author: Author): RemoteState {
		this.writes++;
		const stored = this.checked(id, etag);
		return this.store(id, stored.key, stored, events, author);
	}

	remove(id: string, etag: string | null, author: Author): void {
		this.writes++;
		const stored = this.checked(id, etag);
		this.oracle.ourWrite(author.effect, id, stored.events, null);
		this.drop(id);
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

	personCreates(events: readonly CalendarEvent[]): void {
		const id = `r${++this.count}`;
		this.oracle.remoteEdit(id, null, events);
		this.put(id, { key: null, etag: "", events, revision: 0, previous: null });
	}

	personEdits(id: string, events: ResourceEvents): void {
		const stored = this.resources.get(id);
		if (stored === undefined) return;
		this.oracle.remoteEdit(id, stored.events, events);
		if (events === null) this.drop(id);
		else this.put(id, { ...stored, events });
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

	private byUid(uid: string): ResourceEvents {
		for (const { events } of this.resources.values()) if (events[0]?.uid === uid) return events;
		return null;
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
	): RemoteState {
		this.oracle.ourWrite(author.effect, id, before?.events ?? null, sent);
		const events = this.traits.rewrites ? rewritten(sent) : sent;
		if (!sameContent(sent, events)) {
			this.cover.hit("body rewritten");
			this.oracle.rewritten(sent, events);
		}
		this.stores++;
		this.lastWritten = id;
		this.put(id, { key, etag: "", events, revision: before?.revision ?? 0, previous: null });
		const state = this.read(id);
		if (state === null) throw new Error("stored a moment ago");
		if (this.traits.etagInAnswers) return state;
		this.cover.hit("answer without etag");
		return { ...state, etag: null, events: sent };
	}

	private put(id: string, next: Stored): void {
		const before = this.resources.get(id);
		const revision =
			before !== undefined && sameContent(before.events, next.events) ? before.revision : next.revision + 1;
		this.resources.set(id, { ...next, etag: `"${++this.count}"`, revision });
		this.log.push(id);
	}

	private drop(id: string): void {
		this.resources.delete(id);
		this.deleted.add(id);
		this.log.push(id);
	}
}

function pickState({ etag, events, revision }: Stored): Omit<RemoteState, "id"> {
	return { etag, events, revision };
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
