import { sql } from "kysely";
import { appendChanges } from "../changes/append-changes.ts";
import { keepSoon } from "../channels/keep-channels.ts";
import { calendarText, statusText } from "../connections/status-text.ts";
import type { RunError, RunState } from "../db/schema.ts";
import { inTransaction } from "../db/transact.ts";
import { makeIntentsDue, type QuietIntents } from "../push/intent-rows.ts";
import type { Services } from "../services.ts";
import type { Judgement } from "./failure-policy.ts";
import { nextPollAt } from "./polling.ts";
import { type ConnectionRow, performRound, type RoundOutcome } from "./round.ts";
import {
	type ClaimedRun,
	claimRun,
	keepRenewing,
	LeaseLost,
	type RunKey,
	releaseRun,
	releaseWhenBack,
} from "./run-lease.ts";

/**
 * Performs a run, or takes an abandoned one over; does nothing when it is over or in somebody else's hands.
 *
 * On abort (the server stops) the run stays as it is and can be taken up at once by the next one to look.
 * A lost lease stops it without another write. Failures of the provider end the run, failures of the database do not:
 * they are thrown, once the database is back and the run is free to be taken up again.
 */
export async function performRun(services: Services, key: RunKey, signal: AbortSignal): Promise<void> {
	signal.throwIfAborted();
	const run = await claimRun(services.db, key);
	if (run === null) return;
	const lost = new AbortController();
	const over = new AbortController();
	keepRenewing(services.db, run, AbortSignal.any([signal, over.signal]), () =>
		lost.abort(new LeaseLost("the lease was lost while waiting")),
	);
	try {
		while (!(await passOver(services, run, AbortSignal.any([signal, lost.signal])))) {
			// Somebody joined: what changed before that has to be seen.
		}
	} catch (error) {
		if (signal.aborted) await releaseRun(services.db, run);
		else if (!(error instanceof LeaseLost)) {
			await releaseWhenBack(services.db, run, signal);
			throw error;
		}
		services.log.debug({ run_id: run.runId, connection_id: run.connectionId, err: error }, "sync run broken off");
	} finally {
		over.abort();
	}
}

/** One round. True when the run has ended with it, false when it has to go round once more. */
async function passOver(services: Services, run: ClaimedRun, signal: AbortSignal): Promise<boolean> {
	const connection = await services.db
		.selectFrom("connections")
		.selectAll()
		.where("user_id", "=", run.userId)
		.where("id", "=", run.connectionId)
		.executeTakeFirst();
	if (connection === undefined) throw new LeaseLost("the connection was removed");
	const wait = (connection.retry_after?.getTime() ?? 0) - services.now();
	if (wait > 0) {
		await holdOff(services, run, wait);
		return true;
	}
	const outcome = await performRound(services, run, connection, signal);
	const ended = await finish(services, run, connection, outcome);
	if (ended && outcome.failure === null) await keepSoon(services, { ...connection, status: "active" });
	if (outcome.counts.created >= MANY) await refreshStatistics(services);
	return ended;
}

/** So many new rows that the planner's statistics are worth nothing until autovacuum comes by. */
const MANY = 1_000;

async function refreshStatistics({ db, log }: Services): Promise<void> {
	try {
		await sql`ANALYZE resources, events, occurrences`.execute(db);
	} catch (error) {
		// Autovacuum does the same within minutes.
		log.debug({ err: error }, "statistics were not refreshed");
	}
}

/** The server asked to be left alone: nobody takes the run up before that is over. */
async function holdOff(services: Services, run: ClaimedRun, milliseconds: number): Promise<void> {
	await services.db
		.updateTable("runs")
		.set({ claimed_until: sql<Date>`clock_timestamp() + ${milliseconds} * interval '1 millisecond'` })
		.where("user_id", "=", run.userId)
		.where("id", "=", run.runId)
		.where("fence", "=", run.fence)
		.where("state", "=", "running")
		.execute();
}

async function finish(
	services: Services,
	run: ClaimedRun,
	connection: ConnectionRow,
	outcome: RoundOutcome,
): Promise<boolean> {
	const now = services.now();
	const state = stateOf(outcome);
	const error = errorOf(outcome, connection);
	const after = connectionAfter(services, connection, outcome, now);
	const ended = await inTransaction(services.db, async (tx) => {
		// The same order as the due-scan: the connection first, then its run.
		await tx
			.selectFrom("connections")
			.select("id")
			.where("user_id", "=", run.userId)
			.where("id", "=", run.connectionId)
			.forNoKeyUpdate()
			.execute();
		const row = await tx
			.selectFrom("runs")
			.select("rerun")
			.where("user_id", "=", run.userId)
			.where("id", "=", run.runId)
			.where("fence", "=", run.fence)
			.where("state", "=", "running")
			.forUpdate()
			.executeTakeFirst();
		if (row === undefined) throw new LeaseLost("the run was taken over or ended");
		// Whoever joined a run that fails gets its failure: going round again would ignore the time to wait.
		const isOver = !row.rerun || state === "failed";
		await tx
			.updateTable("runs")
			.set({
				rerun: false,
				requests: sql<number>`requests + ${outcome.requests}`,
				...(isOver ? { state, error: error && JSON.stringify(error), finished_at: new Date(now) } : {}),
			})
			.where("user_id", "=", run.userId)
			.where("id", "=", run.runId)
			.execute();
		await tx
			.updateTable("connections")
			.set({ ...after, next_sync_at: isOver ? after.next_sync_at : null })
			.where("user_id", "=", run.userId)
			.where("id", "=", run.connectionId)
			.execute();
		const gotThrough = outcome.failure === null && outcome.failedCalendars.length === 0;
		if (outcome.failure === null) await makeIntentsDue(tx, services, run, gotThrough ? outcome.quiet : NONE);
		const fields = (["status", "status_reason"] as const).filter((field) => after[field] !== connection[field]);
		const entry = { type: "connection.updated", id: run.connectionId, fields } as const;
		await appendChanges(tx, run.userId, now, fields.length > 0 ? [entry] : []);
		return isOver;
	});
	const { metrics, log } = services;
	for (const change of ["created", "updated", "deleted"] as const) {
		metrics.syncedEvents.inc({ provider: connection.provider, change }, outcome.counts[change]);
	}
	if (ended) {
		const duration_ms = now - run.startedAt.getTime();
		metrics.syncRuns.inc({ provider: connection.provider, trigger: run.trigger, state });
		metrics.syncSeconds.observe({ provider: connection.provider }, Math.max(0, duration_ms) / 1000);
		const { counts, requests } = outcome;
		log.info(
			{ run_id: run.runId, connection_id: run.connectionId, state, ...counts, requests, duration_ms },
			"sync run ended",
		);
	}
	return ended;
}

const NONE: QuietIntents = new Map();

function stateOf(outcome: RoundOutcome): Exclude<RunState, "running"> {
	if (outcome.failure !== null || outcome.failedCalendars.length > 0) return "failed";
	return outcome.held ? "paused" : "done";
}

function errorOf({ failure, failedCalendars }: RoundOutcome, { provider, consent }: ConnectionRow): RunError | null {
	if (failure !== null) return { code: failure.reason, ...statusText(failure.reason, provider, consent) };
	const [first, ...others] = failedCalendars;
	if (first === undefined) return null;
	const { detail, fix } = calendarText(first.judgement.reason, provider);
	const more = others.length === 0 ? "" : ` (${others.length} more calendars failed.)`;
	return { code: first.judgement.reason, detail: `Calendar "${first.name}": ${detail}${more}`, fix };
}

/** A connection of which nothing could be synced is not in order, although its server answered. */
function failureOfAll({ failedCalendars, calendars }: RoundOutcome): Judgement | null {
	const [first, ...others] = failedCalendars.map(({ judgement }) => judgement);
	if (first === undefined || failedCalendars.length < calendars) return null;
	return others.every(({ reason }) => reason === first.reason) ? first : null;
}

function connectionAfter(services: Services, connection: ConnectionRow, outcome: RoundOutcome, now: number) {
	const { failedCalendars, counts } = outcome;
	const failure = outcome.failure ?? failureOfAll(outcome);
	const at = new Date(now);
	const changed = counts.created + counts.updated + counts.deleted > 0;
	const last_changed_at = changed ? at : connection.last_changed_at;
	const isLimited = connection.consent !== null && connection.consent.missing.length > 0;
	const status = failure?.status ?? (isLimited ? "limited" : "active");
	const limitation = isLimited ? "scope_not_granted" : null;
	const status_reason = failure?.reason ?? (failedCalendars.length > 0 ? "calendars_failing" : limitation);
	const moved = status !== connection.status || status_reason !== connection.status_reason;
	const shared = {
		status,
		status_reason,
		status_message: failure?.message ?? null,
		status_since: moved ? at : connection.status_since,
		last_changed_at,
	};
	const nextAt = nextPollAt({
		now,
		lastChangedAt: (last_changed_at ?? connection.created_at).getTime(),
		floorSeconds: services.config.pollIntervalSeconds,
		refreshAfterSeconds: outcome.refreshAfter,
		random: services.random,
	});
	if (failure !== null) {
		// A server that lists calendars may list others tomorrow: it is polled however often those it has now failed.
		const next = failure.retryAt ?? (outcome.failure === null ? nextAt : null);
		return {
			...shared,
			failures: failure.failures,
			retry_after: failure.notBefore === null ? null : new Date(failure.notBefore),
			next_sync_at: next === null ? null : new Date(next),
			last_synced_at: connection.last_synced_at,
		};
	}
	return { ...shared, failures: 0, retry_after: null, next_sync_at: new Date(nextAt), last_synced_at: at };
}
