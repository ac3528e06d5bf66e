import { type Kysely, sql } from "kysely";

/** The SEQUENCE that guests of an event were sent last, one for all of them: it outlives the log of mails. */
export async function up(db: Kysely<unknown>): Promise<void> {
	const statements = [
		`CREATE TABLE mailed_sequences (
			user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
			uid text NOT NULL,
			sequence integer NOT NULL,
			updated_at timestamptz NOT NULL,
			PRIMARY KEY (user_id, uid)
		)`,
		`INSERT INTO mailed_sequences (user_id, uid, sequence, updated_at)
		SELECT user_id, left(substr(thread, strpos(thread, ' ') + 1), 245) AS uid, max(sequence), max(created_at)
		FROM mails WHERE kind IN ('invitation', 'update', 'cancellation') GROUP BY 1, 2`,
	];
	for (const statement of statements) {
		await sql.raw(statement).execute(db);
	}
}
