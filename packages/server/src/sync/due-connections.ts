import { sql } from "kysely";
import { sendKeeping } from "../channels/keep-channels.ts";
import { dueReturns } from "../oauth/consent-returns.ts";
import { releaseGrants } from "../oauth/grants.ts";
import { isClaimable } from "../push/intent-lease.ts";
import { sendPushes } from "../push/intent-rows.ts";
import type { Services } from "../services.ts";
import { createRun, sendRun } from "./create-run.ts";

/**
 * What is due, over all users: the one module of sync that reads without an owner (design §3). It reads nothing but ids,
 * and hands them to what works for one owner.
 */

/** Connections started in one transaction; several servers may scan at once and share the work. */
const BATCH = 50;
/** A run that nobody claimed for so long has lost its job. */
const UNCLAIMED_SECONDS = 60;

export interface ScanOutcome {
	readonly started: number;
	readonly resumed: number;
	/** Connections with local writes to be sent. */
	readonly pushed: number;
}

/** Starts runs of the connections whose time has come, and sends abandoned runs and due local writes out again. */
export async function scanDue(services: Services, signal: AbortSignal): Promise<ScanOutcome> {
	const resumed = await resumeAbandoned(services);
	const pushed = await sendDuePushes(services);
	await sendDueChannels(services);
	await sendDueReturns(services);
	let started = 0;
	for (let batch = BATCH; batch === BATCH && !signal.aborted; started += batch) batch = await startDue(services);
	return { started, resumed, pushed };
}

/** Connections whose local writes are sent at one look. */
const PUSH_BATCH = 500;

async function sendDuePushes({ db, jobs, metrics, now }: Services): Promise<number> {
	const { rows } = await sql<{ user_id: string; connection_id: string }>`
		SELECT DISTINCT i.user_id, i.connection_id FROM intents i
		JOIN connections c ON c.user_id = i.user_id AND c.id = i.connection_id
		JOIN calendars k ON k.user_id = i.user_id AND k.id = i.calendar_id
		WHERE i.next_attempt_at <= ${new Date(now())} AND ${isClaimable(now())}
		LIMIT ${PUSH_BATCH}`.execute(db);
	for (const { user_id, connection_id } of rows) {
		await sendPushes(db, { jobs }, { userId: user_id, connectionId: connection_id });
	}
	const counts = await db
		.selectFrom("intents")
		.select((eb) => ["state", eb.fn.countAll<number>().as("count")])
		.groupBy("state")
		.execute();
	for (const state of ["pending", "failed"] as const) {
		metrics.openIntents.set({ state }, counts.find((row) => row.state === state)?.count ?? 0);
	}
	return rows.length;
}

async function sendDueChannels(services: Services): Promise<void> {
	const due = await services.db
		.selectFrom("push_channels")
		.select(["user_id as userId", "connection_id as connectionId"])
		.distinct()
		.where("renew_at", "<=", new Date(services.now()))
		.limit(PUSH_BATCH)
		.execute();
	for (const key of due) await sendKeeping(services, key);
}

async function sendDueReturns(services: Services): Promise<void> {
	const { db, jobs } = services;
	for (const { userId, id } of await dueReturns(services)) {
		await jobs.send("consents.return", { user_id: userId, return_id: id }, { transaction: db, key: id });
	}
}

async function startDue(services: Services): Promise<number> {
	const { db, now } = services;
	return db.transaction().execute(async (tx) => {
		const due = await tx
			.selectFrom("connections")
			.select(["user_id", "id", "last_synced_at"])
			.where("next_sync_at", "<=", new Date(now()))
			.where("paused", "=", false)
			.orderBy("next_sync_at")
			.limit(BATCH)
			.forNoKeyUpdate()
			.skipLocked()
			.execute();
		for (const { user_id, id } of due) {
			await createRun(tx, services, { userId: user_id, connectionId: id, trigger: "poll" });
			// The run's end sets the next time; a run is never forgotten, so neither is the connection.
			await tx
				.updateTable("connections")
				.set({ next_sync_at: null })
				.where("user_id", "=", user_id)
				.where("id", "=", id)
				.execute();
		}
		return due.length;
	});
}

async function resumeAbandoned(services: Services): Promise<number> {
	const { db } = services;
	const runs = await db
		.selectFrom("runs as r")
		.innerJoin("connections as c", (join) =>
			join.onRef("c.user_id", "=", "r.user_id").onRef("c.id", "=", "r.connection_id"),
		)
		.select(["r.user_id", "r.id", "r.connection_id", "c.retry_after"])
		.where("r.state", "=", "running")
		.where((eb) =>
			eb.or([
				eb("r.claimed_until", "<", sql<Date>`clock_timestamp()`),
				eb.and([
					eb("r.claimed_until", "is", null),
					eb("r.started_at", "<", new Date(services.now() - UNCLAIMED_SECONDS * 1000)),
				]),
			]),
		)
		.limit(BATCH)
		.execute();
	for (const { user_id, id, connection_id, retry_after } of runs) {
		const run = { userId: user_id, connectionId: connection_id, runId: id, startAfter: retry_after };
		await sendRun(db, services, run);
	}
	return runs.length;
}

/** Where a scan of all series stands. */
export interface SeriesPosition {
	readonly userId: string;
	readonly id: string;
}

/**
 * Series that go on beyond what is materialised of them, in a fixed order.
 * @param before materialised only to an earlier instant than this, epoch milliseconds
 */
export async function seriesToRoll(
	db: Services["db"],
	before: number,
	after: SeriesPosition,
	limit: number,
): Promise<SeriesPosition[]> {
	return db
		.selectFrom("events")
		.select(["user_id as userId", "id"])
		.where("kind", "=", "master")
		.where("expanded_to", "<", new Date(before))
		.where((eb) => eb.or([eb("series_ends_at", "is", null), eb("series_ends_at", ">", eb.ref("expanded_to"))]))
		.where((eb) => eb(eb.refTuple("user_id", "id"), ">", eb.tuple(after.userId, after.id)))
		.orderBy("user_id")
		.orderBy("id")
		.limit(limit)
		.execute();
}

/**
 * For a server that knows to be the only one on its database (the embedded one): whoever held leases is dead, so their
 * runs and local writes are taken up at once instead of when the leases end.
 */
export async function releaseAll(services: Pick<Services, "db" | "now">): Promise<void> {
	const over = sql<Date>`clock_timestamp() - interval '1 second'`;
	await services.db.updateTable("runs").set({ claimed_until: over }).where("state", "=", "running").execute();
	await services.db
		.updateTable("intents")
		.set({ claimed_until: over, next_attempt_at: new Date(services.now()) })
		.where("claimed_until", "is not", null)
		.execute();
	await services.db.updateTable("mails").set({ claimed_until: over }).where("claimed_until", "is not", null).execute();
	await releaseGrants(services.db);
	await services.db
		.updateTable("connections")
		.set({ channels_claimed_until: null })
		.where("channels_claimed_until", "is not", null)
		.execute();
}
