import { setTimeout as delay } from "node:timers/promises";
import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import { isPassing } from "../db/away.ts";
import type { Database, RunTrigger } from "../db/schema.ts";

/** Seconds for which a claim holds unless it is renewed. */
const LEASE_SECONDS = 30;
const RENEW_EVERY_MS = 10_000;
const LOOK_AGAIN_MS = 500;

/**
 * Instants of leases are the database's, so that servers whose clocks disagree neither steal nor overstay (R15).
 */
const leaseEnd = (): RawBuilder<Date> =>
	sql<Date>`clock_timestamp() + ${sql.lit(`${LEASE_SECONDS} seconds`)}::interval`;

/** Somebody else works on the run, or it was ended: whoever gets this stops at once and writes nothing more. */
export class LeaseLost extends Error {
	override readonly name = "LeaseLost";
}

export interface RunKey {
	readonly userId: string;
	readonly connectionId: string;
	readonly runId: string;
}

export interface ClaimedRun extends RunKey {
	/** Raised by each claim. Every commit checks it; an older holder's commits are refused. */
	readonly fence: number;
	readonly trigger: RunTrigger;
	readonly startedAt: Date;
}

/** Takes a run that nobody works on; null when it is over, or another one's lease still holds. */
export async function claimRun(db: Kysely<Database>, key: RunKey): Promise<ClaimedRun | null> {
	const row = await db
		.updateTable("runs")
		.set({ fence: sql`fence + 1`, claimed_until: leaseEnd() })
		.where("user_id", "=", key.userId)
		.where("id", "=", key.runId)
		.where("state", "=", "running")
		.where((eb) => eb.or([eb("claimed_until", "is", null), eb("claimed_until", "<", sql<Date>`clock_timestamp()`)]))
		.returning(["fence", "trigger", "started_at"])
		.executeTakeFirst();
	if (row === undefined) return null;
	return { ...key, fence: row.fence, trigger: row.trigger, startedAt: row.started_at };
}

/** A series counts as one event. */
export interface EventCounts {
	readonly created: number;
	readonly updated: number;
	readonly deleted: number;
}

export const NO_EVENTS: EventCounts = { created: 0, updated: 0, deleted: 0 };

/**
 * Adds to the run's counts and renews the lease. In the transaction of the data that it counts, this is the fence.
 * @throws LeaseLost when the run is no longer this holder's
 */
export async function recordProgress(
	db: Transaction<Database> | Kysely<Database>,
	run: ClaimedRun,
	progress: EventCounts,
): Promise<void> {
	const result = await db
		.updateTable("runs")
		.set({
			created: sql`created + ${progress.created}`,
			updated: sql`updated + ${progress.updated}`,
			deleted: sql`deleted + ${progress.deleted}`,
			claimed_until: leaseEnd(),
		})
		.where("user_id", "=", run.userId)
		.where("id", "=", run.runId)
		.where("fence", "=", run.fence)
		.where("state", "=", "running")
		.executeTakeFirst();
	if (result.numUpdatedRows !== 1n) throw new LeaseLost("the run was taken over or ended");
}

/** Lets go of a run that is to be continued by somebody else, at once. */
export async function releaseRun(db: Kysely<Database>, run: ClaimedRun): Promise<void> {
	await db
		.updateTable("runs")
		.set({ claimed_until: sql<Date>`clock_timestamp()` })
		.where("user_id", "=", run.userId)
		.where("id", "=", run.runId)
		.where("fence", "=", run.fence)
		.where("state", "=", "running")
		.execute();
}

/**
 * Lets go after the database went away: it is waited for, until the lease would be over anyway, so that the run goes on
 * as soon as the database is back.
 * @throws nothing
 */
export async function releaseWhenBack(db: Kysely<Database>, run: ClaimedRun, signal: AbortSignal): Promise<void> {
	const deadline = performance.now() + LEASE_SECONDS * 1000;
	while (!signal.aborted && performance.now() < deadline) {
		try {
			return await releaseRun(db, run);
		} catch (error) {
			if (!isPassing(error)) return;
			await delay(LOOK_AGAIN_MS);
		}
	}
}

/**
 * Renews the lease while the work waits for others, until `signal` aborts.
 * @param lost told once when the lease is gone
 */
export function keepRenewing(db: Kysely<Database>, run: ClaimedRun, signal: AbortSignal, lost: () => void): void {
	const timer = setInterval(() => {
		recordProgress(db, run, NO_EVENTS).catch((error) => {
			// A database that does not answer is no reason to stop: every commit checks the fence anyway.
			if (error instanceof LeaseLost) lost();
		});
	}, RENEW_EVERY_MS);
	timer.unref();
	signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

/** A calendar whose lease this process took last. */
export interface ClaimedCalendar {
	readonly userId: string;
	readonly id: string;
	readonly fence: number;
	/** The calendar's `write_seq` when it was taken: what is read from now on is no older than the writes until then. */
	readonly writeSeq: number;
}

/**
 * Takes the lease of a calendar for the holder of the run; earlier holders' commits are refused from now on.
 * @throws LeaseLost when the run is no longer this holder's
 */
export async function claimCalendar(
	db: Kysely<Database>,
	run: ClaimedRun,
	calendarId: string,
): Promise<ClaimedCalendar> {
	return db.transaction().execute(async (tx) => {
		const row = await tx
			.updateTable("calendars")
			.set({ lease_fence: sql`lease_fence + 1`, lease_until: leaseEnd() })
			.where("user_id", "=", run.userId)
			.where("id", "=", calendarId)
			.returning(["lease_fence", "write_seq"])
			.executeTakeFirst();
		if (row === undefined) throw new LeaseLost("the calendar was removed");
		await recordProgress(tx, run, NO_EVENTS);
		return { userId: run.userId, id: calendarId, fence: row.lease_fence, writeSeq: row.write_seq };
	});
}
