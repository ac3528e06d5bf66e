import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import type { Usage } from "./window.ts";

/** Whose quota is spent: of all accounts of a provider, or of one connection's account. */
export type BudgetKey = { readonly provider: string } | { readonly userId: string; readonly connectionId: string };

export interface LeaseRequest {
	readonly wanted: number;
	/** Less than this is of no use. */
	readonly needed: number;
	/** Units in any minute. */
	readonly limit: number;
}

export interface Lease {
	/** From `needed` to `wanted`, or 0. */
	readonly units: number;
	/** Before the lease. */
	readonly usage: Usage;
}

/**
 * Takes units out of a budget for this process: one statement, by the database's clock.
 * @returns null where there is no such connection (any more)
 */
export async function leaseUnits(db: Kysely<Database>, key: BudgetKey, request: LeaseRequest): Promise<Lease | null> {
	return (await tryLease(db, key, request)) ?? ((await insertBudget(db, key)) ? tryLease(db, key, request) : null);
}

async function tryLease(
	db: Kysely<Database>,
	key: BudgetKey,
	{ wanted, needed, limit }: LeaseRequest,
): Promise<Lease | null> {
	const { table, where } = partsOf(key);
	const { rows } = await sql<{ units: number } & Usage>`
		WITH held AS MATERIALIZED (
			SELECT minute, used, before FROM ${table} WHERE ${where} FOR UPDATE
		), clock AS MATERIALIZED (
			SELECT h.*, extract(epoch FROM clock_timestamp())::float8 / 60 AS now FROM held h
		), present AS (
			-- Two looks at the clock may come in the other order: the row's minute never goes back.
			SELECT greatest(minute, floor(now)::bigint) AS minute,
				CASE WHEN minute >= floor(now) THEN used ELSE 0 END AS used,
				CASE WHEN minute >= floor(now) THEN before WHEN minute = floor(now) - 1 THEN used ELSE 0 END AS before,
				now - floor(now) AS passed
			FROM clock
		), room AS (
			SELECT *, floor(${limit}::float8 - used - before * (1 - passed)) AS free FROM present
		), granted AS (
			SELECT *, CASE WHEN free >= ${needed}::float8 THEN least(${wanted}::float8, free)::integer ELSE 0 END AS units FROM room
		)
		UPDATE ${table} SET minute = g.minute, used = g.used + g.units, before = g.before
		FROM granted g WHERE ${where}
		RETURNING g.units, g.used, g.before, g.passed`.execute(db);
	const [row] = rows;
	return row === undefined ? null : { units: row.units, usage: row };
}

async function insertBudget(db: Kysely<Database>, key: BudgetKey): Promise<boolean> {
	if ("provider" in key) {
		await sql`INSERT INTO project_call_budgets (provider) VALUES (${key.provider}) ON CONFLICT DO NOTHING`.execute(db);
		return true;
	}
	await sql`
		INSERT INTO user_call_budgets (user_id, connection_id)
		SELECT user_id, id FROM connections WHERE user_id = ${key.userId} AND id = ${key.connectionId}
		ON CONFLICT DO NOTHING`.execute(db);
	return true;
}

function partsOf(key: BudgetKey): { readonly table: RawBuilder<unknown>; readonly where: RawBuilder<boolean> } {
	if ("provider" in key) {
		return { table: sql.table("project_call_budgets"), where: sql<boolean>`provider = ${key.provider}` };
	}
	return {
		table: sql.table("user_call_budgets"),
		where: sql<boolean>`user_id = ${key.userId} AND connection_id = ${key.connectionId}`,
	};
}
