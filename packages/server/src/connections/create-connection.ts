import type { Discovered, ProviderId } from "@kalends/providers";
import type { Insertable, Transaction } from "kysely";
import { applyReconciliation, planReconciliation } from "../calendars/reconcile.ts";
import { appendChanges } from "../changes/append-changes.ts";
import type { ConnectionsTable, Database } from "../db/schema.ts";
import { type EndpointReply, endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import type { Services } from "../services.ts";
import { createRun } from "../sync/create-run.ts";
import {
	type ConnectionRecord,
	connectionToWire,
	findConnectionRecord,
	listConnectionRecords,
} from "./connection-records.ts";
import { sealCredentials } from "./credentials.ts";
import { discover, identityOf, providerOf } from "./discover.ts";
import { ConnectionSchema, NewConnectionSchema } from "./schemas.ts";

export const createConnection = endpoint({
	method: "POST",
	path: "/v1/connections",
	operationId: "createConnection",
	summary: "Connect a CalDAV account, an iCloud account or an ICS feed",
	description:
		"Finds the account and its calendars within the request, and starts the first sync. Where that fails nothing is " +
		"kept, and the problem says what to do.",
	tag: "connections",
	access: { kind: "user", scope: "write" },
	body: NewConnectionSchema,
	responses: { 201: ConnectionSchema },
	async handle({ services, principal, body, signal, once }) {
		const id = once?.id("con") ?? services.newId("con");
		const made = once === null ? [] : await listConnectionRecords(services.db, principal.userId, { limit: 1, id });
		if (made[0] !== undefined) return created(made[0]);
		const provider = providerOf(services, body.provider);
		const { url, username, password } = body;
		const input = {
			...(url === undefined ? {} : { url }),
			...(username === undefined ? {} : { username }),
			...(password === undefined ? {} : { password }),
		};
		const discovered = await discover(services, provider, input, signal);
		await services.db.transaction().execute((tx) =>
			insertConnection(tx, services, {
				id,
				userId: principal.userId,
				provider: body.provider,
				name: body.name ?? discovered.suggestedName,
				address: url,
				discovered,
			}),
		);
		return created(await findConnectionRecord(services.db, principal.userId, id));
	},
});

function created(record: ConnectionRecord): EndpointReply {
	return { status: 201, body: connectionToWire(record), headers: { location: `/v1/connections/${record.id}` } };
}

interface NewConnection {
	readonly id: string;
	readonly userId: string;
	readonly provider: ProviderId;
	readonly name: string;
	readonly address: string | undefined;
	readonly discovered: Discovered;
	/** In place of those of an account that nobody was asked for. */
	readonly columns?: Pick<Insertable<ConnectionsTable>, "scopes" | "consent" | "status" | "status_reason">;
	/** Default true. */
	readonly syncs?: boolean;
}

/** With its calendars, as they were found, and its first sync. @throws Problem `connection_exists` */
export async function insertConnection(
	tx: Transaction<Database>,
	services: Services,
	{ id, userId, provider, name, address, discovered, columns, syncs = true }: NewConnection,
): Promise<void> {
	const now = services.now();
	const at = new Date(now);
	const identity = identityOf(discovered);
	const inserted = await tx
		.insertInto("connections")
		.values({
			user_id: userId,
			id,
			provider,
			name,
			account: discovered.account,
			identity,
			status: "active",
			status_since: at,
			credentials: sealCredentials(services.vault, { user_id: userId, id }, discovered.credentials, address),
			settings: JSON.stringify(discovered.settings),
			created_at: at,
			...columns,
		})
		.onConflict((conflict) => conflict.columns(["user_id", "provider", "identity"]).doNothing())
		.returning("id")
		.executeTakeFirst();
	if (inserted === undefined) throw await alreadyConnected(tx, userId, provider, identity);
	const plan = planReconciliation([], discovered.calendars, true);
	const entries = await applyReconciliation(tx, { userId, connectionId: id, now, newId: services.newId }, plan);
	if (syncs) await createRun(tx, services, { userId, connectionId: id, trigger: "first" });
	await appendChanges(tx, userId, now, [{ type: "connection.created", id }, ...entries]);
}

export async function alreadyConnected(
	tx: Transaction<Database>,
	userId: string,
	provider: ProviderId,
	identity: string,
): Promise<Problem> {
	const existing = await tx
		.selectFrom("connections")
		.select(["id", "name"])
		.where("user_id", "=", userId)
		.where("provider", "=", provider)
		.where("identity", "=", identity)
		.executeTakeFirst();
	const which = existing === undefined ? "another connection" : `"${existing.name}" (${existing.id})`;
	return new Problem("connection_exists", `This account is already connected, as ${which}.`, {
		fix: `To change its password or address, PATCH /v1/connections/${existing?.id ?? "{id}"}; to start afresh, delete it first.`,
	});
}
