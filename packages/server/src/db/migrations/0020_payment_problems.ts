import { type Kysely, sql } from "kysely";

/** The look for payments that could not be used (notify/owner). */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql
		.raw("CREATE INDEX payments_problems ON payments (updated_at) WHERE problem IS NOT NULL AND paid AND NOT refunded")
		.execute(db);
}
