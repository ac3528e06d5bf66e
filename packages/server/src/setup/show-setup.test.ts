import type { FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";
import { listAdminConnections } from "../connections/admin-connections.ts";
import { buildApp } from "../http/app.ts";
import { createConsentFixture } from "../oauth/testing.ts";
import { insertOwned } from "../testing/owned.ts";
import { createTestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { showSetup } from "./show-setup.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0).toReversed()) await close();
});

async function server(made: Pick<TestServices, "services" | "close">): Promise<FastifyInstance> {
	closing.push(() => made.close());
	const app = await buildApp(made.services, [showSetup, listAdminConnections], { verifyResponses: true });
	closing.push(() => app.close());
	return app;
}

test("what is not set up is named with its variables, and the addresses to enter", async () => {
	const made = await createTestServices({}, { env: { KALENDS_URL: "http://calendar.example.com" } });
	const app = await server(made);
	const { headers } = await createTestPerson(made.services, { role: "admin" });
	const { body, statusCode } = await app.inject({ url: "/v1/setup", headers });
	expect(statusCode).toBe(200);
	expect(JSON.parse(body)).toMatchObject({
		public_url: {
			url: "http://calendar.example.com",
			https: false,
			sign_in_possible: false,
			fix: expect.stringContaining("TLS"),
		},
		google: {
			configured: false,
			missing: expect.arrayContaining(["GOOGLE_CLIENT_ID"]),
			redirect_uris: expect.arrayContaining([
				{ uri: "http://calendar.example.com/connect/google/callback", needed: true },
				{ uri: "http://calendar.example.com/rest/v1/calendar/redirect/", needed: false },
			]),
			missing_redirect_uris: null,
		},
		mail: { configured: false, from: null, missing: ["SMTP_URL"] },
		users_count: 1,
		connections_count: 0,
		checks: null,
	});
});

test("a look asks the provider itself, and tells no secret", async () => {
	const fixture = await createConsentFixture();
	const { services } = fixture;
	const app = await server(fixture);
	const { headers } = await createTestPerson(services, { role: "admin" });
	const { body } = await app.inject({ url: "/v1/setup?check=true", headers });
	const found = JSON.parse(body).checks as readonly { readonly check: string; readonly ok: boolean }[];
	expect(found).toContainEqual({
		check: "google client",
		ok: true,
		detail: "the provider accepts the client id and secret",
	});
	const secret = services.config.oauth.google.client?.secret;
	expect(secret).toBeTruthy();
	expect(body).not.toContain(secret);
});

test("administrators see whose connections need somebody, page by page, and nothing of their events", async () => {
	const made = await createTestServices();
	const { services } = made;
	const app = await server(made);
	const admin = await createTestPerson(services, { role: "admin" });
	const people = [await createTestPerson(services), await createTestPerson(services)];
	const owned = [];
	for (const { userId } of people) owned.push(await insertOwned(services, userId));
	await services.db
		.updateTable("connections")
		.set({ status: "reauth_required", status_reason: "wrong_credentials" })
		.where("id", "=", owned[1]?.connection ?? "")
		.execute();
	const first = (await app.inject({ url: "/v1/admin/connections?limit=1", headers: admin.headers })).json();
	expect(first.data).toMatchObject([{ id: owned[0]?.connection, user: { id: people[0]?.userId }, status: "active" }]);
	const url = `/v1/admin/connections?limit=1&cursor=${first.next_cursor}`;
	const second = (await app.inject({ url, headers: admin.headers })).json();
	expect(second).toMatchObject({ data: [{ id: owned[1]?.connection, calendars_count: 1 }], next_cursor: null });
	const trouble = await app.inject({ url: "/v1/admin/connections?trouble=true", headers: admin.headers });
	expect(trouble.json().data).toEqual(second.data);
	expect(trouble.body).not.toContain("Review");
	expect((await app.inject({ url, headers: people[0]?.headers ?? {} })).statusCode).toBe(403);
});
