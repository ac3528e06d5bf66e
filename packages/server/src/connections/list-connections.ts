import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { connectionToWire, listConnectionRecords } from "./connection-records.ts";
import { ConnectionSchema } from "./schemas.ts";

export const listConnections = endpoint({
	method: "GET",
	path: "/v1/connections",
	operationId: "listConnections",
	summary: "List your connections",
	tag: "connections",
	access: { kind: "user", scope: "read" },
	query: z.object(pageQuery),
	responses: { 200: listOf(ConnectionSchema) },
	async handle({ services, principal, query }) {
		const after = readCursor(query.cursor, z.string().max(100));
		const records = await listConnectionRecords(services.db, principal.userId, { after, limit: query.limit + 1 });
		return { status: 200, body: pageOf(records, query.limit, (record) => record.id, connectionToWire) };
	},
});
