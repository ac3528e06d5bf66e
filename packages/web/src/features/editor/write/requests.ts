import type { CalendarEvent, EventPatch, EventScope, EventVersion } from "@kalends/client";
import { sessionEnded } from "../../../api/server.ts";
import { createStore } from "../../../ui/store.ts";

/** A change somebody has made, before it is asked whom it is for. */
export type Change =
	| { readonly kind: "update"; readonly event: CalendarEvent; readonly patch: EventPatch }
	| { readonly kind: "delete"; readonly event: CalendarEvent };

/** What is sent. */
export type Write = Change & { readonly scope: EventScope | null };

export interface Asked {
	readonly change: Change;
	readonly done: (scope: EventScope | null | "cancelled") => void;
}

/** A write that did not get through; what was wanted is kept until it does or is given up. */
export interface FailedWrite {
	readonly id: number;
	readonly title: string;
	readonly detail: string;
	readonly fix: string | null;
	readonly again: () => void;
	/** Opens what was wanted once more, to be put right. */
	readonly edit?: () => void;
	/** Where giving it up takes more than forgetting it. */
	readonly discard?: () => void;
}

export interface Conflict {
	readonly base: CalendarEvent;
	readonly patch: EventPatch;
	/** Null: it was deleted meanwhile. */
	readonly theirs: CalendarEvent | null;
	/** What the server says of it, where it has kept what was wanted in the history. */
	readonly detail: string | null;
	readonly restorable: EventVersion | null;
	/** Mine is written over what is there. */
	readonly restore: () => void;
	/** What both changed stays as it is there. */
	readonly keep: () => void;
	/** Nothing is decided. */
	readonly close: () => void;
}

export const asked = createStore<Asked | null>(null);
export const conflict = createStore<Conflict | null>(null);
export const failedWrites = createStore<readonly FailedWrite[]>([]);

let made = 0;

export function addFailed(failed: Omit<FailedWrite, "id">): number {
	const id = ++made;
	failedWrites.set((before) => [...before, { ...failed, id }]);
	return id;
}

/** As `addFailed`, for want of a session: sent again when the person has signed in, unless it was given up until then. */
export function addUntilSignedIn(failed: Omit<FailedWrite, "id">): void {
	const id = addFailed(failed);
	const unsubscribe = sessionEnded.subscribe(() => {
		if (sessionEnded.get()) return;
		unsubscribe();
		if (!failedWrites.get().some((one) => one.id === id)) return;
		removeFailed(id);
		failed.again();
	});
}

export function removeFailed(id: number): void {
	failedWrites.set((before) => before.filter((failed) => failed.id !== id));
}

export function isSeries({ recurring_event_id, recurrence }: CalendarEvent): boolean {
	return recurring_event_id !== null || recurrence !== null;
}

export function seriesOf(event: Pick<CalendarEvent, "id" | "recurring_event_id">): string {
	return event.recurring_event_id ?? event.id;
}

/** Of an occurrence's id, or of its own. */
export function seriesIdOf(eventId: string): string {
	return eventId.split(".")[0] ?? eventId;
}

export function hasGuests({ participants }: Pick<CalendarEvent, "participants">): boolean {
	return participants.some(({ self }) => !self);
}

/** The scopes that a change can have: none where it needs none. */
export function scopesFor({ event, ...change }: Change): readonly EventScope[] {
	if (!isSeries(event)) return [];
	// The series itself was opened, not one of its occurrences.
	if (event.recurring_event_id === null) return ["all"];
	const rule = change.kind === "update" && change.patch.recurrence !== undefined;
	return rule ? ["following", "all"] : ["this", "following", "all"];
}
