import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import pg from "pg";
import { clusterUrl, readServer, stopCluster } from "../../packages/server/src/db/embedded/cluster.ts";
import { placeCluster } from "../../packages/server/src/db/embedded/placement.ts";

/** Pid and address of the embedded database of a data folder. */
export async function embeddedDatabase(dataDir: string): Promise<{ readonly pid: number; readonly url: string }> {
	const cluster = await placeCluster(dataDir);
	const server = await readServer(cluster);
	if (server === null) throw new Error(`there runs no database in ${dataDir}`);
	return { pid: server.pid, url: await clusterUrl(cluster, server.port) };
}

/** Stops what a killed server left running there, and removes the folder. */
export async function removeDataFolder(dataDir: string): Promise<void> {
	if (!existsSync(dataDir)) return;
	const cluster = await placeCluster(dataDir);
	if ((await readServer(cluster)) !== null) await stopCluster(cluster);
	await rm(cluster.folder, { recursive: true, force: true });
	await rm(dataDir, { recursive: true, force: true });
}

export async function openClient(url: string): Promise<pg.Client> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	return client;
}

/** The rows of one query, past the server. */
export async function query<T extends pg.QueryResultRow>(
	url: string,
	text: string,
	values: readonly unknown[] = [],
): Promise<T[]> {
	const client = await openClient(url);
	try {
		return (await client.query<T>(text, [...values])).rows;
	} finally {
		await client.end();
	}
}
