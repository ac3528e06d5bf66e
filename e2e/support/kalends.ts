import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Finished, freePort, runCommandLine } from "../../packages/server/src/testing/command-line.ts";
import { type Client, clientOf } from "./client.ts";
import { removeDataFolder } from "./database.ts";

/** The real server as a process of its own, started as a person would, in a data folder of its own. */
export interface Kalends extends Client {
	readonly url: string;
	readonly apiKey: string;
	readonly dataDir: string;
	readonly process: ChildProcess;
	/** Everything that it printed so far. */
	output(): string;
	/** What it printed but for its log of requests: for whoever looks into a failure. */
	story(): string;
	/** The same server on behalf of another user. */
	actingFor(userId: string): Client;
	/** Runs `kalends <args>` beside it, with its environment. */
	command(...args: readonly string[]): Promise<Finished>;
	/** Stops it by `signal` and waits for its end; the data folder stays. */
	stop(signal?: NodeJS.Signals): Promise<number | null>;
	/** Stops it, with the database that a killed one left behind, and removes the data folder. */
	dispose(): Promise<void>;
}

export interface KalendsOptions {
	readonly dataDir?: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly port?: number;
}

const ROOT = resolve(import.meta.dirname, "../..");
export const ADMIN_EMAIL = "admin@example.org";
export const ADMIN_PASSWORD = "correct horse battery staple";
export const ADMIN_KEY = "kal_e2e_0123456789abcdefghijklmnop";

/** @throws with what the server printed, when it ends instead of becoming ready */
export async function startKalends(options: KalendsOptions = {}): Promise<Kalends> {
	const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "kalends-e2e-")));
	const port = options.port ?? (await freePort());
	const env = {
		PATH: process.env.PATH ?? "",
		HOME: process.env.HOME ?? "",
		PORT: String(port),
		KALENDS_DATA_DIR: dataDir,
		KALENDS_ADMIN_EMAIL: ADMIN_EMAIL,
		KALENDS_ADMIN_PASSWORD: ADMIN_PASSWORD,
		KALENDS_ADMIN_API_KEY: ADMIN_KEY,
		KALENDS_ALLOWED_PRIVATE_HOSTS: "127.0.0.1,localhost",
		...options.env,
	};
	const child = spawn(process.execPath, [join(ROOT, "packages/server/src/cli/main.ts"), "start"], {
		cwd: ROOT,
		stdio: ["ignore", "pipe", "pipe"],
		env,
	});
	let output = "";
	const collect = (chunk: Buffer) => {
		output = (output + chunk.toString()).slice(-200_000);
	};
	child.stdout.on("data", collect);
	child.stderr.on("data", collect);
	const url = `http://127.0.0.1:${port}`;
	try {
		await untilReady(url, child, () => output);
	} catch (error) {
		// Nobody else could.
		if (options.dataDir === undefined) await removeDataFolder(dataDir);
		throw error;
	}

	const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
		if (child.exitCode === null && child.signalCode === null) {
			const ended = once(child, "exit");
			child.kill(signal);
			await ended;
		}
		return child.exitCode;
	};
	return {
		...clientOf(url, ADMIN_KEY),
		url,
		apiKey: ADMIN_KEY,
		dataDir,
		process: child,
		output: () => output,
		story: () => output.replaceAll(/^.*"msg":"request"}\n/gm, ""),
		actingFor: (userId) => clientOf(url, ADMIN_KEY, { "kalends-user": userId }),
		command: (...args) => runCommandLine(args, env),
		stop,
		async dispose() {
			await stop();
			await removeDataFolder(dataDir);
		},
	};
}

async function untilReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
	const deadline = performance.now() + 120_000;
	while (performance.now() < deadline) {
		if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${output()}`);
		try {
			const answer = await fetch(`${url}/readyz`);
			await answer.arrayBuffer();
			if (answer.ok) return;
		} catch {
			// Not listening yet.
		}
		await new Promise((done) => setTimeout(done, 20));
	}
	child.kill("SIGKILL");
	throw new Error(`the server was not ready within two minutes:\n${output()}`);
}
