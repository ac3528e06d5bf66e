import type { CalendarEvent } from "@kalends/model";
import type { ProviderContext, RemoteCalendar, RemoteResource } from "./provider.ts";

/** What a write knows beside the account: for whom it is done. */
export interface WriteContext extends ProviderContext {
	/** Becomes the organizer of events with guests where the account has no address of its own. */
	readonly person: { readonly email: string; readonly name: string | null };
	/** The caller tells the guests of events that the person organizes: a provider that can be told so tells none. */
	readonly tellsGuests?: boolean;
}

/** A resource that does not exist yet. */
export interface ResourceDraft {
	/**
	 * Stays the same over all attempts, and is no other draft's: `[a-z0-9]`, at most 40 characters. The provider makes
	 * its resource id or idempotency token of it, so that a second attempt cannot make a second resource.
	 */
	readonly key: string;
	/** All of one UID: a single, or a master with its overrides. */
	readonly events: readonly CalendarEvent[];
	/** A body whose unknown properties are to survive (an event that is restored or moved); null for a new one. */
	readonly raw: string | null;
}

/** The resource that a write goes out from, as it was last read. */
export type CurrentResource = Pick<RemoteResource, "id" | "etag" | "scheduleTag" | "raw">;

export interface UpdateOptions {
	/** Only the person's own response has changed: where answering is an operation of its own, this is one. */
	readonly responseOnly: boolean;
}

/**
 * Writing, one resource at a time. The core decides what to write and in which order; a writer performs one exchange and
 * says what came of it. Nothing here retries, merges or remembers.
 *
 * What each failure means to the caller:
 * - `precondition_failed`: the resource is not as it was last read (or, on create, is there): read it, merge, try again.
 * - `not_found`, `gone`: there is no such resource (any more).
 * - `forbidden`, `invalid`, `scope_missing`: refused for good; `reason` says why. Trying again is in vain.
 * - `auth_revoked`: the connection has to be signed in again.
 * - `unavailable`, `rate_limited`: whether it was done is not known, read before trying again.
 */
export interface ResourceWriter {
	/** The resource as it is now; null where there is none (any more). */
	read(calendar: RemoteCalendar, id: string, context: WriteContext): Promise<RemoteResource | null>;
	/**
	 * What an earlier `create` of this draft made, whatever it was answered; null where it made nothing, or what it made is
	 * gone and the provider does not tell.
	 * @throws ProviderFailure `gone` where the provider tells that it was made and deleted again
	 */
	findCreated(calendar: RemoteCalendar, draft: ResourceDraft, context: WriteContext): Promise<RemoteResource | null>;
	/**
	 * Never replaces what is there.
	 * @returns the resource as the provider stored it; its etag is null where the provider does not tell (yet)
	 */
	create(calendar: RemoteCalendar, draft: ResourceDraft, context: WriteContext): Promise<RemoteResource>;
	/**
	 * Only where the resource is still as in `current`; a `current` without etag is read first.
	 * What no field of an event knows stays as it is in `current.raw`.
	 * @param events all that the resource is to hold, never empty
	 * @returns as `create`
	 */
	update(
		calendar: RemoteCalendar,
		current: CurrentResource,
		events: readonly CalendarEvent[],
		options: UpdateOptions,
		context: WriteContext,
	): Promise<RemoteResource>;
	/** Only where the resource is still as in `current`; one that is gone already counts as done. */
	remove(calendar: RemoteCalendar, current: CurrentResource, context: WriteContext): Promise<void>;
	/**
	 * Present where the provider itself moves events between the calendars of an account: under their id, so that for guests
	 * it is the same event, and none is told. Moves what is there, whatever it holds by now. `not_found`, `gone`: it is no
	 * more in `from`; whether it has arrived is seen by reading it in `to`.
	 * @param current as it was last read; only its id says what is moved
	 * @returns the resource as it is in `to`
	 */
	move?(
		from: RemoteCalendar,
		current: Pick<CurrentResource, "id" | "raw">,
		to: RemoteCalendar,
		context: WriteContext,
	): Promise<RemoteResource>;
}
