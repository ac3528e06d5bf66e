import type { Discovered, ProviderId } from "@kalends/providers";
import type { Transaction, Updateable } from "kysely";
import { appendChanges } from "../changes/append-changes.ts";
import { insertConnection } from "../connections/create-connection.ts";
import { sealCredentials } from "../connections/credentials.ts";
import { identityOf } from "../connections/discover.ts";
import type { ConnectionsTable, Consent, Database } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { cancelRun } from "../sync/cancel-run.ts";
import { createRun } from "../sync/create-run.ts";
import type { Identity, TokenSet } from "./client.ts";
import { storeConsented } from "./grants.ts";

export interface Consented {
	readonly userId: string;
	readonly provider: ProviderId;
	readonly identity: Identity;
	readonly tokens: TokenSet;
	readonly scopes: readonly string[];
	readonly consent: Consent;
	/** Null where the calendars could not be listed yet, or may not be. */
	readonly discovered: Discovered | null;
}

export interface StoredConnection {
	readonly id: string;
	/** False where the account was connected before: the connection, its calendars and events are the same. */
	readonly created: boolean;
}

/** Accounts are told apart by issuer and subject, never by address: those are given to others. */
export function accountIdentity({ issuer, subject }: Pick<Identity, "issuer" | "subject">): string {
	return identityOf({ identity: JSON.stringify([issuer, subject]) });
}

/** Stores what a consent brought, as a new connection or into the one that this account has, and starts a sync. */
export async function storeConnection(services: Services, consented: Consented): Promise<StoredConnection> {
	return services.db.transaction().execute(async (tx) => {
		const { userId, provider, identity } = consented;
		// One after the other, so that two consents of one account at once make one connection.
		await tx.selectFrom("users").select("id").where("id", "=", userId).forNoKeyUpdate().execute();
		const known = await tx
			.selectFrom("connections")
			.selectAll()
			.where("user_id", "=", userId)
			.where("provider", "=", provider)
			.where("identity", "=", accountIdentity(identity))
			.forNoKeyUpdate()
			.executeTakeFirst();
		const stored =
			known === undefined
				? { id: await insertNew(tx, services, consented), created: true }
				: { id: await reconnect(tx, services, known, consented), created: false };
		const key = { userId, connectionId: stored.id };
		await storeConsented(tx, services.vault, key, consented.tokens);
		return stored;
	});
}

async function insertNew(tx: Transaction<Database>, services: Services, consented: Consented): Promise<string> {
	const { userId, provider, identity, consent, discovered } = consented;
	const id = services.newId("con");
	const account = accountOf(consented);
	await insertConnection(tx, services, {
		id,
		userId,
		provider,
		name: account,
		address: undefined,
		discovered: {
			suggestedName: account,
			credentials: {},
			settings: {},
			calendars: [],
			...discovered,
			account,
			identity: JSON.stringify([identity.issuer, identity.subject]),
		},
		columns: { ...consentColumns(consented), ...statusColumns(consent, false) },
		syncs: consent.access !== null,
	});
	return id;
}

async function reconnect(
	tx: Transaction<Database>,
	services: Services,
	known: {
		readonly id: string;
		readonly paused: boolean;
		readonly status: string;
		readonly status_reason: string | null;
	},
	consented: Consented,
): Promise<string> {
	const { userId, consent, discovered } = consented;
	const now = services.now();
	const key = { userId, connectionId: known.id };
	const status = statusColumns(consent, known.paused);
	const moved = known.status !== status.status || known.status_reason !== status.status_reason;
	const columns: Updateable<ConnectionsTable> = {
		...consentColumns(consented),
		...status,
		...(moved ? { status_since: new Date(now) } : {}),
		account: accountOf(consented),
		// Sealed anew also where they are the same: whoever was refused with the old ones says nothing of these.
		credentials: sealCredentials(services.vault, { user_id: userId, id: known.id }, discovered?.credentials ?? {}),
		...(discovered === null ? {} : { settings: JSON.stringify(discovered.settings) }),
		status_message: null,
		failures: 0,
		retry_after: null,
		next_sync_at: null,
	};
	const syncs = consent.access !== null && !known.paused;
	if (!known.paused) await cancelRun(tx, key, "superseded", now);
	await tx.updateTable("connections").set(columns).where("user_id", "=", userId).where("id", "=", known.id).execute();
	if (syncs) await createRun(tx, services, { ...key, trigger: "manual" });
	const fields = ["scopes", ...(moved ? ["status", "status_reason"] : [])];
	await appendChanges(tx, userId, now, [{ type: "connection.updated", id: known.id, fields }]);
	return known.id;
}

function accountOf({ identity, discovered }: Consented): string {
	return identity.email ?? discovered?.account ?? identity.subject;
}

function consentColumns({ scopes, consent }: Consented) {
	return { scopes: [...scopes], consent: JSON.stringify(consent) };
}

function statusColumns({ missing }: Consent, paused: boolean) {
	if (paused) return { status: "paused", status_reason: "paused_by_person" } as const;
	return missing.length > 0
		? ({ status: "limited", status_reason: "scope_not_granted" } as const)
		: ({ status: "active", status_reason: null } as const);
}
