import type { CalendarEvent } from "../event/event.ts";

export interface ParseOptions {
	/** Zone for TZIDs that nothing defines, where the file has no X-WR-TIMEZONE: an IANA name. */
	readonly defaultZone?: string | null;
	/** The reader's own addresses, for `Participant.self`; compared without regard to letter case. */
	readonly selfAddresses?: readonly string[];
	/** Distinguishes feeds in the UIDs made up for events that have none. */
	readonly feedId?: string;
}

export interface ParsedCalendar {
	/** NAME, else X-WR-CALNAME. */
	readonly name: string | null;
	/** X-WR-TIMEZONE (or TIMEZONE-ID) as an IANA name. */
	readonly timeZone: string | null;
	/** `#rrggbb`. */
	readonly color: string | null;
	/** Seconds, from REFRESH-INTERVAL, else X-PUBLISHED-TTL. */
	readonly refreshInterval: number | null;
	/** Events grouped by UID over the whole file, in file order. */
	readonly groups: readonly ParsedGroup[];
	readonly warnings: readonly string[];
}

/** All components of one UID. */
export interface ParsedGroup {
	readonly uid: string;
	/**
	 * Single or master first, then overrides; a UID that the file uses for separate events gives one group each. Empty
	 * where every component of the UID was unusable: the event exists at the source but cannot be shown.
	 */
	readonly events: readonly CalendarEvent[];
	readonly warnings: readonly string[];
	/** A VCALENDAR with the group's components as they were read, and the VTIMEZONEs that they name. */
	raw(): string;
	/** SHA-256 in hex of the group's content; neither UID, DTSTAMP nor the order of properties and components moves it. */
	contentHash(): string;
}
