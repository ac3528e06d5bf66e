import type { CalendarEvent } from "../event/event.ts";

/** All events of one resource: a single, a master with its overrides, or overrides alone. Null: it is not there. */
export type ResourceEvents = readonly CalendarEvent[] | null;

/**
 * What was changed here and did not survive:
 * - `field`: the same field was changed there, to something else;
 * - `edit_of_deleted`: what was edited here is gone there;
 * - `deletion_of_edited`: what was deleted here was edited there, and stays.
 */
export type LostEditKind = "field" | "edit_of_deleted" | "deletion_of_edited";

/** A local edit, or a part of it, that the provider's state has taken the place of. */
export interface LostEdit {
	readonly uid: string;
	/** The `originalStartKey` of the override that it was an edit of; null: of the single or master. */
	readonly originalStart: string | null;
	/** Names of the API's event fields, sorted; for `deletion_of_edited` those that were edited there. */
	readonly fields: readonly string[];
	readonly kind: LostEditKind;
}

/** The three states that a merge goes out from. */
export interface MergeInput {
	/** What both sides have last agreed on. */
	readonly base: ResourceEvents;
	/** What the person here wants. */
	readonly local: ResourceEvents;
	/** What the provider has. */
	readonly remote: ResourceEvents;
}

export interface MergeResult {
	readonly events: ResourceEvents;
	readonly lost: readonly LostEdit[];
}
