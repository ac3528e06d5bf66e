import type { Kysely, Transaction } from "kysely";
import { isRolledBack } from "./away.ts";
import type { Database } from "./schema.ts";

/** Whoever was in the way is through by then. */
const MOST_TRIES = 5;

/**
 * A transaction that is begun anew where the database has undone it for the sake of another one: nothing of it was done.
 * @param work keeps nothing of a try that failed
 */
export async function inTransaction<T>(
	db: Kysely<Database>,
	work: (tx: Transaction<Database>) => Promise<T>,
): Promise<T> {
	for (let tries = 1; ; tries++) {
		try {
			return await db.transaction().execute(work);
		} catch (error) {
			if (tries === MOST_TRIES || !isRolledBack(error)) throw error;
		}
	}
}
