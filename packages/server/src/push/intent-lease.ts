import { type Kysely, type RawBuilder, type SqlBool, sql, type Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import type { IntentRow } from "./types.ts";

/** Seconds for which a claim holds unless it is renewed. */
const LEASE_SECONDS = 30;
const RENEW_EVERY_MS = 10_000;
/** Intents of one connection that are being sent at the same time; one place is kept for who waits for an answer. */
const AT_ONCE = 3;

/** As of runs (sync/run-lease.ts): instants of leases are the database's. */
const leaseEnd = (): RawBuilder<Date> =>
	sql<Date>`clock_timestamp() + ${sql.lit(`${LEASE_SECONDS} seconds`)}::interval`;

/** The intent is somebody else's, or was settled, changed or discarded: whoever gets this writes nothing more. */
export class IntentLost extends Error {
	override readonly name = "IntentLost";
}

/** The intent with its `attempts` and `fence` as this claim has raised them. */
export type ClaimedIntent = IntentRow;

/** What may be claimed: one intent, or the oldest due one of a connection. */
export type ClaimTarget =
	/** The oldest of this one's resource, whether due or not. */
	| { readonly userId: string; readonly connectionId: string; readonly resourceId: string }
	| { readonly userId: string; readonly connectionId: string };

/**
 * Takes an intent that may be sent now: the oldest of its resource, pending, waiting for none, in nobody's hands, while
 * the connection works and has a call to spare. Nobody else is given it until the lease ends.
 * @param now epoch milliseconds, against which the time of the next attempt and Retry-After are held
 */
export async function claimIntent(
	db: Kysely<Database>,
	target: ClaimTarget,
	now: number,
): Promise<ClaimedIntent | null> {
	return db.transaction().execute((tx) => claimIntentIn(tx, target, now));
}

/** `claimIntent` in a transaction that goes on a little: until it ends, no other intent of the connection is claimed. */
export async function claimIntentIn(
	tx: Transaction<Database>,
	target: ClaimTarget,
	now: number,
): Promise<ClaimedIntent | null> {
	const { userId, connectionId } = target;
	const isAsked = "resourceId" in target;
	const wanted = isAsked
		? sql<SqlBool>`i.resource_id = ${target.resourceId}`
		: sql<SqlBool>`i.next_attempt_at <= ${new Date(now)}`;
	const atOnce = isAsked ? AT_ONCE : AT_ONCE - 1;
	// One after the other counts the calls of a connection.
	await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`push ${userId} ${connectionId}`}, 0))`.execute(tx);
	const { rows } = await sql<IntentRow>`
		WITH picked AS (
			SELECT i.user_id, i.id FROM intents i
			JOIN connections c ON c.user_id = i.user_id AND c.id = i.connection_id
			JOIN calendars k ON k.user_id = i.user_id AND k.id = i.calendar_id
			WHERE i.user_id = ${userId} AND i.connection_id = ${connectionId} AND ${wanted}
				AND ${isClaimable(now)}
				AND (SELECT count(*) FROM intents b WHERE b.user_id = i.user_id AND b.connection_id = i.connection_id
					AND b.claimed_until > clock_timestamp()) < ${atOnce}
			ORDER BY i.seq LIMIT 1 FOR UPDATE OF i SKIP LOCKED
		)
		UPDATE intents SET attempts = attempts + 1, fence = fence + 1, claimed_until = ${leaseEnd()}
		FROM picked WHERE intents.user_id = picked.user_id AND intents.id = picked.id
		RETURNING intents.*`.execute(tx);
	return rows[0] ?? null;
}

/** Whether `i` of connection `c` and calendar `k` may be sent, apart from when. Calendars that are not selected count. */
export function isClaimable(now: number): RawBuilder<SqlBool> {
	return sql<SqlBool>`i.state = 'pending'
		AND (i.claimed_until IS NULL OR i.claimed_until < clock_timestamp())
		AND ${canPush(now)}
		AND NOT EXISTS (SELECT 1 FROM intents o
			WHERE o.user_id = i.user_id AND o.resource_id = i.resource_id AND o.seq < i.seq)
		AND NOT EXISTS (SELECT 1 FROM intents w WHERE w.user_id = i.user_id AND w.id = i.waits_for)`;
}

/** Whether anything can be sent to connection `c`, calendar `k`. */
export function canPush(now: number): RawBuilder<SqlBool> {
	return sql<SqlBool>`NOT c.paused AND c.status <> 'reauth_required'
		AND (c.status <> 'limited' OR c.consent->>'access' = 'write')
		AND (c.retry_after IS NULL OR c.retry_after <= ${new Date(now)}) AND k.status <> 'gone'`;
}

/**
 * Renews the lease while the provider is waited for, until `signal` aborts.
 * @param lost told once when the lease is gone
 */
export function keepClaimed(db: Kysely<Database>, claimed: ClaimedIntent, signal: AbortSignal, lost: () => void): void {
	const renew = async () => {
		const result = await db
			.updateTable("intents")
			.set({ claimed_until: leaseEnd() })
			.where("user_id", "=", claimed.user_id)
			.where("id", "=", claimed.id)
			.where("fence", "=", claimed.fence)
			.where("claimed_until", "is not", null)
			.executeTakeFirst();
		if (result.numUpdatedRows === 0n) lost();
	};
	// A database that does not answer is no reason to stop: settling checks the fence.
	const timer = setInterval(() => void renew().catch(() => {}), RENEW_EVERY_MS);
	timer.unref();
	signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

/** Lets go of an intent that is to be tried again at this instant, epoch milliseconds; nothing where it is lost. */
export async function releaseIntent(
	db: Kysely<Database> | Transaction<Database>,
	claimed: ClaimedIntent,
	at: number,
	error: IntentRow["error"] = null,
): Promise<void> {
	await db
		.updateTable("intents")
		.set({
			claimed_until: null,
			next_attempt_at: new Date(at),
			error: error === null ? null : JSON.stringify(error),
		})
		.where("user_id", "=", claimed.user_id)
		.where("id", "=", claimed.id)
		.where("fence", "=", claimed.fence)
		.where("state", "=", "pending")
		.execute();
}
