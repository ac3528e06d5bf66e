import { type Kysely, sql } from "kysely";

/** What a new series splits off from, so that the old one is put back where the new one is refused for good. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`ALTER TABLE intents ADD COLUMN cut jsonb`.execute(db);
}
