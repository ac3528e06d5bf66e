import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { databaseFingerprint } from "../testing/fingerprint.ts";
import { insertOwned } from "../testing/owned.ts";
import { createTestKey, createTestPerson } from "../testing/people.ts";
import { sampleOf } from "../testing/sample.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { buildApp } from "./app.ts";
import type { Endpoint, OwnedKind } from "./endpoint.ts";
import { routes } from "./routes.ts";

/** T8: made from the route table, so a new route is covered, or fails, by being there. */

type Ids = Readonly<Record<OwnedKind, string>>;
interface Person {
	readonly ids: Ids;
	readonly full: { readonly authorization: string };
	readonly readOnly: { readonly authorization: string };
	readonly userId: string;
}

/** Pages and documents that need nobody's data; everything else must be in the route table. */
const PAGES = /^\/$|^\/plain\.css$|^\/openapi\.json$|^\/docs(\/.*)?$/;

let made: TestServices;
let app: FastifyInstance;
let owner: Person;
let other: Person;
let admin: { readonly authorization: string };
const registered: { readonly method: string; readonly url: string; readonly refusal: boolean }[] = [];

beforeAll(async () => {
	made = await createTestServices();
	app = await buildApp(made.services, routes, {
		verifyResponses: true,
		bundle: null,
		onRoute: ({ method, url, config }) => {
			const refusal = config !== undefined && "refusal" in config;
			for (const one of [method].flat()) registered.push({ method: one, url, refusal });
		},
	});
	owner = await person();
	other = await person();
	admin = (await createTestPerson(made.services, { role: "admin" })).headers;
	for (const headers of [owner.full, owner.readOnly, other.full, other.readOnly, admin]) {
		// So that the note of the first use does not count as a change.
		await app.inject({ url: "/v1/me", headers });
	}
});
afterAll(async () => {
	await app.close();
	await made.close();
});

async function person(): Promise<Person> {
	const { userId, headers: full } = await createTestPerson(made.services);
	const { headers: readOnly } = await createTestKey(made.services, userId, ["read"]);
	return { userId, full, readOnly, ids: await insertOwned(made.services, userId) };
}

function nameOf(endpoint: Endpoint): string {
	return `${endpoint.method} ${endpoint.path}`;
}

function pathIds(endpoint: Endpoint): string[] {
	return [...endpoint.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? "");
}

const owned = routes.flatMap((endpoint) => {
	const ids = endpoint.access.kind === "user" ? (endpoint.access.ids ?? {}) : {};
	return Object.entries(ids).map(([position, kind]) => ({ name: nameOf(endpoint), endpoint, position, kind }));
});
const guarded = routes.filter((endpoint) => endpoint.access.kind !== "public");

describe("the route table", () => {
	test.each(routes.map((endpoint) => [nameOf(endpoint), endpoint] as const))("%s is classified", (_, endpoint) => {
		expect(endpoint.access?.kind).toMatch(/^(public|user|admin)$/);
		if (endpoint.access.kind === "public") expect(pathIds(endpoint)).toEqual([]);
		if (endpoint.access.kind !== "user") return;
		expect(endpoint.access.scope).toMatch(/^(read|write)$/);
		if (endpoint.method !== "GET") expect(endpoint.access.scope).toBe("write");
		expect(Object.keys(endpoint.access.ids ?? {}).toSorted()).toEqual(pathIds(endpoint).toSorted());
	});

	test("the server has no route beside it", () => {
		const table = new Set(routes.map(nameOf));
		const strays = registered.filter(({ method, url, refusal }) => {
			if (refusal || PAGES.test(url)) return false;
			return !table.has(`${method === "HEAD" ? "GET" : method} ${url}`);
		});
		expect(strays).toEqual([]);
	});

	test("no operation is named twice", () => {
		const names = routes.map((endpoint) => endpoint.operationId);
		expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
	});
});

/** Ids of this kind that no row has, and texts that are no ids at all. */
function nonexistent(kind: OwnedKind): string[] {
	const prefix = owner.ids[kind].split("_")[0] ?? "";
	const unknown = `${prefix}_01jzzzzzzzzzzzzzzzzzzzzzzz`;
	const occurrence = kind === "event" ? [`${unknown}.20261205T090000Z`] : [];
	return [unknown, ...occurrence, "x", `${owner.ids[kind]}'--`, owner.ids[kind].toUpperCase(), "%00", "..%2f", "a.b.c"];
}

function foreign(kind: OwnedKind): string[] {
	const id = owner.ids[kind];
	return kind === "event" ? [id, `${id}.20261205T090000Z`, `${id}.20261205`, `${id}.x`] : [id];
}

async function ask(
	endpoint: Endpoint,
	ids: Ids,
	id: { readonly position: string; readonly value: string } | null,
	headers: Record<string, string>,
	fields: "required" | "all" = "required",
) {
	const kinds = endpoint.access.kind === "user" ? (endpoint.access.ids ?? {}) : {};
	const url = endpoint.path.replaceAll(/:(\w+)/g, (_, name: string) => {
		const kind = kinds[name];
		return id?.position === name ? id.value : kind === undefined ? "x" : ids[kind];
	});
	const payload = endpoint.body === undefined ? {} : { payload: sampleOf(endpoint.body, fields) as object };
	const answer = await app.inject({ method: endpoint.method, url, headers, ...payload });
	const { request_id: _, ...body } = answer.body.startsWith("{") ? answer.json() : {};
	return { status: answer.statusCode, body };
}

describe.each(owned)("$name, {$position}", ({ endpoint, position, kind }) => {
	const scope = endpoint.access.kind === "user" ? endpoint.access.scope : "read";

	test("another user's id answers as one that does not exist, and nothing is written", async () => {
		const before = await databaseFingerprint(made.services.db);
		const [unknown = "", ...strange] = nonexistent(kind);
		const reference = await ask(endpoint, other.ids, { position, value: unknown }, other.full);
		expect(reference).toMatchObject({ status: 404, body: { code: "not_found" } });
		const acting = { ...admin, "kalends-user": other.userId };
		for (const headers of [other.full, other.readOnly, acting]) {
			for (const value of [unknown, ...strange, ...foreign(kind)]) {
				const answer = await ask(endpoint, other.ids, { position, value }, headers);
				expect(answer, `${value} with ${headers === other.readOnly ? "a read-only" : "a full"} key`).toEqual(reference);
			}
		}
		const full = await ask(endpoint, other.ids, { position, value: unknown }, other.full, "all");
		expect(await ask(endpoint, other.ids, { position, value: owner.ids[kind] }, other.full, "all")).toEqual(full);
		expect(await databaseFingerprint(made.services.db)).toEqual(before);
	});

	if (scope === "write")
		test("a read-only key may not, on an own id", async () => {
			const before = await databaseFingerprint(made.services.db);
			const answer = await ask(endpoint, other.ids, null, other.readOnly);
			expect(answer).toMatchObject({ status: 403, body: { code: "insufficient_scope" } });
			expect(await databaseFingerprint(made.services.db)).toEqual(before);
		});

	if (scope === "read")
		test("the owner gets it, also with a read-only key", async () => {
			expect(await ask(endpoint, owner.ids, null, owner.readOnly)).toMatchObject({ status: 200 });
		});
});

describe.each(guarded.map((endpoint) => ({ name: nameOf(endpoint), endpoint })))("$name", ({ endpoint }) => {
	test("is closed to anybody who is not signed in", async () => {
		const before = await databaseFingerprint(made.services.db);
		for (const headers of [{}, { authorization: "Bearer kal_00000000000000000000" }, { cookie: "kalends.session=x" }]) {
			const answer = await ask(endpoint, owner.ids, null, headers as Record<string, string>);
			expect(answer).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
		}
		expect(await databaseFingerprint(made.services.db)).toEqual(before);
	});

	if (endpoint.access.kind === "admin")
		test("is closed to who is no administrator, or whose key lacks the scope", async () => {
			const { userId } = await createTestPerson(made.services, { role: "admin" });
			const { headers } = await createTestKey(made.services, userId, ["read", "write"]);
			expect(await ask(endpoint, owner.ids, null, owner.full)).toMatchObject({
				status: 403,
				body: { code: "forbidden" },
			});
			expect(await ask(endpoint, owner.ids, null, headers)).toMatchObject({ body: { code: "insufficient_scope" } });
		});

	if (endpoint.access.kind === "user" && endpoint.access.scope === "write" && pathIds(endpoint).length === 0)
		test("is closed to a read-only key", async () => {
			const answer = await ask(endpoint, other.ids, null, other.readOnly);
			expect(answer).toMatchObject({ status: 403, body: { code: "insufficient_scope" } });
		});
});
