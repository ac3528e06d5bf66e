import { type Kysely, sql } from "kysely";

/** Which connection a sign-in is to renew, so that another account is not connected in its place. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql.raw("ALTER TABLE oauth_flows ADD COLUMN connection_id text").execute(db);
}
