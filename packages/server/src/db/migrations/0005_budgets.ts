import { type Kysely, sql } from "kysely";

/**
 * How much of a provider's quota was used, by minutes. Unlogged: the counts of the last two minutes are not worth a
 * write-ahead log, and a crash that empties them costs a minute's exactness.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
	const columns = `
		minute bigint NOT NULL DEFAULT 0,
		used integer NOT NULL DEFAULT 0,
		before integer NOT NULL DEFAULT 0`;
	const statements = [
		// Of all users together: no user's data.
		`CREATE UNLOGGED TABLE project_call_budgets (provider text PRIMARY KEY, ${columns})`,
		`CREATE UNLOGGED TABLE user_call_budgets (
			user_id text NOT NULL,
			connection_id text NOT NULL,
			${columns},
			PRIMARY KEY (user_id, connection_id),
			FOREIGN KEY (user_id, connection_id) REFERENCES connections (user_id, id) ON DELETE CASCADE
		)`,
	];
	for (const statement of statements) {
		await sql.raw(statement).execute(db);
	}
}
