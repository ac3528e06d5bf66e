import type { CalendarEvent } from "@kalends/model";
import { type Kysely, sql, type Transaction } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { Actor, Database, IntentKind } from "../db/schema.ts";
import type { Statement } from "../events/occurrence-statements.ts";
import type { Services } from "../services.ts";
import type { IntentRow } from "./types.ts";

/** The request itself tries first; so much later a job does. */
export const JOB_AFTER_MS = 15_000;

type Events = readonly CalendarEvent[] | null;

export interface NewIntent {
	readonly id: string;
	readonly connectionId: string;
	readonly calendarId: string;
	readonly resourceId: string;
	readonly eventId: string;
	readonly kind: IntentKind;
	readonly base: Events;
	readonly wanted: Events;
	readonly responseOnly: boolean;
	readonly waitsFor: string | null;
	/** Of a new series that `following` makes. */
	readonly cut?: IntentRow["cut"];
	readonly move?: IntentRow["move"];
	readonly actor: Actor;
}

export async function insertIntent(
	tx: Transaction<Database>,
	userId: string,
	intent: NewIntent,
	now: number,
): Promise<void> {
	await tx
		.insertInto("intents")
		.values({
			user_id: userId,
			id: intent.id,
			connection_id: intent.connectionId,
			calendar_id: intent.calendarId,
			resource_id: intent.resourceId,
			event_id: intent.eventId,
			kind: intent.kind,
			base: storable(intent.base),
			wanted: storable(intent.wanted),
			response_only: intent.responseOnly,
			waits_for: intent.waitsFor,
			cut: intent.cut ? toRecordset(intent.cut) : null,
			move: intent.move ? toRecordset(intent.move) : null,
			next_attempt_at: new Date(now + JOB_AFTER_MS),
			actor: JSON.stringify(intent.actor),
			created_at: new Date(now),
		})
		.execute();
}

/** Intents of a resource, oldest first, locked: nobody claims one of them until the transaction ends. */
export async function lockIntents(
	tx: Transaction<Database>,
	userId: string,
	resourceId: string,
): Promise<readonly IntentRow[]> {
	return tx
		.selectFrom("intents")
		.selectAll()
		.where("user_id", "=", userId)
		.where("resource_id", "=", resourceId)
		.orderBy("seq")
		.forUpdate()
		.execute();
}

/** As jsonb can hold it. */
export function storable(events: Events): string | null {
	return events === null ? null : toRecordset(events);
}

export interface IntentChange {
	readonly id: string;
	readonly kind: IntentKind;
	readonly base: Events;
	readonly wanted: Events;
	readonly told: IntentRow["told"];
}

/** Puts intents on another base. Whoever is sending one of them goes by what it was, so the claim is taken away. */
export function rebaseRows(userId: string, now: number, changes: readonly IntentChange[]): Statement {
	if (changes.length === 0) return null;
	return sql`
		UPDATE intents SET kind = r.kind, base = nullif(r.base, 'null'), wanted = nullif(r.wanted, 'null'),
			told = nullif(r.told, 'null'),
			fence = fence + (claimed_until IS NOT NULL)::int,
			next_attempt_at = CASE WHEN claimed_until IS NULL THEN next_attempt_at ELSE ${new Date(now)} END,
			claimed_until = NULL
		FROM jsonb_to_recordset(${toRecordset(changes)}::jsonb) AS r(id text, kind text, base jsonb, wanted jsonb, told jsonb)
		WHERE intents.user_id = ${userId} AND intents.id = r.id`;
}

export function deleteIntents(userId: string, ids: readonly string[]): Statement {
	if (ids.length === 0) return null;
	return sql`DELETE FROM intents WHERE user_id = ${userId} AND id = ANY(${[...ids]}::text[])`;
}

/** The job that performs an intent unless somebody else has. */
export async function sendPush(
	tx: Transaction<Database>,
	{ jobs, now }: Pick<Services, "jobs" | "now">,
	userId: string,
	intentId: string,
	afterMs: number,
): Promise<void> {
	await jobs.send(
		"push.intent",
		{ user_id: userId, intent_id: intentId },
		{
			transaction: tx,
			key: intentId,
			owner: userId,
			...(afterMs > 0 ? { startAfter: new Date(now() + afterMs) } : {}),
		},
	);
}

/** The job that performs all intents of a connection that are due. */
export async function sendPushes(
	db: Transaction<Database> | Kysely<Database>,
	{ jobs }: Pick<Services, "jobs">,
	{ userId, connectionId }: { readonly userId: string; readonly connectionId: string },
): Promise<void> {
	const payload = { user_id: userId, connection_id: connectionId };
	await jobs.send("push.connection", payload, { transaction: db, key: connectionId, owner: userId });
}

/** By id, the fence of each intent that was tried before and that nobody is sending. */
export type QuietIntents = ReadonlyMap<string, number>;

/**
 * To be asked for before a sync reads anything: what it then does not find of these has never got through.
 * @param namesEvents whether the provider does, so that a creation may be found without being known for one
 */
export async function quietIntents(
	db: Kysely<Database>,
	{ userId, connectionId }: { readonly userId: string; readonly connectionId: string },
	namesEvents: boolean,
): Promise<QuietIntents> {
	const rows = await db
		.selectFrom("intents")
		.select(["id", "fence"])
		.where("user_id", "=", userId)
		.where("connection_id", "=", connectionId)
		.where("state", "=", "pending")
		.where("attempts", ">", 0)
		.where("claimed_until", "is", null)
		.$if(namesEvents, (query) => query.where("kind", "!=", "create"))
		.execute();
	return new Map(rows.map(({ id, fence }) => [id, fence]));
}

/**
 * A sync has got through to all calendars: what waited for that need not wait longer. What nobody has tried since before
 * the sync, and the sync did not find, is not there, so that nothing has to be looked up for it; a thousand writes that
 * an outage held up are sent as if for the first time. A server that fails over one event alone is given its time, and so
 * is a quota that writes have used up.
 */
export async function makeIntentsDue(
	tx: Transaction<Database>,
	services: Pick<Services, "jobs" | "now">,
	{ userId, connectionId }: { readonly userId: string; readonly connectionId: string },
	quiet: QuietIntents,
): Promise<void> {
	const seen = [...quiet].map(([id, fence]) => ({ id, fence }));
	const { rows } = await sql`
		UPDATE intents i SET next_attempt_at = least(i.next_attempt_at, ${new Date(services.now())}),
			attempts = CASE WHEN i.fence = q.fence AND c.selected THEN 0 ELSE i.attempts END
		FROM calendars c, (
			SELECT w.id, s.fence FROM intents w
			LEFT JOIN jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) AS s(id text, fence bigint) ON s.id = w.id
			WHERE w.user_id = ${userId} AND w.connection_id = ${connectionId}
			FOR UPDATE OF w SKIP LOCKED
		) q
		WHERE i.user_id = ${userId} AND i.id = q.id AND c.user_id = i.user_id AND c.id = i.calendar_id
			AND i.state = 'pending' AND i.attempts > 0 AND i.claimed_until IS NULL
			AND coalesce(i.error ->> 'code', '') NOT IN ('server_error', 'quota_exceeded')
		RETURNING i.id`.execute(tx);
	if (rows.length > 0) await sendPushes(tx, services, { userId, connectionId });
}
