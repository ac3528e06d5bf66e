import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { type AccessOptions, accessDatabase, type DatabaseAccess } from "./db/access.ts";
import { checkDatabase } from "./db/check.ts";
import { migrateToLatest } from "./db/migrate.ts";
import { type OpenDatabase, openDatabase } from "./db/pool.ts";
import { newId, pooled } from "./ids.ts";
import { createLogger } from "./observability/log.ts";
import type { Services } from "./services.ts";
import { openVault } from "./vault/open-vault.ts";

/** What the server and the commands stand on: the migrated database and the keys, before network and jobs. */
export interface Foundation {
	readonly services: Pick<Services, "config" | "log" | "db" | "vault" | "now" | "random" | "newId">;
	readonly database: OpenDatabase;
	readonly access: DatabaseAccess;
	/** Names of the migrations that opening it applied. */
	readonly migrated: readonly string[];
	close(): Promise<void>;
}

/**
 * Opens the database of a configuration (started if it must be), brings it to this version, and opens the vault.
 * @throws DataFolderError, DatabaseError, KeysMissingError, ConfigError: one sentence each
 */
export async function openFoundation(
	config: Config,
	options: AccessOptions & { readonly log?: Logger },
): Promise<Foundation> {
	const log = options.log ?? createLogger({ level: config.logLevel });
	const access = await accessDatabase(config, options);
	const database = openDatabase(access.url, {
		onIdleError: (error) => log.warn({ err: error }, "a database connection broke"),
	});
	const close = async () => {
		await database.close();
		await access.release();
	};
	try {
		await checkDatabase(database.db, access.url);
		const migrated = await migrate(access.url, log);
		const vault = await openVault(config, access.dataFolder, database.db);
		const now = Date.now;
		const randomness = pooled(randomBytes);
		const services = {
			config,
			log,
			db: database.db,
			vault,
			now,
			random: Math.random,
			newId: (prefix: Parameters<Services["newId"]>[0]) => newId(prefix, now(), randomness),
		};
		return { services, database, access, migrated, close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** On connections of its own, as migrations may take longer than any request may. */
async function migrate(url: string, log: Logger): Promise<readonly string[]> {
	const { db, close } = openDatabase(url, { maxConnections: 2, statementTimeoutMs: 0 });
	try {
		const applied = await migrateToLatest(db);
		if (applied.length > 0) log.info({ migrations: applied }, "the database was brought to this version");
		return applied;
	} finally {
		await close();
	}
}
