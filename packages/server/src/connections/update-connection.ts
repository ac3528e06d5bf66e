import type { CalendarProvider, ConnectInput, Discovered } from "@kalends/providers";
import type { Selectable, Transaction, Updateable } from "kysely";
import { appendChanges } from "../changes/append-changes.ts";
import { keepSoon } from "../channels/keep-channels.ts";
import type { ConnectionsTable, Database } from "../db/schema.ts";
import { inTransaction } from "../db/transact.ts";
import { endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { notFound } from "../http/problem.ts";
import type { Services } from "../services.ts";
import { cancelRun } from "../sync/cancel-run.ts";
import { createRun } from "../sync/create-run.ts";
import { VaultError } from "../vault/vault.ts";
import { connectionToWire, findConnectionRecord } from "./connection-records.ts";
import { alreadyConnected } from "./create-connection.ts";
import { openConnectInput, sealCredentials } from "./credentials.ts";
import { discover, identityOf, providerOf } from "./discover.ts";
import { matchCalendars, rebaseCalendars } from "./match-calendars.ts";
import { ConnectionParams, type ConnectionPatch, ConnectionPatchSchema, ConnectionSchema } from "./schemas.ts";

type ConnectionRow = Selectable<ConnectionsTable>;

export const updateConnection = endpoint({
	method: "PATCH",
	path: "/v1/connections/:id",
	operationId: "updateConnection",
	summary: "Rename, pause or resume a connection, or change its password or address",
	description:
		"A new user name, password or address is tried out first and stored only if it works. Calendars and events stay; " +
		"where the address changed, calendars are found again by id, folder or name.",
	tag: "connections",
	access: { kind: "user", scope: "write", ids: { id: "connection" } },
	params: ConnectionParams,
	body: ConnectionPatchSchema,
	responses: { 200: ConnectionSchema },
	async handle({ services, principal, params, body, signal }) {
		const { userId } = principal;
		const key = { userId, connectionId: params.id };
		const before = await services.db
			.selectFrom("connections")
			.selectAll()
			.where("user_id", "=", userId)
			.where("id", "=", params.id)
			.executeTakeFirst();
		if (before === undefined) throw notFound("connection");
		const { url, username, password } = body;
		if (url !== undefined || username !== undefined || password !== undefined) refuseForConsent(services, before);
		const found =
			url === undefined && username === undefined && password === undefined
				? null
				: await findAgain(services, providerOf(services, before.provider), before, body, signal);
		const paused = body.paused ?? before.paused;
		const resumed = before.paused && !paused;
		const now = services.now();
		await inTransaction(services.db, async (tx) => {
			const columns: Updateable<ConnectionsTable> = {
				...(body.name === undefined ? {} : { name: body.name }),
				...(found === null ? {} : await adopt(tx, services, before, found)),
				...statusAfter(before, { paused, tried: found !== null, now }),
			};
			await tx
				.selectFrom("connections")
				.select("id")
				.where("user_id", "=", userId)
				.where("id", "=", params.id)
				.forNoKeyUpdate()
				.execute();
			if (paused && !before.paused) await cancelRun(tx, key, "paused", now);
			else if (found !== null) await cancelRun(tx, key, "superseded", now);
			if (Object.keys(columns).length > 0) {
				await tx
					.updateTable("connections")
					.set(columns)
					.where("user_id", "=", userId)
					.where("id", "=", params.id)
					.execute();
			}
			if (!paused && (resumed || found !== null)) await createRun(tx, services, { ...key, trigger: "manual" });
			const fields = changedFields(before, columns);
			const entry = { type: "connection.updated", id: params.id, fields } as const;
			await appendChanges(tx, userId, now, fields.length > 0 ? [entry] : []);
		});
		await keepSoon(services, { ...before, paused });
		return { status: 200, body: connectionToWire(await findConnectionRecord(services.db, userId, params.id)) };
	},
});

/** @throws Problem `invalid_request` where the account has no password here, but a consent */
function refuseForConsent(services: Services, { provider }: ConnectionRow): void {
	if (providerOf(services, provider).consent === undefined) return;
	throw new Problem("invalid_request", "This account is connected by a consent page, not by an address or password.", {
		fix: "To renew the consent, POST /v1/connections/authorize and sign in to the same account.",
	});
}

interface Found {
	readonly discovered: Discovered;
	readonly address: string | undefined;
	readonly movedHouse: boolean;
}

async function findAgain(
	services: Services,
	provider: CalendarProvider,
	connection: ConnectionRow,
	patch: ConnectionPatch,
	signal: AbortSignal,
): Promise<Found> {
	const { url, username, password } = patch;
	const known = knownInput(services, connection, patch);
	const input: ConnectInput = {
		...known,
		...(url === undefined ? {} : { url }),
		...(username === undefined ? {} : { username }),
		...(password === undefined ? {} : { password }),
	};
	const discovered = await discover(services, provider, input, signal);
	return { discovered, address: url ?? known.url, movedHouse: url !== undefined || username !== undefined };
}

/** What is stored, unless it is damaged and everything is entered anew. */
function knownInput(services: Services, connection: ConnectionRow, given: ConnectionPatch): ConnectInput {
	try {
		return openConnectInput(services.vault, connection);
	} catch (error) {
		if (!(error instanceof VaultError) || error.code !== "damaged") throw error;
		const needed = connection.provider === "icloud" ? given.username : given.url;
		if (needed !== undefined) return {};
		throw new Problem("conflict", "What is stored to sign in was damaged in the database, so it cannot be completed.", {
			fix: "Send url, username and password together, as for a new connection.",
			cause: error,
		});
	}
}

async function adopt(
	tx: Transaction<Database>,
	services: Services,
	connection: ConnectionRow,
	{ discovered, address, movedHouse }: Found,
): Promise<Updateable<ConnectionsTable>> {
	const { user_id: userId, id: connectionId, provider } = connection;
	const identity = identityOf(discovered);
	const other = await tx
		.selectFrom("connections")
		.select("id")
		.where("user_id", "=", userId)
		.where("provider", "=", provider)
		.where("identity", "=", identity)
		.where("id", "!=", connectionId)
		.executeTakeFirst();
	if (other !== undefined) throw await alreadyConnected(tx, userId, provider, identity);
	if (movedHouse) {
		const rows = await tx
			.selectFrom("calendars")
			.select(["id", "provider_calendar_id", "name"])
			.where("user_id", "=", userId)
			.where("connection_id", "=", connectionId)
			.orderBy("id")
			.forUpdate()
			.execute();
		await rebaseCalendars(tx, { userId, connectionId }, matchCalendars(rows, discovered.calendars));
	}
	return {
		account: discovered.account,
		identity,
		credentials: sealCredentials(services.vault, connection, discovered.credentials, address),
		settings: JSON.stringify(discovered.settings),
	};
}

/** What was tried just now works, so nothing of an earlier failure is left. */
function statusAfter(
	before: ConnectionRow,
	{ paused, tried, now }: { readonly paused: boolean; readonly tried: boolean; readonly now: number },
): Updateable<ConnectionsTable> {
	if (paused === before.paused && !tried) return {};
	const fresh = paused
		? ({ status: "paused", status_reason: "paused_by_person" } as const)
		: ({ status: "active", status_reason: null } as const);
	const moved = before.status !== fresh.status || before.status_reason !== fresh.status_reason;
	return {
		...fresh,
		paused,
		status_message: null,
		...(moved ? { status_since: new Date(now) } : {}),
		...(tried ? { failures: 0, retry_after: null } : {}),
		...(paused ? { next_sync_at: null } : {}),
	};
}

/** Names of the API's fields. */
function changedFields(before: ConnectionRow, columns: Updateable<ConnectionsTable>): string[] {
	return (["name", "account", "status", "status_reason"] as const).filter(
		(field) => columns[field] !== undefined && columns[field] !== before[field],
	);
}
