import { type Kysely, type Selectable, sql } from "kysely";
import type { ConnectionsTable, Database, RunsTable } from "../db/schema.ts";
import { notFound } from "../http/problem.ts";
import type { WireConnection, WireRun } from "./schemas.ts";
import { statusText } from "./status-text.ts";

/** A connection with what its wire shape needs besides. */
export interface ConnectionRecord
	extends Omit<Selectable<ConnectionsTable>, "credentials" | "settings" | "channels_claimed_until"> {
	readonly running: boolean;
	readonly calendars_count: number;
}

/** The user's connections in the order of their ids, from behind `after`. */
export async function listConnectionRecords(
	db: Kysely<Database>,
	userId: string,
	{ after, limit, id }: { readonly after?: string | undefined; readonly limit: number; readonly id?: string },
): Promise<ConnectionRecord[]> {
	let query = selectRecords(db).where("n.user_id", "=", userId).orderBy("n.id").limit(limit);
	if (after !== undefined) query = query.where("n.id", ">", after);
	if (id !== undefined) query = query.where("n.id", "=", id);
	return query.execute();
}

/** Those of all users, for administrators, by user; `trouble`: those that need somebody to do something. */
export async function listConnectionsOfAll(
	db: Kysely<Database>,
	{
		after,
		limit,
		trouble,
	}: { readonly after: readonly [string, string] | undefined; readonly limit: number; readonly trouble: boolean },
): Promise<(ConnectionRecord & { readonly user_email: string; readonly user_name: string })[]> {
	let query = selectRecords(db)
		.innerJoin("users as u", "u.id", "n.user_id")
		.select(["u.email as user_email", "u.name as user_name"])
		.orderBy("n.user_id")
		.orderBy("n.id")
		.limit(limit);
	if (after !== undefined) query = query.where(sql<boolean>`(n.user_id, n.id) > (${after[0]}, ${after[1]})`);
	if (trouble) query = query.where("n.status", "not in", ["active", "syncing", "paused"]);
	return query.execute();
}

function selectRecords(db: Kysely<Database>) {
	return db
		.selectFrom("connections as n")
		.select([
			"n.user_id",
			"n.id",
			"n.provider",
			"n.name",
			"n.account",
			"n.identity",
			"n.status",
			"n.status_reason",
			"n.status_message",
			"n.status_since",
			"n.scopes",
			"n.paused",
			"n.failures",
			"n.retry_after",
			"n.last_synced_at",
			"n.last_changed_at",
			"n.next_sync_at",
			"n.last_push_at",
			"n.consent",
			"n.created_at",
		])
		.select((eb) => {
			const running = eb
				.selectFrom("runs as r")
				.select("r.id")
				.whereRef("r.user_id", "=", "n.user_id")
				.whereRef("r.connection_id", "=", "n.id")
				.where("r.state", "=", "running")
				// One that waits until the server may be asked again does nothing yet.
				.where((inner) =>
					inner.or([inner("n.retry_after", "is", null), inner("n.retry_after", "<=", sql<Date>`clock_timestamp()`)]),
				);
			const calendars = eb
				.selectFrom("calendars as c")
				.select((inner) => inner.fn.countAll<number>().as("count"))
				.whereRef("c.user_id", "=", "n.user_id")
				.whereRef("c.connection_id", "=", "n.id");
			return [
				eb.exists(running).$castTo<boolean>().as("running"),
				eb.fn.coalesce(calendars, eb.lit(0)).as("calendars_count"),
			];
		});
}

/** @throws Problem `not_found` */
export async function findConnectionRecord(
	db: Kysely<Database>,
	userId: string,
	id: string,
): Promise<ConnectionRecord> {
	const [record] = await listConnectionRecords(db, userId, { limit: 1, id });
	if (record === undefined) throw notFound("connection");
	return record;
}

export function connectionToWire(record: ConnectionRecord): WireConnection {
	const { status_reason: reason, retry_after } = record;
	const text = reason === null ? null : statusText(reason, record.provider, record.consent);
	const held = text !== null && retry_after !== null && isWait(reason) ? ` ${heldUntil(retry_after)}` : "";
	return {
		id: record.id,
		provider: record.provider,
		name: record.name,
		account: record.account,
		status: record.status === "active" && record.running ? "syncing" : record.status,
		status_reason: record.status_reason,
		status_detail: text === null ? null : `${text.detail}${held}`,
		status_since: record.status_since.toISOString(),
		fix: text?.fix ?? null,
		scopes: record.scopes,
		last_synced_at: record.last_synced_at?.toISOString() ?? null,
		next_sync_at: record.next_sync_at?.toISOString() ?? null,
		last_push_at: record.last_push_at?.toISOString() ?? null,
		calendars_count: record.calendars_count,
		created_at: record.created_at.toISOString(),
	};
}

/**
 * A run that has not begun, as the server asked to be left alone until that instant, and says so.
 * @returns the run as it is where it is under way, or over
 */
export function heldRun<T extends Pick<Selectable<RunsTable>, "state" | "claimed_until" | "error">>(
	run: T,
	{ provider, status_reason, retry_after }: Pick<ConnectionRecord, "provider" | "status_reason" | "retry_after">,
	now: number,
): T {
	const isUnderWay = run.claimed_until !== null && run.claimed_until.getTime() > now;
	if (run.state !== "running" || isUnderWay || retry_after === null || retry_after.getTime() <= now) return run;
	const reason = isWait(status_reason) ? (status_reason ?? "rate_limited") : "rate_limited";
	const { detail, fix } = statusText(reason, provider);
	return { ...run, error: { code: reason, detail: `${detail} ${heldUntil(retry_after)}`, fix } };
}

function isWait(reason: string | null): boolean {
	return reason === "quota_exceeded" || reason === "rate_limited";
}

function heldUntil(at: Date): string {
	const [day = "", clock = ""] = at.toISOString().split("T");
	return `Nothing is read or sent before ${day} ${clock.slice(0, 5)} UTC.`;
}

export function runToWire(run: Selectable<RunsTable>): WireRun {
	return {
		id: run.id,
		connection_id: run.connection_id,
		trigger: run.trigger,
		state: run.state,
		created: run.created,
		updated: run.updated,
		deleted: run.deleted,
		requests: run.requests,
		started_at: run.started_at.toISOString(),
		duration_ms: run.finished_at === null ? null : Math.max(0, run.finished_at.getTime() - run.started_at.getTime()),
		error: run.error,
	};
}
