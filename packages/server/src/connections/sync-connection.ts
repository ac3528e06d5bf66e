import { setTimeout } from "node:timers/promises";
import type { Kysely, Selectable } from "kysely";
import { z } from "zod";
import type { Database, RunsTable } from "../db/schema.ts";
import { endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { notFound } from "../http/problem.ts";
import { createRun } from "../sync/create-run.ts";
import { runToWire } from "./connection-records.ts";
import { ConnectionParams, RunSchema } from "./schemas.ts";

/** A caller is kept waiting this long at the most, milliseconds. */
const LONGEST_WAIT = 5 * 60_000;
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
		"A time to wait that the server set (Retry-After) is kept; where it is longer than that, 202 comes at once.",
	tag: "connections",
	access: { kind: "user", scope: "write", ids: { id: "connection" } },
	params: ConnectionParams,
	query: z.object({ wait: z.enum(["true", "false"]).default("false").describe("Answer when the run has ended.") }),
	responses: { 200: Answer, 202: Answer },
	async handle({ services, principal, params, query, signal }) {
		const { userId } = principal;
		const { db, now } = services;
		const { runId, heldOffUntil } = await db.transaction().execute(async (tx) => {
			const connection = await tx
				.selectFrom("connections")
				.select(["paused", "retry_after"])
				.where("user_id", "=", userId)
				.where("id", "=", params.id)
				.executeTakeFirst();
			if (connection === undefined) throw notFound("connection");
			if (connection.paused) {
				throw new Problem("connection_paused", "The connection is paused, so it does not sync.", {
					fix: `Resume it first: PATCH /v1/connections/${params.id} with {"paused": false}.`,
				});
			}
			const run = await createRun(tx, services, { userId, connectionId: params.id, trigger: "manual" });
			return { runId: run.id, heldOffUntil: connection.retry_after?.getTime() ?? 0 };
		});
		const deadline = now() + LONGEST_WAIT;
		let run = await readRun(db, userId, runId);
		const waits = () => heldOffUntil < deadline && now() < deadline && !signal.aborted && !services.lifecycle.draining;
		while (query.wait === "true" && run.state === "running" && waits()) {
			await setTimeout(LOOK_EVERY);
			run = await readRun(db, userId, runId);
		}
		return { status: run.state === "running" || query.wait === "false" ? 202 : 200, body: { run: runToWire(run) } };
	},
});

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
