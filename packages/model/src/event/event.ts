/**
 * The canonical event: what every provider's event is mapped to and from.
 *
 * Glossary (RFC 5545 terms):
 * - **single**: an event without recurrence.
 * - **master**: the event that carries RRULE or RDATE.
 * - **override**: an event with a RECURRENCE-ID; it replaces one instance of a series wholly.
 * - **series**: a master with its overrides; all share one UID.
 * - **resource**: what a provider stores as one thing; on CalDAV one href with a whole series.
 * - **occurrence**: one instance of a single or of a series, at a place in time.
 *
 * All values are plain JSON, so an event can be stored as JSONB and compared structurally.
 */

/** A day in no zone, `YYYY-MM-DD` (RFC 5545 §3.3.4). */
export interface DateTimeDate {
	readonly type: "date";
	readonly date: string;
}

/** A wall-clock time that is the same everywhere, `YYYY-MM-DDTHH:MM:SS` (RFC 5545 §3.3.5, form 1). */
export interface DateTimeFloating {
	readonly type: "floating";
	readonly local: string;
}

/**
 * A wall-clock time in a zone (RFC 5545 §3.3.5, forms 2 and 3).
 * UTC times have `zone: "UTC"`.
 */
export interface DateTimeZoned {
	readonly type: "zoned";
	/** Wall clock, `YYYY-MM-DDTHH:MM:SS`, as written (also where it falls in a gap). */
	readonly local: string;
	/** The IANA zone it resolves to; null where only a custom VTIMEZONE, or nothing, defines it. */
	readonly zone: string | null;
	/** The TZID text as the provider wrote it, kept for write-back; absent where it equals `zone`. */
	readonly tzid?: string;
	/** The instant, `YYYY-MM-DDTHH:MM:SSZ`. */
	readonly instant: string;
	/** True where neither the zone name nor a definition was known and the instant rests on a fallback. */
	readonly uncertain?: true;
}

export type EventDateTime = DateTimeDate | DateTimeFloating | DateTimeZoned;

export type EventStatus = "confirmed" | "tentative" | "cancelled";
export type ParticipantResponse = "needs_action" | "accepted" | "declined" | "tentative";
export type EventVisibility = "default" | "public" | "private";

export interface Participant {
	/** Address without `mailto:`; other calendar-user URIs stay whole. */
	readonly email: string;
	readonly name: string | null;
	readonly response: ParticipantResponse;
	readonly optional: boolean;
	readonly organizer: boolean;
	readonly self: boolean;
	/** What the guest wrote with the response; absent where nothing. */
	readonly comment?: string;
}

export interface Reminder {
	readonly method: "popup" | "email";
	/** Whole minutes before the start; negative is after it. */
	readonly minutes: number;
}

export interface Reminders {
	readonly use_default: boolean;
	readonly overrides: readonly Reminder[];
}

export interface Conference {
	readonly url: string;
	readonly provider: string | null;
	/** The provider is to make one; `url` is empty until it has. */
	readonly create?: true;
}

export interface Attachment {
	readonly url: string;
	readonly title: string | null;
	readonly mime_type: string | null;
}

export interface CalendarEvent {
	/** RFC 5545 UID; made up by a stable hash where a feed gives none. */
	readonly uid: string;
	/** RECURRENCE-ID: the original start of the instance that this override replaces. */
	readonly recurrence_id: EventDateTime | null;
	/** RANGE=THISANDFUTURE on an override: it also shifts every later instance without an override of its own. */
	readonly this_and_future: boolean;
	readonly title: string;
	readonly description: string;
	readonly location: string;
	readonly status: EventStatus;
	readonly start: EventDateTime;
	/** Exclusive; same `type` as `start`. Equal to `start` for zero-length events. */
	readonly end: EventDateTime;
	/**
	 * How long each instance of a series is (RFC 5545 §3.8.5.3): the same exact length (written with DTEND)
	 * or the same nominal length (written with DURATION).
	 */
	readonly duration_kind: "exact" | "nominal";
	/** RRULE, RDATE, EXDATE (and, read only, EXRULE) content lines, unfolded, e.g. `RRULE:FREQ=WEEKLY`. */
	readonly recurrence: readonly string[] | null;
	readonly participants: readonly Participant[];
	readonly reminders: Reminders;
	readonly visibility: EventVisibility;
	/** From TRANSP. */
	readonly busy: boolean;
	/** `#rrggbb`, or null. */
	readonly color: string | null;
	readonly categories: readonly string[];
	readonly conference: Conference | null;
	readonly attachments: readonly Attachment[];
	/** URL property or the provider's own page of the event. */
	readonly html_link: string | null;
	readonly sequence: number;
	/** CREATED and LAST-MODIFIED as `YYYY-MM-DDTHH:MM:SSZ`, where the provider gives them. */
	readonly created_at: string | null;
	readonly updated_at: string | null;
	/** VTIMEZONE text by TZID for the zones that no IANA name resolves; needed to expand. */
	readonly custom_zones?: Readonly<Record<string, string>>;
}

/** A stretch `from <= t < to` of instants, epoch milliseconds. */
export interface InstantRange {
	readonly from: number;
	readonly to: number;
}

/** One occurrence as expansion yields it; `start` and `end` are of the type of the event they come from. */
export interface Occurrence {
	/** The original start: the slot in the series, unchanged when the instance moves. Equals `start` for singles. */
	readonly original_start: EventDateTime;
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	/** The master, or the override that replaces this instance. */
	readonly event: CalendarEvent;
}
