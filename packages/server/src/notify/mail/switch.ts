import type { Kysely } from "kysely";
import type { Database } from "../../db/schema.ts";

/** May mail leave? What is queued while the administrator has switched it off waits, until it is given up. */
export async function isSending(db: Kysely<Database>): Promise<boolean> {
	const row = await db.selectFrom("mail_switch").select("sending").executeTakeFirst();
	return row?.sending ?? true;
}

export async function switchMail(db: Kysely<Database>, sending: boolean, now: number): Promise<void> {
	const values = { sending, changed_at: new Date(now) };
	await db
		.insertInto("mail_switch")
		.values(values)
		.onConflict((conflict) => conflict.column("only_row").doUpdateSet(values))
		.execute();
}
