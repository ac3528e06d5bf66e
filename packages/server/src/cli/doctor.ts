import { sql } from "kysely";
import type { Config } from "../config.ts";
import { accessDatabase, type DatabaseAccess } from "../db/access.ts";
import { checkDatabase, databasePlace } from "../db/check.ts";
import { LOCKS } from "../db/embedded/lease.ts";
import { assertNotNewer, pendingMigrations } from "../db/migrate.ts";
import { type OpenDatabase, openDatabase } from "../db/pool.ts";
import { openNetwork } from "../network.ts";
import { checkMail } from "../notify/mail/checkup.ts";
import { oauthCheckups } from "../oauth/checkups.ts";
import { createLogger } from "../observability/log.ts";
import { checkPayments } from "../payments/checkup.ts";
import { openVault } from "../vault/open-vault.ts";
import { checkWebhooks } from "../webhooks/checkup.ts";
import { failureOf } from "./failure.ts";

export interface Finding {
	readonly check: string;
	readonly ok: boolean;
	readonly detail: string;
}

const LOOKED_AT_LATER =
	"to be looked at when the database is at this version, to which the next start, or kalends migrate, brings it";

/**
 * Looks at everything that the server needs, in the order in which it needs it; what comes after a failed check that
 * it depends on is not looked at. Changes nothing but that it makes the data folder when there is none, and starts the
 * embedded database for as long as it looks.
 */
export async function inspect(load: () => Config): Promise<readonly Finding[]> {
	const findings: Finding[] = [];
	let isOutdated = false;
	const look = async <T>(check: string, work: () => Promise<{ detail: string; value: T }>): Promise<T | null> => {
		try {
			const { detail, value } = await work();
			findings.push({ check, ok: true, detail });
			return value;
		} catch (error) {
			const waits = isOutdated && isMissingInDatabase(error);
			findings.push({ check, ok: waits, detail: waits ? LOOKED_AT_LATER : failureOf(error).message });
			return null;
		}
	};
	const config = await look("configuration", async () => {
		const value = load();
		return {
			detail: `port ${value.port} on ${value.host}, ${value.url.origin}, roles ${value.roles.join(" and ")}`,
			value,
		};
	});
	if (config === null) return findings;
	const access = await look("database server", async () => {
		const value = await accessDatabase(config, { owner: false });
		const kind = value.dataFolder === null ? "DATABASE_URL" : `embedded, data folder ${value.dataFolder}`;
		return { detail: `${databasePlace(value.url)} (${kind})`, value };
	});
	if (access === null) return findings;
	const database = openDatabase(access.url, { maxConnections: 2 });
	try {
		const usable = await look("database", () => describeDatabase(database, access));
		if (usable === null) return findings;
		const migrated = await look("migrations", () => describeMigrations(database));
		if (migrated === null) return findings;
		isOutdated = migrated.pending > 0;
		await look("keys", async () => {
			const vault = await openVault(config, access.dataFolder, database.db);
			return { detail: `${vault.keyIds.size} present, ${vault.sealingKeyId} seals`, value: true };
		});
		await look("connections", () => describeConnections(database));
		await look("webhooks", async () => ({ detail: await checkWebhooks(database.db), value: true }));
		await look("payments", async () => ({ detail: checkPayments(config), value: true }));
		const network = openNetwork(config);
		try {
			const log = createLogger({ level: "silent" });
			for (const { check, work } of oauthCheckups({ ...network, config, db: database.db, log, now: Date.now })) {
				await look(check, async () => ({ detail: await work(), value: true }));
			}
			await look("mail", async () => ({ detail: await checkMail({ ...network, config }), value: true }));
		} finally {
			await network.http.close();
		}
		if (access.dataFolder !== null) await look("server", () => describeServer(database));
	} finally {
		await database.close();
		await access.release();
	}
	return findings;
}

async function describeDatabase({ db }: OpenDatabase, access: DatabaseAccess) {
	await checkDatabase(db, access.url);
	const facts = await sql<{ version: string; size: string }>`select
		current_setting('server_version') as version,
		pg_size_pretty(pg_database_size(current_database())) as size`.execute(db);
	const { version, size } = facts.rows[0] ?? { version: "?", size: "?" };
	return { detail: `PostgreSQL ${version}, ${size}`, value: true };
}

async function describeMigrations({ db }: OpenDatabase) {
	await assertNotNewer(db);
	const pending = await pendingMigrations(db);
	const detail = pending.length === 0 ? "all applied" : `${pending.length} to be applied by the next start`;
	return { detail, value: { pending: pending.length } };
}

async function describeConnections({ db }: OpenDatabase) {
	const rows = await db
		.selectFrom("connections")
		.select((eb) => ["status", eb.fn.countAll<number>().as("connections")])
		.groupBy("status")
		.orderBy("status")
		.execute();
	const detail = rows.map((row) => `${row.connections} ${row.status}`).join(", ");
	return { detail: detail === "" ? "none yet" : detail, value: true };
}

async function describeServer({ db }: OpenDatabase) {
	const owner = await sql`select 1 from pg_locks where locktype = 'advisory' and objid = ${LOCKS.serverOwnsFolder}
		and classid = 0 and granted`.execute(db);
	return { detail: owner.rows.length > 0 ? "running" : "not running", value: true };
}

/** A table or a column that migrations have still to make (PostgreSQL's `undefined_table`, `undefined_column`). */
function isMissingInDatabase(error: unknown): boolean {
	return error instanceof Error && "code" in error && (error.code === "42P01" || error.code === "42703");
}
