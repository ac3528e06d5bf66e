import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createUser } from "../accounts/users.ts";
import { databaseFingerprint } from "../testing/fingerprint.ts";
import { insertOwned } from "../testing/owned.ts";
import { sampleOf } from "../testing/sample.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { buildApp } from "./app.ts";
import { requireSameOrigin } from "./cross-site.ts";
import type { Endpoint, OwnedKind } from "./endpoint.ts";
import { routes } from "./routes.ts";

/** T22, from the route table: what a page of another site can make a signed-in browser send changes nothing. */

let made: TestServices;
let app: FastifyInstance;
let cookie: string;
let ids: Readonly<Record<OwnedKind, string>>;

beforeAll(async () => {
	made = await createTestServices();
	app = await buildApp(made.services, routes, { verifyResponses: true });
	const user = await createUser(made.services, {
		email: "ann@example.com",
		password: "correct horse battery",
		role: "admin",
	});
	ids = await insertOwned(made.services, user.id);
	const answer = await app.inject({
		method: "POST",
		url: "/api/auth/sign-in/email",
		payload: { email: "ann@example.com", password: "correct horse battery" },
	});
	cookie = answer.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join("; ");
});
afterAll(async () => {
	await app.close();
	await made.close();
});

function urlOf(endpoint: Endpoint): string {
	const kinds = endpoint.access.kind === "user" ? (endpoint.access.ids ?? {}) : {};
	return endpoint.path.replaceAll(/:(\w+)/g, (_, name: string) => {
		const kind = kinds[name];
		return kind === undefined ? "x" : ids[kind];
	});
}

const named = routes.map((endpoint) => ({ name: `${endpoint.method} ${endpoint.path}`, endpoint }));
const SAME = { origin: "http://localhost:3000", "content-type": "application/json" };

describe.each(named.filter(({ endpoint }) => endpoint.method !== "GET"))("$name", ({ endpoint }) => {
	test.each([
		["another site's Origin", { ...SAME, origin: "https://evil.example.com" }],
		["an opaque Origin", { ...SAME, origin: "null" }],
		["a site whose name begins like ours", { ...SAME, origin: "http://localhost:3000.evil.example.com" }],
		["another port", { ...SAME, origin: "http://localhost:3001" }],
		["Sec-Fetch-Site: cross-site", { ...SAME, "sec-fetch-site": "cross-site" }],
		["Sec-Fetch-Site: same-site", { ...SAME, "sec-fetch-site": "same-site" }],
		["text/plain", { ...SAME, "content-type": "text/plain" }],
		["a form", { ...SAME, "content-type": "application/x-www-form-urlencoded" }],
		["a form with files", { ...SAME, "content-type": "multipart/form-data; boundary=json" }],
	])("refuses %s", async (_, headers) => {
		const before = await databaseFingerprint(made.services.db);
		const answer = await app.inject({
			method: endpoint.method,
			url: urlOf(endpoint),
			headers: { ...headers, cookie, host: "localhost:3000" },
			payload: JSON.stringify(endpoint.body === undefined ? {} : sampleOf(endpoint.body, "required")),
		});
		expect([answer.statusCode, answer.json().code]).toEqual([403, "cross_site_request"]);
		expect(await databaseFingerprint(made.services.db)).toEqual(before);
	});

	// Who signs in or up does so by a password; the cookie that may come along has no say.
	if (endpoint.access.kind !== "public" || endpoint.access.endsSession)
		test("refuses a cookie without Origin", async () => {
			const answer = await app.inject({ method: endpoint.method, url: urlOf(endpoint), headers: { cookie } });
			expect([answer.statusCode, answer.json().code]).toEqual([403, "cross_site_request"]);
		});
});

test.each(named.filter(({ endpoint }) => endpoint.method === "GET"))("$name changes no row", async ({ endpoint }) => {
	const before = await databaseFingerprint(made.services.db);
	// Streams have no end.
	const answer = await app.inject({ url: urlOf(endpoint), headers: { cookie }, payloadAsStream: true });
	expect(answer.statusCode).toBeLessThan(500);
	if (endpoint.mediaType === "text/event-stream") answer.stream().destroy();
	else for await (const _ of answer.stream());
	expect(await databaseFingerprint(made.services.db)).toEqual(before);
});

test("a page of this server may write, by any name of the server, and with Sec-Fetch-Site alone", async () => {
	const patch = (headers: Record<string, string>) =>
		app.inject({ method: "PATCH", url: "/v1/me", payload: { name: "Ann" }, headers: { ...headers, cookie } });
	expect((await patch({ origin: "http://localhost:3000" })).statusCode).toBe(200);
	expect((await patch({ origin: "http://127.0.0.1:3000", host: "127.0.0.1:3000" })).statusCode).toBe(200);
	expect((await patch({ "sec-fetch-site": "same-origin" })).statusCode).toBe(200);
});

test("under https a page of the same name that came by plain http is another site's", () => {
	const config = { url: new URL("https://cal.example.com") };
	const from = (origin: string, host: string) => () =>
		requireSameOrigin(config, { origin, host }, { whenAbsent: "refuse" });
	expect(from("http://cal.example.com", "cal.example.com")).toThrow("another site");
	expect(from("https://cal.example.com", "cal.example.com")).not.toThrow();
	expect(from("http://localhost:3000", "localhost:3000")).not.toThrow();
});

test("a program without a browser may sign in", async () => {
	const payload = { email: "ann@example.com", password: "correct horse battery" };
	const answer = await app.inject({ method: "POST", url: "/api/auth/sign-in/email", payload });
	expect(answer.statusCode).toBe(200);
});
