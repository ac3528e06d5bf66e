import { connect, type Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { accountEndpoints } from "../accounts/endpoints.ts";
import { createUser } from "../accounts/users.ts";
import { appendChanges } from "../changes/append-changes.ts";
import { listenForChanges } from "../changes/listen.ts";
import { buildApp } from "../http/app.ts";
import type { Services } from "../services.ts";
import { createTestPerson, type TestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { type StreamLimits, streamEndpoint } from "./follow-changes.ts";
import { createFollowers } from "./followers.ts";

const LIMITS: StreamLimits = { heartbeatMs: 600_000, stalledMs: 600_000, ofUser: 5, ofAll: 100 };

const WAIT = { timeout: 30_000, interval: 20 };

interface Node {
	readonly app: FastifyInstance;
	readonly services: Services;
	readonly port: number;
	readonly close: () => Promise<void>;
}

let made: TestServices;
let person: TestPerson;
const nodes: Node[] = [];

beforeEach(async () => {
	made = await createTestServices();
	person = await createTestPerson(made.services);
});
afterEach(async () => {
	for (const { close } of nodes.splice(0)) await close();
	await made.close();
});

/** A server process of its own, but for the memory: its own followers and its own listening connection. */
async function startNode(limits: Partial<StreamLimits> = {}, listens = true): Promise<Node> {
	const followers = createFollowers();
	const services = { ...made.services, followers };
	const ready = Promise.withResolvers<void>();
	const listener = {
		...followers,
		onListening: () => {
			followers.onListening();
			ready.resolve();
		},
	};
	const stop = listens ? listenForChanges(services, made.database?.url ?? "", listener) : async () => {};
	if (listens) await ready.promise;
	const app = await buildApp(services, [streamEndpoint({ ...LIMITS, ...limits }), ...accountEndpoints]);
	const port = Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
	const close = async () => {
		await app.close();
		await stop();
	};
	const node = { app, services, port, close };
	nodes.push(node);
	return node;
}

async function append(count: number, userId = person.userId): Promise<void> {
	const { db, now } = made.services;
	const entries = Array.from({ length: count }, (_, index) => ({
		type: "event.updated" as const,
		id: `evt_${index}`,
		calendarId: "cal_1",
		fields: ["title"],
	}));
	await db.transaction().execute((tx) => appendChanges(tx, userId, now(), entries));
}

interface Told {
	readonly id: string | undefined;
	readonly event: string | undefined;
	readonly data: { readonly seq: number; readonly last_seq: number; readonly id: string };
}

async function open(node: Node, query = "", headers: Record<string, string> = {}, who: object = person.headers) {
	const stopping = new AbortController();
	const answer = await fetch(`http://127.0.0.1:${node.port}/v1/stream${query}`, {
		headers: { ...who, ...headers },
		signal: stopping.signal,
	});
	let reader: ReadableStreamDefaultReader<string> | undefined;
	let text = "";
	/** The next block of text up to an empty line; null at the end. */
	const block = async (): Promise<string | null> => {
		for (;;) {
			const end = text.indexOf("\n\n");
			if (end >= 0) {
				const found = text.slice(0, end);
				text = text.slice(end + 2);
				return found;
			}
			reader ??= answer.body?.pipeThrough(new TextDecoderStream()).getReader();
			const chunk = await reader?.read();
			if (chunk === undefined || chunk.done) return null;
			text += chunk.value;
		}
	};
	const next = async (): Promise<Told | null> => {
		const found = await block();
		if (found === null) return null;
		const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(found)?.[1];
		return { id: field("id"), event: field("event"), data: JSON.parse(field("data") ?? "null") };
	};
	return { status: answer.status, answer, block, next, close: () => stopping.abort() };
}

test("what one process commits is told by each, in order, with its number, type and content", async () => {
	const [first, second] = [await startNode(), await startNode()];
	await append(2);
	const streams = [await open(first), await open(second), await open(second, "?after=1")];
	expect(streams[0]?.answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
	const ready = await Promise.all(streams.map((stream) => stream.next()));
	expect(ready.map((event) => [event?.event, event?.id, event?.data.last_seq])).toEqual([
		["ready", "2", 2],
		["ready", "2", 2],
		["ready", "1", 1],
	]);
	expect(await streams[2]?.next()).toMatchObject({ id: "2", data: { seq: 2 } });
	await append(1);
	await append(2);
	for (const stream of streams) {
		const told = [await stream.next(), await stream.next(), await stream.next()];
		expect(told.map((event) => event?.id)).toEqual(["3", "4", "5"]);
		expect(told[0]).toMatchObject({
			event: "event.updated",
			data: { seq: 3, type: "event.updated", id: "evt_0", calendar_id: "cal_1", fields: ["title"] },
		});
	}
});

/** How many wait for somebody else's lock on a counter. */
async function waiting(): Promise<number> {
	const { rows } = await sql<{ count: string }>`
		SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%change_counters%'`.execute(
		made.services.db,
	);
	return Number(rows[0]?.count);
}

test("numbers are given in the order of commits: who began later waits, and who gave up leaves no gap", async () => {
	const node = await startNode();
	const stream = await open(node);
	await stream.next();
	const { db, now } = made.services;
	const [written, commits] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const slow = db.transaction().execute(async (tx) => {
		await appendChanges(tx, person.userId, now(), [{ type: "event.created", id: "evt_slow" }]);
		written.resolve();
		await commits.promise;
	});
	await written.promise;
	const quick = append(1);
	await vi.waitFor(async () => expect(await waiting()).toBe(1), WAIT);
	expect((await open(node)).status).toBe(200);
	commits.resolve();
	await Promise.all([slow, quick]);
	const givesUp = db.transaction().execute(async (tx) => {
		await appendChanges(tx, person.userId, now(), [{ type: "event.created", id: "evt_never" }]);
		throw new Error("given up");
	});
	await expect(givesUp).rejects.toThrow("given up");
	await append(1);
	const told = [await stream.next(), await stream.next(), await stream.next()];
	expect(told.map((event) => [event?.id, event?.data.id])).toEqual([
		["1", "evt_slow"],
		["2", "evt_0"],
		["3", "evt_0"],
	]);
});

test("who comes back goes on behind the last event seen, without gap or repetition, on another process", async () => {
	const [first, second] = [await startNode(), await startNode()];
	const stream = await open(first);
	await stream.next();
	await append(1);
	expect((await stream.next())?.id).toBe("1");
	stream.close();
	await append(450);
	const again = await open(second, "?after=0", { "last-event-id": "1" });
	const ids: (string | undefined)[] = [];
	await again.next();
	while (ids.length < 450) ids.push((await again.next())?.id);
	expect(ids).toEqual(Array.from({ length: 450 }, (_, index) => String(index + 2)));
});

test("a position that is no longer kept, or not yet given out, answers 410; what is no number 400", async () => {
	const node = await startNode();
	await append(3);
	const ask = async (headers: Record<string, string>, query = "") => {
		const { answer, status } = await open(node, query, headers);
		return [status, ((await answer.json()) as { readonly code: string }).code];
	};
	expect(await ask({}, "?after=4")).toEqual([410, "gone"]);
	expect(await ask({ "last-event-id": "x" })).toEqual([400, "invalid_request"]);
	await made.services.db.updateTable("change_counters").set({ pruned_to: 2 }).execute();
	await made.services.db.deleteFrom("changes").where("seq", "<=", 2).execute();
	expect(await ask({ "last-event-id": "1" })).toEqual([410, "gone"]);
});

test("nobody is told of another user's changes, and a stream ends with its key, session or user", async () => {
	const node = await startNode();
	const other = await createTestPerson(made.services);
	const theirs = await open(node, "", other.headers);
	const mine = await open(node);
	await Promise.all([theirs.next(), mine.next()]);
	await append(1);
	expect((await mine.next())?.id).toBe("1");
	await made.services.db.deleteFrom("api_keys").where("id", "=", person.keyId).execute();
	expect(await mine.next()).toBeNull();
	await made.services.db.updateTable("users").set({ banned: true }).where("id", "=", other.userId).execute();
	expect(await theirs.next()).toBeNull();
	await vi.waitFor(() => expect(node.services.followers.count).toBe(0), WAIT);
});

test("an idle stream that an administrator reads for somebody ends with the administrator's key, role or account", async () => {
	const node = await startNode();
	const read = async () => {
		const admin = await createTestPerson(made.services, { role: "admin" });
		const stream = await open(node, "", { ...admin.headers, "kalends-user": person.userId });
		expect((await stream.next())?.event).toBe("ready");
		return { admin, stream };
	};
	const { db } = made.services;
	const [byKey, byRole, byAccount] = [await read(), await read(), await read()];
	await db.deleteFrom("api_keys").where("id", "=", byKey.admin.keyId).execute();
	expect(await byKey.stream.next()).toBeNull();
	await db.updateTable("users").set({ role: "user" }).where("id", "=", byRole.admin.userId).execute();
	expect(await byRole.stream.next()).toBeNull();
	await db.deleteFrom("users").where("id", "=", byAccount.admin.userId).execute();
	expect(await byAccount.stream.next()).toBeNull();
});

test("an idle stream ends when who began it signs out", async () => {
	const node = await startNode();
	const payload = { email: "ann@example.com", password: "correct horse battery" };
	await createUser(made.services, payload);
	const post = (path: string, headers: Record<string, string>, body: object = {}) =>
		node.app.inject({ method: "POST", url: `/api/auth/${path}`, payload: body, headers });
	const signedIn = await post("sign-in/email", {}, payload);
	const cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
	const stream = await open(node, "", { cookie }, {});
	expect((await stream.next())?.event).toBe("ready");
	expect((await post("sign-out", { cookie, "sec-fetch-site": "same-origin" })).statusCode).toBe(200);
	expect(await stream.next()).toBeNull();
});

test("when nothing happens there are signs of life, and what was not announced is found", async () => {
	const deaf = await startNode({ heartbeatMs: 5 }, false);
	const stream = await open(deaf);
	await stream.next();
	expect(await stream.block()).toBe(": still here");
	await append(1);
	let told: string | null;
	do told = await stream.block();
	while (told === ": still here");
	expect(told).toMatch(/^id: 1\n/);
});

test("after the listening connection was cut off, it listens again and nothing is missed", async () => {
	const node = await startNode();
	const stream = await open(node);
	await stream.next();
	const { rows } = (await made.database?.pool.query(
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kalends changes' AND datname = current_database()",
	)) ?? { rows: [] };
	expect(rows).toHaveLength(1);
	await append(1);
	expect((await stream.next())?.id).toBe("1");
});

/** Asks for the stream and reads nothing of the answer. */
function openAndStopReading(port: number): Promise<Socket> {
	return new Promise((resolve, reject) => {
		const socket = connect(port, "127.0.0.1", () => {
			socket.write(
				`GET /v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${person.headers.authorization}\r\n\r\n`,
				() => resolve(socket),
			);
		});
		socket.pause();
		socket.once("error", reject);
	});
}

test("who does not read holds up nobody, and is cut off", async () => {
	const node = await startNode({ stalledMs: 50 });
	const slow = await openAndStopReading(node.port);
	const cut = new Promise((resolve) => slow.once("close", resolve));
	slow.removeAllListeners("error").on("error", () => {});
	await vi.waitFor(() => expect(node.services.followers.count).toBe(1), WAIT);
	const quick = await open(node);
	await quick.next();
	let told = 0;
	// More than sockets buffer, told to the quick one all the while.
	while (node.services.followers.count === 2) {
		await append(250);
		for (let count = 0; count < 250; count++) told = Number((await quick.next())?.id);
	}
	expect(told % 250).toBe(0);
	slow.resume();
	await cut;
	await append(1);
	expect(Number((await quick.next())?.id)).toBe(told + 1);
});

test("a user has so many streams and no more; one that was closed makes room", async () => {
	const node = await startNode({ ofUser: 2 });
	const streams = [await open(node), await open(node)];
	const refused = await open(node);
	expect([refused.status, ((await refused.answer.json()) as { readonly code: string }).code]).toEqual([
		429,
		"rate_limited",
	]);
	expect((await open(node, "", (await createTestPerson(made.services)).headers)).status).toBe(200);
	streams[0]?.close();
	await vi.waitFor(() => expect(node.services.followers.countOf(person.userId)).toBe(1), WAIT);
	expect((await open(node)).status).toBe(200);
});

test("those who ask at the same moment are no more than those who ask one after another", async () => {
	const node = await startNode({ ofUser: 1 });
	const { db } = made.services;
	let streams: Promise<Awaited<ReturnType<typeof open>>[]> | undefined;
	await db.transaction().execute(async (tx) => {
		await sql`LOCK TABLE change_counters IN ACCESS EXCLUSIVE MODE`.execute(tx);
		streams = Promise.all([open(node), open(node)]);
		await vi.waitFor(async () => expect(await waiting()).toBe(2), WAIT);
	});
	expect((await streams)?.map(({ status }) => status).toSorted()).toEqual([200, 429]);
	expect(node.services.followers.countOf(person.userId)).toBe(1);
});

test("HEAD leaves nothing behind; closing the server ends every stream", async () => {
	const node = await startNode();
	const head = await fetch(`http://127.0.0.1:${node.port}/v1/stream`, { method: "HEAD", headers: person.headers });
	expect(head.status).toBe(200);
	await vi.waitFor(() => expect(node.services.followers.count).toBe(0), WAIT);
	const stream = await open(node);
	await stream.next();
	nodes.splice(0);
	await node.close();
	expect(await stream.next()).toBeNull();
});
