import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { ApiKeyScope, Database } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { secretHash } from "./secret-hash.ts";

export interface ApiKey {
	readonly id: string;
	readonly name: string;
	/** The beginning of the key, to tell keys apart by. */
	readonly prefix: string;
	readonly scopes: readonly ApiKeyScope[];
	readonly expiresAt: Date | null;
	readonly lastUsedAt: Date | null;
	readonly createdAt: Date;
}

export interface NewApiKey {
	readonly userId: string;
	readonly name: string;
	readonly scopes: readonly ApiKeyScope[];
	readonly expiresAt?: Date | null | undefined;
	/** Of a request that may run again after a crash: the key that the earlier run made, and nobody was given, goes. */
	readonly id?: string | undefined;
	/** Chosen by the operator (`kal_` and 20 or more characters); made at random unless given. */
	readonly key?: string | undefined;
}

const PREFIX_LENGTH = 8;
const SCOPE_ORDER: readonly ApiKeyScope[] = ["read", "write", "admin"];

/** @returns the key itself too: it is stored as a hash only and cannot be shown again */
export async function createApiKey(
	services: Pick<Services, "db" | "now" | "newId">,
	input: NewApiKey,
): Promise<ApiKey & { readonly key: string }> {
	const key = input.key ?? `kal_${randomBytes(32).toString("base64url")}`;
	const secret = { hash: secretHash(key), prefix: key.slice(0, PREFIX_LENGTH) };
	const row = await services.db
		.insertInto("api_keys")
		.values({
			...secret,
			id: input.id ?? services.newId("key"),
			user_id: input.userId,
			name: input.name,
			scopes: SCOPE_ORDER.filter((scope) => input.scopes.includes(scope)),
			expires_at: input.expiresAt ?? null,
			last_used_at: null,
			created_at: new Date(services.now()),
		})
		.onConflict((conflict) => conflict.column("id").doUpdateSet(secret).where("api_keys.user_id", "=", input.userId))
		.returningAll()
		.executeTakeFirstOrThrow();
	return { ...toApiKey(row), key };
}

/** @returns up to `limit` keys whose id is greater than `after`, oldest first */
export async function listApiKeys(
	db: Kysely<Database>,
	userId: string,
	limit: number,
	after: string | undefined,
): Promise<ApiKey[]> {
	const rows = await db
		.selectFrom("api_keys")
		.selectAll()
		.where("user_id", "=", userId)
		.$if(after !== undefined, (query) => query.where("id", ">", after ?? ""))
		.orderBy("id")
		.limit(limit)
		.execute();
	return rows.map(toApiKey);
}

/** @returns whether there was such a key */
export async function deleteApiKey(db: Kysely<Database>, userId: string, id: string): Promise<boolean> {
	const row = await db
		.deleteFrom("api_keys")
		.where("user_id", "=", userId)
		.where("id", "=", id)
		.returning("id")
		.executeTakeFirst();
	return row !== undefined;
}

function toApiKey(row: {
	id: string;
	name: string;
	prefix: string;
	scopes: ApiKeyScope[];
	expires_at: Date | null;
	last_used_at: Date | null;
	created_at: Date;
}): ApiKey {
	return {
		id: row.id,
		name: row.name,
		prefix: row.prefix,
		scopes: row.scopes,
		expiresAt: row.expires_at,
		lastUsedAt: row.last_used_at,
		createdAt: row.created_at,
	};
}
