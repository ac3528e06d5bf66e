import { type Kysely, sql } from "kysely";

/** Push channels: through them providers tell that something has changed. */
export async function up(db: Kysely<unknown>): Promise<void> {
	const statements = [
		`ALTER TABLE connections ADD COLUMN channels_claimed_until timestamptz`,
		// A directory table: a message names its channel, and its secret is stored as a hash.
		`CREATE TABLE push_channels (
			id text PRIMARY KEY,
			user_id text NOT NULL,
			connection_id text NOT NULL,
			calendar_id text,
			token_hash bytea NOT NULL,
			state text NOT NULL CHECK (state IN ('opening', 'live', 'refused')),
			resource_id text,
			renew_at timestamptz NOT NULL,
			expires_at timestamptz NOT NULL,
			created_at timestamptz NOT NULL,
			FOREIGN KEY (user_id, connection_id) REFERENCES connections (user_id, id) ON DELETE CASCADE
		)`,
		`CREATE INDEX push_channels_by_connection ON push_channels (user_id, connection_id)`,
		// The due-scan that crosses users (sync/due-connections.ts).
		`CREATE INDEX push_channels_due ON push_channels (renew_at)`,
	];
	for (const statement of statements) {
		await sql.raw(statement).execute(db);
	}
}
