import { type Kysely, sql } from "kysely";

/** A ticket stays until a sign-in that it began has come back: each opening of its link begins one. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`ALTER TABLE oauth_flows ADD COLUMN ticket_id text REFERENCES oauth_flows (id) ON DELETE CASCADE`.execute(
		db,
	);
	await sql`CREATE INDEX oauth_flows_by_ticket ON oauth_flows (ticket_id) WHERE ticket_id IS NOT NULL`.execute(db);
}
