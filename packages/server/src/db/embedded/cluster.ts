import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { DatabaseError } from "../errors.ts";
import { type Binaries, program } from "./binaries.ts";
import { giveTo, type RunAs, runCommand } from "./run-as.ts";
import { serverSettings } from "./settings.ts";

/** A folder with a PostgreSQL database cluster of ours, running or not. */
export interface Cluster {
	readonly folder: string;
	readonly binaries: Binaries;
	readonly runAs: RunAs;
	/** False gives up durability for speed: throw-away databases of tests only. */
	readonly durable: boolean;
}

const SUPERUSER = "kalends";
export const DATABASE = "kalends";
const PASSWORD_FILE = "kalends.password";
const LOG_FILE = "kalends.log";
const LOG_BYTES = 5_000_000;
const START_SECONDS = 300;
const PORT_ATTEMPTS = 3;

/**
 * Makes the cluster where there is none: made whole in a folder beside, then moved into place, so that an interrupted
 * attempt leaves nothing that looks like a database. Two processes may do it at once; one wins, both go on.
 */
export async function createCluster(cluster: Cluster): Promise<void> {
	if (await exists(join(cluster.folder, "PG_VERSION"))) return;
	const parent = dirname(cluster.folder);
	await removeInterrupted(parent, basename(cluster.folder));
	const workshop = await mkdtemp(join(parent, `${basename(cluster.folder)}.new-${process.pid}-`));
	try {
		await giveTo(workshop, cluster.runAs);
		const passwordFile = join(workshop, PASSWORD_FILE);
		await writeFile(passwordFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
		await giveTo(passwordFile, cluster.runAs);
		const data = join(workshop, "data");
		await initialise(cluster, data, passwordFile);
		await rename(passwordFile, join(data, PASSWORD_FILE));
		await rename(data, cluster.folder).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
		});
	} finally {
		await rm(workshop, { recursive: true, force: true });
	}
}

async function initialise(cluster: Cluster, data: string, passwordFile: string): Promise<void> {
	const initdb = await runCommand(
		program(cluster.binaries, "initdb"),
		[
			...["-D", data, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, "--auth=scram-sha-256", "--encoding=UTF8"],
			...[
				"--locale-provider=builtin",
				"--locale=C.UTF-8",
				"--no-instructions",
				...(cluster.durable ? [] : ["--no-sync"]),
			],
		],
		{ runAs: cluster.runAs },
	);
	if (initdb.exitCode !== 0) throw startFailure("could not be made", initdb.output);
	const create = await runCommand(program(cluster.binaries, "postgres"), ["--single", "-D", data, "postgres"], {
		runAs: cluster.runAs,
		input: `CREATE DATABASE ${DATABASE}\n`,
	});
	if (create.exitCode !== 0) throw startFailure("could not be made", create.output);
}

/**
 * Starts the server on a free loopback port and waits until it accepts connections.
 * @param preferredPort taken when it is free, so that pools that know it find the database again
 * @param meanwhile called when it was told to start
 * @returns false when another process is about to start or stop it; look again then
 */
export async function startCluster(
	cluster: Cluster,
	preferredPort: number | null,
	meanwhile?: () => void,
): Promise<boolean> {
	await forgetDeadServer(cluster);
	const log = join(cluster.folder, LOG_FILE);
	await shortenLog(log);
	let port = preferredPort ?? (await freePort());
	for (let attempt = 1; ; attempt++) {
		const logBefore = await sizeOf(log);
		const settings = serverSettings({ port, durable: cluster.durable });
		const starting = runCommand(
			program(cluster.binaries, "pg_ctl"),
			["start", "-w", "-t", String(START_SECONDS), "-s", "-D", cluster.folder, "-l", log, "-o", settings],
			{ runAs: cluster.runAs },
		);
		meanwhile?.();
		const started = await starting;
		if (started.exitCode === 0) return true;
		const said = `${started.output}\n${(await readFile(log, "utf8").catch(() => "")).slice(logBefore)}`;
		if (/lock file "postmaster\.pid" already exists|pre-existing shared memory/.test(said)) return false;
		if (/could not bind|could not create any TCP\/IP sockets/.test(said) && attempt < PORT_ATTEMPTS) {
			port = await freePort();
			continue;
		}
		throw startFailure("does not start", said);
	}
}

/** Lets running statements fail, makes everything durable and waits for the end. */
export async function stopCluster(cluster: Cluster): Promise<void> {
	const mode = cluster.durable ? "fast" : "immediate";
	const stopped = await runCommand(
		program(cluster.binaries, "pg_ctl"),
		["stop", "-w", "-t", "60", "-s", "-m", mode, "-D", cluster.folder],
		{ runAs: cluster.runAs },
	);
	if (stopped.exitCode !== 0 && (await readServer(cluster)) !== null) {
		throw startFailure("does not stop", stopped.output);
	}
}

export interface RunningServer {
	readonly pid: number;
	readonly port: number;
	readonly status: "starting" | "stopping" | "ready" | "standby";
}

/** What `postmaster.pid` says, when its process is there and is this cluster's server; else null. */
export async function readServer(cluster: Cluster): Promise<RunningServer | null> {
	const text = await readFile(join(cluster.folder, "postmaster.pid"), "utf8").catch(() => "");
	const lines = text.split("\n").map((line) => line.trim());
	const pid = Number(lines[0]);
	if (!Number.isInteger(pid) || pid <= 0 || !(await isServerOf(cluster, pid))) return null;
	const status = lines[7];
	const known = status === "ready" || status === "stopping" || status === "standby" ? status : "starting";
	return { pid, port: Number(lines[3]), status: known };
}

export async function clusterUrl(cluster: Cluster, port: number, database = DATABASE): Promise<string> {
	const password = await readFile(join(cluster.folder, PASSWORD_FILE), "utf8");
	return `postgres://${SUPERUSER}:${encodeURIComponent(password.trim())}@127.0.0.1:${port}/${database}`;
}

/**
 * A pid file whose number now belongs to another program (containers reuse small numbers) would keep PostgreSQL
 * from starting.
 */
async function forgetDeadServer(cluster: Cluster): Promise<void> {
	const file = join(cluster.folder, "postmaster.pid");
	if ((await exists(file)) && (await readServer(cluster)) === null) await rm(file, { force: true });
}

async function isServerOf(cluster: Cluster, pid: number): Promise<boolean> {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
	}
	if (process.platform === "win32") return true;
	const listed = await runCommand("ps", ["-o", "args=", "-p", String(pid)]).catch(() => null);
	const args =
		process.platform === "linux"
			? (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ")
			: (listed?.output ?? "");
	return args.includes("postgres") && args.includes(cluster.folder);
}

async function removeInterrupted(parent: string, name: string): Promise<void> {
	for (const entry of await readdir(parent)) {
		if (!entry.startsWith(`${name}.new-`)) continue;
		const maker = Number(entry.slice(name.length).split("-")[1]);
		if (!isAlive(maker)) await rm(join(parent, entry), { recursive: true, force: true });
	}
}

/** False for 0 and for text that is not a number. */
export function isAlive(pid: number): boolean {
	if (!Number.isInteger(pid) || pid <= 0) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

async function shortenLog(log: string): Promise<void> {
	if ((await sizeOf(log)) > LOG_BYTES) await rename(log, `${log}.1`);
}

async function sizeOf(file: string): Promise<number> {
	return stat(file).then(
		(found) => found.size,
		() => 0,
	);
}

async function exists(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	);
}

async function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.on("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const address = server.address();
			server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
		});
	});
}

function startFailure(what: string, output: string): DatabaseError {
	const lines = output.split("\n").filter((line) => /FATAL|PANIC|ERROR|error:|HINT/.test(line));
	const said = (lines.length > 0 ? lines : output.split("\n")).slice(-3).join(" ").trim();
	return new DatabaseError("database_unreachable", `The embedded database ${what}: ${said || "it gave no reason"}`);
}
