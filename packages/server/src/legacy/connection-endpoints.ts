import { z } from "zod";
import { listCalendarRecords } from "../calendars/calendar-records.ts";
import { type ConnectionRecord, connectionToWire, listConnectionRecords } from "../connections/connection-records.ts";
import { deleteConnection } from "../connections/delete-connection.ts";
import { ConnectionParams } from "../connections/schemas.ts";
import { LONGEST_WAIT, syncNow } from "../connections/sync-connection.ts";
import { type Endpoint, type EndpointRequest, endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";

const SHARED = { tag: "older interfaces", deprecated: true } as const;
/** More than anybody has. */
const ALL = 10_000;

const ConnectionRow = z
	.strictObject({
		id: z.string().describe("The connection's."),
		provider: z.string(),
		calendar_id: z.string().nullable().describe("Kalends's; null on a connection whose calendars are not known yet."),
		calendar_name: z.string(),
		is_active: z.boolean().describe("Selected, and the connection syncs."),
		last_synced_at: z.string().nullable(),
	})
	.meta({ id: "OlderConnection" });

const list = endpoint({
	...SHARED,
	method: "GET",
	path: "/api/calendar/connections/",
	operationId: "olderListConnections",
	summary: "List your calendars, each with its connection",
	description:
		"One row a calendar. Better: GET /v1/connections, which says what is wrong with one, and GET /v1/calendars.",
	access: { kind: "user", scope: "read" },
	responses: { 200: z.array(ConnectionRow) },
	async handle({ services, principal }) {
		const { userId } = principal;
		const [connections, calendars] = await Promise.all([
			listConnectionRecords(services.db, userId, { limit: ALL }),
			listCalendarRecords(services.db, userId, { limit: ALL }),
		]);
		const byConnection = Map.groupBy(calendars, (calendar) => calendar.connection_id);
		const rows = connections.flatMap((connection): z.infer<typeof ConnectionRow>[] => {
			const { id, provider } = connection;
			const known = byConnection.get(id);
			if (known === undefined) {
				const none = { calendar_id: null, calendar_name: connection.name, is_active: false, last_synced_at: null };
				return [{ id, provider, ...none }];
			}
			return known.map((calendar) => ({
				id,
				provider,
				calendar_id: calendar.id,
				calendar_name: calendar.name_override ?? calendar.name,
				is_active: syncs(connection) && calendar.selected && calendar.status !== "gone",
				last_synced_at: calendar.last_synced_at?.toISOString() ?? null,
			}));
		});
		return { status: 200, body: rows };
	},
});

/** Only a person can help one that does not. */
function syncs({ paused, status, consent }: ConnectionRecord): boolean {
	return !paused && status !== "reauth_required" && (consent === null || consent.access !== null);
}

const disconnect = endpoint({
	...SHARED,
	method: "POST",
	path: "/api/calendar/connections/:id/disconnect/",
	operationId: "olderDisconnect",
	summary: "Disconnect: erase the credentials and the copy of all the connection's calendars",
	description: "As DELETE /v1/connections/{id}.",
	access: { kind: "user", scope: "write", ids: { id: "connection" } },
	params: ConnectionParams,
	responses: { 200: z.strictObject({ message: z.string() }) },
	async handle(request) {
		await deleteConnection.handle(request);
		return {
			status: 200,
			body: { message: "Disconnected: the credentials and the copy of its calendars are erased." },
		};
	},
});

const Synced = z
	.strictObject({
		connection_id: z.string(),
		created: z.int(),
		updated: z.int(),
		deleted: z.int(),
		error: z.string().optional().describe("Why it was not synced, or not wholly."),
	})
	.meta({ id: "OlderSync" });

const sync = endpoint({
	...SHARED,
	method: "POST",
	path: "/api/calendar/sync/",
	operationId: "olderSync",
	summary: "Sync all connections now",
	description:
		"Answers when all are done, after five minutes at the latest. Better: POST /v1/connections/{id}/sync for each, or wait " +
		"for what GET /v1/changes tells.",
	access: { kind: "user", scope: "write" },
	responses: { 200: z.strictObject({ synced: z.array(Synced) }) },
	async handle(request) {
		const connections = await listConnectionRecords(request.services.db, request.principal.userId, { limit: ALL });
		return { status: 200, body: { synced: await Promise.all(connections.map((one) => synced(request, one))) } };
	},
});

async function synced(
	{ services, principal, signal }: Pick<EndpointRequest<never, never, never>, "services" | "principal" | "signal">,
	connection: ConnectionRecord,
): Promise<z.infer<typeof Synced>> {
	const asked = { userId: principal.userId, connectionId: connection.id, wait: { forMs: LONGEST_WAIT, signal } };
	const nothing = { connection_id: connection.id, created: 0, updated: 0, deleted: 0 };
	const { status_detail: wrong } = connectionToWire(connection);
	if (!syncs(connection)) return { ...nothing, error: wrong ?? "Access to its calendars was not allowed." };
	try {
		const { state, created, updated, deleted, error } = await syncNow(services, asked);
		const trouble = error?.detail ?? TROUBLE[state];
		const counts = { connection_id: connection.id, created, updated, deleted };
		return trouble === undefined ? counts : { ...counts, error: trouble };
	} catch (error) {
		// Paused or removed since they were listed.
		if (error instanceof Problem) return { ...nothing, error: error.message };
		throw error;
	}
}

const TROUBLE: Readonly<Record<string, string>> = {
	running: "The sync goes on.",
	paused:
		"Suspiciously many events are gone at the provider, so deletions wait for a decision, or it was paused meanwhile.",
	failed: "The sync failed.",
};

export const olderConnectionEndpoints: readonly Endpoint[] = [list, disconnect, sync];
