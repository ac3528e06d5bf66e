import type { ColumnType, Generated, GeneratedAlways } from "kysely";
import type { BigInt8, Json } from "./columns.ts";

export interface WebhooksTable {
	user_id: string;
	id: string;
	url: string;
	/** Exact types, or groups such as `event.*`; null: all. */
	types: ColumnType<string[] | null, readonly string[] | null | undefined, readonly string[] | null>;
	calendar_ids: ColumnType<string[] | null, readonly string[] | null | undefined, readonly string[] | null>;
	/** Told of what happens to anybody, for as long as its owner is an administrator. */
	all_users: Generated<boolean>;
	/** Sealed by vault (AAD: table, column, user, id). */
	secrets: Buffer;
	/** The one before signs too until then; null where there is none. */
	previous_secret_until: Date | null;
	status: Generated<"active" | "disabled">;
	status_reason: string | null;
	status_since: Date;
	/** In a row, without a success between them. */
	failures: Generated<number>;
	failing_since: Date | null;
	/** Nothing is sent until then, after many failures. */
	hold_until: Date | null;
	/** Of the owner's feed; told of what comes behind it. */
	after_seq: BigInt8;
	last_number: Generated<BigInt8>;
	last_delivered_at: Date | null;
	created_at: Date;
}

export interface WebhookCursorsTable {
	user_id: string;
	seq: BigInt8;
}

export interface WebhookAnnouncementsTable {
	user_id: string;
	id: GeneratedAlways<BigInt8>;
	type: string;
	subject: string;
	calendar_id: string | null;
	data: Json<Record<string, unknown>>;
	at: Date;
}

export type DeliveryState = "pending" | "delivered" | "failed";

export interface WebhookDeliveriesTable {
	user_id: string;
	webhook_id: string;
	id: string;
	/** Counted from 1 for each endpoint, without gaps. */
	number: BigInt8;
	/** The `webhook-id` header: of a replay that of the first delivery. */
	message_id: string;
	about_user_id: string;
	/** Of one subject, deliveries are sent in order. */
	subject: string;
	type: string;
	body: string;
	replay: Generated<boolean>;
	state: Generated<DeliveryState>;
	attempts: Generated<number>;
	/** Raised by each claim; who holds an older one records nothing. */
	fence: Generated<BigInt8>;
	claimed_until: Date | null;
	next_attempt_at: Date;
	/** Set by the first failure. */
	give_up_at: Date | null;
	last_attempt_at: Date | null;
	request_headers: ColumnType<Record<string, string> | null, string | null | undefined, string | null>;
	response_status: number | null;
	response_body: string | null;
	latency_ms: number | null;
	error: string | null;
	created_at: Date;
	finished_at: Date | null;
}
