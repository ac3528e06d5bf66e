import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { isId } from "../ids.ts";
import { keepHouse } from "../jobs/housekeeping.ts";
import { loseAnswer } from "../testing/crashed-request.ts";
import { createTestKey, createTestPerson, type TestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { createKeyring } from "../vault/keyring.ts";
import { createVault } from "../vault/vault.ts";
import { buildApp } from "./app.ts";
import { type EndpointReply, endpoint, type Once } from "./endpoint.ts";
import { Problem } from "./errors.ts";
import { routes } from "./routes.ts";

/** What the probe below was asked to do, and what it does. */
let runs: { readonly userId: string; readonly id: string | null }[] = [];
let behave: (once: Once | null) => Promise<EndpointReply>;

const common = {
	operationId: "make",
	summary: "Make",
	tag: "test",
	access: { kind: "user", scope: "write" },
	body: z.object({ name: z.string().max(20), size: z.int().optional(), tags: z.array(z.string()).optional() }),
	responses: { 201: z.object({ id: z.string(), name: z.string() }) },
} as const;
const make = endpoint({
	...common,
	method: "POST",
	path: "/v1/things",
	query: z.object({ a: z.string().optional(), b: z.string().optional() }),
	handle: async ({ principal, once }) => {
		runs.push({ userId: principal.userId, id: once?.id("evt") ?? null });
		return behave(once);
	},
});
const other = endpoint({ ...make, operationId: "makeOther", path: "/v1/others" });
const patch = endpoint({ ...make, operationId: "change", method: "PATCH" });
const open = endpoint({
	...make,
	operationId: "open",
	path: "/v1/open",
	access: { kind: "public" },
	handle: async () => ({ status: 201, body: { id: String(runs.push({ userId: "", id: null })), name: "" } }),
});

let made: TestServices;
let app: FastifyInstance;
let person: TestPerson;
let admin: TestPerson;

beforeAll(async () => {
	made = await createTestServices();
	app = await buildApp(made.services, [...routes, make, other, patch, open], { verifyResponses: true });
	person = await createTestPerson(made.services);
	admin = await createTestPerson(made.services, { role: "admin" });
});
beforeEach(() => {
	runs = [];
	behave = async (once) => ({
		status: 201,
		body: { id: once?.id("evt") ?? made.services.newId("evt"), name: `made ${runs.length}` },
		headers: { location: `/v1/things/${runs.length}`, etag: `"${runs.length}"` },
	});
});
afterAll(async () => {
	await app.close();
	await made.close();
});

interface Sending {
	readonly method?: "POST" | "PATCH";
	readonly url?: string;
	readonly body?: unknown;
	readonly headers?: Readonly<Record<string, string>>;
}

async function send(key: string | null, { method = "POST", url = "/v1/things", body, headers }: Sending = {}) {
	const answer = await app.inject({
		method,
		url,
		headers: {
			...(headers ?? person.headers),
			"content-type": "application/json",
			...(key === null ? {} : { "idempotency-key": key }),
		},
		payload: typeof body === "string" ? body : JSON.stringify(body ?? { name: "a", tags: ["x"], size: 1 }),
	});
	return {
		status: answer.statusCode,
		text: answer.body,
		body: answer.json(),
		replayed: answer.headers["idempotent-replayed"],
		location: answer.headers.location,
		etag: answer.headers.etag,
		type: answer.headers["content-type"],
		retryAfter: answer.headers["retry-after"],
	};
}

const table = () => made.services.db.selectFrom("idempotency_keys").selectAll();

test("who sends a request again is given the first answer, and it is done once", async () => {
	const key = randomUUID();
	const first = await send(key);
	expect(first).toMatchObject({ status: 201, replayed: undefined, location: "/v1/things/1", etag: '"1"' });
	const again = await send(key);
	expect(again).toEqual({ ...first, replayed: "true" });
	expect(runs).toHaveLength(1);
	expect(isId("evt", runs[0]?.id ?? "")).toBe(true);
});

test("the order of keys and parameters, and a trailing slash, make no other request", async () => {
	const key = randomUUID();
	await send(key, { url: "/v1/things?a=1&b=2", body: '{"name":"a","size":1,"tags":["x","y"]}' });
	const again = await send(key, { url: "/v1/things/?b=2&a=1", body: '{ "tags": ["x", "y"], "size": 1, "name": "a" }' });
	expect(again).toMatchObject({ status: 201, replayed: "true" });
	expect(runs).toHaveLength(1);
});

test.each<[string, Sending]>([
	["another body", { body: { name: "b", tags: ["x"], size: 1 } }],
	["another order in a list", { body: { name: "a", tags: ["y", "x"], size: 1 } }],
	["a body that is not valid", { body: { size: 1 } }],
	["another query", { url: "/v1/things?a=2" }],
	["another address", { url: "/v1/others" }],
])("a key that was used is refused with %s", async (_, sending) => {
	const key = randomUUID();
	await send(key, { body: { name: "a", tags: ["x", "y"], size: 1 } });
	expect(await send(key, sending)).toMatchObject({ status: 422, body: { code: "idempotency_key_reused" } });
	expect(runs).toHaveLength(1);
});

test("keys are each user's own, and answers of the credentials that asked", async () => {
	const key = randomUUID();
	const stranger = await createTestPerson(made.services);
	const second = await createTestKey(made.services, person.userId, ["read", "write"]);
	const acting = { ...admin.headers, "kalends-user": stranger.userId };
	await send(key);
	expect(await send(key, { headers: stranger.headers })).toMatchObject({ status: 201, replayed: undefined });
	expect(await send(key, { headers: admin.headers })).toMatchObject({ status: 201, replayed: undefined });
	expect(await send(key, { headers: second.headers })).toMatchObject({ status: 422 });
	expect(await send(key, { headers: acting })).toMatchObject({ status: 422 });
	const keyOfAdmin = randomUUID();
	expect(await send(keyOfAdmin, { headers: acting })).toMatchObject({ status: 201 });
	expect(await send(keyOfAdmin, { headers: acting })).toMatchObject({ status: 201, replayed: "true" });
	expect(runs.map(({ userId }) => userId)).toEqual([person.userId, stranger.userId, admin.userId, stranger.userId]);
});

test("of fifty at once one is done; the others are told to wait, or given its answer", async () => {
	const key = randomUUID();
	const waiting = Promise.withResolvers<void>();
	const usual = behave;
	behave = async (once) => {
		await waiting.promise;
		return usual(once);
	};
	const sent = Array.from({ length: 50 }, () => send(key));
	const firstRefusal = await Promise.race(sent);
	expect(firstRefusal).toMatchObject({ status: 409, retryAfter: "2", body: { code: "request_in_progress" } });
	waiting.resolve();
	const answers = await Promise.all(sent);
	expect(runs).toHaveLength(1);
	const done = answers.filter(({ status }) => status === 201);
	expect(done.filter(({ replayed }) => replayed === undefined)).toHaveLength(1);
	expect(new Set(done.map(({ text }) => text)).size).toBe(1);
	expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
});

test("a refusal is an answer too, and given again as it was", async () => {
	const key = randomUUID();
	behave = async () => {
		throw new Problem("nothing_held", "Nothing waits.");
	};
	const first = await send(key);
	expect(first).toMatchObject({ status: 409, body: { code: "nothing_held" } });
	expect(await send(key)).toEqual({ ...first, replayed: "true" });
	expect(runs).toHaveLength(1);
	const invalid = await send("invalid", { body: { size: "x" } });
	expect(invalid).toMatchObject({ status: 400, body: { code: "invalid_request" } });
	expect(await send("invalid", { body: { size: "x" } })).toEqual({ ...invalid, replayed: "true" });
});

test.each([
	["an error of the server's own", () => new Error("broken"), 500],
	["a refusal for now", () => new Problem("unavailable", "Not now."), 503],
	["too many tries", () => new Problem("rate_limited", "Too many.", { retryAfter: 9 }), 429],
	["another server that asks to wait", () => new Problem("provider_rate_limited", "Wait.", { retryAfter: 9 }), 422],
	["a lack of rights", () => new Problem("forbidden", "Not you."), 403],
])("%s is not kept, and the next try makes the same ids", async (_, failure, status) => {
	const key = randomUUID();
	const usual = behave;
	behave = async () => {
		throw failure();
	};
	expect(await send(key)).toMatchObject({ status, replayed: undefined });
	expect(await send(key)).toMatchObject({ status, replayed: undefined });
	behave = usual;
	expect(await send(key)).toMatchObject({ status: 201, replayed: undefined });
	expect(await send(key)).toMatchObject({ status: 201, replayed: "true" });
	expect(runs).toHaveLength(3);
	expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
});

test("after a crash the claim ends by the database's clock, and the next run makes the same ids", async () => {
	const key = randomUUID();
	const usual = behave;
	const stalled = Promise.withResolvers<EndpointReply>();
	const begun = Promise.withResolvers<void>();
	behave = () => {
		begun.resolve();
		return stalled.promise;
	};
	const first = send(key);
	await begun.promise;
	expect(await send(key)).toMatchObject({ status: 409 });
	behave = usual;
	await sql`UPDATE idempotency_keys SET claimed_until = clock_timestamp() - interval '1 second' WHERE key = ${key}`.execute(
		made.services.db,
	);
	const second = await send(key);
	expect(second).toMatchObject({ status: 201, replayed: undefined });
	expect(runs.map(({ id }) => id)).toEqual([runs[0]?.id, runs[0]?.id]);
	expect(second.body.id).toBe(runs[0]?.id);

	// The one that was thought dead ends after all: what was answered in its place stays.
	stalled.resolve({ status: 201, body: { id: "late", name: "late" } });
	expect(await first).toMatchObject({ status: 201, body: { id: "late" } });
	expect(await send(key)).toEqual({ ...second, replayed: "true" });
});

test("after 24 hours a key is new, and what is older goes", async () => {
	const key = randomUUID();
	const first = await send(key);
	made.clock.advance(86_400_000 - 1_000);
	expect(await send(key)).toEqual({ ...first, replayed: "true" });
	made.clock.advance(1_001);
	expect(await send(key, { body: { name: "new" } })).toMatchObject({ status: 201, replayed: undefined });
	expect(runs[1]?.id).not.toBe(runs[0]?.id);
	const recent = randomUUID();
	await send(recent);
	made.clock.advance(86_400_000 - 1_000);
	await send(randomUUID());
	made.clock.advance(2_000);
	await keepHouse(made.services);
	expect((await table().execute()).map((row) => row.key)).not.toContain(recent);
	expect(await table().execute()).toHaveLength(1);
});

test.each(["", "x".repeat(256), "naïve", "a\tb"])("%j is no key", async (key) => {
	const answer = await send(key);
	expect(answer).toMatchObject({
		status: 400,
		body: { code: "invalid_request", errors: [{ field: "Idempotency-Key" }] },
	});
	expect(runs).toEqual([]);
});

test.each(["x", "x".repeat(255), '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "a b~!"])("%j is one", async (key) => {
	expect(await send(key)).toMatchObject({ status: 201 });
});

test("without a key, with another method and where nobody is signed in, nothing is kept", async () => {
	const before = await table().execute();
	for (const [key, sending] of [
		[null, {}],
		["k", { method: "PATCH" }],
		["k", { url: "/v1/open" }],
	] as const) {
		await send(key, sending);
		await send(key, sending);
	}
	expect(runs).toHaveLength(6);
	expect(runs.filter(({ id }) => id !== null)).toEqual([]);
	expect(await table().execute()).toEqual(before);
});

test("a body nested without end is refused", async () => {
	const body = `{"name": ${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
	expect(await send(randomUUID(), { body })).toMatchObject({ status: 400, body: { code: "invalid_request" } });
});

test("a new API key is given again, and stands nowhere in clear", async () => {
	const key = randomUUID();
	const sending = { url: "/v1/api-keys", body: { name: "dashboard", scopes: ["read"] } };
	const first = await send(key, sending);
	expect(first).toMatchObject({ status: 201, body: { key: expect.stringMatching(/^kal_/) } });
	expect(await send(key, sending)).toEqual({ ...first, replayed: "true" });
	const rows = await made.services.db.selectFrom("api_keys").select("id").where("name", "=", "dashboard").execute();
	expect(rows).toEqual([{ id: first.body.id }]);
	const [row] = await table().where("key", "=", key).execute();
	expect(row?.content.toString("latin1")).not.toContain("kal_");
	expect(row?.content.toString("latin1")).not.toContain("dashboard");
});

test("a run after a crash replaces the API key that nobody was given", async () => {
	const key = randomUUID();
	const sending = { url: "/v1/api-keys", body: { name: "crashed", scopes: ["read"] } };
	const lost = await send(key, sending);
	await loseAnswer(made.services, person.userId, key);
	const again = await send(key, sending);
	expect(again).toMatchObject({ status: 201, replayed: undefined, body: { id: lost.body.id } });
	const me = (secret: string) => app.inject({ url: "/v1/me", headers: { authorization: `Bearer ${secret}` } });
	expect((await me(again.body.key)).statusCode).toBe(200);
	expect((await me(lost.body.key)).statusCode).toBe(401);
});

test("a record that cannot be opened is not taken for one that is not there", async () => {
	const key = randomUUID();
	await send(key);
	const vault = createVault(createKeyring([{ id: "another", key: Buffer.alloc(32, 7) }]));
	const elsewhere = await buildApp({ ...made.services, vault }, [make]);
	const answer = await elsewhere.inject({
		method: "POST",
		url: "/v1/things",
		headers: { ...person.headers, "idempotency-key": key },
		payload: { name: "a", tags: ["x"], size: 1 },
	});
	await elsewhere.close();
	expect(answer.json()).toMatchObject({ status: 409, code: "conflict" });
	expect(runs).toHaveLength(1);
});
