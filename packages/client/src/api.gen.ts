// Made from the server's OpenAPI document by scripts/generate-client.ts; not to be edited.
export type AdminConnection = {
	readonly id: string;
	readonly provider: "caldav" | "icloud" | "ics" | "google" | "microsoft";
	readonly name: string;
	/** The user name at the provider, or the feed's host. */
	readonly account: string;
	/** `reauth_required`: enter the password again; `error`: Kalends goes on trying, unless fix says otherwise. */
	readonly status: "active" | "syncing" | "reauth_required" | "limited" | "paused" | "error";
	/** Stable code of what is wrong; null where nothing is. */
	readonly status_reason: string | null;
	/** What happened, in a sentence. */
	readonly status_detail: string | null;
	readonly status_since: string;
	/** What to do about it, in a sentence. */
	readonly fix: string | null;
	readonly scopes: readonly string[];
	readonly last_synced_at: string | null;
	/** Null while a sync runs, and where only a person can help. */
	readonly next_sync_at: string | null;
	readonly last_push_at: string | null;
	readonly calendars_count: number;
	readonly created_at: string;
	readonly user: {
		readonly id: string;
		readonly email: string;
		readonly name: string;
	};
};
export type ApiKey = {
	readonly id: string;
	readonly name: string;
	/** How the key begins. */
	readonly prefix: string;
	readonly scopes: readonly ("read" | "write" | "admin")[];
	readonly expires_at: string | null;
	/** Up to five minutes late. */
	readonly last_used_at: string | null;
	readonly created_at: string;
};
export type Booking = {
	readonly id: string;
	readonly state: "held" | "confirmed" | "released" | "conflict" | "cancelled";
	readonly reason: "expired" | "payment_failed" | "event_deleted" | "refunded" | "cancelled" | "slot_taken" | "calendar_not_writable" | null;
	readonly reason_detail: string | null;
	readonly calendar_id: string;
	/** Null where there is none, as in a conflict. */
	readonly event_id: string | null;
	readonly title: string;
	readonly description: string;
	readonly location: string;
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	/** Invited, with the payer, when it is confirmed. */
	readonly participants: readonly ({
		readonly email: string;
		readonly name: string | null;
	})[];
	readonly reference: string | null;
	/** Of the first payment; payments of the other are refused. */
	readonly mode: "test" | "live" | null;
	readonly expires_at: string | null;
	/** Goes onto the checkout session or the payment, whose events then find the booking. */
	readonly metadata: {
		readonly kalends_booking: string;
	};
	readonly payments: readonly Payment[];
	readonly created_at: string;
	readonly updated_at: string;
};
export type Calendar = {
	readonly id: string;
	readonly connection_id: string;
	readonly provider: string;
	readonly provider_calendar_id: string;
	readonly name: string;
	/** #rrggbb */
	readonly color: string | null;
	readonly time_zone: string | null;
	readonly access: "free_busy" | "read" | "write" | "owner";
	readonly primary: boolean;
	/** Only selected calendars are synced and shown. */
	readonly selected: boolean;
	/** `paused`: deletions wait for your decision; `gone`: no longer there, kept until you decide. */
	readonly status: "pending" | "active" | "paused" | "error" | "gone";
	readonly status_reason: string | null;
	readonly status_detail: string | null;
	readonly status_since: string;
	readonly fix: string | null;
	/** Events whose deletion waits for your decision. */
	readonly held_deletions: number;
	/** Resources of which something was guessed or could not be read. */
	readonly warnings_count: number;
	readonly default_reminders: readonly ({
		readonly method: "popup" | "email";
		/** Before the start. */
		readonly minutes: number;
	})[];
	/** What others may see of it once it is shared. */
	readonly privacy: "full" | "free_busy";
	readonly last_synced_at: string | null;
};
export type CalendarWarning = {
	readonly provider_event_id: string;
	/** Null where no event could be read. */
	readonly event_id: string | null;
	readonly title: string | null;
	/** What was guessed, cut or left out, a sentence each. */
	readonly details: readonly string[];
};
export type Change = {
	/** Position in the user's feed, without gaps. */
	readonly seq: number;
	readonly at: string;
	/** e.g. event.created, event.updated, event.deleted, calendar.synced, connection.updated */
	readonly type: string;
	/** What changed: an event's, a calendar's or a connection's id. */
	readonly id: string;
	readonly calendar_id?: string | undefined;
	/** Names of the fields that differ. */
	readonly fields?: readonly string[] | undefined;
};
export type Connection = {
	readonly id: string;
	readonly provider: "caldav" | "icloud" | "ics" | "google" | "microsoft";
	readonly name: string;
	/** The user name at the provider, or the feed's host. */
	readonly account: string;
	/** `reauth_required`: enter the password again; `error`: Kalends goes on trying, unless fix says otherwise. */
	readonly status: "active" | "syncing" | "reauth_required" | "limited" | "paused" | "error";
	/** Stable code of what is wrong; null where nothing is. */
	readonly status_reason: string | null;
	/** What happened, in a sentence. */
	readonly status_detail: string | null;
	readonly status_since: string;
	/** What to do about it, in a sentence. */
	readonly fix: string | null;
	readonly scopes: readonly string[];
	readonly last_synced_at: string | null;
	/** Null while a sync runs, and where only a person can help. */
	readonly next_sync_at: string | null;
	readonly last_push_at: string | null;
	readonly calendars_count: number;
	readonly created_at: string;
};
export type DeletedEvent = {
	/** The event's, under which restore brings it back. */
	readonly id: string;
	readonly calendar_id: string;
	/** What restore takes to bring it back as it was. */
	readonly version: number;
	/** When it was deleted. */
	readonly at: string;
	readonly actor: {
		/** `provider`: a sync found it there. */
		readonly type: "user" | "api_key" | "provider";
		readonly name: string | null;
	};
	/** The event, or the series' master, as it was. */
	readonly event: EventContent;
};
export type DryRun = {
	readonly dry_run: true;
	/** As it would be; null: it would be gone. */
	readonly event: WouldBeEvent | null;
	/** By field of the event. Of a new event there are none. */
	readonly changes: Readonly<Record<string, {
		readonly before: unknown;
		readonly after: unknown;
	}>>;
	/** The new series that scope=following would make. */
	readonly created: WouldBeEvent | null;
	/** Those from 30 days back to 400 days ahead that would change, at most 500; of a new event those of six years from its start. */
	readonly occurrences: readonly ({
		readonly original_start: EventDateTime;
		readonly action: "added" | "removed" | "changed";
		/** Where it would be; of a removed one, where it is. */
		readonly start: EventDateTime;
		readonly end: EventDateTime;
	})[];
	/** Changed occurrences whose changes could not be kept. */
	readonly dropped: readonly ({
		readonly id: string;
		/** the slot in the series, unchanged when moved */
		readonly original_start: EventDateTime | null;
		readonly title: string;
		readonly reason: string;
	})[];
	/** Who would be told by mail, by Kalends or by the provider. */
	readonly mails: readonly string[];
};
export type Event = {
	readonly id: string;
	readonly calendar_id: string;
	readonly connection_id: string;
	readonly provider: string;
	/** empty until the provider has a new event */
	readonly provider_event_id: string;
	readonly ical_uid: string;
	readonly title: string;
	readonly description: string;
	readonly location: string;
	readonly status: "confirmed" | "tentative" | "cancelled";
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	readonly all_day: boolean;
	/** RRULE, RDATE and EXDATE lines of a series' master */
	readonly recurrence: readonly string[] | null;
	/** the master, on an occurrence of a series */
	readonly recurring_event_id: string | null;
	/** the slot in the series, unchanged when moved */
	readonly original_start: EventDateTime | null;
	readonly participants: readonly Participant[];
	readonly reminders: Reminders;
	readonly visibility: "default" | "public" | "private";
	readonly busy: boolean;
	readonly color: string | null;
	readonly categories: readonly string[];
	readonly conference: {
		readonly url: string;
		readonly provider: string | null;
		/** The provider has been asked to make it; until it has, url is empty. */
		readonly create?: true | undefined;
	} | null;
	readonly attachments: readonly ({
		readonly url: string;
		readonly title: string | null;
		readonly mime_type: string | null;
	})[];
	readonly html_link: string | null;
	readonly read_only: boolean;
	readonly etag: string;
	readonly sync: {
		readonly state: "synced" | "pending" | "failed";
		/** Why the provider has not got it yet, or has refused it. */
		readonly error?: {
			readonly code: string;
			readonly detail: string;
			readonly fix: string | null;
		} | undefined;
	};
	readonly created_at: string;
	readonly updated_at: string;
};
export type EventContent = {
	readonly ical_uid: string;
	readonly title: string;
	readonly description: string;
	readonly location: string;
	readonly status: "confirmed" | "tentative" | "cancelled";
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	readonly all_day: boolean;
	/** RRULE, RDATE and EXDATE lines of a series' master */
	readonly recurrence: readonly string[] | null;
	/** the slot in the series, unchanged when moved */
	readonly original_start: EventDateTime | null;
	readonly participants: readonly Participant[];
	readonly reminders: Reminders;
	readonly visibility: "default" | "public" | "private";
	readonly busy: boolean;
	readonly color: string | null;
	readonly categories: readonly string[];
	readonly conference: {
		readonly url: string;
		readonly provider: string | null;
		/** The provider has been asked to make it; until it has, url is empty. */
		readonly create?: true | undefined;
	} | null;
	readonly attachments: readonly ({
		readonly url: string;
		readonly title: string | null;
		readonly mime_type: string | null;
	})[];
	readonly html_link: string | null;
};
export type EventDateTime = {
	/** RFC 3339 with offset; floating times carry none */
	readonly date_time: string;
	/** IANA name; null for floating times and zones without a name */
	readonly time_zone: string | null;
} | {
	/** YYYY-MM-DD; as an end it is exclusive */
	readonly date: string;
};
export type EventVersion = {
	/** What restore takes; counted from 1 for each event. */
	readonly version: number;
	readonly at: string;
	/** `seen`: as it was before its first change. `conflict`: what was wanted here and lost against a change that was made with the provider; restore brings it back. */
	readonly action: "seen" | "created" | "updated" | "deleted" | "restored" | "conflict";
	readonly actor: {
		/** `provider`: a sync found it there. */
		readonly type: "user" | "api_key" | "provider";
		readonly name: string | null;
	};
	/** What was changed. */
	readonly fields: readonly string[];
	/** The event, or the series' master, after the change; before it for `deleted`. */
	readonly event: EventContent;
	/** Occurrences of the series that were changed, at most 50 of them. */
	readonly occurrences: readonly EventContent[];
};
/** Beside these one list for each kind of data: events, calendars, connections, … */
export type Export = {
	readonly format: "kalends-export-1";
	readonly exported_at: string;
	/** The last member: false, or missing, where the server broke off. */
	readonly complete: boolean;
};
export type HeldDeletion = {
	readonly event_id: string;
	readonly title: string;
	/** Of a series its first. */
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	readonly recurring: boolean;
};
export type Instance = {
	/** Whether the first account is still to be made: by whoever comes, or by who has the one-time code. */
	readonly first_account: "open" | "code" | null;
	/** Whether people can make accounts themselves. */
	readonly signup: boolean;
	/** Whether Google accounts can be connected, and signed in with. */
	readonly google: boolean;
};
export type Mail = {
	readonly id: string;
	readonly kind: "invitation" | "update" | "cancellation" | "reminder" | "notice";
	/** `sent`: the mail server has taken it; `failed`: given up, see error. */
	readonly state: "queued" | "sent" | "failed";
	readonly recipient: string;
	readonly subject: string;
	/** The same in every attempt. */
	readonly message_id: string;
	/** Of all: a retry by hand goes on counting. */
	readonly attempts: number;
	/** Why the last attempt did not succeed. */
	readonly error: {
		readonly code: string;
		readonly detail: string;
	} | null;
	/** Null unless it is queued. */
	readonly next_attempt_at: string | null;
	readonly connection_id: string | null;
	readonly calendar_id: string | null;
	readonly event_id: string | null;
	readonly created_at: string;
	readonly sent_at: string | null;
};
export type MailSettings = {
	/** A mail server is configured (SMTP_URL). */
	readonly enabled: boolean;
	/** False: an administrator has stopped it; mails wait. */
	readonly sending: boolean;
	/** MAIL_FROM. */
	readonly from: string | null;
	readonly quota: {
		/** Guests that your changes may mail in 24 hours. */
		readonly per_day: number;
		readonly left: number;
	};
	/** Of your accounts. */
	readonly connections: readonly ({
		readonly connection_id: string;
		/** Who tells guests of what you write to its calendars. */
		readonly invitations_by: "kalends" | "provider" | "nobody";
	})[];
};
export type Me = {
	readonly id: string;
	readonly email: string;
	readonly name: string;
	readonly role: "admin" | "user";
	readonly banned: boolean;
	/** IANA; in which dates and all-day events are read. */
	readonly time_zone: string | null;
	readonly created_at: string;
	readonly preferences: Preferences;
	/** False: who signs in with a provider's account only. */
	readonly has_password: boolean;
	/** How this request proved who it is. */
	readonly via: "session" | "api_key";
	/** What this request may do. */
	readonly scopes: readonly ("read" | "write" | "admin")[];
};
export type NewApiKey = {
	readonly id: string;
	readonly name: string;
	/** How the key begins. */
	readonly prefix: string;
	readonly scopes: readonly ("read" | "write" | "admin")[];
	readonly expires_at: string | null;
	/** Up to five minutes late. */
	readonly last_used_at: string | null;
	readonly created_at: string;
	/** Shown once; keep it. */
	readonly key: string;
};
export type NewWebhook = {
	readonly id: string;
	readonly url: string;
	/** Null: all. */
	readonly types: readonly WebhookFilter[] | null;
	/** Told of what is about these calendars only. Null: of everything. */
	readonly calendar_ids: readonly string[] | null;
	/** Told of what happens to anybody on this server. */
	readonly all_users: boolean;
	readonly status: "active" | "disabled";
	/** `gone`: it answered 410. `failing`: it failed for three days. `by_hand`: somebody disabled it. */
	readonly status_reason: "gone" | "failing" | "by_hand" | null;
	readonly status_detail: string | null;
	readonly status_since: string;
	readonly fix: string | null;
	/** In a row, up to now. */
	readonly failures: number;
	readonly failing_since: string | null;
	readonly last_delivered_at: string | null;
	/** Deliveries that wait. */
	readonly pending: number;
	/** The secret before signs beside the new one until then. */
	readonly rotating_until: string | null;
	readonly created_at: string;
	/** `whsec_…`, shown once: what signatures are checked with. */
	readonly secret: string;
};
export type Notification = {
	readonly id: string;
	/** occurrence.reminder, connection.reauth_required, calendar.paused or event.conflict; more may come. */
	readonly type: string;
	readonly state: "active" | "snoozed" | "dismissed";
	readonly snoozed_until: string | null;
	readonly connection_id: string | null;
	readonly calendar_id: string | null;
	/** Of an event or an occurrence. */
	readonly event_id: string | null;
	/** What it tells; the same as the webhook of this type. */
	readonly data: Readonly<Record<string, unknown>>;
	readonly created_at: string;
};
export type NotificationPreferences = {
	/** Reminders of the method popup, in the app. */
	readonly reminders_in_app: boolean;
	/** Reminders of the method email, by mail. */
	readonly reminders_by_email: boolean;
	/** Every reminder as occurrence.reminder to your webhooks. */
	readonly reminders_by_webhook: boolean;
	/** Of events that use their calendar's default reminders, where the calendar has none. */
	readonly default_reminders: readonly ({
		readonly method: "popup" | "email";
		/** Before the start, four weeks at the most. */
		readonly minutes: number;
	})[];
	/** What you have to know of accounts and calendars, by mail besides. */
	readonly notices_by_email: boolean;
};
export type Participant = {
	readonly email: string;
	readonly name: string | null;
	readonly response: "needs_action" | "accepted" | "declined" | "tentative";
	readonly optional: boolean;
	readonly organizer: boolean;
	readonly self: boolean;
};
export type Payment = {
	/** The payment's id with its system. */
	readonly id: string;
	readonly source: "stripe" | "payments";
	readonly mode: "test" | "live";
	readonly booking_id: string | null;
	readonly paid: boolean;
	readonly failed: boolean;
	/** In full. */
	readonly refunded: boolean;
	/** In the currency's smallest unit. */
	readonly amount: number | null;
	readonly currency: string | null;
	readonly payer: {
		readonly email: string;
		readonly name: string | null;
	} | null;
	/** Why it was not used for a booking; null where it was, or where nothing says what it is for. */
	readonly problem: string | null;
	readonly created_at: string;
	readonly updated_at: string;
};
export type Preferences = {
	/** IANA; shown beside time_zone. */
	readonly secondary_time_zone: string | null;
	/** Null: as the language has it. */
	readonly week_start: "monday" | "saturday" | "sunday" | null;
	/** Null: as the language has it. */
	readonly hour_cycle: 12 | 24 | null;
	readonly theme: "system" | "light" | "dark";
	/** BCP 47; null: the browser's. */
	readonly locale: string | null;
	readonly density: "comfortable" | "compact";
	/** Single keys do things. */
	readonly shortcuts: boolean;
};
/** A failure (RFC 9457). */
export type Problem = {
	/** Names the kind of problem: `urn:kalends:problem:<code>`. */
	readonly type: string;
	readonly title: string;
	readonly status: number;
	/** Stable; docs/errors.md explains each. */
	readonly code: "invalid_request" | "invalid_cursor" | "unauthenticated" | "invalid_credentials" | "insufficient_scope" | "forbidden" | "cross_site_request" | "signup_closed" | "first_account_code_required" | "account_banned" | "calendar_read_only" | "not_found" | "invalid_signature" | "payment_mode_mismatch" | "method_not_allowed" | "wrong_credentials" | "credentials_required" | "address_not_found" | "address_blocked" | "unsupported_auth" | "access_denied" | "connection_refused" | "connection_lost" | "tls_failure" | "timeout" | "too_large" | "too_many_redirects" | "unsafe_redirect" | "not_caldav" | "no_calendar_home" | "not_a_calendar" | "incomplete_answer" | "malformed_answer" | "server_error" | "provider_rate_limited" | "resource_gone" | "refused" | "provider_not_configured" | "insecure_url" | "invalid_ticket" | "invalid_state" | "issuer_mismatch" | "consent_denied" | "other_account" | "consent_blocked" | "consent_expired" | "provider_misconfigured" | "connection_exists" | "connection_paused" | "nothing_held" | "conflict" | "not_invited" | "nothing_to_sync" | "sync_in_progress" | "request_in_progress" | "idempotency_key_reused" | "calendar_gone" | "calendar_not_selected" | "slot_busy" | "no_writable_calendar" | "recurrence_scope_required" | "precondition_failed" | "provider_refused" | "email_taken" | "last_admin" | "gone" | "payload_too_large" | "uri_too_long" | "unsupported_media_type" | "mail_quota_exceeded" | "too_many_recipients" | "rate_limited" | "headers_too_large" | "internal" | "request_timeout" | "unavailable";
	/** What happened, for people. */
	readonly detail: string;
	/** What to do about it. */
	readonly fix?: string | undefined;
	/** Every fault of the request, by field. */
	readonly errors?: readonly ({
		readonly field: string;
		readonly detail: string;
	})[] | undefined;
	/** `precondition_failed`: the event's etag now. */
	readonly etag?: string | undefined;
	/** `provider_refused`: the event that keeps what was sent. */
	readonly event_id?: string | undefined;
	/** `provider_refused`: why; docs/errors.md explains each. */
	readonly reason?: string | undefined;
	/** Finds this request in the server's log. */
	readonly request_id: string;
};
export type Reminders = {
	readonly use_default: boolean;
	readonly overrides: readonly ({
		readonly method: "popup" | "email";
		readonly minutes: number;
	})[];
};
export type Run = {
	readonly id: string;
	readonly connection_id: string;
	readonly trigger: "first" | "poll" | "push" | "manual" | "write";
	/** `paused`: suspiciously many deletions wait for a decision, or the connection was paused meanwhile. */
	readonly state: "running" | "done" | "failed" | "paused";
	/** Events; a series counts as one. */
	readonly created: number;
	readonly updated: number;
	readonly deleted: number;
	/** HTTP requests to the provider. */
	readonly requests: number;
	readonly started_at: string;
	/** Null while it runs. */
	readonly duration_ms: number | null;
	/** What went wrong and what to do. */
	readonly error: {
		readonly code: string;
		readonly detail: string;
		readonly fix: string | null;
	} | null;
};
export type Session = {
	readonly id: string;
	/** The one that this request came by. */
	readonly current: boolean;
	/** Where it was begun from. */
	readonly ip_address: string | null;
	readonly user_agent: string | null;
	readonly created_at: string;
	/** When its end was last moved on, once a day at the most, by being used. */
	readonly renewed_at: string;
	readonly expires_at: string;
};
export type Setup = {
	readonly public_url: {
		/** KALENDS_URL. */
		readonly url: string;
		/** Providers can push changes; otherwise calendars are polled. */
		readonly https: boolean;
		/** Providers send browsers back to it: https, or this machine itself. */
		readonly sign_in_possible: boolean;
		readonly fix: string | null;
	};
	readonly google: {
		readonly configured: boolean;
		/** Variables to set; either of GOOGLE_CLIENT_SECRETS_FILE or the other two. */
		readonly missing: readonly string[];
		/** To be entered at Google, exactly so. */
		readonly redirect_uris: readonly ({
			readonly uri: string;
			/** False: of an older interface. */
			readonly needed: boolean;
		})[];
		/** Those that the client's file lacks; null where no file tells. */
		readonly missing_redirect_uris: readonly string[] | null;
	};
	readonly mail: {
		readonly configured: boolean;
		/** MAIL_FROM, or what is used in its place. */
		readonly from: string | null;
		/** Variables to set. */
		readonly missing: readonly string[];
	};
	readonly users_count: number;
	/** Of all users. */
	readonly connections_count: number;
	/** With `check=true`: what looking found, as `kalends doctor` says it. */
	readonly checks: readonly ({
		readonly check: string;
		readonly ok: boolean;
		readonly detail: string;
	})[] | null;
};
export type SignedIn = {
	readonly user: User;
};
export type User = {
	readonly id: string;
	readonly email: string;
	readonly name: string;
	readonly role: "admin" | "user";
	readonly banned: boolean;
	/** IANA; in which dates and all-day events are read. */
	readonly time_zone: string | null;
	readonly created_at: string;
};
export type Webhook = {
	readonly id: string;
	readonly url: string;
	/** Null: all. */
	readonly types: readonly WebhookFilter[] | null;
	/** Told of what is about these calendars only. Null: of everything. */
	readonly calendar_ids: readonly string[] | null;
	/** Told of what happens to anybody on this server. */
	readonly all_users: boolean;
	readonly status: "active" | "disabled";
	/** `gone`: it answered 410. `failing`: it failed for three days. `by_hand`: somebody disabled it. */
	readonly status_reason: "gone" | "failing" | "by_hand" | null;
	readonly status_detail: string | null;
	readonly status_since: string;
	readonly fix: string | null;
	/** In a row, up to now. */
	readonly failures: number;
	readonly failing_since: string | null;
	readonly last_delivered_at: string | null;
	/** Deliveries that wait. */
	readonly pending: number;
	/** The secret before signs beside the new one until then. */
	readonly rotating_until: string | null;
	readonly created_at: string;
};
export type WebhookDelivery = {
	readonly id: string;
	readonly webhook_id: string;
	/** Counted from 1 for each endpoint, without gaps; the header Kalends-Sequence. */
	readonly number: number;
	/** The header webhook-id: the same in every attempt and every replay. */
	readonly message_id: string;
	readonly type: string;
	/** What it is about; of one subject, deliveries are sent in order. */
	readonly subject: string;
	/** Whose data it tells of. */
	readonly user_id: string;
	readonly replay: boolean;
	readonly state: "pending" | "delivered" | "failed";
	readonly attempts: number;
	readonly next_attempt_at: string | null;
	readonly request: {
		/** Of the last attempt. */
		readonly headers: Readonly<Record<string, string>> | null;
		readonly body: string;
	};
	/** Of the last attempt; null where there was none. */
	readonly response: {
		readonly status: number;
		/** Its first 2,000 characters. */
		readonly body: string | null;
	} | null;
	/** Why there was no answer. */
	readonly error: string | null;
	readonly latency_ms: number | null;
	readonly last_attempt_at: string | null;
	readonly created_at: string;
	readonly finished_at: string | null;
};
export type WebhookFilter = "event.*" | "event.created" | "event.updated" | "event.deleted" | "event.conflict" | "occurrence.*" | "occurrence.reminder" | "calendar.*" | "calendar.created" | "calendar.updated" | "calendar.synced" | "calendar.deleted" | "calendar.paused" | "connection.*" | "connection.created" | "connection.updated" | "connection.deleted" | "connection.reauth_required" | "booking.*" | "booking.held" | "booking.confirmed" | "booking.released" | "booking.conflict" | "booking.cancelled" | "payment.*" | "payment.problem" | "webhook.*" | "webhook.updated" | "webhook.test";
export type WebhookFilterInput = "event.*" | "event.created" | "event.updated" | "event.deleted" | "event.conflict" | "occurrence.*" | "occurrence.reminder" | "calendar.*" | "calendar.created" | "calendar.updated" | "calendar.synced" | "calendar.deleted" | "calendar.paused" | "connection.*" | "connection.created" | "connection.updated" | "connection.deleted" | "connection.reauth_required" | "booking.*" | "booking.held" | "booking.confirmed" | "booking.released" | "booking.conflict" | "booking.cancelled" | "payment.*" | "payment.problem" | "webhook.*" | "webhook.updated" | "webhook.test";
export type WouldBeEvent = {
	/** Null: it would be given one. */
	readonly id: string | null;
	readonly calendar_id: string;
	readonly connection_id: string;
	readonly provider: string;
	readonly provider_event_id: string | null;
	readonly ical_uid: string;
	readonly title: string;
	readonly description: string;
	readonly location: string;
	readonly status: "confirmed" | "tentative" | "cancelled";
	readonly start: EventDateTime;
	readonly end: EventDateTime;
	readonly all_day: boolean;
	/** RRULE, RDATE and EXDATE lines of a series' master */
	readonly recurrence: readonly string[] | null;
	/** the master, on an occurrence of a series */
	readonly recurring_event_id: string | null;
	/** the slot in the series, unchanged when moved */
	readonly original_start: EventDateTime | null;
	readonly participants: readonly Participant[];
	readonly reminders: Reminders;
	readonly visibility: "default" | "public" | "private";
	readonly busy: boolean;
	readonly color: string | null;
	readonly categories: readonly string[];
	readonly conference: {
		readonly url: string;
		readonly provider: string | null;
		/** The provider has been asked to make it; until it has, url is empty. */
		readonly create?: true | undefined;
	} | null;
	readonly attachments: readonly ({
		readonly url: string;
		readonly title: string | null;
		readonly mime_type: string | null;
	})[];
	readonly html_link: string | null;
	readonly read_only: boolean;
	readonly etag: string | null;
	readonly sync: null;
	readonly created_at: string;
	readonly updated_at: string;
};
export type WrittenAttachmentInput = {
	/** An https address; Kalends does not fetch it. */
	readonly url: string;
	readonly title?: string | null | undefined;
	readonly mime_type?: string | null | undefined;
};
export type WrittenConferenceInput = {
	readonly url?: string | undefined;
	/** Told by the address where it is left out. */
	readonly provider?: string | null | undefined;
	/** Makes a conference where the provider can (Google Meet) and the event has none. */
	readonly create?: boolean | undefined;
};
export type WrittenDateTimeInput = {
	/** YYYY-MM-DD, of an all-day event; an end is exclusive. */
	readonly date?: string | null | undefined;
	/** RFC 3339; fractions of a second are dropped. With time_zone the offset may be left out: it is then the wall clock of that zone. */
	readonly date_time?: string | null | undefined;
	/** IANA or Windows name. Null with a date_time without offset: floating, the same wall clock everywhere. Sent alone in a PATCH it keeps the wall clock, so the event moves to that hour of the other zone; to keep the moment, send date_time with its offset too. */
	readonly time_zone?: string | null | undefined;
};
export type WrittenParticipantInput = {
	/** An e-mail address; of one who is there already also what stands for it. */
	readonly email: string;
	readonly name?: string | null | undefined;
	readonly response?: "needs_action" | "accepted" | "declined" | "tentative" | undefined;
	readonly optional?: boolean | undefined;
	/** Stays as it is: the account itself calls the meetings it makes. */
	readonly organizer?: boolean | undefined;
	/** Told by the provider; what is sent is not looked at. */
	readonly self?: boolean | undefined;
};
export type WrittenRemindersInput = {
	/** The calendar's default_reminders; where the provider knows none, they are written into the event. */
	readonly use_default?: boolean | undefined;
	readonly overrides?: readonly ({
		readonly method: "popup" | "email";
		/** Before the start. */
		readonly minutes: number;
	})[] | undefined;
};
/** What each endpoint takes and answers, by method and path. */
export interface Operations {
	/** Delete an API key */
	readonly "DELETE /v1/api-keys/{id}": {
		readonly id: "deleteApiKey";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 204: undefined;
		};
	};
	/** Cancel a booking */
	readonly "DELETE /v1/bookings/{id}": {
		readonly id: "cancelBooking";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Booking;
		};
	};
	/** Disconnect: erase the credentials and the copy of all its calendars */
	readonly "DELETE /v1/connections/{id}": {
		readonly id: "deleteConnection";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 204: undefined;
		};
	};
	/** Delete an event, a series, or occurrences of one */
	readonly "DELETE /v1/events/{id}": {
		readonly id: "deleteEvent";
		readonly path: {
			readonly id: string;
		};
		readonly query: {
			/** Answers what would change and who would be mailed, and changes nothing. */
			readonly dry_run?: boolean | undefined;
			/** Of a series or one of its occurrences: which occurrences are meant. Needed there. */
			readonly scope?: "this" | "following" | "all" | undefined;
		};
		readonly headers: {
			/** The event's etag as it was read, of a series the series': 412 where the event has changed since. */
			readonly "If-Match"?: string | undefined;
		};
		readonly body: undefined;
		readonly answers: {
			readonly 200: DryRun;
			readonly 202: undefined;
			readonly 204: undefined;
		};
	};
	/** Delete your account */
	readonly "DELETE /v1/me": {
		readonly id: "deleteMe";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly password?: string | undefined;
			/** Of who has no password: their own address. */
			readonly email?: string | undefined;
		};
		readonly answers: {
			readonly 204: undefined;
		};
	};
	/** Sign out everywhere else */
	readonly "DELETE /v1/sessions": {
		readonly id: "deleteOtherSessions";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly ended: number;
			};
		};
	};
	/** Sign out one browser */
	readonly "DELETE /v1/sessions/{id}": {
		readonly id: "deleteSession";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 204: undefined;
		};
	};
	/** Delete a user */
	readonly "DELETE /v1/users/{id}": {
		readonly id: "deleteUser";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 204: undefined;
		};
	};
	/** Delete a webhook */
	readonly "DELETE /v1/webhooks/{id}": {
		readonly id: "deleteWebhook";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 204: undefined;
		};
	};
	/** Who is signed in */
	readonly "GET /api/auth/get-session": {
		readonly id: "getSession";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly session: {
					readonly id: string;
					readonly expiresAt: string;
				};
				readonly user: User;
				/** The newest number of your change feed: what you read next and the changes after it leave nothing out. */
				readonly last_seq: number;
			} | null;
		};
	};
	/** List the connections of all users, and how they are doing */
	readonly "GET /v1/admin/connections": {
		readonly id: "listAdminConnections";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
			/** Only those that need somebody: neither active nor paused by a person. */
			readonly trouble?: boolean | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly AdminConnection[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** List your API keys */
	readonly "GET /v1/api-keys": {
		readonly id: "listApiKeys";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly ApiKey[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** List your bookings, newest first */
	readonly "GET /v1/bookings": {
		readonly id: "listBookings";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
			readonly state?: "held" | "confirmed" | "released" | "conflict" | "cancelled" | undefined;
			readonly calendar_id?: string | undefined;
			readonly reference?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly Booking[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** Get a booking */
	readonly "GET /v1/bookings/{id}": {
		readonly id: "getBooking";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Booking;
		};
	};
	/** List your calendars, of all connections */
	readonly "GET /v1/calendars": {
		readonly id: "listCalendars";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
			/** Only of this connection. */
			readonly connection_id?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly Calendar[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** Show a calendar and how it is doing */
	readonly "GET /v1/calendars/{id}": {
		readonly id: "getCalendar";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Calendar;
		};
	};
	/** List the events whose deletion waits for your decision */
	readonly "GET /v1/calendars/{id}/deletions": {
		readonly id: "listHeldDeletions";
		readonly path: {
			readonly id: string;
		};
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly HeldDeletion[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** List what could not be read as it was written */
	readonly "GET /v1/calendars/{id}/warnings": {
		readonly id: "listCalendarWarnings";
		readonly path: {
			readonly id: string;
		};
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly CalendarWarning[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** Follow what changed */
	readonly "GET /v1/changes": {
		readonly id: "listChanges";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
			/** The seq of the last change seen; 0 for the beginning. */
			readonly after?: number | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly Change[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
				/** The newest number of the feed. */
				readonly last_seq: number;
			};
		};
	};
	/** List your connections */
	readonly "GET /v1/connections": {
		readonly id: "listConnections";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly Connection[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** Show a connection and how it is doing */
	readonly "GET /v1/connections/{id}": {
		readonly id: "getConnection";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Connection;
		};
	};
	/** List the syncs of a connection, newest first */
	readonly "GET /v1/connections/{id}/runs": {
		readonly id: "listRuns";
		readonly path: {
			readonly id: string;
		};
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly Run[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** List events in a range */
	readonly "GET /v1/events": {
		readonly id: "listEvents";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
			/** Only of these calendars: repeat the parameter or separate by commas. */
			readonly calendar_id?: string | readonly string[] | undefined;
			/** Only of these connections: repeat the parameter or separate by commas. */
			readonly connection_id?: string | readonly string[] | undefined;
			/** Text to look for in title, description, place and participants. */
			readonly q?: string | undefined;
			/** IANA zone in which all-day and floating events are read; the user's own, else UTC. */
			readonly time_zone?: string | undefined;
			/** Cancelled occurrences too. */
			readonly show_cancelled?: boolean | undefined;
			/** RFC 3339 time, or a date (its midnight in time_zone). Now, unless given. */
			readonly from?: string | undefined;
			/** RFC 3339 time, or a date (its midnight in time_zone). 31 days after from, unless given. */
			readonly to?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly Event[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** List what was deleted */
	readonly "GET /v1/events/deleted": {
		readonly id: "listDeletedEvents";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly DeletedEvent[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** List what is next */
	readonly "GET /v1/events/upcoming": {
		readonly id: "upcomingEvents";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
			/** Only of these calendars: repeat the parameter or separate by commas. */
			readonly calendar_id?: string | readonly string[] | undefined;
			/** Only of these connections: repeat the parameter or separate by commas. */
			readonly connection_id?: string | readonly string[] | undefined;
			/** Text to look for in title, description, place and participants. */
			readonly q?: string | undefined;
			/** IANA zone in which all-day and floating events are read; the user's own, else UTC. */
			readonly time_zone?: string | undefined;
			/** Cancelled occurrences too. */
			readonly show_cancelled?: boolean | undefined;
			/** From when, in place of now. */
			readonly from?: string | undefined;
			/** How many days ahead; 7 unless given. */
			readonly days?: number | undefined;
			/** Until when, in place of days. */
			readonly to?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly Event[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** Get an event */
	readonly "GET /v1/events/{id}": {
		readonly id: "getEvent";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Event;
		};
	};
	/** List what an event was like */
	readonly "GET /v1/events/{id}/history": {
		readonly id: "listEventHistory";
		readonly path: {
			readonly id: string;
		};
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly EventVersion[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** What can be done here */
	readonly "GET /v1/instance": {
		readonly id: "getInstance";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Instance;
		};
	};
	/** Who mails guests, and what may still be mailed */
	readonly "GET /v1/mail-settings": {
		readonly id: "getMailSettings";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: MailSettings;
		};
	};
	/** List the mails that were sent for you */
	readonly "GET /v1/mails": {
		readonly id: "listMails";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
			readonly state?: "queued" | "sent" | "failed" | undefined;
			/** Only about this event or occurrence. */
			readonly event_id?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly Mail[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** Who is asking */
	readonly "GET /v1/me": {
		readonly id: "getMe";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Me;
		};
	};
	/** Download all your data */
	readonly "GET /v1/me/export": {
		readonly id: "exportMe";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Export;
		};
	};
	/** What you want to be told of, and how */
	readonly "GET /v1/notification-preferences": {
		readonly id: "getNotificationPreferences";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: NotificationPreferences;
		};
	};
	/** List what you are told of */
	readonly "GET /v1/notifications": {
		readonly id: "listNotifications";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
			readonly state?: "active" | "snoozed" | "dismissed" | "all" | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly Notification[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** Read one of what you are told of */
	readonly "GET /v1/notifications/{id}": {
		readonly id: "getNotification";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Notification;
		};
	};
	/** List payments, newest first */
	readonly "GET /v1/payments": {
		readonly id: "listPayments";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
			readonly booking_id?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly Payment[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** List where you are signed in */
	readonly "GET /v1/sessions": {
		readonly id: "listSessions";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly Session[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** What is set up, and what is missing */
	readonly "GET /v1/setup": {
		readonly id: "getSetup";
		readonly path: undefined;
		readonly query: {
			/** Look too whether it works. */
			readonly check?: boolean | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Setup;
		};
	};
	/** Be told of changes as they happen */
	readonly "GET /v1/stream": {
		readonly id: "streamChanges";
		readonly path: undefined;
		readonly query: {
			/** The seq of the last change seen. */
			readonly after?: number | undefined;
		};
		readonly headers: {
			/** In place of `after`, and before it. */
			readonly "Last-Event-ID"?: string | undefined;
		};
		readonly body: undefined;
		readonly answers: {
			readonly 200: string;
		};
	};
	/** List all users */
	readonly "GET /v1/users": {
		readonly id: "listUsers";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly User[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** Get a user */
	readonly "GET /v1/users/{id}": {
		readonly id: "getUser";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: User;
		};
	};
	/** List your webhooks */
	readonly "GET /v1/webhooks": {
		readonly id: "listWebhooks";
		readonly path: undefined;
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly Webhook[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** Get a webhook */
	readonly "GET /v1/webhooks/{id}": {
		readonly id: "getWebhook";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Webhook;
		};
	};
	/** The log of a webhook, newest first */
	readonly "GET /v1/webhooks/{id}/deliveries": {
		readonly id: "listWebhookDeliveries";
		readonly path: {
			readonly id: string;
		};
		readonly query: {
			/** How many at most. */
			readonly limit?: number | undefined;
			/** `next_cursor` of the page before. */
			readonly cursor?: string | undefined;
			readonly state?: "pending" | "delivered" | "failed" | undefined;
			readonly type?: string | undefined;
			/** Only those made at or after this. */
			readonly from?: string | undefined;
			/** Only those made before this. */
			readonly to?: string | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly data: readonly WebhookDelivery[];
				/** Null on the last page. */
				readonly next_cursor: string | null;
			};
		};
	};
	/** Select or deselect a calendar, rename or recolour it here */
	readonly "PATCH /v1/calendars/{id}": {
		readonly id: "updateCalendar";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly selected?: boolean | undefined;
			/** Null: the provider's own again. */
			readonly name?: string | null | undefined;
			/** #rrggbb; null: the provider's own again. */
			readonly color?: string | null | undefined;
			readonly default_reminders?: readonly ({
				readonly method: "popup" | "email";
				/** Before the start. */
				readonly minutes: number;
			})[] | undefined;
			/** What others may see of it once it is shared. */
			readonly privacy?: "full" | "free_busy" | undefined;
		};
		readonly answers: {
			readonly 200: Calendar;
		};
	};
	/** Rename, pause or resume a connection, or change its password or address */
	readonly "PATCH /v1/connections/{id}": {
		readonly id: "updateConnection";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly name?: string | undefined;
			readonly username?: string | undefined;
			readonly password?: string | undefined;
			readonly url?: string | undefined;
			/** A paused connection keeps its events and does not sync. */
			readonly paused?: boolean | undefined;
		};
		readonly answers: {
			readonly 200: Connection;
		};
	};
	/** Change an event, a series, or occurrences of one */
	readonly "PATCH /v1/events/{id}": {
		readonly id: "updateEvent";
		readonly path: {
			readonly id: string;
		};
		readonly query: {
			/** Answers what would change and who would be mailed, and changes nothing. */
			readonly dry_run?: boolean | undefined;
			/** Of a series or one of its occurrences: which occurrences are meant. Needed there. */
			readonly scope?: "this" | "following" | "all" | undefined;
		};
		readonly headers: {
			/** The event's etag as it was read, of a series the series': 412 where the event has changed since. */
			readonly "If-Match"?: string | undefined;
		};
		readonly body: {
			/** Another calendar, also of another account: the event moves there, a series with scope=all only, and has a new id then. */
			readonly calendar_id?: string | undefined;
			readonly title?: string | null | undefined;
			readonly description?: string | null | undefined;
			readonly location?: string | null | undefined;
			readonly status?: "confirmed" | "tentative" | "cancelled" | null | undefined;
			/** RRULE, RDATE and EXDATE lines (RFC 5545 §3.8.5), e.g. RRULE:FREQ=WEEKLY;BYDAY=MO. Null: it happens once. */
			readonly recurrence?: readonly string[] | null | undefined;
			readonly participants?: readonly WrittenParticipantInput[] | null | undefined;
			/** Null: the calendar's defaults. */
			readonly reminders?: WrittenRemindersInput | null | undefined;
			readonly visibility?: "default" | "public" | "private" | null | undefined;
			readonly busy?: boolean | null | undefined;
			readonly color?: string | null | undefined;
			readonly categories?: readonly string[] | null | undefined;
			readonly conference?: WrittenConferenceInput | null | undefined;
			readonly attachments?: readonly WrittenAttachmentInput[] | null | undefined;
			readonly start?: WrittenDateTimeInput | null | undefined;
			readonly end?: WrittenDateTimeInput | null | undefined;
		};
		readonly answers: {
			readonly 200: Event | DryRun;
			readonly 202: Event;
		};
	};
	/** Stop or start all mail of this server */
	readonly "PATCH /v1/mail-settings": {
		readonly id: "updateMailSettings";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly sending: boolean;
		};
		readonly answers: {
			readonly 200: MailSettings;
		};
	};
	/** Change your name, time zone or preferences */
	readonly "PATCH /v1/me": {
		readonly id: "updateMe";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly name?: string | undefined;
			readonly time_zone?: string | null | undefined;
			readonly preferences?: {
				readonly secondary_time_zone?: string | null | undefined;
				readonly week_start?: "monday" | "saturday" | "sunday" | null | undefined;
				readonly hour_cycle?: 12 | 24 | null | undefined;
				readonly theme?: "system" | "light" | "dark" | null | undefined;
				readonly locale?: string | null | undefined;
				readonly density?: "comfortable" | "compact" | null | undefined;
				readonly shortcuts?: boolean | null | undefined;
			} | undefined;
		};
		readonly answers: {
			readonly 200: Me;
		};
	};
	/** Change what you want to be told of */
	readonly "PATCH /v1/notification-preferences": {
		readonly id: "updateNotificationPreferences";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			/** Reminders of the method popup, in the app. */
			readonly reminders_in_app?: boolean | undefined;
			/** Reminders of the method email, by mail. */
			readonly reminders_by_email?: boolean | undefined;
			/** Every reminder as occurrence.reminder to your webhooks. */
			readonly reminders_by_webhook?: boolean | undefined;
			/** Of events that use their calendar's default reminders, where the calendar has none. */
			readonly default_reminders?: readonly ({
				readonly method: "popup" | "email";
				/** Before the start, four weeks at the most. */
				readonly minutes: number;
			})[] | undefined;
			/** What you have to know of accounts and calendars, by mail besides. */
			readonly notices_by_email?: boolean | undefined;
		};
		readonly answers: {
			readonly 200: NotificationPreferences;
		};
	};
	/** Change a user */
	readonly "PATCH /v1/users/{id}": {
		readonly id: "updateUser";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly name?: string | undefined;
			readonly time_zone?: string | null | undefined;
			readonly role?: "admin" | "user" | undefined;
			readonly banned?: boolean | undefined;
			readonly password?: string | undefined;
		};
		readonly answers: {
			readonly 200: User;
		};
	};
	/** Change a webhook, disable or resume it */
	readonly "PATCH /v1/webhooks/{id}": {
		readonly id: "updateWebhook";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			/** https; plain http and private addresses only where KALENDS_ALLOWED_PRIVATE_HOSTS names the host. */
			readonly url?: string | undefined;
			/** Types (`event.created`) and groups (`event.*`); left out or null: all. */
			readonly types?: readonly WebhookFilterInput[] | null | undefined;
			readonly calendar_ids?: readonly string[] | null | undefined;
			/** `active` resumes: what was kept while it was disabled is sent. */
			readonly status?: "active" | "disabled" | undefined;
		};
		readonly answers: {
			readonly 200: Webhook;
		};
	};
	/** Change your password */
	readonly "POST /api/auth/change-password": {
		readonly id: "changePassword";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly currentPassword: string;
			readonly newPassword: string;
			readonly revokeOtherSessions?: boolean | undefined;
		};
		readonly answers: {
			readonly 200: SignedIn;
		};
	};
	/** Sign in */
	readonly "POST /api/auth/sign-in/email": {
		readonly id: "signIn";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly email: string;
			readonly password: string;
			/** False: until the browser is closed, one day at the most. */
			readonly rememberMe?: boolean | undefined;
		};
		readonly answers: {
			readonly 200: SignedIn;
		};
	};
	/** Sign out */
	readonly "POST /api/auth/sign-out": {
		readonly id: "signOut";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly success: true;
			};
		};
	};
	/** Make an account and sign in */
	readonly "POST /api/auth/sign-up/email": {
		readonly id: "signUp";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			/** Compared without regard to case. */
			readonly email: string;
			readonly password: string;
			readonly name?: string | undefined;
			/** The one-time code of the first account. */
			readonly code?: string | undefined;
		};
		readonly answers: {
			readonly 200: SignedIn;
		};
	};
	/** Make an API key */
	readonly "POST /v1/api-keys": {
		readonly id: "createApiKey";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly name: string;
			readonly scopes: readonly ("read" | "write" | "admin")[];
			/** RFC 3339; null: never. */
			readonly expires_at?: string | null | undefined;
		};
		readonly answers: {
			readonly 201: NewApiKey;
		};
	};
	/** Hold a slot until it is paid */
	readonly "POST /v1/bookings": {
		readonly id: "createBooking";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly calendar_id: string;
			readonly title: string;
			readonly start: WrittenDateTimeInput;
			/** After the start, exclusive; of whole days one day unless told. */
			readonly end?: WrittenDateTimeInput | null | undefined;
			readonly location?: string | null | undefined;
			readonly description?: string | null | undefined;
			/** Invited when the booking is confirmed. */
			readonly participants?: readonly WrittenParticipantInput[] | null | undefined;
			/** How long the slot is held; 1800 unless told. */
			readonly hold_seconds?: number | undefined;
			/** Also where the calendar is busy then. */
			readonly allow_conflicts?: boolean | undefined;
			/** Your own name for it. */
			readonly reference?: string | null | undefined;
		};
		readonly answers: {
			readonly 201: Booking;
		};
	};
	/** Decide on deletions that Kalends held back */
	readonly "POST /v1/calendars/{id}/deletions": {
		readonly id: "decideDeletions";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly action: "apply" | "keep";
		};
		readonly answers: {
			readonly 200: Calendar;
			readonly 204: undefined;
		};
	};
	/** Connect a CalDAV account, an iCloud account or an ICS feed */
	readonly "POST /v1/connections": {
		readonly id: "createConnection";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly provider: "caldav" | "icloud" | "ics";
			/** CalDAV: the server's address. ICS: the feed's (https, http or webcal). */
			readonly url?: string | undefined;
			readonly username?: string | undefined;
			/** iCloud: an app-specific password. */
			readonly password?: string | undefined;
			/** How to call it; the provider's own name unless told. */
			readonly name?: string | undefined;
		};
		readonly answers: {
			readonly 201: Connection;
		};
	};
	/** Connect an account by its provider's consent page */
	readonly "POST /v1/connections/authorize": {
		readonly id: "authorizeConnection";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly provider: "google" | "microsoft";
			/** A path of this server, or an address whose origin KALENDS_RETURN_ORIGINS names; any other becomes `/`. Left out: a page says what came of it. */
			readonly return_to?: string | undefined;
			/** What the person is asked to allow. */
			readonly access?: "read" | "write" | undefined;
			/** The connection whose consent is to be renewed: the provider's page begins with its account, and another account is refused (`other_account`). Left out: any account can be chosen. */
			readonly connection_id?: string | undefined;
		};
		readonly answers: {
			readonly 200: {
				readonly authorization_url: string;
			};
		};
	};
	/** Sync a connection now */
	readonly "POST /v1/connections/{id}/sync": {
		readonly id: "syncConnection";
		readonly path: {
			readonly id: string;
		};
		readonly query: {
			/** Answer when the run has ended. */
			readonly wait?: boolean | undefined;
		};
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly run: Run;
			};
			readonly 202: {
				readonly run: Run;
			};
		};
	};
	/** Create an event */
	readonly "POST /v1/events": {
		readonly id: "createEvent";
		readonly path: undefined;
		readonly query: {
			/** Answers what would change and who would be mailed, and changes nothing. */
			readonly dry_run?: boolean | undefined;
		};
		readonly headers: undefined;
		readonly body: {
			/** Unless told, the first primary calendar that can be written, Google's before others, else the first such calendar. */
			readonly calendar_id?: string | undefined;
			readonly title?: string | null | undefined;
			readonly description?: string | null | undefined;
			readonly location?: string | null | undefined;
			readonly status?: "confirmed" | "tentative" | "cancelled" | null | undefined;
			/** RRULE, RDATE and EXDATE lines (RFC 5545 §3.8.5), e.g. RRULE:FREQ=WEEKLY;BYDAY=MO. Null: it happens once. */
			readonly recurrence?: readonly string[] | null | undefined;
			readonly participants?: readonly WrittenParticipantInput[] | null | undefined;
			/** Null: the calendar's defaults. */
			readonly reminders?: WrittenRemindersInput | null | undefined;
			readonly visibility?: "default" | "public" | "private" | null | undefined;
			readonly busy?: boolean | null | undefined;
			readonly color?: string | null | undefined;
			readonly categories?: readonly string[] | null | undefined;
			readonly conference?: WrittenConferenceInput | null | undefined;
			readonly attachments?: readonly WrittenAttachmentInput[] | null | undefined;
			readonly start: WrittenDateTimeInput;
			/** After the start, exclusive; of an all-day event one day unless told. */
			readonly end?: WrittenDateTimeInput | null | undefined;
		};
		readonly answers: {
			readonly 200: DryRun;
			readonly 201: Event;
			readonly 202: Event;
		};
	};
	/** Bring an event back to an earlier version */
	readonly "POST /v1/events/{id}/restore": {
		readonly id: "restoreEvent";
		readonly path: {
			readonly id: string;
		};
		readonly query: {
			/** Answers what would change and who would be mailed, and changes nothing. */
			readonly dry_run?: boolean | undefined;
		};
		readonly headers: {
			/** The event's etag as it was read, of a series the series': 412 where the event has changed since. */
			readonly "If-Match"?: string | undefined;
		};
		readonly body: {
			/** Of the event's history. */
			readonly version: number;
		};
		readonly answers: {
			readonly 200: Event | DryRun;
			readonly 202: Event;
		};
	};
	/** Answer an invitation */
	readonly "POST /v1/events/{id}/rsvp": {
		readonly id: "rsvpEvent";
		readonly path: {
			readonly id: string;
		};
		readonly query: {
			/** Which occurrences of a series. */
			readonly scope?: "this" | "all" | undefined;
		};
		readonly headers: undefined;
		readonly body: {
			readonly response: "accepted" | "declined" | "tentative";
			/** For the organizer; left out, an earlier one goes. */
			readonly comment?: string | undefined;
		};
		readonly answers: {
			readonly 200: Event;
			readonly 202: Event;
		};
	};
	/** Retry or discard a change that is not with the provider */
	readonly "POST /v1/events/{id}/sync": {
		readonly id: "syncEvent";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly action: "retry" | "discard";
		};
		readonly answers: {
			readonly 200: Event;
			readonly 202: Event;
			readonly 204: undefined;
		};
	};
	/** Try to deliver a mail again */
	readonly "POST /v1/mails/{id}/retry": {
		readonly id: "retryMail";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Mail;
		};
	};
	/** Be done with all that is shown */
	readonly "POST /v1/notifications/dismiss": {
		readonly id: "dismissNotifications";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: {
				readonly dismissed: number;
			};
		};
	};
	/** Be done with it */
	readonly "POST /v1/notifications/{id}/dismiss": {
		readonly id: "dismissNotification";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: Notification;
		};
	};
	/** Be told again later */
	readonly "POST /v1/notifications/{id}/snooze": {
		readonly id: "snoozeNotification";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			/** From now, four weeks at the most. */
			readonly minutes: number;
		};
		readonly answers: {
			readonly 200: Notification;
		};
	};
	/** Make a user */
	readonly "POST /v1/users": {
		readonly id: "createUser";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			/** Compared without regard to case. */
			readonly email: string;
			readonly password?: string | null | undefined;
			readonly name?: string | undefined;
			readonly role?: "admin" | "user" | undefined;
			readonly time_zone?: string | null | undefined;
		};
		readonly answers: {
			readonly 201: User;
		};
	};
	/** Be told of changes at an address */
	readonly "POST /v1/webhooks": {
		readonly id: "createWebhook";
		readonly path: undefined;
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			/** https; plain http and private addresses only where KALENDS_ALLOWED_PRIVATE_HOSTS names the host. */
			readonly url: string;
			/** Types (`event.created`) and groups (`event.*`); left out or null: all. */
			readonly types?: readonly WebhookFilterInput[] | null | undefined;
			readonly calendar_ids?: readonly string[] | null | undefined;
			/** For administrators: told of what happens to anybody. The header Kalends-User says to whom. */
			readonly all_users?: boolean | undefined;
		};
		readonly answers: {
			readonly 201: NewWebhook;
		};
	};
	/** Send one delivery again, or those of a time */
	readonly "POST /v1/webhooks/{id}/replay": {
		readonly id: "replayWebhook";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: {
			readonly delivery_id?: string | undefined;
			readonly from?: string | undefined;
			readonly to?: string | undefined;
			readonly state?: "delivered" | "failed" | undefined;
		};
		readonly answers: {
			readonly 202: {
				/** How many are sent again, each as a new entry of the log under its webhook-id. */
				readonly replayed: number;
			};
		};
	};
	/** Give a webhook a new secret */
	readonly "POST /v1/webhooks/{id}/rotate": {
		readonly id: "rotateWebhookSecret";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: NewWebhook;
		};
	};
	/** Send a test message now */
	readonly "POST /v1/webhooks/{id}/test": {
		readonly id: "testWebhook";
		readonly path: {
			readonly id: string;
		};
		readonly query: undefined;
		readonly headers: undefined;
		readonly body: undefined;
		readonly answers: {
			readonly 200: WebhookDelivery;
		};
	};
}
