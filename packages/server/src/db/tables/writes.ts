import type { CalendarEvent, IntentMove, SeriesCut } from "@kalends/model";
import type { ColumnType, Generated, GeneratedAlways } from "kysely";
import type { BigInt8, Json, JsonWithDefault } from "./columns.ts";
import type { RunError } from "./sync.ts";

export type IntentKind = "create" | "update" | "delete";
/** `failed`: refused for good; waits for a person to retry, edit or discard it. */
export type IntentState = "pending" | "failed";

/** Who did something. `provider`: it was found there by a sync. */
export type Actor =
	| { readonly type: "user"; readonly id: string }
	| { readonly type: "api_key"; readonly id: string }
	| { readonly type: "provider" };

/** A local write that the provider has not agreed to yet. */
export interface IntentsTable {
	user_id: string;
	id: string;
	/** Order of the writes of one resource. */
	seq: GeneratedAlways<BigInt8>;
	connection_id: string;
	calendar_id: string;
	resource_id: string;
	/** The single or master that the write is of. */
	event_id: string;
	kind: IntentKind;
	/** All events of the resource before the write; null for `create`. A pull that finds others rebases it. */
	base: ColumnType<readonly CalendarEvent[] | null, string | null, string | null>;
	/** All events of the resource after it; null for `delete`. */
	wanted: ColumnType<readonly CalendarEvent[] | null, string | null, string | null>;
	response_only: Generated<boolean>;
	/** Another intent that has to be done first; its failure or discarding is this one's too. */
	waits_for: string | null;
	/**
	 * Of the creation of a new series by `following`: the event of the old one, and what that was before and after the cut;
	 * the same of the change that puts the old one back.
	 */
	cut: ColumnType<(SeriesCut & { readonly event_id: string }) | null, string | null | undefined, string | null>;
	/** Of either half of a move that the provider does itself, or that was refused. */
	move: ColumnType<IntentMove | null, string | null | undefined, string | null>;
	/** What guests know, where that is not `base`: a pull has put a write that was sent onto what may be a half of it. */
	told: ColumnType<
		{ readonly events: readonly CalendarEvent[] | null } | null,
		string | null | undefined,
		string | null
	>;
	state: Generated<IntentState>;
	/** Raised by each claim, before anything is sent: above zero, the provider may have it already. */
	attempts: Generated<number>;
	fence: Generated<BigInt8>;
	claimed_until: Date | null;
	next_attempt_at: Date;
	error: ColumnType<RunError | null, string | null, string | null>;
	actor: Json<Actor>;
	created_at: Date;
}

/** `conflict`: a local edit or deletion that lost against what was found at the provider. `seen`: as it was before the first change. */
export type VersionAction = "seen" | "created" | "updated" | "deleted" | "restored" | "conflict";

export interface EventVersionsTable {
	user_id: string;
	/** Of the single or master. */
	event_id: string;
	/** Counted from 1 for each event; what `/restore` takes. */
	version: number;
	calendar_id: string;
	at: Date;
	action: VersionAction;
	actor: Json<Actor>;
	/** Names of the API's fields. */
	fields: JsonWithDefault<string[]>;
	/** The event, or the series' master and overrides, after the change; before it for `deleted`. */
	events: Json<readonly CalendarEvent[]>;
	/** The provider's body of what was deleted. */
	raw: string | null;
}

/** What a request with an `Idempotency-Key` was answered (http/idempotency-store.ts). */
export interface IdempotencyKeysTable {
	user_id: string;
	key: string;
	/** Sealed by vault (AAD: table, column, user, key): what was asked for, a seed, and the answer once there is one. */
	content: Buffer;
	answered: Generated<boolean>;
	/** Raised by each claim; who holds an older one keeps no answer. */
	fence: Generated<BigInt8>;
	/** In progress until then, by the database's clock. */
	claimed_until: Date | null;
	created_at: Date;
}
