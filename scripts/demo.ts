import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { DEFAULT_CLIENT, environmentFor, KALENDS_CALLBACKS, type Sandbox, startSandbox } from "@kalends/sandbox";
import { createTestDataFolder } from "../packages/server/src/testing/data-folder.ts";

/** `npm run demo`: Kalends with a Google of its own on this machine, for as long as it runs. */

const ROOT = resolve(import.meta.dirname, "..");
const EMAIL = "demo@example.com";
const PASSWORD = "kalends demo";
const API_KEY = "kal_demo_key_on_this_machine_only";

const print = (text: string): void => void process.stdout.write(text);

const port = await freePort(Number(process.env.PORT || 3000));
const url = `http://localhost:${port}`;
print("Starting a sandbox of Google, a database and Kalends …\n");
const data = await createTestDataFolder();
const sandbox = await openSandbox();
const kalends = startKalends(sandbox);
let stopping = false;
const stop = (signal: NodeJS.Signals): void => {
	stopping = true;
	kalends.kill(signal);
};
process.on("SIGINT", stop).on("SIGTERM", stop);

const ended = once(kalends, "exit");
const isReady = await Promise.race([ready(kalends), ended.then(() => false)]);
if (isReady) print(welcome());
const [code] = (await ended) as [number | null];
await sandbox.close();
await data.remove();
if (stopping) print("Stopped; nothing of the demo is left.\n");
process.exitCode = stopping ? 0 : (code ?? 1);

async function openSandbox(): Promise<Sandbox> {
	const redirectUris = ["localhost", "127.0.0.1"].flatMap((host) =>
		KALENDS_CALLBACKS.map((path) => `http://${host}:${port}${path}`),
	);
	return startSandbox({
		port: await freePort(4010),
		seed: "demo",
		clients: [{ ...DEFAULT_CLIENT, redirectUris, name: "Kalends (demo)" }],
	});
}

function startKalends(google: Sandbox): ChildProcess {
	return spawn(process.execPath, [join(ROOT, "packages/server/src/cli/main.ts"), "start"], {
		// Where no .env is: the demo must not meet anybody's own settings.
		cwd: data.path,
		stdio: ["ignore", "pipe", "inherit"],
		env: {
			...machineEnvironment(),
			...environmentFor(google),
			PORT: String(port),
			KALENDS_URL: url,
			KALENDS_DATA_DIR: data.path,
			KALENDS_ADMIN_EMAIL: EMAIL,
			KALENDS_ADMIN_PASSWORD: PASSWORD,
			KALENDS_ADMIN_API_KEY: API_KEY,
			LOG_LEVEL: process.env.LOG_LEVEL || "error",
		},
	});
}

/** What programs need to run at all, and nothing that configures Kalends. */
function machineEnvironment(): Record<string, string> {
	const names = ["PATH", "HOME", "TMPDIR", "TMP", "TEMP", "LANG", "TZ", "SystemRoot"];
	return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name] ?? ""]] : [])));
}

/** True when it says that it is ready; what else it prints goes on to the terminal. */
function ready(child: ChildProcess): Promise<boolean> {
	return new Promise((done) => {
		let printed = "";
		child.stdout?.on("data", (chunk: Buffer) => {
			printed += chunk.toString();
			const lines = printed.split("\n");
			printed = lines.pop() ?? "";
			for (const line of lines) {
				if (line.startsWith("Kalends is ready")) done(true);
				else print(`${line}\n`);
			}
		});
	});
}

/** The wanted port, or, where that is taken, any other. */
async function freePort(wanted: number): Promise<number> {
	const probe = createServer();
	const listening = once(probe, "listening");
	probe.listen(wanted, "127.0.0.1");
	try {
		await listening;
	} catch {
		return freePort(0);
	}
	const address = probe.address();
	probe.close();
	await once(probe, "close");
	return typeof address === "object" && address !== null ? address.port : 0;
}

function welcome(): string {
	const ask = `curl -s ${url}/v1`;
	const authorization = `-H "Authorization: Bearer ${API_KEY}"`;
	return `
Kalends is ready:  ${url}
  sign in with     ${EMAIL}
  password         ${PASSWORD}
  API key          ${API_KEY}

Its Google is a sandbox on this machine; no account there is real, and no password is asked for:
  connect          open ${url}, sign in, connect Google Calendar, choose ada@example.com
  control          ${sandbox.url}/_sandbox (errors, lost messages, other people's changes)

After that, for example:
  ${ask}/events/upcoming ${authorization}
  curl -s ${sandbox.url}/_sandbox/as/ada@example.com/calendars/primary/events/quickAdd?text=Coffee -X POST

Ctrl+C stops it and removes its data.
`;
}
