import type { ProviderId, PushChannel } from "@kalends/providers";
import type { Kysely, Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { consentReturn } from "../vault/place.ts";
import { VaultError } from "../vault/vault.ts";
import { type GrantKey, readGrant, type StoredTokens } from "./grants.ts";

/**
 * Consents that are to be given back to their providers: what that takes is kept, sealed, from the moment in which the
 * connection is erased until the provider has answered, for a few tries within a day.
 */

export interface ReturnKey {
	/** Empty where nobody became the consent's user. */
	readonly userId: string;
	readonly id: string;
}

/** Sealed. */
export interface ReturnSecrets {
	readonly tokens: StoredTokens;
	/** To be stopped before, as that takes tokens. */
	readonly channels: readonly PushChannel[];
}

export interface ClaimedReturn extends ReturnKey {
	readonly provider: ProviderId;
	readonly identity: string;
	readonly secrets: ReturnSecrets;
	/** This one included. */
	readonly attempts: number;
	/** No try follows this one. */
	readonly last: boolean;
}

export interface NewReturn {
	readonly userId: string;
	readonly provider: ProviderId;
	readonly identity: string;
	readonly tokens: StoredTokens;
	readonly channels: readonly PushChannel[];
}

type Storing = Pick<Services, "vault" | "newId" | "now">;
type Db = Kysely<Database> | Transaction<Database>;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** From one try to the next; no more than a day in all. */
const WAITS: readonly number[] = [1, 5, 30, 120, 480, 720].map((minutes) => minutes * MINUTE);
/** Whoever stores one tries at once; jobs do where that process is dead. */
const FIRST_WAIT = MINUTE;
const BATCH = 500;

/** Keeps what a try takes. */
export async function storeReturn(
	db: Db,
	{ vault, newId, now }: Storing,
	{ userId, provider, identity, tokens, channels }: NewReturn,
): Promise<ReturnKey> {
	const key: ReturnKey = { userId, id: newId("ret") };
	const { accessToken, refreshToken } = tokens;
	await db
		.insertInto("consent_returns")
		.values({
			user_id: userId,
			id: key.id,
			provider,
			identity,
			secrets: sealSecrets(vault, key, { tokens: { accessToken, refreshToken }, channels }),
			next_attempt_at: new Date(now() + FIRST_WAIT),
			created_at: new Date(now()),
		})
		.execute();
	return key;
}

/**
 * Keeps what a connection's consent is given back with; within the transaction that erases the connection, before it does.
 * Null where it has none.
 */
export async function storeReturnOf(
	tx: Transaction<Database>,
	services: Storing & Pick<Services, "log">,
	key: GrantKey,
): Promise<ReturnKey | null> {
	const connection = await tx
		.selectFrom("connections")
		.select(["provider", "identity"])
		.where("user_id", "=", key.userId)
		.where("id", "=", key.connectionId)
		.executeTakeFirst();
	if (connection === undefined || connection.identity === null) return null;
	const { provider, identity } = connection;
	try {
		const grant = await readGrant(tx, services.vault, key);
		if (grant === null) return null;
		const channels = await channelsOf(tx, key);
		return await storeReturn(tx, services, { userId: key.userId, provider, identity, tokens: grant.tokens, channels });
	} catch (error) {
		if (!(error instanceof VaultError)) throw error;
		services.log.warn({ connection_id: key.connectionId, err: error }, "a consent cannot be given back");
		return null;
	}
}

/** As `storeReturnOf`, of all connections of a user who is to be removed. */
export async function storeReturnsOfUser(
	tx: Transaction<Database>,
	services: Storing & Pick<Services, "log">,
	userId: string,
): Promise<readonly ReturnKey[]> {
	const grants = await tx.selectFrom("oauth_grants").select("connection_id").where("user_id", "=", userId).execute();
	const stored: ReturnKey[] = [];
	for (const { connection_id } of grants) {
		const key = await storeReturnOf(tx, services, { userId, connectionId: connection_id });
		if (key !== null) stored.push(key);
	}
	return stored;
}

/**
 * Takes the right to the next try. Null where nothing is due: it is done, or somebody else is at it.
 * @throws VaultError
 */
export async function claimReturn(
	{ db, vault, now }: Pick<Services, "db" | "vault" | "now">,
	key: ReturnKey,
): Promise<ClaimedReturn | null> {
	const known = await rowOf(db, key);
	if (known === undefined || (known.attempts > 0 && known.next_attempt_at.getTime() > now())) return null;
	const wait = WAITS[known.attempts];
	const claimed = await db
		.updateTable("consent_returns")
		.set({ attempts: known.attempts + 1, next_attempt_at: new Date(now() + (wait ?? FIRST_WAIT)) })
		.where("user_id", "=", key.userId)
		.where("id", "=", key.id)
		.where("attempts", "=", known.attempts)
		.executeTakeFirst();
	if (claimed.numUpdatedRows === 0n) return null;
	return {
		...key,
		provider: known.provider,
		identity: known.identity,
		secrets: openSecrets(vault, key, known.secrets),
		attempts: known.attempts + 1,
		last: wait === undefined || now() + wait > known.created_at.getTime() + DAY,
	};
}

/** What a try left over, for the next. */
export async function keepReturn(
	{ db, vault }: Pick<Services, "db" | "vault">,
	key: ReturnKey,
	secrets: ReturnSecrets,
): Promise<void> {
	await db
		.updateTable("consent_returns")
		.set({ secrets: sealSecrets(vault, key, secrets) })
		.where("user_id", "=", key.userId)
		.where("id", "=", key.id)
		.execute();
}

export async function eraseReturn({ db }: Pick<Services, "db">, { userId, id }: ReturnKey): Promise<void> {
	await db.deleteFrom("consent_returns").where("user_id", "=", userId).where("id", "=", id).execute();
}

/** Over all users, ids alone. */
export async function dueReturns({ db, now }: Pick<Services, "db" | "now">): Promise<readonly ReturnKey[]> {
	return db
		.selectFrom("consent_returns")
		.select(["user_id as userId", "id"])
		.where("next_attempt_at", "<=", new Date(now()))
		.orderBy("next_attempt_at")
		.limit(BATCH)
		.execute();
}

/** Those that are open at the provider. */
async function channelsOf(tx: Transaction<Database>, key: GrantKey): Promise<PushChannel[]> {
	const rows = await tx
		.selectFrom("push_channels")
		.select(["id", "resource_id", "expires_at"])
		.where("user_id", "=", key.userId)
		.where("connection_id", "=", key.connectionId)
		.orderBy("id")
		.execute();
	return rows.flatMap(({ id, resource_id: resourceId, expires_at }) =>
		resourceId === null ? [] : [{ id, resourceId, expiresAt: expires_at.getTime() }],
	);
}

async function rowOf(db: Db, { userId, id }: ReturnKey) {
	return db
		.selectFrom("consent_returns")
		.selectAll()
		.where("user_id", "=", userId)
		.where("id", "=", id)
		.executeTakeFirst();
}

function sealSecrets(vault: Services["vault"], { userId, id }: ReturnKey, secrets: ReturnSecrets): Buffer {
	return vault.seal(JSON.stringify(secrets), consentReturn(userId, id));
}

function openSecrets(vault: Services["vault"], { userId, id }: ReturnKey, sealed: Uint8Array): ReturnSecrets {
	return JSON.parse(vault.open(sealed, consentReturn(userId, id)).reveal()) as ReturnSecrets;
}
