import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { notFound } from "../http/problem.ts";

/** Where a person is signed in. Paths of the API, beside better-auth's own in session-endpoints.ts. */

const SessionSchema = z
	.object({
		id: z.string(),
		current: z.boolean().describe("The one that this request came by."),
		ip_address: z.string().nullable().describe("Where it was begun from."),
		user_agent: z.string().nullable(),
		created_at: z.string(),
		renewed_at: z.string().describe("When its end was last moved on, once a day at the most, by being used."),
		expires_at: z.string(),
	})
	.meta({ id: "Session" });

export const listSessions = endpoint({
	method: "GET",
	path: "/v1/sessions",
	operationId: "listSessions",
	summary: "List where you are signed in",
	tag: "sessions",
	access: { kind: "user", scope: "read" },
	query: z.object(pageQuery),
	responses: { 200: listOf(SessionSchema) },
	async handle({ services, principal, query }) {
		const before = readCursor(query.cursor, z.string().max(64));
		const rows = await services.db
			.selectFrom("sessions")
			.select(["id", "ip_address", "user_agent", "created_at", "updated_at", "expires_at"])
			.where("user_id", "=", principal.userId)
			.where("expires_at", ">", new Date(services.now()))
			.$if(before !== undefined, (select) => select.where("id", "<", before ?? ""))
			.orderBy("id", "desc")
			.limit(query.limit + 1)
			.execute();
		const page = pageOf(
			rows,
			query.limit,
			(row) => row.id,
			(row) => ({
				id: row.id,
				current: row.id === principal.sessionId,
				ip_address: row.ip_address === "" ? null : row.ip_address,
				user_agent: row.user_agent === "" ? null : row.user_agent,
				created_at: row.created_at.toISOString(),
				renewed_at: row.updated_at.toISOString(),
				expires_at: row.expires_at.toISOString(),
			}),
		);
		return { status: 200, body: page };
	},
});

export const deleteSession = endpoint({
	method: "DELETE",
	path: "/v1/sessions/:id",
	operationId: "deleteSession",
	summary: "Sign out one browser",
	description: "On every node from the next request on; its streams end too.",
	tag: "sessions",
	access: { kind: "user", scope: "write", ids: { id: "session" } },
	params: z.object({ id: z.string().max(64) }),
	responses: { 204: null },
	async handle({ services, principal, params }) {
		const gone = await services.db
			.deleteFrom("sessions")
			.where("user_id", "=", principal.userId)
			.where("id", "=", params.id)
			.returning("id")
			.executeTakeFirst();
		if (gone === undefined) throw notFound("session");
		return { status: 204 };
	},
});

export const deleteOtherSessions = endpoint({
	method: "DELETE",
	path: "/v1/sessions",
	operationId: "deleteOtherSessions",
	summary: "Sign out everywhere else",
	description: "Ends all sessions but the one that asks; asked with an API key, all of them.",
	tag: "sessions",
	access: { kind: "user", scope: "write" },
	responses: { 200: z.object({ ended: z.int() }) },
	async handle({ services, principal }) {
		const gone = await services.db
			.deleteFrom("sessions")
			.where("user_id", "=", principal.userId)
			.$if(principal.sessionId !== null, (select) => select.where("id", "!=", principal.sessionId ?? ""))
			.returning("id")
			.execute();
		return { status: 200, body: { ended: gone.length } };
	},
});
