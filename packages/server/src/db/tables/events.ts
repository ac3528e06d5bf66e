import type { CalendarEvent } from "@kalends/model";
import type { Generated } from "kysely";
import type { BigInt8, Json, JsonWithDefault } from "./columns.ts";

export interface ResourcesTable {
	user_id: string;
	id: string;
	calendar_id: string;
	provider_resource_id: string;
	etag: string | null;
	schedule_tag: string | null;
	raw: string;
	warnings: JsonWithDefault<string[]>;
	/** The calendar's `write_seq` of the last write of Kalends's; what a pull that began before it says may be older. */
	write_seq: Generated<BigInt8>;
	/** Deleted by Kalends; kept until a pull that began after has ended. */
	gone: Generated<boolean>;
}

export interface HeldDeletionsTable {
	user_id: string;
	calendar_id: string;
	resource_id: string;
	/** A person chose to keep it although the provider has it no more. */
	kept: Generated<boolean>;
}

export type EventKind = "single" | "master" | "override";

export interface EventsTable {
	user_id: string;
	id: string;
	calendar_id: string;
	resource_id: string;
	kind: EventKind;
	/** Of an override; null for one whose master is not there. */
	master_id: string | null;
	ical_uid: string;
	/** Key of RECURRENCE-ID as in the id, e.g. `20261205T090000Z`. */
	original_start: string | null;
	/** Kalends's own version, the API's etag; for a series the master's counts for all of it. */
	version: Generated<BigInt8>;
	content_hash: string;
	/** Lower-cased text that `q` searches. */
	search: string;
	/** First start and last end of all instances (floating ones and dates as in UTC); null end: endless. Null on overrides of a master. */
	series_starts_at: Date | null;
	series_ends_at: Date | null;
	/** The stretch in which `occurrences` is complete for a master. */
	expanded_from: Date | null;
	expanded_to: Date | null;
	/** Why the rule could not be expanded (T13); the event is kept and shown at its start. */
	expansion_error: string | null;
	data: Json<CalendarEvent>;
	created_at: Date;
	updated_at: Date;
}

export interface OccurrencesTable {
	user_id: string;
	event_id: string;
	source_event_id: string;
	/** The master's id, or the event's own. */
	series_id: string;
	calendar_id: string;
	kind: "zoned" | "floating" | "date";
	starts_at: Date;
	ends_at: Date;
	cancelled: Generated<boolean>;
	busy: Generated<boolean>;
	/** Wall clock (`YYYY-MM-DDTHH:MM:SS`, or `YYYY-MM-DD`) as the API needs it to print start and end. */
	starts_local: string;
	ends_local: string;
}
