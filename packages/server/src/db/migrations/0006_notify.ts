import { type Kysely, sql } from "kysely";

/** Mail, reminders and what people are told of. */
export async function up(db: Kysely<unknown>): Promise<void> {
	const statements = [
		// Queue and delivery log in one; \`content\` goes when a mail was delivered.
		`CREATE TABLE mails (
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			id text NOT NULL,
			kind text NOT NULL CHECK (kind IN ('invitation', 'update', 'cancellation', 'reminder', 'notice')),
			recipient text NOT NULL,
			subject text NOT NULL,
			message_id text NOT NULL,
			content jsonb,
			state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed')),
			attempts integer NOT NULL DEFAULT 0,
			fence bigint NOT NULL DEFAULT 0,
			claimed_until timestamptz,
			next_attempt_at timestamptz NOT NULL,
			give_up_at timestamptz NOT NULL,
			error jsonb,
			connection_id text,
			calendar_id text,
			event_id text,
			thread text NOT NULL,
			sequence integer NOT NULL DEFAULT 0,
			created_at timestamptz NOT NULL,
			sent_at timestamptz,
			PRIMARY KEY (user_id, id)
		)`,
		// Mails of one event reach a recipient in their order.
		`CREATE INDEX mails_by_thread ON mails (user_id, thread, id) WHERE state = 'queued'`,
		`CREATE INDEX mails_by_age ON mails (created_at)`,
		// The due-scan that crosses users (notify/due.ts).
		`CREATE INDEX mails_due ON mails (next_attempt_at) WHERE state = 'queued'`,

		// One row: the administrator's switch.
		`CREATE TABLE mail_switch (
			only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
			sending boolean NOT NULL,
			changed_at timestamptz NOT NULL
		)`,

		`CREATE TABLE notification_preferences (
			user_id text PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
			content jsonb NOT NULL
		)`,
		`CREATE TABLE notifications (
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			id text NOT NULL,
			type text NOT NULL,
			about text NOT NULL,
			state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'snoozed', 'dismissed')),
			snoozed_until timestamptz,
			connection_id text,
			calendar_id text,
			event_id text,
			data jsonb NOT NULL,
			created_at timestamptz NOT NULL,
			PRIMARY KEY (user_id, id)
		)`,
		// Told once.
		`CREATE UNIQUE INDEX notifications_about ON notifications (user_id, about)`,
		`CREATE INDEX notifications_snoozed ON notifications (snoozed_until) WHERE state = 'snoozed'`,
		// The scan for what is over (notify/owner).
		`CREATE INDEX notifications_open ON notifications (type) WHERE state <> 'dismissed'`,
		`CREATE INDEX notifications_by_age ON notifications (created_at)`,

		// How long before its start any event of a user reminds: at least those that there are.
		`CREATE TABLE reminder_leads (
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			minutes integer NOT NULL,
			PRIMARY KEY (user_id, minutes)
		)`,
		`INSERT INTO reminder_leads (user_id, minutes)
			SELECT DISTINCT e.user_id, (r ->> 'minutes')::numeric::integer
			FROM events e, jsonb_array_elements(e.data -> 'reminders' -> 'overrides') r
			WHERE abs((r ->> 'minutes')::numeric) <= 40320`,
		// Each occurrence reminds once at each of its times, by each channel.
		`CREATE TABLE reminders_given (
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			event_id text NOT NULL,
			starts_at timestamptz NOT NULL,
			minutes integer NOT NULL,
			channel text NOT NULL,
			at timestamptz NOT NULL,
			PRIMARY KEY (user_id, event_id, starts_at, minutes, channel)
		)`,
		`CREATE INDEX reminders_given_by_age ON reminders_given (at)`,
		// Up to when something was looked for, over all users.
		`CREATE TABLE scan_marks (
			name text PRIMARY KEY,
			scanned_to timestamptz NOT NULL
		)`,
		// What lost a conflict, for the scan that tells its owner.
		`CREATE INDEX event_versions_conflicts ON event_versions (at) WHERE action = 'conflict'`,
	];
	for (const statement of statements) {
		await sql.raw(statement).execute(db);
	}
}
