import type { Kysely } from "kysely";
import type { Database } from "../../db/schema.ts";
import { renewWaiting } from "../due.ts";

/** May mail leave? What is queued while the administrator has switched it off waits; reminders until they are given up. */
export async function isSending(db: Kysely<Database>): Promise<boolean> {
	const row = await db.selectFrom("mail_switch").select("sending").executeTakeFirst();
	return row?.sending ?? true;
}

/** Mail that waited for the switch has as long as a new one has, once it is on again. */
export async function switchMail(db: Kysely<Database>, sending: boolean, now: number): Promise<void> {
	const values = { sending, changed_at: new Date(now) };
	await db.transaction().execute(async (tx) => {
		const before = await tx.selectFrom("mail_switch").select("sending").forUpdate().executeTakeFirst();
		await tx
			.insertInto("mail_switch")
			.values(values)
			.onConflict((conflict) => conflict.column("only_row").doUpdateSet(values))
			.execute();
		if (sending && before?.sending === false) await renewWaiting(tx, now);
	});
}
