import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { type Change, Kalends as Client, type StreamState, verifyWebhook } from "@kalends/client";
import { type Radicale, startRadicale } from "@kalends/providers/testing";
import Stripe from "stripe";
import { afterAll, beforeAll, expect, it, onTestFailed, onTestFinished } from "vitest";
import { freePort } from "../packages/server/src/testing/command-line.ts";
import { query } from "./support/database.ts";
import { ADMIN_KEY, type Kalends, startKalends } from "./support/kalends.ts";
import { type Postgres, startPostgres } from "./support/postgres.ts";
import { calendarSource } from "./support/sources.ts";
import { until } from "./support/until.ts";

/** The client against real servers: two processes on one database, and a CalDAV server behind them. */

const PACKAGE = resolve(import.meta.dirname, "../packages/client");
const DOCS = resolve(import.meta.dirname, "../docs");
const STRIPE_SECRET = "whsec_of_the_endpoint_at_stripe";
const PAYMENTS_SECRET = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
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
		STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
		PAYMENTS_WEBHOOK_SECRET: PAYMENTS_SECRET,
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
	const folder = EXAMPLES.includes(name) ? join(PACKAGE, "src/examples") : join(DOCS, "examples");
	const child = spawn(process.execPath, [join(folder, `${name}.ts`)], {
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

it.each([
	["README.md", join(PACKAGE, "README.md"), join(PACKAGE, "src/examples"), EXAMPLES],
	["docs/webhooks.md", join(DOCS, "webhooks.md"), join(DOCS, "examples"), ["receive-webhook"]],
	["docs/payments.md", join(DOCS, "payments.md"), join(DOCS, "examples"), ["hold-slot", "tell-payment"]],
])("%s shows its examples as they are", (_, page, folder, names) => {
	const shown = [...readFileSync(page, "utf8").matchAll(/^```[jt]s\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
	const files = names.map((name) => readFileSync(join(folder, `${name}.ts`), "utf8"));
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

it.each(["webhook", "receive-webhook"])("the example %s takes what Kalends sends", async (example) => {
	const port = await freePort();
	const client = clientOf(first);
	const { id, secret } = await client.webhooks.create({ url: `http://127.0.0.1:${port}/`, types: ["event.*"] });
	const receiving = await runExample(example, { KALENDS_WEBHOOK_SECRET: secret, PORT: String(port) });
	const made = await client.events.create({ title: "Dinner", start: { date: "2031-06-03" } });
	await until(
		"the message",
		async () => receiving.output().includes("event.created") || receiving.child.exitCode !== null,
	);
	expect(receiving.output()).toContain(example === "webhook" ? "Dinner" : made.id);
	await client.webhooks.delete(id);
	await client.events.delete(made.id);
	await expect(verifyWebhook("{}", {}, { secret })).rejects.toMatchObject({ code: "missing_headers" });
});

it("the command that subscribes a webhook answers its secret", async () => {
	const [, command = ""] = /^```sh\n([\s\S]*?)^```$/m.exec(readFileSync(join(DOCS, "webhooks.md"), "utf8")) ?? [];
	const here = command.replace("https://example.com/", "http://127.0.0.1:9/");
	const env = { PATH: process.env.PATH ?? "", KALENDS_URL: first.url, KEY: ADMIN_KEY };
	const { stdout } = await promisify(execFile)("sh", ["-c", here], { env });
	const { id, secret } = JSON.parse(stdout);
	expect(secret).toMatch(/^whsec_/);
	await clientOf(first).webhooks.delete(id);
});

it("the examples of payments hold a slot, send to Stripe, and confirm what is paid", async () => {
	const stripe = await startStripe();
	const client = clientOf(first);
	const [calendar] = await client.calendars.list().all(1);
	const holding = await runExample("hold-slot", {
		CALENDAR_ID: calendar?.id ?? "",
		STRIPE_SECRET_KEY: "sk_test_1",
		...stripe.env,
	});
	expect(await holding.ended).toBe(0);
	expect(holding.output()).toBe("https://checkout.stripe.com/c/pay/cs_test_1\n");
	const [session] = stripe.sessions;
	const bookingId = session?.get("metadata[kalends_booking]") ?? "";
	expect(session?.get("payment_intent_data[metadata][kalends_booking]")).toBe(bookingId);
	expect((await client.bookings.get(bookingId)).state).toBe("held");

	const paid = {
		...{ id: "evt_1", object: "event", type: "checkout.session.completed", livemode: false, created: 1 },
		data: {
			object: {
				...{ id: "cs_test_1", object: "checkout.session", payment_status: "paid", payment_intent: "pi_1" },
				metadata: { kalends_booking: bookingId },
				customer_details: { email: "payer@example.com", name: "Pia Payer" },
			},
		},
	};
	const payload = JSON.stringify(paid);
	const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: STRIPE_SECRET });
	const told = await fetch(`${first.url}/webhooks/stripe`, {
		method: "POST",
		headers: { "content-type": "application/json", "stripe-signature": signature },
		body: payload,
	});
	expect([told.status, await told.json()]).toEqual([200, { received: true, duplicate: false }]);
	const confirmed = await client.bookings.get(bookingId);
	expect(confirmed.state).toBe("confirmed");
	const guests = (await client.events.get(confirmed.event_id ?? "")).participants.map(({ email }) => email);
	expect(guests).toEqual(expect.arrayContaining(["teacher@example.com", "payer@example.com"]));
	await client.bookings.cancel(bookingId);

	const { id } = await client.bookings.create({
		...{ calendar_id: calendar?.id ?? "", title: "Guitar lesson" },
		start: { date_time: "2030-12-11T10:00:00", time_zone: "Europe/Berlin" },
		end: { date_time: "2030-12-11T11:00:00", time_zone: "Europe/Berlin" },
	});
	const telling = await runExample("tell-payment", { PAYMENTS_WEBHOOK_SECRET: PAYMENTS_SECRET, BOOKING_ID: id });
	expect(await telling.ended).toBe(0);
	expect(telling.output()).toBe("200 { received: true, duplicate: false }\n");
	expect((await client.bookings.get(id)).state).toBe("confirmed");
	await client.bookings.cancel(id);
});

/** Where Stripe's own library goes instead of to Stripe: it takes checkout sessions. */
async function startStripe() {
	const sessions: URLSearchParams[] = [];
	const server = createServer(async (request, response) => {
		const isCheckout = request.method === "POST" && request.url === "/v1/checkout/sessions";
		if (isCheckout) sessions.push(new URLSearchParams(await text(request)));
		response.writeHead(isCheckout ? 200 : 404, { "content-type": "application/json" });
		const session = { id: "cs_test_1", object: "checkout.session", url: "https://checkout.stripe.com/c/pay/cs_test_1" };
		response.end(JSON.stringify(isCheckout ? session : { error: { message: `nothing is at ${request.url}` } }));
	});
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	onTestFinished(() => void server.close());
	const { port } = server.address() as AddressInfo;
	const standIn = resolve(import.meta.dirname, "support/stripe-stand-in.ts");
	return { sessions, env: { NODE_OPTIONS: `--import=${standIn}`, STRIPE_PORT: String(port) } };
}
