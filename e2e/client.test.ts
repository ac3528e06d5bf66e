import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Change, Kalends as Client, type StreamState, verifyWebhook } from "@kalends/client";
import { type Radicale, startRadicale } from "@kalends/providers/testing";
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import { freePort } from "../packages/server/src/testing/command-line.ts";
import { query } from "./support/database.ts";
import { ADMIN_KEY, type Kalends, startKalends } from "./support/kalends.ts";
import { type Postgres, startPostgres } from "./support/postgres.ts";
import { calendarSource } from "./support/sources.ts";
import { until } from "./support/until.ts";

/** The client against real servers: two processes on one database, and a CalDAV server behind them. */

const PACKAGE = resolve(import.meta.dirname, "../packages/client");
const EXAMPLES = ["first-steps", "write", "follow", "page", "webhook"];

let postgres: Postgres;
let radicale: Radicale;
let database: string;
let first: Kalends;
let second: Kalends;
const children: ChildProcess[] = [];

beforeAll(async () => {
	[postgres, radicale] = await Promise.all([startPostgres(), startRadicale()]);
	database = await postgres.createDatabase("client");
	const env = {
		DATABASE_URL: database,
		KALENDS_KEYS: `k1:${Buffer.alloc(32, 7).toString("base64")}`,
		KALENDS_POLL_INTERVAL: "86400",
	};
	first = await startKalends({ env });
	second = await startKalends({ env: { ...env, KALENDS_ROLES: "api" } });
	const source = await calendarSource(radicale, "work", {
		from: "2030-01-01",
		days: 30,
		seed: 1,
		singles: 3,
		recurring: 0,
	});
	const client = clientOf(first);
	const connection = await client.connections.create(source.input as never);
	const run = await client.connections.syncAndWait(connection.id);
	expect(run).toMatchObject({ state: "done", error: null });
});
afterAll(async () => {
	for (const child of children) child.kill("SIGKILL");
	await Promise.all([first?.dispose(), second?.dispose(), radicale?.stop()]);
	await postgres?.stop();
});

function clientOf(server: Kalends): Client {
	return new Client({ url: server.url, apiKey: ADMIN_KEY });
}

/** Runs an example as a reader would; resolves when it has ended, or printed what is waited for. */
async function runExample(name: string, env: Record<string, string>, waitFor?: RegExp) {
	const child = spawn(process.execPath, [join(PACKAGE, "src/examples", `${name}.ts`)], {
		env: { PATH: process.env.PATH ?? "", KALENDS_URL: first.url, KALENDS_KEY: ADMIN_KEY, ...env },
		stdio: ["ignore", "pipe", "pipe"],
	});
	children.push(child);
	let output = "";
	const ended = new Promise<number | null>((done) => child.once("exit", done));
	child.stdout.on("data", (chunk: Buffer) => {
		output += chunk.toString();
	});
	child.stderr.on("data", (chunk: Buffer) => {
		output += chunk.toString();
	});
	onTestFailed(() => void process.stderr.write(output));
	if (waitFor !== undefined)
		await until(`${waitFor} of ${name}`, async () => waitFor.test(output) || child.exitCode !== null);
	return { child, ended, output: () => output };
}

it("README.md shows the examples as they are", () => {
	const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
	const shown = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
	const files = EXAMPLES.map((name) => readFileSync(join(PACKAGE, "src/examples", `${name}.ts`), "utf8"));
	expect(shown.toSorted()).toEqual(files.toSorted());
});

it("the examples of reading and writing do what they say", async () => {
	const reading = await runExample("first-steps", {});
	expect([await reading.ended, reading.output()]).toEqual([0, expect.stringMatching(/^.+ active/m)]);
	const writing = await runExample("write", {});
	expect(await writing.ended).toBe(0);
	expect(writing.output()).toMatch(/^true \[\]\nThis event repeats.*\n$/);
	const left = await clientOf(first).events.list({ from: "2031-01-01", to: "2032-01-01" }).all();
	expect(left).toEqual([]);
});

it("what is done with one process is told by the other, and the example of following ends", async () => {
	const following = await runExample("follow", { KALENDS_URL: second.url }, /live/);
	const client = clientOf(first);
	const made = await client.events.create({ title: "Lunch", start: { date: "2031-06-01" } });
	await client.events.delete(made.id);
	expect(await following.ended).toBe(0);
	expect(following.output()).toContain(`event.created ${made.id}`);
	expect(following.output()).toContain(`event.deleted ${made.id}`);
});

it("a stream outlives its connections, the listening one and its server, and misses nothing", async () => {
	const stopping = new AbortController();
	const seen: Change[] = [];
	const states: StreamState[] = [];
	const client = new Client({ url: second.url, apiKey: ADMIN_KEY, random: () => 0 });
	const stream = client.stream({ signal: stopping.signal, onState: (state) => states.push(state) });
	const following = (async () => {
		for await (const change of stream) seen.push(change);
	})();
	await until("the stream to open", async () => states.length > 0);
	const writer = clientOf(first);
	const { id } = await writer.events.create({ title: "One", start: { date: "2031-06-02" } });
	const told = (title: string) =>
		until(`a change to ${title}`, async () => {
			const { seq } = seen.findLast((change) => change.id === id) ?? { seq: 0 };
			return seq > 0 && (await writer.events.get(id)).title === title && (await newest()) === seen.at(-1)?.seq;
		});
	const newest = async () => (await writer.changes.list({ after: seen.at(-1)?.seq ?? 0 })).last_seq;
	await told("One");
	await query(
		database,
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kalends changes'",
	);
	await writer.events.update(id, { title: "Two" });
	await told("Two");
	const port = Number(new URL(second.url).port);
	const env = {
		DATABASE_URL: database,
		KALENDS_KEYS: `k1:${Buffer.alloc(32, 7).toString("base64")}`,
		KALENDS_ROLES: "api",
	};
	expect(await second.stop()).toBe(0);
	await writer.events.update(id, { title: "Three" });
	second = await startKalends({ env, port });
	await told("Three");
	expect(states.map(({ type }) => type)).toContain("waiting");
	expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => (seen[0]?.seq ?? 0) + index));
	stopping.abort();
	await following;
	await writer.events.delete(id);
});

it("the example of receiving takes what Kalends sends, once", async () => {
	const port = await freePort();
	const client = clientOf(first);
	const { id, secret } = await client.webhooks.create({ url: `http://127.0.0.1:${port}/`, types: ["event.*"] });
	const receiving = await runExample("webhook", { KALENDS_WEBHOOK_SECRET: secret, PORT: String(port) });
	const made = await client.events.create({ title: "Dinner", start: { date: "2031-06-03" } });
	await until(
		"the message",
		async () => receiving.output().includes("event.created") || receiving.child.exitCode !== null,
	);
	expect(receiving.output()).toContain("Dinner");
	await client.webhooks.delete(id);
	await client.events.delete(made.id);
	await expect(verifyWebhook("{}", {}, { secret })).rejects.toMatchObject({ code: "missing_headers" });
});
