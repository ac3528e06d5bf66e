import type { Services } from "../services.ts";
import { idempotencyContent } from "../vault/place.ts";

/** Leaves the request of an `Idempotency-Key` as a crash does between its effect and the keeping of its answer. */
export async function loseAnswer({ db, vault }: Services, userId: string, key: string): Promise<void> {
	const place = idempotencyContent(userId, key);
	const row = await db
		.selectFrom("idempotency_keys")
		.select("content")
		.where("user_id", "=", userId)
		.where("key", "=", key)
		.executeTakeFirstOrThrow();
	const content = { ...JSON.parse(vault.open(row.content, place).reveal()), answer: null };
	await db
		.updateTable("idempotency_keys")
		.set({ answered: false, content: vault.seal(JSON.stringify(content), place) })
		.where("user_id", "=", userId)
		.where("key", "=", key)
		.execute();
}
