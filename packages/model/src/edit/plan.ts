import type { CalendarEvent, EventDateTime } from "../event/event.ts";

/** Which occurrences of a series an edit is for: one, one and all later ones, or all. */
export type EditScope = "this" | "following" | "all";

/** The fields of an event that people edit, already validated one by one and in model form; absent ones stay. */
export type EventPatch = Partial<
	Pick<
		CalendarEvent,
		| "title"
		| "description"
		| "location"
		| "status"
		| "start"
		| "end"
		| "recurrence"
		| "participants"
		| "reminders"
		| "visibility"
		| "busy"
		| "color"
		| "categories"
		| "conference"
		| "attachments"
	>
>;

export type EditChange = { readonly type: "patch"; readonly patch: EventPatch } | { readonly type: "delete" };

export interface EditInput {
	/** All of one resource of one UID: a single, a master with its overrides, or overrides alone. */
	readonly events: readonly CalendarEvent[];
	/** `originalStartKey` of the occurrence that the edit is for; null for the single or master itself. */
	readonly target: string | null;
	readonly scope: EditScope | null;
	readonly change: EditChange;
	/** UID of the series that `following` splits off. */
	readonly newUid: string;
	/** Epoch milliseconds. */
	readonly now: number;
	/** IANA name of the reader's zone. Slots of floating and all-day series are wall clocks, so no plan depends on it yet. */
	readonly floatingZone: string;
}

/** Stable codes of refused edits. */
export type EditFaultCode =
	/** A write to a series must say which occurrences it is for. */
	| "recurrence_scope_required"
	/** The target is no occurrence of the series (any more). */
	| "not_an_occurrence"
	/** The scope does not fit: recurrence in a patch of one occurrence, a scope that a lone occurrence cannot have. */
	| "scope_unsupported"
	/** The repetition cannot follow the change of time by itself; `recurrence` must be sent along. */
	| "recurrence_rule_needed"
	/** A recurrence line that is malformed or unsupported, or a rule that yields nothing. */
	| "recurrence_invalid"
	/** A rule, or a list of dates, too expensive to work out. */
	| "recurrence_too_expensive"
	/** The end is not after the start, or is of another type. */
	| "end_not_after_start"
	/** A time outside the years 1 to 9999, or start and end of different types. */
	| "time_invalid";

export interface EditFault {
	readonly code: EditFaultCode;
	/** The field of the patch that is at fault; `scope` or `id` for those of the request. */
	readonly field: string;
	/** What is wrong, for people. */
	readonly detail: string;
	/** How to mend it. */
	readonly fix?: string;
}

/** An override that could not be kept. */
export interface DroppedOverride {
	/** `originalStartKey` of its slot before the edit. */
	readonly originalStart: string;
	readonly title: string;
	/** Why, for people. */
	readonly reason: string;
}

export interface EditedPlan {
	readonly type: "edited";
	/** What the resource holds afterwards; null where it goes. */
	readonly events: readonly CalendarEvent[] | null;
	/** The new series of `following`; null for the other scopes. */
	readonly created: readonly CalendarEvent[] | null;
	readonly dropped: readonly DroppedOverride[];
	/**
	 * Milliseconds of wall clock by which the slots of the series (of the new one for `following`) moved; 0 where they did
	 * not, or not all by the same. For `occurrencesTouched`.
	 */
	readonly slotShift: number;
}

export interface RefusedPlan {
	readonly type: "refused";
	readonly faults: readonly EditFault[];
}

export type EditPlan = EditedPlan | RefusedPlan;

/** What an edit does to one occurrence. */
export interface TouchedOccurrence {
	readonly original_start: EventDateTime;
	readonly action: "added" | "removed" | "changed";
	/** Where it is afterwards; of a removed one, where it was. */
	readonly start: EventDateTime;
	readonly end: EventDateTime;
}
