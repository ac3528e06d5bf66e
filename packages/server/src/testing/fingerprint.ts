import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";

/** A digest of all rows of each table of the public schema: equal exactly when nothing was written. */
export async function databaseFingerprint(db: Kysely<Database>): Promise<Readonly<Record<string, string>>> {
	const { rows: tables } = await sql<{ name: string }>`
		SELECT table_name AS name FROM information_schema.tables
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`.execute(db);
	const digests: Record<string, string> = {};
	for (const { name } of tables) {
		const { rows } = await sql<{ digest: string }>`
			SELECT count(*) || ':' || coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') AS digest
			FROM ${sql.table(name)} AS t`.execute(db);
		digests[name] = rows[0]?.digest ?? "";
	}
	return digests;
}
