import { setTimeout as delay } from "node:timers/promises";
import type { Config } from "../config.ts";
import { type EmbeddedLease, LOCKS, leaseCluster } from "./embedded/lease.ts";
import { placeCluster, prepareDataFolder } from "./embedded/placement.ts";
import { DatabaseError } from "./errors.ts";

/** The database of a configuration, for as long as it is held. */
export interface DatabaseAccess {
	readonly url: string;
	/** Real path of the data folder; null with DATABASE_URL. */
	readonly dataFolder: string | null;
	/** Lets go; the embedded database stops with its last user. */
	release(): Promise<void>;
}

export interface AccessOptions {
	/** True for the server, of which a data folder has one; false for commands that run beside it. */
	readonly owner: boolean;
	/** Called when there is nothing to do but to wait for the database, if that is so. */
	readonly meanwhile?: () => void;
	/** The embedded database went away and is there again. */
	readonly onRecovered?: () => void;
	/** It went away and cannot be had again: the server must end. */
	readonly onLost?: (error: unknown) => void;
}

/** A killed predecessor's connection, and with it its lock, takes a moment to be noticed. */
const OWNER_PATIENCE_MS = 3_000;
const LOOK_AGAIN_MS = 50;

/**
 * Reaches DATABASE_URL's server (lazily), or makes, starts or adopts the embedded database.
 * @throws DataFolderError, or DatabaseError: `database_in_use` when another server owns the data folder
 */
export async function accessDatabase(config: Config, options: AccessOptions): Promise<DatabaseAccess> {
	if (config.databaseUrl !== null) {
		options.meanwhile?.();
		return { url: config.databaseUrl, dataFolder: null, release: async () => {} };
	}
	const folder = await prepareDataFolder(config.dataDir);
	const cluster = await placeCluster(folder);
	const take = async (port: number | null): Promise<EmbeddedLease> => {
		const lease = await leaseCluster(cluster, port, options.meanwhile);
		if (options.owner) await own(lease, folder);
		return lease;
	};
	let lease = await take(null);
	const { url } = lease;
	let released = false;
	const watch = async (): Promise<void> => {
		for (;;) {
			await lease.lost;
			if (released) return;
			// The same port, as the pool keeps the address it was given.
			lease = await take(Number(new URL(url).port));
			if (released) return lease.release();
			if (lease.url !== url) {
				await lease.release();
				throw new DatabaseError(
					"database_unreachable",
					"The embedded database broke off, and its port was taken meanwhile.",
				);
			}
			options.onRecovered?.();
		}
	};
	watch().catch((error: unknown) => options.onLost?.(error));
	return {
		url,
		dataFolder: folder,
		release: async () => {
			released = true;
			await lease.release();
		},
	};
}

async function own(lease: EmbeddedLease, folder: string): Promise<void> {
	const deadline = Date.now() + OWNER_PATIENCE_MS;
	while (Date.now() < deadline) {
		const lock = await lease.client.query("select pg_try_advisory_lock($1) as granted", [LOCKS.serverOwnsFolder]);
		if (lock.rows[0]?.granted === true) return;
		await delay(LOOK_AGAIN_MS);
	}
	await lease.release();
	throw new DatabaseError(
		"database_in_use",
		`Another Kalends server uses the data folder ${folder}. Stop it first, or set another KALENDS_DATA_DIR (and PORT).`,
	);
}
