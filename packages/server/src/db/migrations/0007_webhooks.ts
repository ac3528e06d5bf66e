import { type Kysely, sql } from "kysely";

/** Webhooks out: endpoints, what is to be told beside the change feed, and deliveries with their log. */
export async function up(db: Kysely<unknown>): Promise<void> {
	const statements = [
		`CREATE TABLE webhooks (
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			id text NOT NULL,
			url text NOT NULL,
			types text[],
			calendar_ids text[],
			all_users boolean NOT NULL DEFAULT false,
			secrets bytea NOT NULL,
			previous_secret_until timestamptz,
			status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
			status_reason text,
			status_since timestamptz NOT NULL,
			failures integer NOT NULL DEFAULT 0,
			failing_since timestamptz,
			hold_until timestamptz,
			after_seq bigint NOT NULL,
			last_number bigint NOT NULL DEFAULT 0,
			last_delivered_at timestamptz,
			created_at timestamptz NOT NULL,
			PRIMARY KEY (user_id, id)
		)`,
		// Who takes in what happens to anybody (webhooks/directory.ts).
		`CREATE INDEX webhooks_of_all_users ON webhooks (id) WHERE all_users`,

		// How far a user's feed has become deliveries.
		`CREATE TABLE webhook_cursors (
			user_id text PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
			seq bigint NOT NULL
		)`,

		// What the feed does not hold: reminders, bookings, notices. Removed when it has become deliveries.
		`CREATE TABLE webhook_announcements (
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			id bigint GENERATED ALWAYS AS IDENTITY,
			type text NOT NULL,
			subject text NOT NULL,
			calendar_id text,
			data jsonb NOT NULL,
			at timestamptz NOT NULL,
			PRIMARY KEY (user_id, id)
		)`,

		// user_id: the endpoint's owner; about_user_id: whose data it tells of. Instants of claims are the database's.
		`CREATE TABLE webhook_deliveries (
			user_id text NOT NULL,
			webhook_id text NOT NULL,
			id text NOT NULL,
			number bigint NOT NULL,
			message_id text NOT NULL,
			about_user_id text NOT NULL,
			subject text NOT NULL,
			type text NOT NULL,
			body text NOT NULL,
			replay boolean NOT NULL DEFAULT false,
			state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
			attempts integer NOT NULL DEFAULT 0,
			fence bigint NOT NULL DEFAULT 0,
			claimed_until timestamptz,
			next_attempt_at timestamptz NOT NULL,
			give_up_at timestamptz,
			last_attempt_at timestamptz,
			request_headers jsonb,
			response_status integer,
			response_body text,
			latency_ms integer,
			error text,
			created_at timestamptz NOT NULL,
			finished_at timestamptz,
			PRIMARY KEY (user_id, id),
			UNIQUE (user_id, webhook_id, number),
			FOREIGN KEY (user_id, webhook_id) REFERENCES webhooks (user_id, id) ON DELETE CASCADE
		)`,
		`CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (user_id, webhook_id, subject, number)
			WHERE state = 'pending'`,
		`CREATE INDEX webhook_deliveries_by_number ON webhook_deliveries (user_id, webhook_id, number)
			WHERE state = 'pending'`,
		// The scan that crosses users (webhooks/directory.ts), and housekeeping.
		`CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE state = 'pending'`,
		`CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at)`,
	];
	for (const statement of statements) {
		await sql.raw(statement).execute(db);
	}
}
