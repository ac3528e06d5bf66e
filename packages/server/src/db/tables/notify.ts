import type { ColumnType, Generated } from "kysely";
import type { BigInt8, Json } from "./columns.ts";

export type MailKind = "invitation" | "update" | "cancellation" | "reminder" | "notice";
/** `failed`: given up; a person may have it tried again. */
export type MailState = "queued" | "sent" | "failed";

/** What a mail says; kept until it was delivered. */
export interface MailContent {
	readonly reply_to: string | null;
	readonly text: string;
	readonly html: string;
	/** The iMIP part (RFC 6047). */
	readonly calendar: { readonly method: "REQUEST" | "CANCEL"; readonly text: string } | null;
}

export interface MailError {
	readonly code: string;
	readonly detail: string;
}

export interface MailsTable {
	user_id: string;
	id: string;
	kind: MailKind;
	recipient: string;
	subject: string;
	/** With its angle brackets; the same in every attempt. */
	message_id: string;
	content: ColumnType<MailContent | null, string | null, string | null>;
	state: Generated<MailState>;
	/** Raised by each claim, before anything is sent; begins anew when it is retried by hand, and so does its patience. */
	attempts: Generated<number>;
	/** Raised by each claim: how often it was tried, for the log. */
	fence: Generated<BigInt8>;
	/** By the database's clock. */
	claimed_until: Date | null;
	next_attempt_at: Date;
	give_up_at: Date;
	error: ColumnType<MailError | null, string | null | undefined, string | null>;
	connection_id: string | null;
	calendar_id: string | null;
	event_id: string | null;
	/** Recipient and UID: what has to arrive in order. */
	thread: string;
	/** The highest SEQUENCE of its iMIP part; 0 without one. For the log: what counts is in mailed_sequences. */
	sequence: Generated<number>;
	/** To a guest of a paid booking: counts in no quota. */
	paid: Generated<boolean>;
	created_at: Date;
	sent_at: Date | null;
}

/** By user and UID: what was sent last, one for all guests of an event and its occurrences (RFC 5546 §2.1.4). */
export interface MailedSequencesTable {
	user_id: string;
	/** Its first 245 characters. */
	uid: string;
	sequence: number;
	updated_at: Date;
}

/** At most one row; none: mail is sent. */
export interface MailSwitchTable {
	only_row: Generated<boolean>;
	sending: boolean;
	changed_at: Date;
}

export interface NotificationPreferencesTable {
	user_id: string;
	content: Json<Readonly<Record<string, unknown>>>;
}

export type NotificationState = "active" | "snoozed" | "dismissed";

export interface NotificationsTable {
	user_id: string;
	id: string;
	/** As notify/types.ts names them. */
	type: string;
	/** What it is about: nobody is told of the same twice. */
	about: string;
	state: Generated<NotificationState>;
	snoozed_until: Date | null;
	connection_id: string | null;
	calendar_id: string | null;
	event_id: string | null;
	data: Json<Readonly<Record<string, unknown>>>;
	created_at: Date;
}

export interface ReminderLeadsTable {
	user_id: string;
	minutes: number;
}

export type ReminderChannel = "in_app" | "email" | "webhook";

export interface RemindersGivenTable {
	user_id: string;
	/** The occurrence's id. */
	event_id: string;
	starts_at: Date;
	minutes: number;
	channel: ReminderChannel;
	at: Date;
}

export interface ScanMarksTable {
	name: string;
	scanned_to: Date;
}
