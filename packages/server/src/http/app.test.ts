import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Services } from "../services.ts";
import { createTestPerson, type TestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { buildApp, LIMITS } from "./app.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "./paging.ts";

let made: TestServices;
let person: TestPerson;
const opened: FastifyInstance[] = [];

beforeAll(async () => {
	made = await createTestServices();
	person = await createTestPerson(made.services);
});
afterEach(async () => {
	for (const app of opened.splice(0)) await app.close();
});
afterAll(() => made.close());

async function appOf(endpoints: readonly Endpoint[], services: Services = made.services) {
	const app = await buildApp(services, endpoints, { verifyResponses: true });
	opened.push(app);
	return app;
}

const publicAccess = { kind: "public" } as const;
const common = { operationId: "probe", summary: "Probe", tag: "test", access: publicAccess } as const;

const echo = endpoint({
	...common,
	method: "POST",
	path: "/v1/echo",
	body: z.object({
		name: z.string().min(1).max(10),
		tags: z.array(z.object({ id: z.int() })).max(3),
		at: z.string().max(9),
	}),
	query: z.object({ times: z.coerce.number().int().max(3).optional() }),
	responses: { 200: z.object({ name: z.string() }) },
	handle: async ({ body }) => ({ status: 200, body: { name: body.name } }),
});
const numbers = endpoint({
	...common,
	method: "GET",
	path: "/v1/numbers",
	operationId: "numbers",
	query: z.object(pageQuery),
	responses: { 200: listOf(z.int()) },
	handle: async ({ query }) => {
		const after = readCursor(query.cursor, z.int()) ?? 0;
		const rows = Array.from({ length: 120 }, (_, index) => index + 1).filter((number) => number > after);
		return {
			status: 200,
			body: pageOf(
				rows.slice(0, query.limit + 1),
				query.limit,
				(row) => row,
				(row) => row,
			),
		};
	},
});

describe("failures are problems", () => {
	test("every fault of a request at once, each with its field", async () => {
		const app = await appOf([echo]);
		const answer = await app.inject({
			method: "POST",
			url: "/v1/echo?times=9&pace=2",
			payload: { name: "", tags: [{ id: "x" }, { id: 1 }], owner_id: "usr_1" },
		});
		expect(answer.statusCode).toBe(400);
		expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
		const body = answer.json();
		expect(body).toMatchObject({ type: "urn:kalends:problem:invalid_request", code: "invalid_request", status: 400 });
		expect(body.request_id).toBe(answer.headers["x-request-id"]);
		const fields = body.errors.map((fault: { field: string }) => fault.field);
		expect(fields.toSorted()).toEqual(["at", "name", "owner_id", "pace", "tags[0].id", "times"]);
	});

	test.each([
		[
			"a body that is not JSON",
			{ payload: "{", headers: { "content-type": "application/json" } },
			400,
			"invalid_request",
		],
		[
			"a body that would poison prototypes",
			{ payload: '{"__proto__": {"a": 1}}', headers: { "content-type": "application/json" } },
			400,
			"invalid_request",
		],
		[
			"a body nested without end",
			{ payload: "[".repeat(LIMITS.body / 4), headers: { "content-type": "application/json" } },
			400,
			"invalid_request",
		],
		[
			"a field nested deeply",
			{
				payload: `{"name": ${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
				headers: { "content-type": "application/json" },
			},
			400,
			"invalid_request",
		],
		[
			"a body that is not UTF-8",
			{
				payload: Buffer.from('{"name": "Zo\xeb", "tags": [], "at": ""}', "latin1"),
				headers: { "content-type": "application/json" },
			},
			400,
			"invalid_request",
		],
		["no body", {}, 400, "invalid_request"],
		["a body of another type", { payload: "a", headers: { "content-type": "text/plain" } }, 403, "cross_site_request"],
		[
			"a body without a type that browsers send",
			{ payload: "a", headers: { "content-type": "application/x-www-form-urlencoded" } },
			403,
			"cross_site_request",
		],
		["a body too large", { payload: { name: "x".repeat(LIMITS.body) } }, 413, "payload_too_large"],
	])("%s", async (_, options, status, code) => {
		const app = await appOf([echo]);
		const answer = await app.inject({ method: "POST", url: "/v1/echo", ...options });
		expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
	});

	test.each([{ range: "bytes=999999999-" }, { "if-match": '"other"' }])("a file under %j", async (headers) => {
		const answer = await (await appOf([echo])).inject({ url: "/docs/static/swagger-ui.css", headers });
		expect([answer.statusCode, answer.json().code]).toEqual([400, "invalid_request"]);
	});

	test("text that the database cannot hold is refused where it stands", async () => {
		const app = await appOf([echo, numbers]);
		const payload = { name: "a", tags: [], at: "x\0" };
		const answer = await app.inject({ method: "POST", url: "/v1/echo", payload });
		expect(answer.json()).toMatchObject({ code: "invalid_request", errors: [{ field: "at" }] });
		expect((await app.inject("/v1/numbers?cursor=%00")).json()).toMatchObject({ errors: [{ field: "cursor" }] });
	});

	test("an API client's body of another type is unsupported", async () => {
		const app = await appOf([endpoint({ ...echo, access: { kind: "user", scope: "write" } }) as Endpoint]);
		const headers = { ...person.headers, "content-type": "text/csv" };
		const answer = await app.inject({ method: "POST", url: "/v1/echo", payload: "a,b", headers });
		expect([answer.statusCode, answer.json().code]).toEqual([415, "unsupported_media_type"]);
	});

	test("an address that does not exist, a wrong method, an address too long, a broken one", async () => {
		const app = await appOf([echo, numbers]);
		expect((await app.inject("/v1/nothing")).json()).toMatchObject({ code: "not_found", status: 404 });
		const wrong = await app.inject({ method: "DELETE", url: "/v1/echo/" });
		expect([wrong.statusCode, wrong.json().code, wrong.headers.allow]).toEqual([405, "method_not_allowed", "POST"]);
		for (const [method, url] of [
			["POST", "/openapi.json"],
			["OPTIONS", "/v1/numbers"],
		] as const) {
			const refused = await app.inject({ method, url });
			expect([refused.statusCode, refused.headers.allow]).toEqual([405, "GET, HEAD"]);
		}
		expect((await app.inject(`/v1/numbers?x=${"a".repeat(LIMITS.url)}`)).json().code).toBe("uri_too_long");
		const broken = await app.inject("/v1/numbers/%zz");
		expect([broken.statusCode, broken.json().code]).toEqual([400, "invalid_request"]);
		expect(broken.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
	});

	test("an error inside tells nothing of itself but its id, by which the log has it", async () => {
		const boom = endpoint({
			...common,
			method: "GET",
			path: "/v1/boom",
			responses: { 200: null },
			handle: async () => {
				throw new Error("the password is swordfish", { cause: new Error("deeper") });
			},
		});
		const app = await appOf([boom]);
		const answer = await app.inject("/v1/boom");
		expect(answer.statusCode).toBe(500);
		expect(answer.body).not.toMatch(/swordfish|Error|deeper|\.ts/);
		const logged = made.logged.find((line) => line.request_id === answer.json().request_id && line.level === "error");
		expect(JSON.stringify(logged)).toContain("swordfish");
	});

	test("an answer that breaks its own schema fails in tests", async () => {
		const leak = endpoint({
			...common,
			method: "GET",
			path: "/v1/leak",
			responses: { 200: z.object({ id: z.string() }) },
			handle: async () => ({ status: 200, body: { id: "a", credentials: "b" } }),
		});
		expect((await (await appOf([leak])).inject("/v1/leak")).statusCode).toBe(500);
	});

	test("a request has half a minute to arrive, its body included", async () => {
		const { server } = await appOf([numbers]);
		// The longer of the two bounds the body.
		expect(Math.max(server.headersTimeout, server.requestTimeout)).toBe(30_000);
	});

	test("what is not HTTP, and headers too large, on the bare socket", async () => {
		const app = await appOf([numbers]);
		await app.listen({ port: 0, host: "127.0.0.1" });
		const { port } = app.server.address() as AddressInfo;
		const exchange = async (bytes: string) => {
			const socket = connect(port, "127.0.0.1");
			socket.write(bytes);
			return text(socket);
		};
		const nonsense = await exchange("what is this\r\n\r\n");
		expect(nonsense).toMatch(/^HTTP\/1\.1 400 /);
		expect(nonsense).toContain("application/problem+json");
		const large = await exchange(`GET / HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(LIMITS.header)}\r\n\r\n`);
		expect(large).toMatch(/^HTTP\/1\.1 431 /);
		expect(large).toContain('"code":"headers_too_large"');
		expect(large).toContain("frame-ancestors 'none'");
	});
});

describe("answers", () => {
	test("security headers are on pages, answers and errors; HSTS on https only", async () => {
		const secure = { ...made.services, config: { ...made.services.config, url: new URL("https://cal.example.com") } };
		for (const services of [made.services, secure]) {
			const app = await appOf([numbers], services);
			for (const url of [
				"/",
				"/docs",
				"/docs/static/swagger-ui.css",
				"/openapi.json",
				"/v1/numbers",
				"/v1/x",
				"/v1/numbers/%zz",
			]) {
				const { headers } = await app.inject(url);
				const policy = String(headers["content-security-policy"]);
				expect(policy, url).toContain("frame-ancestors 'none'");
				expect(policy, url).not.toMatch(/unsafe|https?:/);
				expect(headers["x-content-type-options"], url).toBe("nosniff");
				expect(headers["referrer-policy"], url).toBe("same-origin");
				expect(headers["strict-transport-security"] !== undefined, url).toBe(services === secure);
				expect(policy.includes("upgrade-insecure-requests"), url).toBe(services === secure);
			}
			expect((await app.inject("/v1/numbers")).headers["cache-control"]).toBe("no-store");
		}
	});

	test("pages hold no inline script or style and load nothing from elsewhere", async () => {
		const app = await appOf([numbers]);
		for (const url of ["/", "/docs", "/docs/"]) {
			const { body, headers } = await app.inject(url);
			expect(headers["content-type"], url).toContain("text/html");
			expect(body, url).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/i);
			const linked = [...body.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"/g)].map((match) => match[1]);
			for (const address of linked) {
				expect(address, url).not.toMatch(/^(https?:)?\/\//);
				if (address?.startsWith("data:")) continue;
				const target = new URL(address ?? "", `http://host${url}`).pathname;
				expect((await app.inject(target)).statusCode, target).toBe(200);
			}
		}
		expect((await app.inject("/docs/static/swagger-initializer.js")).body).toContain("validatorUrl: null");
		expect((await app.inject("/docs/json")).json().openapi).toBe("3.1.0");
	});

	test("a trailing slash is as good as none", async () => {
		const app = await appOf([numbers]);
		expect((await app.inject("/v1/numbers/?limit=1")).json().data).toEqual([1]);
	});

	test("CORS is for the named origins alone, and without cookies", async () => {
		const services = {
			...made.services,
			config: { ...made.services.config, returnOrigins: ["https://app.example.com"] },
		};
		const app = await appOf([numbers], services);
		const from = (origin: string) => app.inject({ url: "/v1/numbers", headers: { origin } });
		expect((await from("https://app.example.com")).headers["access-control-allow-origin"]).toBe(
			"https://app.example.com",
		);
		expect((await from("https://evil.example.com")).headers["access-control-allow-origin"]).toBeUndefined();
		const preflight = await app.inject({
			method: "OPTIONS",
			url: "/v1/numbers",
			headers: { origin: "https://app.example.com", "access-control-request-method": "PATCH" },
		});
		expect(preflight.statusCode).toBe(204);
		expect(preflight.headers["access-control-allow-methods"]).toContain("PATCH");
		expect(preflight.headers["access-control-allow-credentials"]).toBeUndefined();
		const none = await appOf([numbers]);
		const answer = await none.inject({ url: "/v1/numbers", headers: { origin: "https://app.example.com" } });
		expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
	});

	test("the client's address comes from a proxy only as far as TRUST_PROXY goes", async () => {
		const whoami = endpoint({
			...common,
			method: "GET",
			path: "/v1/ip",
			responses: { 200: z.object({ ip: z.string() }) },
			handle: async ({ ip }) => ({ status: 200, body: { ip } }),
		});
		const seen = async (trustProxy: false | number | string[]) => {
			const app = await appOf([whoami], { ...made.services, config: { ...made.services.config, trustProxy } });
			const headers = { "x-forwarded-for": "6.6.6.6, 7.7.7.7" };
			return (await app.inject({ url: "/v1/ip", remoteAddress: "10.0.0.1", headers })).json().ip;
		};
		expect(await seen(false)).toBe("10.0.0.1");
		expect(await seen(1)).toBe("7.7.7.7");
		expect(await seen(["10.0.0.0/8"])).toBe("7.7.7.7");
		expect(await seen(["192.168.0.0/16"])).toBe("10.0.0.1");
	});

	test("the access log names the route and never the query", async () => {
		const app = await appOf([numbers]);
		await app.inject("/v1/numbers?token=c2VjcmV0");
		const line = made.logged.findLast((entry) => entry.msg === "request" && entry.route === "/v1/numbers");
		expect(line).toMatchObject({ method: "GET", path: "/v1/numbers", status: 200 });
		expect(JSON.stringify(line)).not.toContain("c2VjcmV0");
		expect(await made.services.metrics.registry.metrics()).toMatch(
			/kalends_http_request_seconds_count\{method="GET",route="\/v1\/numbers",status="200"\}/,
		);
	});
});

describe("lists", () => {
	test("pages follow each other to the end", async () => {
		const app = await appOf([numbers]);
		const seen: number[] = [];
		let cursor: string | null = null;
		let pages = 0;
		do {
			const query: string = cursor === null ? "" : `?cursor=${cursor}`;
			const page: { data: number[]; next_cursor: string | null } = (await app.inject(`/v1/numbers${query}`)).json();
			seen.push(...page.data);
			cursor = page.next_cursor;
			pages++;
		} while (cursor !== null);
		expect(pages).toBe(3);
		expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
	});

	test.each(["0", "201", "-1", "ten", "1.5"])("limit=%s is refused", async (limit) => {
		const answer = await (await appOf([numbers])).inject(`/v1/numbers?limit=${limit}`);
		expect(answer.json()).toMatchObject({ code: "invalid_request", errors: [{ field: "limit" }] });
	});

	test.each(["x", "e30", "bnVsbA", "%20"])("the cursor %s is refused and named", async (cursor) => {
		const answer = await (await appOf([numbers])).inject(`/v1/numbers?cursor=${cursor}`);
		expect(answer.statusCode).toBe(400);
		expect(answer.json()).toMatchObject({ code: "invalid_cursor", errors: [{ field: "cursor" }] });
	});
});
