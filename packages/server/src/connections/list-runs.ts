import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { findConnectionRecord, runToWire } from "./connection-records.ts";
import { ConnectionParams, RunSchema } from "./schemas.ts";

export const listRuns = endpoint({
	method: "GET",
	path: "/v1/connections/:id/runs",
	operationId: "listRuns",
	summary: "List the syncs of a connection, newest first",
	tag: "connections",
	access: { kind: "user", scope: "read", ids: { id: "connection" } },
	params: ConnectionParams,
	query: z.object(pageQuery),
	responses: { 200: listOf(RunSchema) },
	async handle({ services, principal, params, query }) {
		await findConnectionRecord(services.db, principal.userId, params.id);
		// Ids sort by the time they were made.
		const before = readCursor(query.cursor, z.string().max(100));
		let select = services.db
			.selectFrom("runs")
			.selectAll()
			.where("user_id", "=", principal.userId)
			.where("connection_id", "=", params.id)
			.orderBy("id", "desc")
			.limit(query.limit + 1);
		if (before !== undefined) select = select.where("id", "<", before);
		return { status: 200, body: pageOf(await select.execute(), query.limit, (run) => run.id, runToWire) };
	},
});
