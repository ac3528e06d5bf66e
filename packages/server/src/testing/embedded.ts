import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packagedBinaries, reachableBinaries } from "../db/embedded/binaries.ts";
import {
	type Cluster,
	clusterUrl,
	createCluster,
	isAlive,
	readServer,
	startCluster,
	stopCluster,
} from "../db/embedded/cluster.ts";
import { databaseUser, giveTo } from "../db/embedded/run-as.ts";

const PREFIX = "kalends-test-database-";

/** A throw-away PostgreSQL for one test run: fast, not durable, in the temp folder. */
export async function startTestServer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
	await removeAbandoned();
	const runAs = await databaseUser();
	const parent = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
	await giveTo(parent, runAs);
	const cluster = await clusterAt(parent);
	await createCluster(cluster);
	await startCluster(cluster, null);
	const server = await readServer(cluster);
	if (server === null) throw new Error("the test database does not run");
	return {
		url: await clusterUrl(cluster, server.port),
		stop: async () => {
			await stopCluster(cluster);
			await rm(parent, { recursive: true, force: true });
		},
	};
}

/** Servers of test runs that were killed. */
async function removeAbandoned(): Promise<void> {
	for (const entry of await readdir(tmpdir())) {
		if (!entry.startsWith(PREFIX) || isAlive(Number(entry.slice(PREFIX.length).split("-")[0]))) continue;
		const parent = join(tmpdir(), entry);
		try {
			const cluster = await clusterAt(parent);
			if ((await readServer(cluster)) !== null) await stopCluster(cluster);
			await rm(parent, { recursive: true, force: true });
		} catch {
			// Another user's, or being removed by another run.
		}
	}
}

async function clusterAt(parent: string): Promise<Cluster> {
	const runAs = await databaseUser();
	const binaries = await reachableBinaries(packagedBinaries(), runAs, join("/var/lib/kalends", "bin"));
	return { folder: join(parent, "postgres"), binaries, runAs, durable: false };
}
