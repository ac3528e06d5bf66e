import { type Kysely, sql } from "kysely";

/** Writes: intents (the outbox), history, idempotency keys. */
export async function up(db: Kysely<unknown>): Promise<void> {
	const statements = [
		`ALTER TABLE calendars
			ADD COLUMN sends_invitations boolean NOT NULL DEFAULT false,
			ADD COLUMN write_seq bigint NOT NULL DEFAULT 0`,
		// A resource that we deleted there stays as \`gone\` until a pull that began later has ended, so that one that
		// began earlier does not bring it back.
		`ALTER TABLE resources
			ADD COLUMN write_seq bigint NOT NULL DEFAULT 0,
			ADD COLUMN gone boolean NOT NULL DEFAULT false`,
		`CREATE INDEX resources_gone ON resources (user_id, calendar_id) WHERE gone`,

		// Every local write until the provider has agreed; of one resource they are done in the order of \`seq\`.
		`CREATE TABLE intents (
			user_id text NOT NULL,
			id text NOT NULL,
			seq bigint GENERATED ALWAYS AS IDENTITY,
			connection_id text NOT NULL,
			calendar_id text NOT NULL,
			resource_id text NOT NULL,
			event_id text NOT NULL,
			kind text NOT NULL CHECK (kind IN ('create', 'update', 'delete')),
			base jsonb,
			wanted jsonb,
			response_only boolean NOT NULL DEFAULT false,
			waits_for text,
			state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'failed')),
			attempts integer NOT NULL DEFAULT 0,
			fence bigint NOT NULL DEFAULT 0,
			claimed_until timestamptz,
			next_attempt_at timestamptz NOT NULL,
			error jsonb,
			actor jsonb NOT NULL,
			created_at timestamptz NOT NULL,
			PRIMARY KEY (user_id, id),
			FOREIGN KEY (user_id, resource_id) REFERENCES resources (user_id, id) ON DELETE CASCADE,
			FOREIGN KEY (user_id, connection_id) REFERENCES connections (user_id, id) ON DELETE CASCADE
		)`,
		`CREATE INDEX intents_by_resource ON intents (user_id, resource_id, seq)`,
		`CREATE INDEX intents_by_event ON intents (user_id, event_id)`,
		`CREATE INDEX intents_by_calendar ON intents (user_id, calendar_id)`,
		`CREATE INDEX intents_by_connection ON intents (user_id, connection_id, seq)`,
		// How many of a connection are being sent.
		`CREATE INDEX intents_claimed ON intents (user_id, connection_id) WHERE claimed_until IS NOT NULL`,
		`CREATE INDEX intents_by_waited ON intents (user_id, waits_for) WHERE waits_for IS NOT NULL`,
		// The due-scan that crosses users (sync/due-connections.ts).
		`CREATE INDEX intents_due ON intents (next_attempt_at) WHERE state = 'pending'`,

		// What an event (a series as a whole) was like after each change; what lost a conflict is an entry too.
		`CREATE TABLE event_versions (
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			event_id text NOT NULL,
			version integer NOT NULL,
			calendar_id text NOT NULL,
			at timestamptz NOT NULL,
			action text NOT NULL,
			actor jsonb NOT NULL,
			fields jsonb NOT NULL DEFAULT '[]',
			events jsonb NOT NULL,
			raw text,
			PRIMARY KEY (user_id, event_id, version)
		)`,
		`CREATE INDEX event_versions_by_age ON event_versions (at)`,

		// \`content\` is sealed: answers may hold secrets, and requests do.
		`CREATE TABLE idempotency_keys (
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			key text NOT NULL,
			content bytea NOT NULL,
			answered boolean NOT NULL DEFAULT false,
			fence bigint NOT NULL DEFAULT 1,
			claimed_until timestamptz,
			created_at timestamptz NOT NULL,
			PRIMARY KEY (user_id, key)
		)`,
		`CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)`,
	];
	for (const statement of statements) {
		await sql.raw(statement).execute(db);
	}
}
