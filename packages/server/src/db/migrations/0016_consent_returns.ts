import { type Kysely, sql } from "kysely";

/** Consents that are to be given back to their providers, for as long as that takes (oauth/consent-returns.ts). */
export async function up(db: Kysely<unknown>): Promise<void> {
	const statements = [
		// Outlives the connection and the user, so it refers to neither.
		`CREATE TABLE consent_returns (
			user_id text NOT NULL,
			id text NOT NULL,
			provider text NOT NULL,
			identity text NOT NULL,
			secrets bytea NOT NULL,
			attempts integer NOT NULL DEFAULT 0,
			next_attempt_at timestamptz NOT NULL,
			created_at timestamptz NOT NULL,
			PRIMARY KEY (user_id, id)
		)`,
		// The due-scan that crosses users (sync/due-connections.ts).
		`CREATE INDEX consent_returns_due ON consent_returns (next_attempt_at)`,
	];
	for (const statement of statements) {
		await sql.raw(statement).execute(db);
	}
}
