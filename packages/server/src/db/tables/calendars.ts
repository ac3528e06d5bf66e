import type { CalendarAccess, ProviderId, ProviderSettings, SyncCursor } from "@kalends/providers";
import type { ColumnType, Generated } from "kysely";
import type { BigInt8, JsonWithDefault } from "./columns.ts";

export type ConnectionStatus = "active" | "syncing" | "reauth_required" | "limited" | "paused" | "error";

export interface ConnectionsTable {
	user_id: string;
	id: string;
	provider: ProviderId;
	name: string;
	account: string;
	/** Tells accounts of one provider apart, whatever address was typed. */
	identity: string | null;
	status: ConnectionStatus;
	/** A `ProviderFailureReason` or a reason of our own; the sentences come from connections/status-text.ts. */
	status_reason: string | null;
	/** Technical detail behind the reason. */
	status_message: string | null;
	status_since: Date;
	scopes: Generated<string[]>;
	/** Sealed by vault; AAD: table, column, user, id. */
	credentials: Buffer;
	settings: JsonWithDefault<ProviderSettings>;
	paused: Generated<boolean>;
	failures: Generated<number>;
	retry_after: Date | null;
	last_synced_at: Date | null;
	/** When a sync last found a change; the adaptive poll looks at it. */
	last_changed_at: Date | null;
	next_sync_at: Date | null;
	last_push_at: Date | null;
	consent: ColumnType<Consent | null, string | null | undefined, string | null>;
	/** Who brings its push channels up to date holds it, by the database's clock. */
	channels_claimed_until: Date | null;
	created_at: Date;
}

/** What the person allowed of what an OAuth provider was asked for. */
export interface Consent {
	/** Null: not even reading. */
	readonly access: "read" | "write" | null;
	/** What was asked for and not allowed, in the words of the consent page. */
	readonly missing: readonly string[];
}

export type CalendarStatus = "pending" | "active" | "paused" | "error" | "gone";

export interface CalendarsTable {
	user_id: string;
	id: string;
	connection_id: string;
	provider_calendar_id: string;
	name: string;
	color: string | null;
	/** What the person chose in place of the provider's. */
	name_override: string | null;
	color_override: string | null;
	time_zone: string | null;
	access: CalendarAccess;
	is_primary: Generated<boolean>;
	/** The provider itself tells guests of what is written. */
	sends_invitations: Generated<boolean>;
	selected: Generated<boolean>;
	default_reminders: JsonWithDefault<{ method: "popup" | "email"; minutes: number }[]>;
	privacy: Generated<string>;
	settings: JsonWithDefault<ProviderSettings>;
	status: Generated<CalendarStatus>;
	status_reason: string | null;
	status_message: string | null;
	status_since: Date;
	cursor: ColumnType<SyncCursor | null, string | null, string | null>;
	version: string | null;
	generation: Generated<BigInt8>;
	/** Raised by each claim; a commit that carries an older one is refused. */
	lease_fence: Generated<BigInt8>;
	lease_until: Date | null;
	/** Raised by each local write, and again when the provider has agreed to it. */
	write_seq: Generated<BigInt8>;
	last_synced_at: Date | null;
	first_synced_at: Date | null;
	created_at: Date;
}
