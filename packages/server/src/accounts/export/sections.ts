/** What the download of a person's data holds: tables and the columns of each, by name, so that no secret slips in. */
export interface ExportSection {
	readonly name: string;
	readonly table: string;
	/** The user's own row has its id in place of a user_id. */
	readonly owner?: "id";
	readonly columns: readonly string[];
	/** Order within the user's rows, and the position of the next page: unique there. */
	readonly key: readonly [string, ...string[]];
}

export const EXPORT_SECTIONS: readonly ExportSection[] = [
	section("user", "users", ["id", "email", "name", "role", "time_zone", "preferences", "created_at"], { owner: "id" }),
	section("sign_in_accounts", "accounts", ["id", "provider_id", "account_id", "created_at"]),
	section("sessions", "sessions", ["id", "ip_address", "user_agent", "created_at", "updated_at", "expires_at"]),
	section("api_keys", "api_keys", ["id", "name", "prefix", "scopes", "expires_at", "last_used_at", "created_at"]),
	section("connections", "connections", [
		...["id", "provider", "name", "account", "status", "status_reason", "status_since", "scopes", "consent", "paused"],
		...["last_synced_at", "last_push_at", "created_at"],
	]),
	section("calendars", "calendars", [
		...["id", "connection_id", "provider_calendar_id", "name", "name_override", "color", "color_override", "time_zone"],
		...["access", "is_primary", "selected", "default_reminders", "privacy", "status", "last_synced_at", "created_at"],
	]),
	section("resources", "resources", ["id", "calendar_id", "provider_resource_id", "raw", "warnings"]),
	section("events", "events", [
		...["id", "calendar_id", "resource_id", "kind", "master_id", "ical_uid", "original_start", "data"],
		...["created_at", "updated_at"],
	]),
	section("unsent_changes", "intents", [
		...["id", "calendar_id", "resource_id", "event_id", "kind", "state", "base", "wanted", "move", "error"],
		"created_at",
	]),
	section(
		"event_history",
		"event_versions",
		["event_id", "version", "calendar_id", "at", "action", "actor", "fields", "events"],
		{ key: ["event_id", "version"] },
	),
	section("runs", "runs", [
		...["id", "connection_id", "trigger", "state", "created", "updated", "deleted", "requests", "error"],
		...["started_at", "finished_at"],
	]),
	section("changes", "changes", ["seq", "at", "type", "entity_id", "calendar_id", "fields"], { key: ["seq"] }),
	section("notification_preferences", "notification_preferences", ["content"], { key: ["user_id"] }),
	section("notifications", "notifications", [
		...["id", "type", "state", "snoozed_until", "connection_id", "calendar_id", "event_id", "data", "created_at"],
	]),
	section("mails", "mails", [
		...["id", "kind", "recipient", "subject", "state", "error", "connection_id", "calendar_id", "event_id"],
		...["created_at", "sent_at"],
	]),
	section("webhooks", "webhooks", [
		...[
			"id",
			"url",
			"types",
			"calendar_ids",
			"all_users",
			"status",
			"status_reason",
			"last_delivered_at",
			"created_at",
		],
	]),
	section("bookings", "bookings", [
		...["id", "calendar_id", "event_id", "state", "reason", "details", "reference", "mode", "expires_at"],
		...["created_at", "updated_at"],
	]),
	section(
		"payments",
		"payments",
		[
			...["source", "mode", "reference", "booking_id", "problem", "paid", "failed", "refunded", "amount", "currency"],
			...["payer", "created_at", "updated_at"],
		],
		{ key: ["source", "mode", "reference"] },
	),
];

/** Tables with a user_id that the download leaves out, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
	occurrences: "made of events",
	held_deletions: "marks of resources",
	change_counters: "made of changes",
	idempotency_keys: "answers that were given already, sealed",
	oauth_flows: "secrets of sign-ins under way",
	oauth_grants: "credentials",
	consent_returns: "credentials that are about to be erased",
	push_channels: "secrets of a provider's push messages",
	reminder_leads: "made of events",
	mailed_sequences: "how often guests were told of an event",
	reminders_given: "which reminders were given",
	user_call_budgets: "how many calls to providers are left",
	webhook_cursors: "how far webhooks have come",
	webhook_announcements: "what is about to be sent",
	webhook_deliveries: "copies of events, in the log of who was told",
};

function section(
	name: string,
	table: string,
	columns: readonly string[],
	options: { readonly owner?: "id"; readonly key?: readonly [string, ...string[]] } = {},
): ExportSection {
	return {
		name,
		table,
		columns,
		key: options.key ?? ["id"],
		...(options.owner === undefined ? {} : { owner: options.owner }),
	};
}
