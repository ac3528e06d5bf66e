import { endpoint } from "../http/endpoint.ts";
import { connectionToWire, findConnectionRecord } from "./connection-records.ts";
import { ConnectionParams, ConnectionSchema } from "./schemas.ts";

export const getConnection = endpoint({
	method: "GET",
	path: "/v1/connections/:id",
	operationId: "getConnection",
	summary: "Show a connection and how it is doing",
	tag: "connections",
	access: { kind: "user", scope: "read", ids: { id: "connection" } },
	params: ConnectionParams,
	responses: { 200: ConnectionSchema },
	async handle({ services, principal, params }) {
		const record = await findConnectionRecord(services.db, principal.userId, params.id);
		return { status: 200, body: connectionToWire(record) };
	},
});
