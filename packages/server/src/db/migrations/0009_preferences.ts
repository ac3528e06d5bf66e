import { type Kysely, sql } from "kysely";

/** How people want dates, times and the web app: what differs from the defaults of accounts/preferences.ts. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`ALTER TABLE users ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}'`.execute(db);
}
