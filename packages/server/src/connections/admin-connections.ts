import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { connectionToWire, listConnectionsOfAll } from "./connection-records.ts";
import { ConnectionSchema } from "./schemas.ts";

const AdminConnectionSchema = ConnectionSchema.extend({
	user: z.strictObject({ id: z.string(), email: z.string(), name: z.string() }),
}).meta({ id: "AdminConnection" });

const Position = z.tuple([z.string().max(100), z.string().max(100)]);

export const listAdminConnections = endpoint({
	method: "GET",
	path: "/v1/admin/connections",
	operationId: "listAdminConnections",
	summary: "List the connections of all users, and how they are doing",
	description: "For administrators: whose, with which provider, and its health. Nothing of calendars and events.",
	tag: "connections",
	access: { kind: "admin" },
	query: z.object({
		...pageQuery,
		trouble: z
			.enum(["true", "false"])
			.default("false")
			.describe("Only those that need somebody: neither active nor paused by a person."),
	}),
	responses: { 200: listOf(AdminConnectionSchema) },
	async handle({ services, query }) {
		const after = readCursor(query.cursor, Position);
		const rows = await listConnectionsOfAll(services.db, {
			after,
			limit: query.limit + 1,
			trouble: query.trouble === "true",
		});
		const page = pageOf(
			rows,
			query.limit,
			(row) => [row.user_id, row.id],
			(row) => ({
				...connectionToWire(row),
				user: { id: row.user_id, email: row.user_email, name: row.user_name },
			}),
		);
		return { status: 200, body: page };
	},
});
