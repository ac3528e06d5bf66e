import { setTimeout } from "node:timers/promises";
import type { Kysely, Selectable } from "kysely";
import { z } from "zod";
import type { Database, RunsTable } from "../db/schema.ts";
import { endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { notFound } from "../http/problem.ts";
import type { Services } from "../services.ts";
import { createRun } from "../sync/create-run.ts";
import { heldRun, runToWire } from "./connection-records.ts";
import { ConnectionParams, RunSchema } from "./schemas.ts";

/** A caller is kept waiting this long at the most, milliseconds. */
export const LONGEST_WAIT = 5 * 60_000;
const LOOK_EVERY = 100;

const Answer = z.strictObject({ run: RunSchema });

export const syncConnection = endpoint({
	method: "POST",
	path: "/v1/connections/:id/sync",
	operationId: "syncConnection",
	summary: "Sync a connection now",
	description:
		"Starts a run, or joins the one that is running: it then goes round once more, so that what changed before this " +
		"request is seen. With `wait=true` the answer comes when the run has ended (200), or after five minutes (202). " +
		"A time to wait that the server set (Retry-After) is kept; where it is longer than that, 202 comes at once. A run that " +
		"has not begun for that says so in its `error`, and the answer has Retry-After: it begins by itself then.",
	tag: "connections",
	access: { kind: "user", scope: "write", ids: { id: "connection" } },
	params: ConnectionParams,
	query: z.object({ wait: z.enum(["true", "false"]).default("false").describe("Answer when the run has ended.") }),
	responses: { 200: Answer, 202: Answer },
	async handle({ services, principal, params, query, signal }) {
		const wait = query.wait === "true" ? { forMs: LONGEST_WAIT, signal } : null;
		const run = await syncNow(services, { userId: principal.userId, connectionId: params.id, wait });
		const status = run.state === "running" || wait === null ? 202 : 200;
		const seconds = Math.ceil((run.heldUntil - services.now()) / 1_000);
		const headers = seconds > 0 ? { "retry-after": String(seconds) } : {};
		return { status, body: { run: runToWire(run) }, headers };
	},
});

interface Waiting {
	/** At the most, milliseconds. */
	readonly forMs: number;
	readonly signal: AbortSignal;
}

/**
 * Starts a run, or joins the one that is running, and waits for its end where that is asked for.
 * @returns the run; where it has not begun, as the server asked to wait, with that as its `error`
 * @throws Problem not_found, connection_paused
 */
export async function syncNow(
	services: Services,
	{
		userId,
		connectionId,
		wait,
	}: { readonly userId: string; readonly connectionId: string; readonly wait: Waiting | null },
): Promise<Selectable<RunsTable> & { readonly heldUntil: number }> {
	const { runId, connection } = await services.db.transaction().execute(async (tx) => {
		const connection = await tx
			.selectFrom("connections")
			.select(["paused", "provider", "status_reason", "retry_after"])
			.where("user_id", "=", userId)
			.where("id", "=", connectionId)
			.executeTakeFirst();
		if (connection === undefined) throw notFound("connection");
		if (connection.paused) {
			throw new Problem("connection_paused", "The connection is paused, so it does not sync.", {
				fix: `Resume it first: PATCH /v1/connections/${connectionId} with {"paused": false}.`,
			});
		}
		const run = await createRun(tx, services, { userId, connectionId, trigger: "manual" });
		return { runId: run.id, connection };
	});
	const until = connection.retry_after?.getTime() ?? 0;
	const isWaitedFor = wait !== null && until < services.now() + wait.forMs;
	const run = isWaitedFor
		? await runEnded(services, { userId, runId, wait })
		: await readRun(services.db, userId, runId);
	const shown = heldRun(run, connection, services.now());
	return { ...shown, heldUntil: shown === run ? 0 : until };
}

/** The run as it is when it has ended, or when nobody waits any longer. @throws Problem not_found */
export async function runEnded(
	services: Pick<Services, "db" | "now" | "lifecycle">,
	{ userId, runId, wait }: { readonly userId: string; readonly runId: string; readonly wait: Waiting },
): Promise<Selectable<RunsTable>> {
	const { db, now, lifecycle } = services;
	const deadline = now() + wait.forMs;
	let run = await readRun(db, userId, runId);
	while (run.state === "running" && now() < deadline && !wait.signal.aborted && !lifecycle.draining) {
		await setTimeout(LOOK_EVERY);
		run = await readRun(db, userId, runId);
	}
	return run;
}

async function readRun(db: Kysely<Database>, userId: string, runId: string): Promise<Selectable<RunsTable>> {
	const run = await db
		.selectFrom("runs")
		.selectAll()
		.where("user_id", "=", userId)
		.where("id", "=", runId)
		.executeTakeFirst();
	if (run === undefined) throw notFound("connection");
	return run;
}
