import type { CalendarEvent, SeriesCut } from "@kalends/model";
import type {
	CalendarAccess,
	ProviderFailureKind,
	ProviderFailureReason,
	ProviderId,
	ProviderSettings,
	SyncCursor,
} from "@kalends/providers";
import type { ColumnType, Generated, GeneratedAlways } from "kysely";

/** The tables as Kysely sees them; made by db/migrations, checked against the database by db/schema.test.ts. */
export interface Database {
	users: UsersTable;
	sessions: SessionsTable;
	accounts: AccountsTable;
	verifications: VerificationsTable;
	api_keys: ApiKeysTable;
	rate_limits: RateLimitsTable;
	connections: ConnectionsTable;
	calendars: CalendarsTable;
	resources: ResourcesTable;
	held_deletions: HeldDeletionsTable;
	events: EventsTable;
	occurrences: OccurrencesTable;
	runs: RunsTable;
	change_counters: ChangeCountersTable;
	changes: ChangesTable;
	intents: IntentsTable;
	event_versions: EventVersionsTable;
	idempotency_keys: IdempotencyKeysTable;
	oauth_flows: OAuthFlowsTable;
	oauth_grants: OAuthGrantsTable;
	push_channels: PushChannelsTable;
	project_call_budgets: ProjectCallBudgetsTable;
	user_call_budgets: UserCallBudgetsTable;
	mails: MailsTable;
	mail_switch: MailSwitchTable;
	notification_preferences: NotificationPreferencesTable;
	notifications: NotificationsTable;
	reminder_leads: ReminderLeadsTable;
	reminders_given: RemindersGivenTable;
	scan_marks: ScanMarksTable;
	webhooks: WebhooksTable;
	webhook_cursors: WebhookCursorsTable;
	webhook_announcements: WebhookAnnouncementsTable;
	webhook_deliveries: WebhookDeliveriesTable;
	bookings: BookingsTable;
	payments: PaymentsTable;
	payment_events: PaymentEventsTable;
}

/** bigint columns: the pool parses int8 to a JavaScript number (all of ours stay below 2^53). */
type BigInt8 = number;
/** jsonb column: objects are read parsed, written as JSON text. */
type Json<T> = ColumnType<T, string, string>;
type JsonWithDefault<T> = ColumnType<T, string | undefined, string>;

export interface UsersTable {
	id: string;
	email: string;
	email_verified: Generated<boolean>;
	name: string;
	image: string | null;
	role: Generated<string>;
	banned: Generated<boolean>;
	ban_reason: string | null;
	ban_expires: Date | null;
	time_zone: string | null;
	/** What differs from the defaults of accounts/preferences.ts. */
	preferences: JsonWithDefault<object>;
	created_at: Generated<Date>;
	updated_at: Generated<Date>;
}

export interface SessionsTable {
	id: string;
	user_id: string;
	token: string;
	expires_at: Date;
	ip_address: string | null;
	user_agent: string | null;
	impersonated_by: string | null;
	created_at: Generated<Date>;
	updated_at: Generated<Date>;
}

export interface AccountsTable {
	id: string;
	user_id: string;
	account_id: string;
	provider_id: string;
	access_token: string | null;
	refresh_token: string | null;
	id_token: string | null;
	access_token_expires_at: Date | null;
	refresh_token_expires_at: Date | null;
	scope: string | null;
	password: string | null;
	created_at: Generated<Date>;
	updated_at: Generated<Date>;
}

export interface VerificationsTable {
	id: string;
	identifier: string;
	value: string;
	expires_at: Date;
	created_at: Generated<Date>;
	updated_at: Generated<Date>;
}

export type ApiKeyScope = "read" | "write" | "admin";

export interface ApiKeysTable {
	id: string;
	user_id: string;
	hash: Buffer;
	name: string;
	prefix: string;
	scopes: ApiKeyScope[];
	expires_at: Date | null;
	last_used_at: Date | null;
	created_at: Generated<Date>;
}

export interface RateLimitsTable {
	key: string;
	count: number;
	window_started_at: Date;
}

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

export type RunTrigger = "first" | "poll" | "push" | "manual" | "write";
export type RunState = "running" | "done" | "failed" | "paused";

export interface RunsTable {
	user_id: string;
	id: string;
	connection_id: string;
	trigger: RunTrigger;
	state: RunState;
	created: Generated<number>;
	updated: Generated<number>;
	deleted: Generated<number>;
	requests: Generated<number>;
	error: ColumnType<RunError | null, string | null, string | null>;
	/** Somebody joined this run after it began: go round once more before ending. */
	rerun: Generated<boolean>;
	fence: Generated<BigInt8>;
	claimed_until: Date | null;
	started_at: Date;
	finished_at: Date | null;
}

export interface RunError {
	code: string;
	detail: string;
	fix: string | null;
}

export interface ChangeCountersTable {
	user_id: string;
	last_seq: Generated<BigInt8>;
	pruned_to: Generated<BigInt8>;
}

export interface ChangesTable {
	user_id: string;
	seq: BigInt8;
	at: Date;
	type: string;
	entity_id: string;
	calendar_id: string | null;
	fields: ColumnType<string[] | null, string | null, string | null>;
}

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
	/** Of the creation of a new series by `following`: the event of the old one, and what that was before and after the cut. */
	cut: ColumnType<(SeriesCut & { readonly event_id: string }) | null, string | null | undefined, string | null>;
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

/** A sign-in to an OAuth provider that is under way; used once, then removed. */
export interface OAuthFlowsTable {
	id: string;
	/** Who connects an account; null: whoever the account turns out to be signs in. */
	user_id: string | null;
	provider: ProviderId;
	/** Path of the redirect URI. */
	callback: string;
	/** What the person is asked to allow. */
	access: "read" | "write";
	return_to: string | null;
	/** Of the link that begins it; null once it was opened. */
	ticket_hash: Buffer | null;
	state_hash: Buffer | null;
	/** Of the cookie that binds it to one browser. */
	cookie_hash: Buffer | null;
	expires_at: Date;
	created_at: Date;
}

/** The tokens of a connection. Instants are the database's. */
export interface OAuthGrantsTable {
	user_id: string;
	connection_id: string;
	/** Sealed by vault (AAD: table, column, user, connection). */
	tokens: Buffer;
	/** From then on the access token is refreshed; it is good until `expires_at`. */
	renew_at: Date;
	expires_at: Date;
	/** Raised by each claim and each new consent; who holds an older one stores nothing. */
	fence: Generated<BigInt8>;
	claimed_until: Date | null;
	/** How the last claim ended, where it brought no token; told to everyone who waited for it. */
	failure: ColumnType<RefreshFailure | null, string | null | undefined, string | null>;
}

export interface RefreshFailure {
	readonly fence: number;
	readonly kind: ProviderFailureKind;
	readonly reason: ProviderFailureReason;
	readonly message: string;
	readonly retryAfter: number | null;
}

/**
 * `opening`: the provider has not answered yet; its first message may come earlier.
 * `refused`: it tells of no changes there, or not now; asked again at `renew_at`.
 */
export type ChannelState = "opening" | "live" | "refused";

/** Units of a provider's quota that were leased, by minutes of the database's clock (budgets/lease.ts). */
interface CallBudget {
	minute: Generated<BigInt8>;
	used: Generated<number>;
	/** In the minute before. */
	before: Generated<number>;
}

/** Of all users together. */
export interface ProjectCallBudgetsTable extends CallBudget {
	provider: ProviderId;
}

export interface UserCallBudgetsTable extends CallBudget {
	user_id: string;
	connection_id: string;
}

export interface PushChannelsTable {
	id: string;
	user_id: string;
	connection_id: string;
	/** Null: the list of calendars. */
	calendar_id: string | null;
	token_hash: Buffer;
	state: ChannelState;
	/** The provider's name of what is watched; null while `opening`, and where refused. */
	resource_id: string | null;
	/** From then on another one is opened beside it. */
	renew_at: Date;
	expires_at: Date;
	created_at: Date;
}

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
	/** Raised by each claim, before anything is sent. */
	attempts: Generated<number>;
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
	/** The highest SEQUENCE of its iMIP part; 0 without one. */
	sequence: Generated<number>;
	created_at: Date;
	sent_at: Date | null;
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

export type BookingState = "held" | "confirmed" | "released" | "conflict" | "cancelled";
/** Test and live payments never mix. */
export type PaymentMode = "test" | "live";
export type PaymentSource = "stripe" | "payments";

export interface Person {
	readonly email: string;
	readonly name: string | null;
}

/** What a booking is to become; times as in the canonical event. */
export interface BookingDetails {
	readonly title: string;
	readonly description: string;
	readonly location: string;
	readonly start: CalendarEvent["start"];
	readonly end: CalendarEvent["end"];
	readonly participants: readonly Person[];
	/** It is made also where the calendar is busy then. */
	readonly allow_conflicts: boolean;
}

export interface BookingsTable {
	user_id: string;
	id: string;
	calendar_id: string;
	event_id: string | null;
	state: BookingState;
	/** Why it is released, in conflict or cancelled. */
	reason: string | null;
	details: Json<BookingDetails>;
	/** The caller's own name for it. */
	reference: string | null;
	/** Of the first payment that named it. */
	mode: PaymentMode | null;
	/** Of a hold; null for what was paid without one. */
	expires_at: Date | null;
	cancelled_by_hand: Generated<boolean>;
	created_at: Date;
	updated_at: Date;
}

export interface PaymentsTable {
	source: PaymentSource;
	mode: PaymentMode;
	/** The payment's id with its system. */
	reference: string;
	/** Null: nobody knows what it is for. */
	user_id: string | null;
	booking_id: string | null;
	/** Why it was not used. */
	problem: string | null;
	paid: Generated<boolean>;
	failed: Generated<boolean>;
	/** In full. */
	refunded: Generated<boolean>;
	/** In the currency's smallest unit. */
	amount: BigInt8 | null;
	currency: string | null;
	payer: ColumnType<Person | null, string | null | undefined, string | null>;
	created_at: Date;
	updated_at: Date;
}

export interface PaymentEventsTable {
	source: PaymentSource;
	event_id: string;
	type: string;
	reference: string | null;
	received_at: Date;
}
