import { setTimeout as delay } from "node:timers/promises";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Database } from "./schema.ts";

export interface OpenDatabase {
	readonly db: Kysely<Database>;
	readonly pool: pg.Pool;
	/** Waits for running queries, at most so long (default 2 s), then closes every connection. */
	close(withinMs?: number): Promise<void>;
}

export interface OpenDatabaseOptions {
	/** Connections at the most (default 10). They close after half a minute of idleness. */
	readonly maxConnections?: number;
	/** Milliseconds that one statement may take (default 30,000; 0: no limit, for migrations and maintenance). */
	readonly statementTimeoutMs?: number;
	/** Told when an idle connection breaks, as when the database restarts; the pool replaces it by itself. */
	readonly onIdleError?: (error: Error) => void;
}

const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_WITHIN_MS = 2_000;
/** A transaction whose process stopped holds its locks for this long: less than its lease (sync/run-lease.ts). */
const IDLE_IN_TRANSACTION_MS = 15_000;

/**
 * A pool on a PostgreSQL address. int8 (also `count(*)`) is read as number, timestamptz as Date, jsonb parsed.
 * Connects lazily: `checkDatabase` finds out whether it is there.
 */
export function openDatabase(url: string, options: OpenDatabaseOptions = {}): OpenDatabase {
	const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
	const pool = new pg.Pool({
		connectionString: url,
		application_name: "kalends",
		max: options.maxConnections ?? 10,
		connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
		idleTimeoutMillis: 30_000,
		statement_timeout: statementTimeoutMs,
		idle_in_transaction_session_timeout: statementTimeoutMs === 0 ? 0 : IDLE_IN_TRANSACTION_MS,
		types: columnTypes(),
		keepAlive: true,
	});
	let closing = false;
	const clients = new Set<pg.PoolClient>();
	pool.on("connect", (client) => {
		clients.add(client);
		// The pool listens to idle connections only. Without a listener one that breaks in use would end the process; who
		// uses it is told by the failure of the statement.
		client.on("error", () => {});
	});
	pool.on("remove", (client) => clients.delete(client));
	pool.on("error", (error) => {
		if (!closing) options.onIdleError?.(error);
	});
	const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
	const close = async (withinMs = CLOSE_WITHIN_MS) => {
		closing = true;
		const patience = new AbortController();
		const late = delay(withinMs, true, { signal: patience.signal }).catch(() => false);
		const isLate = await Promise.race([late, db.destroy().then(() => false)]);
		patience.abort();
		if (isLate) await Promise.all([...clients].map((client) => client.end()));
	};
	return { db, pool, close };
}

function columnTypes(): pg.CustomTypesConfig {
	const types = new pg.TypeOverrides();
	types.setTypeParser(pg.types.builtins.INT8, Number);
	return types;
}
