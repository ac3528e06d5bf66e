import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";

/**
 * Up to when a scan has looked, epoch milliseconds. The first look begins now: what was before it is history.
 * @param name of the scan
 */
export async function scannedTo(db: Kysely<Database>, name: string, now: number): Promise<number> {
	await db
		.insertInto("scan_marks")
		.values({ name, scanned_to: new Date(now) })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
	const row = await db.selectFrom("scan_marks").select("scanned_to").where("name", "=", name).executeTakeFirstOrThrow();
	return row.scanned_to.getTime();
}

/** Several servers may look at once: a mark never goes back. */
export async function markScanned(db: Kysely<Database>, name: string, to: number): Promise<void> {
	await db
		.updateTable("scan_marks")
		.set({ scanned_to: sql<Date>`greatest(scanned_to, ${new Date(to)})` })
		.where("name", "=", name)
		.execute();
}
