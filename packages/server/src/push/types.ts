import type { CalendarEvent } from "@kalends/model";
import type { Selectable } from "kysely";
import type {
	Actor,
	CalendarsTable,
	ConnectionsTable,
	EventKind,
	IntentKind,
	IntentState,
	IntentsTable,
	ResourcesTable,
	VersionAction,
} from "../db/schema.ts";
import type { Services } from "../services.ts";
import type { Origin } from "./moves.ts";
import type { Scene } from "./scene.ts";

/** Words of writing are in docs/decisions/0009-writes.md: intent, claim, fence, settle, rebase. */

export type IntentRow = Selectable<IntentsTable>;
export type CalendarRow = Selectable<CalendarsTable>;
export type ConnectionRow = Selectable<ConnectionsTable>;
export type ResourceRow = Selectable<ResourcesTable>;

/** An intent that its writer has claimed with the write itself. */
export interface ClaimedPush {
	readonly intent: IntentRow;
	readonly scene: Scene;
}

/** An open intent as a decision may look at it. */
export interface OpenIntent {
	readonly id: string;
	readonly kind: IntentKind;
	readonly state: IntentState;
	readonly attempts: number;
	readonly base: readonly CalendarEvent[] | null;
	readonly move: IntentRow["move"];
}

/** What a write goes out from, read under the calendar's row lock in the write's own transaction. */
export interface ResourceSnapshot {
	readonly calendar: CalendarRow;
	readonly connection: ConnectionRow;
	readonly resource: ResourceRow;
	/** As of `Scene`. */
	readonly onlyHere: boolean;
	/** All events of the resource, as shown to the person. */
	readonly events: readonly CalendarEvent[];
	/** The single or master (of lone overrides: the one that was asked for), with its etag as the API answers it. */
	readonly base: {
		readonly id: string;
		readonly kind: EventKind;
		readonly version: number;
		readonly etag: string;
		readonly event: CalendarEvent;
	};
	/** The series' master; null for singles and lone overrides. */
	readonly masterId: string | null;
	/** `originalStartKey` that the id names; null where it names the single or master itself. */
	readonly target: string | null;
	/** Of the resource, oldest first. */
	readonly intents: readonly OpenIntent[];
}

export interface WriteDecision {
	/** All that the resource is to hold; null: it goes. */
	readonly wanted: readonly CalendarEvent[] | null;
	/** A new series (`following`), which is made once the provider has agreed to the rest. */
	readonly created?: readonly CalendarEvent[] | null;
	/** Id of the single or master of `created`; minted unless given. */
	readonly createdEventId?: string;
	/** It goes to another calendar: it is made there, and goes here once the provider has agreed to that; `wanted` is null. */
	readonly moved?: MovedResource;
	/** Only the person's own response changes. */
	readonly responseOnly?: boolean;
	readonly action: VersionAction;
}

/** What a move makes in the other calendar. */
export interface MovedResource extends Pick<CreateRequest, "calendarId" | "events" | "raw" | "origin"> {
	readonly eventId: string;
}

export interface CommittedWrite {
	readonly eventId: string;
	readonly createdEventId?: string;
	/** To be given to `pushNow`; empty where nothing was changed. */
	readonly intentIds: readonly string[];
	/** The one intent, where it was claimed for a `sender`: it is in nobody else's hands, so `pushNow` has to be given it. */
	readonly claimed?: ClaimedPush;
}

/** Whose write it is. */
interface WriteRequest {
	readonly userId: string;
	readonly actor: Actor;
	/**
	 * Given by who calls `pushNow` right after: what can be sent at once is claimed within the transaction. Without, or
	 * where it cannot, a job sends it.
	 */
	readonly sender?: Scene["person"];
}

export interface EditRequest extends WriteRequest {
	/** An event's or an occurrence's id. */
	readonly eventId: string;
	/** A calendar that the event may go to, which has to be locked in the same turn as its own. */
	readonly targetCalendarId?: string | undefined;
}

export interface CreateRequest extends WriteRequest {
	readonly calendarId: string;
	/** Minted unless given. */
	readonly eventId?: string;
	/** `eventId` may be one of a request that is repeated: what that made is not made again. */
	readonly mayRepeat?: boolean;
	/** All of one UID. */
	readonly events: readonly CalendarEvent[];
	/** A body whose unknown properties are to survive. */
	readonly raw?: string | null;
	/** What the provider itself is to move there, instead of making something new. */
	readonly origin?: Origin | null;
	readonly action: VersionAction;
}

/**
 * `editResource` (edit-resource.ts). Nothing is written where `decide` throws.
 * @throws Problem `not_found`, and what `decide` throws
 */
export type EditResource = (
	services: Services,
	request: EditRequest,
	decide: (snapshot: ResourceSnapshot) => Promise<WriteDecision> | WriteDecision,
) => Promise<CommittedWrite>;

/**
 * `createResource` (create-resource.ts).
 * @throws Problem `not_found` where the user has no such calendar
 */
export type CreateResource = (services: Services, request: CreateRequest) => Promise<CommittedWrite>;

/** `failed`: one of them was refused for good; `pending`: one of them is still to be done. */
export type PushOutcome = "synced" | "pending" | "failed";

/** `pushNow` (push-now.ts): claims the intents and performs them, as far as that goes in the time. */
export type PushNow = (
	services: Services,
	userId: string,
	intentIds: readonly string[],
	options: { readonly withinMs: number; readonly signal: AbortSignal; readonly claimed?: ClaimedPush | undefined },
) => Promise<PushOutcome>;

/**
 * `retryIntents` and `discardIntents` (resolve-intent.ts): of the resource that an event's or occurrence's id names. A move
 * that is tried again makes `createdEventId`; `removes`: what is tried again deletes the event.
 * Discarding brings the event back to what the provider has. Intents that are being sent are left alone.
 * @throws Problem `not_found` for an unknown event
 */
export type RetryIntents = (
	services: Services,
	request: EditRequest,
) => Promise<CommittedWrite & { readonly removes: boolean }>;
export type DiscardIntents = (
	services: Services,
	request: EditRequest,
) => Promise<{ readonly discarded: number; readonly busy: boolean }>;
