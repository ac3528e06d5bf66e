import { type RawBuilder, sql } from "kysely";
import type { Services } from "../services.ts";
import { idempotencyContent } from "../vault/place.ts";
import { VaultError } from "../vault/vault.ts";
import { Problem } from "./errors.ts";
import type { WireForm } from "./wire-form.ts";

interface Content {
	/** Digest of the request. */
	readonly request: string;
	/** 32 random bytes in base64url; ids that the request makes are derived from it. */
	readonly seed: string;
	readonly answer: WireForm | null;
}

/** The right to perform the request of a key, for as long as it is renewed. */
export interface KeyClaim {
	readonly userId: string;
	readonly key: string;
	readonly fence: number;
	readonly content: Content;
	/** When the key was first used, epoch milliseconds. */
	readonly since: number;
}

export type KeyState =
	| { readonly type: "claimed"; readonly claim: KeyClaim }
	| { readonly type: "answered"; readonly answer: WireForm }
	| { readonly type: "busy"; readonly retryAfterSeconds: number }
	| { readonly type: "reused" };

const KEPT_MS = 86_400_000;
/** Seconds for which a claim holds unless it is renewed. */
const CLAIM_SECONDS = 30;
const RENEW_EVERY_MS = 10_000;
/** How long a request usually takes at the most; a crashed one's claim lasts longer, and the next try is told so again. */
const RETRY_SECONDS = 2;

/** By the database's clock, as servers' clocks disagree. */
const claimEnd = (): RawBuilder<Date> =>
	sql<Date>`clock_timestamp() + ${sql.lit(`${CLAIM_SECONDS} seconds`)}::interval`;

/**
 * Takes the key for this request, or says why not. A key is free again 24 hours after its first use.
 * @param asked.request digest of the request; the seal keeps it from whoever sees the database alone
 * @param asked.seed for a key that is new
 * @throws Problem `conflict` where the key's row cannot be opened, so that it is unknown whether the request was done
 */
export async function claimKey(
	services: Pick<Services, "db" | "vault" | "now">,
	asked: { readonly userId: string; readonly key: string; readonly request: string; readonly seed: string },
): Promise<KeyState> {
	const { db, vault, now } = services;
	const { userId, key, request } = asked;
	const fresh: Content = { request, seed: asked.seed, answer: null };
	for (;;) {
		const since = now();
		const created = await db
			.insertInto("idempotency_keys")
			.values({
				user_id: userId,
				key,
				content: vault.seal(JSON.stringify(fresh), idempotencyContent(userId, key)),
				claimed_until: claimEnd(),
				created_at: new Date(since),
			})
			.onConflict((conflict) => conflict.columns(["user_id", "key"]).doNothing())
			.returning("fence")
			.executeTakeFirst();
		if (created !== undefined) {
			return { type: "claimed", claim: { userId, key, fence: created.fence, content: fresh, since } };
		}
		const row = await db
			.selectFrom("idempotency_keys")
			.select(["content", "answered", "fence", "created_at"])
			.select(sql<boolean>`coalesce(claimed_until > clock_timestamp(), false)`.as("busy"))
			.where("user_id", "=", userId)
			.where("key", "=", key)
			.executeTakeFirst();
		if (row === undefined) continue;
		if (row.created_at.getTime() <= now() - KEPT_MS && !row.busy) {
			await db
				.deleteFrom("idempotency_keys")
				.where("user_id", "=", userId)
				.where("key", "=", key)
				.where("fence", "=", row.fence)
				.execute();
			continue;
		}
		const content = openContent(vault, userId, key, row.content);
		if (content.request !== request) return { type: "reused" };
		if (content.answer !== null) return { type: "answered", answer: content.answer };
		if (row.busy) return { type: "busy", retryAfterSeconds: RETRY_SECONDS };
		const taken = await db
			.updateTable("idempotency_keys")
			.set({ fence: sql`fence + 1`, claimed_until: claimEnd() })
			.where("user_id", "=", userId)
			.where("key", "=", key)
			.where("fence", "=", row.fence)
			.where("answered", "=", false)
			.returning("fence")
			.executeTakeFirst();
		if (taken === undefined) continue;
		const claim = { userId, key, fence: taken.fence, content, since: row.created_at.getTime() };
		return { type: "claimed", claim };
	}
}

/** Keeps the answer for whoever sends the request again; nothing where the claim was lost meanwhile. */
export async function keepAnswer(
	{ db, vault }: Pick<Services, "db" | "vault">,
	{ userId, key, fence, content }: KeyClaim,
	answer: WireForm,
): Promise<void> {
	const text = JSON.stringify({ ...content, answer } satisfies Content);
	await db
		.updateTable("idempotency_keys")
		.set({ content: vault.seal(text, idempotencyContent(userId, key)), answered: true, claimed_until: null })
		.where("user_id", "=", userId)
		.where("key", "=", key)
		.where("fence", "=", fence)
		.execute();
}

/** Lets the next one try at once; the seed stays, so that it finds what this one has made. */
export async function releaseKey({ db }: Pick<Services, "db">, { userId, key, fence }: KeyClaim): Promise<void> {
	await db
		.updateTable("idempotency_keys")
		.set({ claimed_until: null })
		.where("user_id", "=", userId)
		.where("key", "=", key)
		.where("fence", "=", fence)
		.where("answered", "=", false)
		.execute();
}

/** Holds the claim while the request is worked on. @returns stops it */
export function keepClaiming({ db }: Pick<Services, "db">, { userId, key, fence }: KeyClaim): () => void {
	const timer = setInterval(() => {
		db.updateTable("idempotency_keys")
			.set({ claimed_until: claimEnd() })
			.where("user_id", "=", userId)
			.where("key", "=", key)
			.where("fence", "=", fence)
			.where("answered", "=", false)
			.where("claimed_until", "is not", null)
			.execute()
			// Without renewal the claim ends by itself, and the seed keeps a second run from making anything twice.
			.catch(() => undefined);
	}, RENEW_EVERY_MS);
	timer.unref();
	return () => clearInterval(timer);
}

/** Drops the keys of all users that are older than they are kept. */
export async function pruneIdempotencyKeys({ db, now }: Pick<Services, "db" | "now">): Promise<void> {
	await db
		.deleteFrom("idempotency_keys")
		.where("created_at", "<", new Date(now() - KEPT_MS))
		.where((eb) => eb.or([eb("claimed_until", "is", null), eb("claimed_until", "<", sql<Date>`clock_timestamp()`)]))
		.execute();
}

function openContent(vault: Services["vault"], userId: string, key: string, sealed: Buffer): Content {
	try {
		return JSON.parse(vault.open(sealed, idempotencyContent(userId, key)).reveal());
	} catch (cause) {
		if (!(cause instanceof VaultError)) throw cause;
		throw new Problem(
			"conflict",
			"Whether this request was done already cannot be told: its record cannot be opened.",
			{
				fix: "Look whether it was done; if not, send it with a new Idempotency-Key.",
				cause,
			},
		);
	}
}
