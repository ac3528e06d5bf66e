import { type Kysely, sql, type Transaction } from "kysely";
import type { Database, RunTrigger } from "../db/schema.ts";
import type { Services } from "../services.ts";

export interface RunRequest {
	readonly userId: string;
	readonly connectionId: string;
	readonly trigger: RunTrigger;
}

/**
 * Makes a run and its job in the given transaction, or joins the one that is running: one per connection at a time,
 * by a unique index. A run that had begun goes round once more, so that it sees what changed before the join.
 *
 * A time set by the server (Retry-After) is kept: the job starts after it.
 */
export async function createRun(
	tx: Transaction<Database>,
	services: Pick<Services, "jobs" | "newId" | "now">,
	{ userId, connectionId, trigger }: RunRequest,
): Promise<{ readonly id: string; readonly joined: boolean }> {
	const wanted = services.newId("run");
	const { rows } = await sql<{ id: string; abandoned: boolean; not_before: Date | null }>`
		INSERT INTO runs (user_id, id, connection_id, trigger, state, started_at)
		VALUES (${userId}, ${wanted}, ${connectionId}, ${trigger}, 'running', ${new Date(services.now())})
		ON CONFLICT (user_id, connection_id) WHERE state = 'running'
		DO UPDATE SET rerun = runs.fence > 0
		RETURNING id, coalesce(claimed_until < clock_timestamp(), false) AS abandoned, (
			SELECT c.retry_after FROM connections c WHERE c.user_id = ${userId} AND c.id = ${connectionId}
		) AS not_before`.execute(tx);
	const row = rows[0];
	if (row === undefined) throw new Error("the run was neither made nor found");
	const joined = row.id !== wanted;
	if (!joined || row.abandoned) {
		await sendRun(tx, services, { userId, connectionId, runId: row.id, startAfter: row.not_before });
	}
	return { id: row.id, joined };
}

export async function sendRun(
	db: Transaction<Database> | Kysely<Database>,
	{ jobs, now }: Pick<Services, "jobs" | "now">,
	run: {
		readonly userId: string;
		readonly connectionId: string;
		readonly runId: string;
		readonly startAfter: Date | null;
	},
): Promise<void> {
	const { userId, connectionId, runId, startAfter } = run;
	const later = startAfter !== null && startAfter.getTime() > now() ? { startAfter } : {};
	await jobs.send(
		"sync.run",
		{ user_id: userId, connection_id: connectionId, run_id: runId },
		{ transaction: db, key: runId, owner: userId, ...later },
	);
}
