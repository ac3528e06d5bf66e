import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import { ENVELOPE_VERSION, isWrappedBy, parseEnvelope } from "./envelope.ts";
import { isKeyId, type MasterKey } from "./keyring.ts";
import {
	connectionCredentials,
	consentReturn,
	idempotencyContent,
	oauthTokens,
	type SecretPlace,
	webhookSecrets,
} from "./place.ts";
import { type Vault, VaultError, type VaultErrorCode } from "./vault.ts";

const KEY_ID = sql<string | null>`case when octet_length(credentials) > 2
	then encode(substring(credentials from 3 for get_byte(credentials, 1)), 'escape') end`;

/** A few of many may be damaged or moved; a wrong key fits none. */
const SAMPLES = 20;

/** False when secrets are sealed under the id of this key, but with other bytes: a new key under an old name. */
export async function fitsItsSecrets(db: Kysely<Database>, master: MasterKey): Promise<boolean> {
	const rows = await db
		.selectFrom("connections")
		.select(["user_id", "id", "credentials"])
		.where(KEY_ID, "=", master.id)
		.limit(SAMPLES)
		.execute();
	const envelopes = rows.flatMap(({ user_id, id, credentials }) => {
		const envelope = parseEnvelope(credentials);
		return envelope === null ? [] : [{ envelope, place: connectionCredentials(user_id, id) }];
	});
	return envelopes.length === 0 || envelopes.some(({ envelope, place }) => isWrappedBy(envelope, place, master));
}

/**
 * How many secrets each master key seals, by key id, read from the clear headers of the envelopes
 * (docs/decisions/0002-vault-envelope.md). Crosses users, opens nothing; what is no envelope counts for no key.
 */
export async function sealedByKey(db: Kysely<Database>): Promise<ReadonlyMap<string, number>> {
	const { rows } = await sql<{ key_id: string | null; secrets: number }>`
		SELECT ${KEY_ID} AS key_id, count(*) AS secrets FROM (
			SELECT credentials FROM connections UNION ALL SELECT tokens FROM oauth_grants
		) AS sealed
		WHERE substring(credentials from 1 for 1) = ${Buffer.of(ENVELOPE_VERSION)}
		GROUP BY key_id ORDER BY key_id`.execute(db);
	return new Map(
		rows.flatMap(({ key_id, secrets }) => (key_id !== null && isKeyId(key_id) ? [[key_id, secrets]] : [])),
	);
}

export interface RewrapReport {
	/** How many secrets were brought under the sealing key. */
	readonly rewrapped: number;
	/** Those that could not be opened: left as they are, for their key or their row to be restored. */
	readonly unopenable: readonly {
		readonly userId: string;
		readonly connectionId: string;
		readonly code: VaultErrorCode;
	}[];
}

const BATCH = 200;
/** Somebody else wrote the same secret between our reading and our writing; each round is a few milliseconds. */
const ROUNDS = 10;

/** Where secrets are, and how their rows are told apart. */
interface SealedColumn {
	readonly table: "connections" | "oauth_grants" | "idempotency_keys" | "webhooks" | "consent_returns";
	/** With `user_id` the row's key. */
	readonly id: "id" | "connection_id" | "key";
	readonly column: "credentials" | "tokens" | "content" | "secrets";
	readonly place: (userId: string, id: string) => SecretPlace;
}

const CREDENTIALS: SealedColumn = {
	table: "connections",
	id: "id",
	column: "credentials",
	place: connectionCredentials,
};

const TOKENS: SealedColumn = {
	table: "oauth_grants",
	id: "connection_id",
	column: "tokens",
	place: oauthTokens,
};

const WEBHOOK_SECRETS: SealedColumn = {
	table: "webhooks",
	id: "id",
	column: "secrets",
	place: webhookSecrets,
};

/** Kept for a day only, so nobody is asked to mind them: they are brought over, but neither counted nor reported. */
const KEPT_ANSWERS: SealedColumn = {
	table: "idempotency_keys",
	id: "key",
	column: "content",
	place: idempotencyContent,
};

/** As those answers. */
const CONSENT_RETURNS: SealedColumn = {
	table: "consent_returns",
	id: "id",
	column: "secrets",
	place: consentReturn,
};

interface SealedRow {
	readonly user_id: string;
	readonly id: string;
	readonly sealed: Buffer;
}

/**
 * Brings every secret under the sealing key, while servers run. Each is written only if it is still what was read, so
 * a change made meanwhile is never lost: it is read again and brought over too. Secrets that are under the sealing key
 * are not touched, so an interrupted run is finished by the next.
 * @param options.newDataKey encrypt the text anew too, as a leaked master key needs
 */
export async function rewrapSecrets(
	db: Kysely<Database>,
	vault: Vault,
	options: { readonly newDataKey?: boolean } = {},
): Promise<RewrapReport> {
	await rewrapColumn(db, vault, KEPT_ANSWERS, options);
	await rewrapColumn(db, vault, CONSENT_RETURNS, options);
	const credentials = await rewrapColumn(db, vault, CREDENTIALS, options);
	const tokens = await rewrapColumn(db, vault, TOKENS, options);
	const webhooks = await rewrapColumn(db, vault, WEBHOOK_SECRETS, options);
	return {
		rewrapped: credentials.rewrapped + tokens.rewrapped + webhooks.rewrapped,
		unopenable: [...credentials.unopenable, ...tokens.unopenable, ...webhooks.unopenable].map(({ id, ...rest }) => ({
			...rest,
			connectionId: id,
		})),
	};
}

async function rewrapColumn(
	db: Kysely<Database>,
	vault: Vault,
	at: SealedColumn,
	options: { readonly newDataKey?: boolean },
): Promise<{ rewrapped: number; unopenable: { userId: string; id: string; code: VaultErrorCode }[] }> {
	const { table, id, column } = { table: sql.table(at.table), id: sql.ref(at.id), column: sql.ref(at.column) };
	const unopenable: { userId: string; id: string; code: VaultErrorCode }[] = [];
	let rewrapped = 0;
	let after = { user_id: "", id: "" };
	for (;;) {
		const { rows } = await sql<SealedRow>`
			SELECT user_id, ${id} AS id, ${column} AS sealed FROM ${table}
			WHERE (user_id, ${id}) > (${after.user_id}, ${after.id}) ORDER BY user_id, ${id} LIMIT ${BATCH}`.execute(db);
		for (const row of rows) {
			if (options.newDataKey !== true && isCurrent(row, vault)) continue;
			try {
				if (await rewrapRow(db, vault, at, row, options)) rewrapped++;
			} catch (error) {
				if (!(error instanceof VaultError)) throw error;
				unopenable.push({ userId: row.user_id, id: row.id, code: error.code });
			}
		}
		const last = rows.at(-1);
		if (last === undefined) return { rewrapped, unopenable };
		after = last;
	}
}

/** False when others have brought it over meanwhile, or removed it. */
async function rewrapRow(
	db: Kysely<Database>,
	vault: Vault,
	at: SealedColumn,
	first: SealedRow,
	options: { readonly newDataKey?: boolean },
): Promise<boolean> {
	const { table, id, column } = { table: sql.table(at.table), id: sql.ref(at.id), column: sql.ref(at.column) };
	const place = at.place(first.user_id, first.id);
	let row: SealedRow | undefined = first;
	for (let round = 0; round < ROUNDS && row !== undefined; round++) {
		const { numAffectedRows } = await sql`
			UPDATE ${table} SET ${column} = ${vault.rewrap(row.sealed, place, options)}
			WHERE user_id = ${first.user_id} AND ${id} = ${first.id} AND ${column} = ${row.sealed}`.execute(db);
		if (numAffectedRows === 1n) return true;
		const { rows } = await sql<SealedRow>`
			SELECT user_id, ${id} AS id, ${column} AS sealed FROM ${table}
			WHERE user_id = ${first.user_id} AND ${id} = ${first.id}`.execute(db);
		row = rows[0];
		// What was written meanwhile has a data key of its own.
		if (row !== undefined && isCurrent(row, vault)) return false;
	}
	return false;
}

function isCurrent(row: SealedRow, vault: Vault): boolean {
	return vault.keyIdOf(row.sealed) === vault.sealingKeyId;
}
