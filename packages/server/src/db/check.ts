import { type Kysely, sql } from "kysely";
import { DatabaseError } from "./errors.ts";
import type { Database } from "./schema.ts";

const OLDEST = 15;

/**
 * Finds out whether this database can be trusted with people's data.
 * @param url the address in use, for messages; its password is not shown
 * @throws DatabaseError `database_unreachable`, `database_too_old` (before PostgreSQL 15), `database_unsafe`
 * (acknowledged writes would not be durable)
 */
export async function checkDatabase(db: Kysely<Database>, url: string): Promise<void> {
	const found = await sql<ServerFacts>`select
		current_setting('server_version_num')::int as number,
		current_setting('server_version') as version,
		current_setting('fsync') as fsync,
		current_setting('synchronous_commit') as synchronous_commit`
		.execute(db)
		.catch((error: unknown) => {
			throw unreachable(error, url);
		});
	const server = found.rows[0];
	if (server === undefined) throw unreachable(new Error("it answers nothing"), url);
	const refusal = refusalOf(server);
	if (refusal !== null) throw refusal;
}

export interface ServerFacts {
	/** `server_version_num`, e.g. 150004 */
	readonly number: number;
	readonly version: string;
	readonly fsync: string;
	readonly synchronous_commit: string;
}

/** Null for a server that will do. */
export function refusalOf(server: ServerFacts): DatabaseError | null {
	if (server.number < OLDEST * 10_000) {
		return new DatabaseError(
			"database_too_old",
			`The database server is PostgreSQL ${server.version}; Kalends needs ${OLDEST} or later. Update it, or unset DATABASE_URL to use the embedded one.`,
		);
	}
	for (const setting of ["fsync", "synchronous_commit"] as const) {
		if (server[setting] !== "off") continue;
		return new DatabaseError(
			"database_unsafe",
			`The database server has ${setting} = off, so a power cut would lose what Kalends has acknowledged. Turn it on in postgresql.conf (or for this user or database) and reload the server.`,
		);
	}
	return null;
}

/** Host, port and database of an address; never user or password. */
export function databasePlace(url: string): string {
	const { hostname, port, pathname } = new URL(url);
	return `${hostname || "localhost"}:${port || "5432"}${pathname}`;
}

function unreachable(error: unknown, url: string): DatabaseError {
	return new DatabaseError(
		"database_unreachable",
		`The database at ${databasePlace(url)} cannot be used: ${reasonOf(error)}. Check DATABASE_URL and that the server runs.`,
		{ cause: error },
	);
}

function reasonOf(error: unknown): string {
	// A host with several addresses fails with one error for each.
	if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
	return error instanceof Error ? error.message : String(error);
}
