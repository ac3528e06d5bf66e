import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";

const CLI = resolve(import.meta.dirname, "../cli/main.ts");

export interface Finished {
	readonly exitCode: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs `kalends <args>` to its end with nothing but this environment. */
export async function runCommandLine(
	args: readonly string[],
	env: Readonly<Record<string, string>>,
	input = "",
): Promise<Finished> {
	const child = spawnCommandLine(args, env);
	child.stdin?.end(input);
	const [stdout, stderr] = await Promise.all([streamText(child.stdout), streamText(child.stderr), once(child, "exit")]);
	return { exitCode: child.exitCode, stdout, stderr };
}

export interface StartedServer {
	readonly url: string;
	readonly child: ChildProcess;
	/** The line for the person who started it. */
	readonly welcome: string;
	/** Sends the signal and waits for the end. */
	end(signal: NodeJS.Signals): Promise<Finished>;
}

/** `kalends start`, until it says that it is ready. */
export async function startCommandLine(env: Readonly<Record<string, string>>): Promise<StartedServer> {
	const port = env.PORT ?? String(await freePort());
	const child = spawnCommandLine(["start"], { ...env, PORT: port });
	child.stdin?.end();
	let stdout = "";
	const stderr = streamText(child.stderr);
	const welcome = await new Promise<string>((ready, failed) => {
		child.stdout?.on("data", (chunk: Buffer) => {
			stdout += chunk.toString();
			const line = /^Kalends is ready.*$/m.exec(stdout)?.[0];
			if (line !== undefined) ready(line);
		});
		child.on("exit", async (code) => failed(new Error(`the server ended with ${code}: ${await stderr}${stdout}`)));
	});
	return {
		url: `http://127.0.0.1:${port}`,
		child,
		welcome,
		end: async (signal) => {
			if (child.exitCode === null && child.signalCode === null) {
				const ended = once(child, "exit");
				child.kill(signal);
				await ended;
			}
			return { exitCode: child.exitCode, stdout, stderr: await stderr };
		},
	};
}

export async function freePort(): Promise<number> {
	const server = createServer();
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	if (address === null || typeof address === "string") throw new Error("no port");
	return address.port;
}

/** In the temp folder, where no .env of the checkout is. */
function spawnCommandLine(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
	return spawn(process.execPath, [CLI, ...args], {
		cwd: tmpdir(),
		env: { PATH: process.env.PATH, ...env },
		stdio: "pipe",
	});
}

async function streamText(stream: NodeJS.ReadableStream | null): Promise<string> {
	return stream === null ? "" : text(stream);
}
