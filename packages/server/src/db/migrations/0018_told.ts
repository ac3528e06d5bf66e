import { type Kysely, sql } from "kysely";

/** What guests know of a series whose change a sync has found half done, and put onto that. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`ALTER TABLE intents ADD COLUMN told jsonb`.execute(db);
}
