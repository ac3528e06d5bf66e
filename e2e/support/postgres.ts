import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packagedBinaries, reachableBinaries } from "../../packages/server/src/db/embedded/binaries.ts";
import { databaseUser, giveTo, type RunAs, runCommand } from "../../packages/server/src/db/embedded/run-as.ts";
import { freePort } from "../../packages/server/src/testing/command-line.ts";
import { query } from "./database.ts";

/** A PostgreSQL server as an operator would run it, for DATABASE_URL. */
export interface Postgres {
	/** Such as 15.8. */
	readonly version: string;
	/** Makes an empty database; answers its address. */
	createDatabase(name: string): Promise<string>;
	stop(): Promise<void>;
}

/** Debian's, the oldest first that Kalends supports; where there is none, the programs of the embedded one. */
export async function startPostgres(): Promise<Postgres> {
	const runAs = await databaseUser();
	const programs = await findPrograms(runAs);
	// Its files are synced as Kalends demands, which costs nothing in memory.
	const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "kalends-e2e-postgres-"));
	await giveTo(folder, runAs);
	await chmod(folder, 0o700);
	const data = join(folder, "data");
	const passwordFile = join(folder, "password");
	await writeFile(passwordFile, PASSWORD);
	await giveTo(passwordFile, runAs);
	const run = async (program: string, args: readonly string[]) => {
		const { exitCode, output } = await runCommand(join(programs, program), args, { runAs });
		if (exitCode !== 0) throw new Error(`${program} failed: ${output}`);
	};
	await run("initdb", ["-D", data, "-U", USER, `--pwfile=${passwordFile}`, "--auth=scram-sha-256", "-E", "UTF8", "-N"]);
	const port = await freePort();
	const settings = `-c port=${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c shared_buffers=32MB`;
	await run("pg_ctl", ["start", "-w", "-s", "-D", data, "-l", join(folder, "log"), "-o", settings]);
	const urlOf = (name: string) => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${name}`;
	const [server] = await query<{ version: string }>(
		urlOf("postgres"),
		"select current_setting('server_version') version",
	);
	return {
		version: server?.version ?? "",
		async createDatabase(name) {
			await query(urlOf("postgres"), `create database ${name}`);
			return urlOf(name);
		},
		async stop() {
			await run("pg_ctl", ["stop", "-w", "-s", "-m", "immediate", "-D", data]);
			await rm(folder, { recursive: true, force: true });
		},
	};
}

const USER = "operator";
const PASSWORD = "operators-own";
const DEBIAN = "/usr/lib/postgresql";
const OLDEST = 15;

async function findPrograms(runAs: RunAs): Promise<string> {
	const versions = (await readdir(DEBIAN).catch(() => [])).map(Number).filter((version) => version >= OLDEST);
	for (const version of versions.sort((a, b) => a - b)) {
		const folder = join(DEBIAN, String(version), "bin");
		if (existsSync(join(folder, "initdb"))) return folder;
	}
	const { root } = await reachableBinaries(packagedBinaries(), runAs, "/var/lib/kalends/bin");
	return join(root, "bin");
}
