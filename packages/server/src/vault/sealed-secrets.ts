import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import { connectionCredentials } from "./place.ts";
import type { Vault } from "./vault.ts";

/**
 * How many secrets each master key seals, by key id, read from the clear headers of the envelopes
 * (docs/decisions/0002-vault-envelope.md). Crosses users, opens nothing.
 */
export async function sealedByKey(db: Kysely<Database>): Promise<ReadonlyMap<string, number>> {
	const rows = await db
		.selectFrom("connections")
		.select((eb) => [
			sql<string>`encode(substring(credentials from 3 for get_byte(credentials, 1)), 'escape')`.as("key_id"),
			eb.fn.countAll<number>().as("secrets"),
		])
		.groupBy("key_id")
		.orderBy("key_id")
		.execute();
	return new Map(rows.map((row) => [row.key_id, row.secrets]));
}

const BATCH = 200;

/**
 * Brings every secret under the sealing key, while servers run: a secret that changes meanwhile is left as it
 * became, and one that is sealed already is not touched, so an interrupted run is finished by the next.
 * @param options.newDataKey encrypt the text anew too, as a leaked master key needs
 * @returns how many were brought over
 * @throws VaultError for one that cannot be opened
 */
export async function rewrapSecrets(
	db: Kysely<Database>,
	vault: Vault,
	options: { readonly newDataKey?: boolean } = {},
): Promise<number> {
	let rewrapped = 0;
	let after = { user_id: "", id: "" };
	for (;;) {
		const rows = await db
			.selectFrom("connections")
			.select(["user_id", "id", "credentials"])
			.where((eb) => eb(eb.refTuple("user_id", "id"), ">", eb.tuple(after.user_id, after.id)))
			.orderBy("user_id")
			.orderBy("id")
			.limit(BATCH)
			.execute();
		for (const row of rows) {
			if (options.newDataKey !== true && vault.keyIdOf(row.credentials) === vault.sealingKeyId) continue;
			const place = connectionCredentials(row.user_id, row.id);
			const result = await db
				.updateTable("connections")
				.set({ credentials: vault.rewrap(row.credentials, place, options) })
				.where("user_id", "=", row.user_id)
				.where("id", "=", row.id)
				.where("credentials", "=", row.credentials)
				.executeTakeFirst();
			rewrapped += Number(result.numUpdatedRows);
		}
		const last = rows.at(-1);
		if (last === undefined) return rewrapped;
		after = last;
	}
}
