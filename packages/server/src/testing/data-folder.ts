import { chmod, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readServer, stopCluster } from "../db/embedded/cluster.ts";
import { placeCluster, prepareDataFolder } from "../db/embedded/placement.ts";

export interface TestDataFolder {
	readonly path: string;
	/** Stops what a killed server left running, and removes the folder. */
	remove(): Promise<void>;
}

/** A data folder for a server with its own embedded database; as root, one that the database's user can pass. */
export async function createTestDataFolder(): Promise<TestDataFolder> {
	const parent = await realpath(await mkdtemp(join(tmpdir(), "kalends-data-")));
	await chmod(parent, 0o755);
	const path = await prepareDataFolder(join(parent, "data"));
	return {
		path,
		remove: async () => {
			const cluster = await placeCluster(path);
			if ((await readServer(cluster)) !== null) await stopCluster(cluster);
			await rm(parent, { recursive: true, force: true });
		},
	};
}
