import { type Kysely, sql } from "kysely";
import { vi } from "vitest";
import type { Database } from "../db/schema.ts";

/** Until somebody in this database waits for a lock that another holds. */
export async function someoneWaits(db: Kysely<Database>): Promise<void> {
	await vi.waitUntil(async () => {
		const { rows } = await sql`
			SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
		return rows.length > 0;
	}, 30_000);
}
