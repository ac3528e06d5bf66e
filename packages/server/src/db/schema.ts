import type {
	AccountsTable,
	ApiKeysTable,
	RateLimitsTable,
	SessionsTable,
	UsersTable,
	VerificationsTable,
} from "./tables/accounts.ts";
import type { CalendarsTable, ConnectionsTable } from "./tables/calendars.ts";
import type { ProjectCallBudgetsTable, PushChannelsTable, UserCallBudgetsTable } from "./tables/calls.ts";
import type { EventsTable, HeldDeletionsTable, OccurrencesTable, ResourcesTable } from "./tables/events.ts";
import type {
	MailedSequencesTable,
	MailSwitchTable,
	MailsTable,
	NotificationPreferencesTable,
	NotificationsTable,
	ReminderLeadsTable,
	RemindersGivenTable,
	ScanMarksTable,
} from "./tables/notify.ts";
import type { ConsentReturnsTable, OAuthFlowsTable, OAuthGrantsTable } from "./tables/oauth.ts";
import type { BookingsTable, PaymentEventsTable, PaymentsTable } from "./tables/payments.ts";
import type { ChangeCountersTable, ChangesTable, RunsTable } from "./tables/sync.ts";
import type {
	WebhookAnnouncementsTable,
	WebhookCursorsTable,
	WebhookDeliveriesTable,
	WebhooksTable,
} from "./tables/webhooks.ts";
import type { EventVersionsTable, IdempotencyKeysTable, IntentsTable } from "./tables/writes.ts";

export type * from "./tables/accounts.ts";
export type * from "./tables/calendars.ts";
export type * from "./tables/calls.ts";
export type * from "./tables/events.ts";
export type * from "./tables/notify.ts";
export type * from "./tables/oauth.ts";
export type * from "./tables/payments.ts";
export type * from "./tables/sync.ts";
export type * from "./tables/webhooks.ts";
export type * from "./tables/writes.ts";

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
	consent_returns: ConsentReturnsTable;
	push_channels: PushChannelsTable;
	project_call_budgets: ProjectCallBudgetsTable;
	user_call_budgets: UserCallBudgetsTable;
	mailed_sequences: MailedSequencesTable;
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
