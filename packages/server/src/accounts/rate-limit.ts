import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import { Problem } from "../http/errors.ts";

export interface Limit {
	/** What is counted, e.g. `sign-in:account:<hash>`. */
	readonly key: string;
	readonly most: number;
	readonly windowSeconds: number;
}

/**
 * Counts one more try in the database, where all nodes and restarts see it (T23).
 * @param now epoch milliseconds
 * @throws Problem `rate_limited` for each try past the limit, until the window ends
 */
export async function countTry(db: Kysely<Database>, limit: Limit, now: number): Promise<void> {
	const windowStart = new Date(now - limit.windowSeconds * 1000);
	const row = await db
		.insertInto("rate_limits")
		.values({ key: limit.key, count: 1, window_started_at: new Date(now) })
		.onConflict((conflict) =>
			conflict.column("key").doUpdateSet({
				count: sql<number>`CASE WHEN rate_limits.window_started_at <= ${windowStart} THEN 1 ELSE rate_limits.count + 1 END`,
				window_started_at: sql<Date>`CASE WHEN rate_limits.window_started_at <= ${windowStart} THEN excluded.window_started_at ELSE rate_limits.window_started_at END`,
			}),
		)
		.returning(["count", "window_started_at"])
		.executeTakeFirstOrThrow();
	if (row.count <= limit.most) return;
	const retryAfter = (row.window_started_at.getTime() - windowStart.getTime()) / 1000;
	throw new Problem("rate_limited", "There were too many tries.", {
		fix: `Wait ${Math.max(1, Math.ceil(retryAfter / 60))} minutes, then try again.`,
		retryAfter,
	});
}

/** Takes one try back, as after a success. */
export async function forgetTry(db: Kysely<Database>, key: string): Promise<void> {
	await db
		.updateTable("rate_limits")
		.set({ count: sql<number>`greatest(count - 1, 0)` })
		.where("key", "=", key)
		.execute();
}

export async function forgetAllTries(db: Kysely<Database>, key: string): Promise<void> {
	await db.deleteFrom("rate_limits").where("key", "=", key).execute();
}
