import { type Kysely, sql } from "kysely";

/** OAuth: sign-ins under way, and the tokens of connections. */
export async function up(db: Kysely<unknown>): Promise<void> {
	const statements = [
		// What the person allowed of what was asked for: {access, missing}; null where nobody was asked.
		`ALTER TABLE connections ADD COLUMN consent jsonb`,

		// A directory table: found by the hash of a ticket or of a state, pointing to its user (none while signing in).
		`CREATE TABLE oauth_flows (
			id text PRIMARY KEY,
			user_id text REFERENCES users (id) ON DELETE CASCADE,
			provider text NOT NULL,
			callback text NOT NULL,
			access text NOT NULL CHECK (access IN ('read', 'write')),
			return_to text,
			ticket_hash bytea UNIQUE,
			state_hash bytea UNIQUE,
			cookie_hash bytea,
			expires_at timestamptz NOT NULL,
			created_at timestamptz NOT NULL
		)`,
		`CREATE INDEX oauth_flows_by_age ON oauth_flows (expires_at)`,

		// One refresh at a time, over all processes: \`claimed_until\` and \`fence\`, by the database's clock.
		`CREATE TABLE oauth_grants (
			user_id text NOT NULL,
			connection_id text NOT NULL,
			tokens bytea NOT NULL,
			renew_at timestamptz NOT NULL,
			expires_at timestamptz NOT NULL,
			fence bigint NOT NULL DEFAULT 0,
			claimed_until timestamptz,
			failure jsonb,
			PRIMARY KEY (user_id, connection_id),
			FOREIGN KEY (user_id, connection_id) REFERENCES connections (user_id, id) ON DELETE CASCADE
		)`,
	];
	for (const statement of statements) {
		await sql.raw(statement).execute(db);
	}
}
