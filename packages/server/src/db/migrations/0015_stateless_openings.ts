import { type Kysely, sql } from "kysely";

/** Opening the link of a ticket stores nothing: what it begins travels in the state (oauth/ticket-state.ts). */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`DELETE FROM oauth_flows WHERE ticket_id IS NOT NULL`.execute(db);
	await sql`ALTER TABLE oauth_flows DROP COLUMN ticket_id`.execute(db);
}
