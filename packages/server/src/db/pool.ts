import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Database } from "./schema.ts";

export interface OpenDatabase {
	readonly db: Kysely<Database>;
	readonly pool: pg.Pool;
	/** Waits for running queries, then closes every connection. */
	close(): Promise<void>;
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
		idle_in_transaction_session_timeout: statementTimeoutMs === 0 ? 0 : 2 * statementTimeoutMs,
		types: columnTypes(),
		keepAlive: true,
	});
	let closing = false;
	// Without a listener a broken idle connection would end the process.
	pool.on("error", (error) => {
		if (!closing) options.onIdleError?.(error);
	});
	const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
	const close = async () => {
		closing = true;
		await db.destroy();
	};
	return { db, pool, close };
}

function columnTypes(): pg.CustomTypesConfig {
	const types = new pg.TypeOverrides();
	types.setTypeParser(pg.types.builtins.INT8, Number);
	return types;
}
