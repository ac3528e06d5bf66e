import { type Kysely, sql } from "kysely";

/** Of either half of a move to another calendar: what the provider itself moves, and what is to be moved once more. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`ALTER TABLE intents ADD COLUMN move jsonb`.execute(db);
}
