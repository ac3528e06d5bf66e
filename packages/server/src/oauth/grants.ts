import { type Kysely, sql, type Transaction } from "kysely";
import type { Database, RefreshFailure } from "../db/schema.ts";
import { oauthTokens } from "../vault/place.ts";
import type { Vault } from "../vault/vault.ts";
import type { TokenSet } from "./client.ts";

/** Where the tokens of connections are kept: sealed, one row for each connection. */

export interface GrantKey {
	readonly userId: string;
	readonly connectionId: string;
}

export interface StoredTokens {
	readonly accessToken: string;
	/** Null where the provider never gave one. */
	readonly refreshToken: string | null;
}

export interface Grant {
	readonly tokens: StoredTokens;
	/** The access token should be replaced; it need not be until `expired`. */
	readonly due: boolean;
	readonly expired: boolean;
	/** Somebody is replacing it. */
	readonly claimed: boolean;
	readonly fence: number;
	readonly failure: RefreshFailure | null;
}

/** Where the provider does not say how long a token is good. */
const USUAL_SECONDS = 3_600;
/** Replaced so long before it ends, and never before four fifths of its time have passed. */
const AHEAD_SECONDS = 300;
/** Longer than a token endpoint is waited for. */
const LEASE_SECONDS = 30;

type Db = Kysely<Database> | Transaction<Database>;

/** Null where there is none. @throws VaultError */
export async function readGrant(db: Db, vault: Vault, key: GrantKey): Promise<Grant | null> {
	const row = await db
		.selectFrom("oauth_grants")
		.select([
			"tokens",
			"fence",
			"failure",
			sql<boolean>`renew_at <= clock_timestamp()`.as("due"),
			sql<boolean>`expires_at <= clock_timestamp()`.as("expired"),
			sql<boolean>`coalesce(claimed_until > clock_timestamp(), false)`.as("claimed"),
		])
		.where("user_id", "=", key.userId)
		.where("connection_id", "=", key.connectionId)
		.executeTakeFirst();
	if (row === undefined) return null;
	const { due, expired, claimed, fence, failure } = row;
	return { tokens: openTokens(vault, key, row.tokens), due, expired, claimed, fence, failure };
}

/** Takes the right to replace the tokens, if nobody has it and nothing has happened since they were read. */
export async function claimGrant(db: Db, key: GrantKey, fence: number): Promise<number | null> {
	const row = await db
		.updateTable("oauth_grants")
		.set({
			fence: sql`fence + 1`,
			claimed_until: sql<Date>`clock_timestamp() + ${sql.lit(`${LEASE_SECONDS} seconds`)}::interval`,
		})
		.where("user_id", "=", key.userId)
		.where("connection_id", "=", key.connectionId)
		.where("fence", "=", fence)
		.where((eb) => eb.or([eb("claimed_until", "is", null), eb("claimed_until", "<", sql<Date>`clock_timestamp()`)]))
		.returning("fence")
		.executeTakeFirst();
	return row?.fence ?? null;
}

/** Ends a claim with new tokens. False where it was no longer this holder's: then nothing was stored. */
export async function storeRefreshed(
	db: Db,
	vault: Vault,
	key: GrantKey,
	fence: number,
	tokens: StoredTokens & Pick<TokenSet, "expiresIn">,
): Promise<boolean> {
	const result = await db
		.updateTable("oauth_grants")
		.set({ tokens: sealTokens(vault, key, tokens), ...lifetime(tokens.expiresIn), claimed_until: null, failure: null })
		.where("user_id", "=", key.userId)
		.where("connection_id", "=", key.connectionId)
		.where("fence", "=", fence)
		.executeTakeFirst();
	return result.numUpdatedRows === 1n;
}

/** Ends a claim without tokens; whoever waited for it is told the same. False as `storeRefreshed`. */
export async function storeFailure(db: Db, key: GrantKey, failure: RefreshFailure): Promise<boolean> {
	const result = await db
		.updateTable("oauth_grants")
		.set({ claimed_until: null, failure: JSON.stringify(failure) })
		.where("user_id", "=", key.userId)
		.where("connection_id", "=", key.connectionId)
		.where("fence", "=", failure.fence)
		.executeTakeFirst();
	return result.numUpdatedRows === 1n;
}

/** Stores what a consent brought. Who refreshes older tokens at this moment stores nothing more. */
export async function storeConsented(
	tx: Transaction<Database>,
	vault: Vault,
	key: GrantKey,
	tokens: TokenSet,
): Promise<void> {
	const known = await tx
		.selectFrom("oauth_grants")
		.select("tokens")
		.where("user_id", "=", key.userId)
		.where("connection_id", "=", key.connectionId)
		.forUpdate()
		.executeTakeFirst();
	// A provider that knows the account already may send none.
	const kept = tokens.refreshToken === null && known !== undefined ? openTokens(vault, key, known.tokens) : null;
	const columns = {
		tokens: sealTokens(vault, key, { ...tokens, refreshToken: tokens.refreshToken ?? kept?.refreshToken ?? null }),
		...lifetime(tokens.expiresIn),
		claimed_until: null,
		failure: null,
	};
	await tx
		.insertInto("oauth_grants")
		.values({ user_id: key.userId, connection_id: key.connectionId, ...columns })
		.onConflict((conflict) =>
			conflict
				.columns(["user_id", "connection_id"])
				.doUpdateSet({ ...columns, fence: sql<number>`oauth_grants.fence + 1` }),
		)
		.execute();
}

/** For a server that knows to be the only one on its database: whoever held claims is dead. */
export async function releaseGrants(db: Db): Promise<void> {
	await db.updateTable("oauth_grants").set({ claimed_until: null }).where("claimed_until", "is not", null).execute();
}

function lifetime(expiresIn: number | null) {
	const seconds = expiresIn ?? USUAL_SECONDS;
	const renewIn = Math.max(seconds - AHEAD_SECONDS, seconds * 0.8);
	const from = (span: number) => sql<Date>`clock_timestamp() + ${span} * interval '1 second'`;
	return { renew_at: from(renewIn), expires_at: from(seconds) };
}

function sealTokens(vault: Vault, key: GrantKey, { accessToken, refreshToken }: StoredTokens): Buffer {
	return vault.seal(JSON.stringify({ accessToken, refreshToken }), oauthTokens(key.userId, key.connectionId));
}

function openTokens(vault: Vault, key: GrantKey, sealed: Uint8Array): StoredTokens {
	return JSON.parse(vault.open(sealed, oauthTokens(key.userId, key.connectionId)).reveal()) as StoredTokens;
}
