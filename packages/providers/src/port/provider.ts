import type { CalendarEvent, Reminder } from "@kalends/model";
import type { ProviderFailure } from "./failure.ts";
import type { HttpTransport } from "./http.ts";
import type { AccessTokens, OAuthConsent } from "./oauth.ts";
import type { PushChannels } from "./push.ts";
import type { ResourceWriter } from "./writer.ts";

/**
 * The port that every provider implements. Providers know neither users nor the database:
 * they are given credentials, settings and what is already known, and answer with plain data.
 * Every failure is thrown as a `ProviderFailure`.
 */
export type ProviderId = "caldav" | "icloud" | "ics" | "google" | "microsoft";

/** Chosen by, in place of the provider's name. */
export interface ProviderCapabilities {
	/** Does an absent event mean that it was deleted, also in the past? Feeds hold rolling windows: false. */
	readonly pastAbsenceMeansDeletion: boolean;
	/** Does listing the calendars tell which of them changed (`RemoteCalendar.version`)? */
	readonly calendarVersions: boolean;
	/**
	 * Are calendars found by discovery, so that an absent one was deleted there? Where not, `listCalendars` repeats
	 * what connecting found: it makes calendars that are missing, and what a pull learned (`PullPage.calendar`) stays.
	 */
	readonly discoversCalendars: boolean;
	/** Can it make a conference for an event (`Conference.create`)? */
	readonly makesConferences?: true;
	/** Does it keep default reminders by calendar, so that `reminders.use_default` means those? */
	readonly keepsDefaultReminders?: true;
	/** Does it tell no guest of a write where `WriteContext.tellsGuests` says that the caller does? */
	readonly leavesInvitations?: true;
	/** Is a cancelled event a deleted one, so that none can be made, or stay, cancelled? */
	readonly cancelsByDeleting?: true;
	/** Does it mail reminders of the method `email` itself? */
	readonly mailsReminders?: true;
	/** Does it give what is created a UID of its own, so that a pull does not know our creations by theirs? */
	readonly namesEvents?: true;
}

/** Secrets: sealed by the server, opened only for a call. */
export interface Credentials {
	readonly username?: string;
	readonly password?: string;
	/** ICS: the feed address itself is a secret. */
	readonly url?: string;
}

/** What discovery learned, kept in the clear beside the connection; JSON, opaque to the server. */
export type ProviderSettings = Readonly<Record<string, unknown>>;

export interface ProviderContext {
	readonly http: HttpTransport;
	readonly credentials: Credentials;
	readonly settings: ProviderSettings;
	/** Of accounts that are signed in to by OAuth. */
	readonly tokens?: AccessTokens;
	/** Current instant, epoch milliseconds. */
	readonly now: () => number;
	/** Uniform in [0, 1). */
	readonly random: () => number;
	/** Waits before the same is asked again; rejects when the signal aborts. Absent: nothing is asked again within a sync. */
	readonly pause?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
	readonly signal?: AbortSignal;
}

/** What a person gives to connect. */
export interface ConnectInput {
	readonly url?: string;
	readonly username?: string;
	readonly password?: string;
}

export interface Discovered {
	/** Shown as the connection's `account`, e.g. the user name or the feed's host. */
	readonly account: string;
	/**
	 * Equal for the same account whatever address was typed, so that nobody connects it twice; holds no secret.
	 * Absent: account and credentials tell.
	 */
	readonly identity?: string;
	/** A name to show where the person gave none. */
	readonly suggestedName: string;
	readonly credentials: Credentials;
	readonly settings: ProviderSettings;
	readonly calendars: readonly RemoteCalendar[];
}

export type CalendarAccess = "free_busy" | "read" | "write" | "owner";

export interface RemoteCalendar {
	/** Stable id at the provider (CalDAV: the href's path or absolute URL, normalised). */
	readonly id: string;
	readonly name: string;
	/** `#rrggbb`, or null. */
	readonly color: string | null;
	/** IANA, or null. */
	readonly timeZone: string | null;
	readonly access: CalendarAccess;
	readonly primary: boolean;
	/** The person has hidden it there: it is listed, and not selected when it is first found. */
	readonly hidden?: true;
	/** Does the provider itself tell guests when an event with guests is written (RFC 6638, Google, Microsoft)? */
	readonly sendsInvitations: boolean;
	/** What `reminders.use_default` means here; absent where the provider keeps none. */
	readonly defaultReminders?: readonly Reminder[];
	/** Equal to the value of the last completed pull's listing: nothing changed since. Null: unknown, pull to learn. */
	readonly version: string | null;
	/** What the provider's pull needs to know again about this calendar; JSON, opaque to the server. */
	readonly settings: ProviderSettings;
}

/** JSON, opaque to the server; stored with the calendar when a pull has completed. */
export type SyncCursor = Readonly<Record<string, unknown>>;

/** What the provider stores as one thing: one href, one Google event, one UID of a feed. */
export interface RemoteResource {
	/** Unique and stable within its calendar. */
	readonly id: string;
	/** Exactly as the provider gave it, quotes included; for feeds a content hash. Null where it gives none. */
	readonly etag: string | null;
	readonly scheduleTag: string | null;
	/** The body as received, for lossless round trips. */
	readonly raw: string;
	/** Masters, overrides and singles; empty when nothing in it is an event (VTODO). */
	readonly events: readonly CalendarEvent[];
	/** What was found wrong and tolerated, e.g. `unknown zone "Foo"`; shown, not fatal. */
	readonly warnings: readonly string[];
	/** The `ResourceDraft.key` of the creation that made it, where the provider keeps that and the creation is complete. */
	readonly draftKey?: string;
}

/**
 * One page of a pull, in the order in which pages must be applied.
 * A pull is `full` when absence means deletion (first sync, expired cursor, listing by etags, feeds).
 */
export interface PullPage {
	readonly mode: "delta" | "full";
	/** New and changed resources with their bodies. */
	readonly changed: readonly RemoteResource[];
	/** Ids that the provider says are gone. */
	readonly removed: readonly string[];
	/** `full` only: ids that are there and unchanged (their etag is as known), or whose body could not be read. */
	readonly unchanged: readonly string[];
	/** On the last page only; to be stored in the transaction that applies it. */
	readonly cursor: SyncCursor | null;
	/** `full`, last page only: true when the provider vouches that it listed all. */
	readonly complete: boolean;
	/** Last page only: all of it was shown otherwise before, so that ids which are gone are no deletions. */
	readonly isShownAnew?: true;
	/** Seconds after which the provider asks to be polled again (feeds), last page only. */
	readonly refreshAfter?: number;
	/** New properties of the calendar learned on the way (a feed's name), last page only. */
	readonly calendar?: Partial<Pick<RemoteCalendar, "name" | "color" | "timeZone">>;
}

/** What Kalends has of a calendar; asked for lazily, as most pulls never need it. */
export interface KnownResources {
	/** Etag by resource id, of all resources of the calendar. */
	readonly etags: () => Promise<ReadonlyMap<string, string | null>>;
	/** The `raw` by resource id of those of these that are stored: for changes that tell of a part of a resource. */
	readonly bodies: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

export interface CalendarListing {
	readonly calendars: readonly RemoteCalendar[];
	/** Where discovery had to be repeated, or the login has changed. */
	readonly settings?: ProviderSettings;
	/** The account was found at another place: calendars there may be known ones under new ids. */
	readonly moved?: true;
	/** Calendars that are not listed and not gone either. */
	readonly failures?: readonly ListingFailure[];
}

/** What holds for every calendar whose id begins like this, unless it is listed. */
export interface ListingFailure {
	readonly idPrefix: string;
	readonly failure: ProviderFailure;
}

/** How many calls a provider takes, in units, in any minute; whoever gives the transport keeps to it. */
export interface CallQuota {
	/** Of one account. */
	readonly perAccount: number;
	/** Of all accounts of one registration together. */
	readonly perProject: number;
	/** What a request of this method costs. */
	unitsOf(method: string): number;
}

export interface CalendarProvider {
	readonly id: ProviderId;
	readonly capabilities: ProviderCapabilities;
	/** Absent where none is known; what the provider itself says (`rate_limited`) holds anyway. */
	readonly quota?: CallQuota;
	/** Null where events cannot be written (feeds). */
	readonly writer: ResourceWriter | null;
	/** Present where accounts are signed in to by OAuth: `connect` is given `context.tokens` and an empty input then. */
	readonly consent?: OAuthConsent;
	/** Present where the provider can tell of changes by itself. */
	readonly push?: PushChannels;
	/** Finds the account from what a person typed, and verifies it by a real request. */
	connect(input: ConnectInput, context: Omit<ProviderContext, "credentials" | "settings">): Promise<Discovered>;
	/** Lists the calendars again. */
	listCalendars(context: ProviderContext): Promise<CalendarListing>;
	/**
	 * Yields what changed since `cursor` (null: everything), ending with exactly one page that has a cursor.
	 * A cursor that the provider no longer accepts is handled inside, by a `full` pull; it never loses a deletion.
	 * Whoever applied a page of a `full` pull and did not reach its last page pulls again with a null cursor:
	 * the old one no longer describes what is stored (a feed that returned to its old content would answer 304).
	 */
	pull(
		calendar: RemoteCalendar,
		cursor: SyncCursor | null,
		known: KnownResources,
		context: ProviderContext,
	): AsyncIterable<PullPage>;
}
