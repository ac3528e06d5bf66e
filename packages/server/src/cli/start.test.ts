import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { loadConfig } from "../config.ts";
import { accessDatabase } from "../db/access.ts";
import { readServer } from "../db/embedded/cluster.ts";
import { placeCluster } from "../db/embedded/placement.ts";
import { openDatabase } from "../db/pool.ts";
import { freePort, runCommandLine, type StartedServer, startCommandLine } from "../testing/command-line.ts";
import { createTestDataFolder, type TestDataFolder } from "../testing/data-folder.ts";

let data: TestDataFolder;
let env: Record<string, string>;
const servers: StartedServer[] = [];

beforeEach(async () => {
	data = await createTestDataFolder();
	env = { KALENDS_DATA_DIR: data.path };
});

afterEach(async () => {
	await Promise.all(servers.splice(0).map((server) => server.end("SIGTERM")));
	await data.remove();
});

async function start(extra: Record<string, string> = {}): Promise<StartedServer> {
	const server = await startCommandLine({ ...env, ...extra });
	servers.push(server);
	return server;
}

/** One sentence on standard error, nothing else, and no stack trace. */
function expectOneSentence(stderr: string): void {
	expect(stderr.trim().split("\n")).toHaveLength(1);
	expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
}

test("starts, says in one line where it is and how to begin, and stops with its database", async () => {
	const server = await start();
	expect(server.welcome).toMatch(/http:\/\/localhost:\d+ .*first account/);
	expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
	const finished = await server.end("SIGTERM");
	expect(finished).toMatchObject({ exitCode: 0, stderr: "" });
	expect(await readServer(await placeCluster(data.path))).toBeNull();
});

test("the account of KALENDS_ADMIN_* is there, also after kill -9 and a new start on the database that was left behind", async () => {
	const admin = {
		KALENDS_ADMIN_EMAIL: "ann@example.com",
		KALENDS_ADMIN_PASSWORD: "correct horse",
		KALENDS_ADMIN_API_KEY: "kal_0123456789abcdefghijklmn",
	};
	const me = async (server: StartedServer) => {
		const headers = { authorization: `Bearer ${admin.KALENDS_ADMIN_API_KEY}` };
		return (await fetch(`${server.url}/v1/me`, { headers })).json();
	};
	const first = await start(admin);
	const account = await me(first);
	expect(account).toMatchObject({ email: "ann@example.com", role: "admin" });
	await first.end("SIGKILL");
	const left = await readServer(await placeCluster(data.path));
	expect(left?.status).toBe("ready");
	const second = await start();
	expect(second.welcome).not.toContain("first account");
	expect((await readServer(await placeCluster(data.path)))?.pid).toBe(left?.pid);
	expect(await me(second)).toEqual(account);
});

test("a request that is under way when the signal comes is finished", async () => {
	const server = await start();
	const body = JSON.stringify({ email: "ann@example.com", password: "correct horse battery" });
	const posted = request(`${server.url}/api/auth/sign-up/email`, {
		method: "POST",
		headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
	});
	posted.write(body.slice(0, 10));
	// Its headers have arrived when a later request on another connection has been answered.
	await once(posted, "socket");
	await fetch(`${server.url}/healthz`);
	const ended = server.end("SIGTERM");
	const answered = once(posted, "response");
	await refusesConnections(server.url);
	posted.end(body.slice(10));
	const [answer] = await answered;
	expect(answer.statusCode).toBe(200);
	answer.resume();
	expect((await ended).exitCode).toBe(0);
});

async function refusesConnections(url: string): Promise<void> {
	for (;;) {
		const refused = await fetch(`${url}/healthz`).then(
			(answer) => answer.body?.cancel().then(() => false),
			() => true,
		);
		if (refused === true) return;
	}
}

test("a port that is taken", async () => {
	const port = await freePort();
	const other = createServer().listen(port, "127.0.0.1");
	await once(other, "listening");
	const refused = await runCommandLine(["start"], { ...env, PORT: String(port) });
	other.close();
	expect(refused.exitCode).toBe(4);
	expect(refused.stderr).toContain(`Port ${port}`);
	expectOneSentence(refused.stderr);
	expect(await readServer(await placeCluster(data.path))).toBeNull();
});

test("a second server on the same folder", async () => {
	await start();
	const refused = await runCommandLine(["start"], { ...env, PORT: String(await freePort()) });
	expect(refused.exitCode).toBe(4);
	expect(refused.stderr).toContain(data.path);
	expectOneSentence(refused.stderr);
});

test("a data folder that is not one", async () => {
	const file = join(data.path, "file");
	await writeFile(file, "");
	const refused = await runCommandLine(["start"], { KALENDS_DATA_DIR: join(file, "below") });
	expect(refused.exitCode).toBe(3);
	expect(refused.stderr).toContain(file);
	expectOneSentence(refused.stderr);
});

test("a wrong configuration names every fault", async () => {
	const refused = await runCommandLine(["start"], { PORT: "x", LOG_LEVEL: "loud" });
	expect(refused.exitCode).toBe(2);
	expect(refused.stderr).toMatch(/PORT is "x"[\s\S]*LOG_LEVEL/);
	const keyless = await runCommandLine(["start", "--json"], { DATABASE_URL: "postgres://localhost/kalends" });
	expect(keyless.exitCode).toBe(2);
	expect(JSON.parse(keyless.stdout)).toMatchObject({
		error: { code: "invalid_configuration", message: expect.stringContaining("KALENDS_KEYS") },
	});
});

test("a database of a newer version", async () => {
	expect((await runCommandLine(["migrate"], env)).exitCode).toBe(0);
	const access = await accessDatabase(loadConfig(env), { owner: false });
	const { db, close } = openDatabase(access.url);
	await sql`insert into kysely_migration (name, timestamp) values ('9999_future', '')`.execute(db);
	await close();
	await access.release();
	const refused = await runCommandLine(["start"], env);
	expect(refused.exitCode).toBe(3);
	expect(refused.stderr).toContain("newer version");
	expectOneSentence(refused.stderr);
});

test("a database server that would lose acknowledged writes, and one that is not there", async () => {
	const keys = { KALENDS_KEYS: `k1:${Buffer.alloc(32, 7).toString("base64")}` };
	// The tests' own server runs without fsync.
	const unsafe = await runCommandLine(["start"], { ...keys, DATABASE_URL: inject("testDatabaseUrl") });
	expect(unsafe.exitCode).toBe(3);
	expect(unsafe.stderr).toContain("fsync = off");
	expectOneSentence(unsafe.stderr);
	const absent = await runCommandLine(["start"], { ...keys, DATABASE_URL: "postgres://ann:hunter2@127.0.0.1:1/x" });
	expect(absent.exitCode).toBe(3);
	expect(absent.stderr).toContain("127.0.0.1:1/x");
	expect(absent.stderr).not.toContain("hunter2");
	expectOneSentence(absent.stderr);
});

test("the README's command passes a signal on to the server, which drains", async () => {
	const port = String(await freePort());
	const npm = spawn("npm", ["start"], {
		cwd: resolve(import.meta.dirname, "../../../.."),
		env: { PATH: process.env.PATH, ...env, PORT: port, npm_config_update_notifier: "false" },
		stdio: ["ignore", "pipe", "pipe"],
	});
	let output = "";
	await new Promise<void>((ready, failed) => {
		npm.stdout.on("data", (chunk: Buffer) => {
			output += chunk.toString();
			if (output.includes("Kalends is ready")) ready();
		});
		npm.on("exit", () => failed(new Error(output)));
	});
	const ended = once(npm, "exit");
	npm.kill("SIGTERM");
	await ended;
	expect(npm.exitCode).toBe(0);
	expect(output).toContain('"msg":"stopped"');
	expect(await readServer(await placeCluster(data.path))).toBeNull();
});
