import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildApp } from "../http/app.ts";
import { databaseFingerprint } from "../testing/fingerprint.ts";
import { insertOwned } from "../testing/owned.ts";
import { createTestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { accountEndpoints } from "./endpoints.ts";
import { createUser } from "./users.ts";

const PASSWORD = "correct horse battery";

let made: TestServices;
let app: FastifyInstance;
beforeEach(async () => {
	made = await createTestServices();
	app = await buildApp(made.services, accountEndpoints, { verifyResponses: true });
});
afterEach(async () => {
	await app.close();
	await made.close();
});

async function ask(headers: Record<string, string>, method: "GET" | "PATCH" | "DELETE", url: string, payload?: object) {
	const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
	return { status: answer.statusCode, headers: answer.headers, body: answer.body === "" ? null : answer.json() };
}

async function signIn(email: string) {
	// Ids sort by the time they were made.
	made.clock.advance(1000);
	const answer = await app.inject({
		method: "POST",
		url: "/api/auth/sign-in/email",
		payload: { email, password: PASSWORD },
		headers: { "user-agent": "a browser" },
	});
	const cookie = answer.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join("; ");
	return { cookie, origin: "http://localhost:3000" };
}

test("preferences are patched one by one, and null brings the default back", async () => {
	const { headers } = await createTestPerson(made.services);
	const defaults = (await ask(headers, "GET", "/v1/me")).body.preferences;
	expect(defaults).toEqual({
		secondary_time_zone: null,
		week_start: null,
		hour_cycle: null,
		theme: "system",
		locale: null,
		density: "comfortable",
		shortcuts: true,
	});
	const chosen = {
		secondary_time_zone: "America/New_York",
		hour_cycle: 24,
		theme: "dark",
		locale: "en-gb",
		shortcuts: false,
	};
	await ask(headers, "PATCH", "/v1/me", { preferences: chosen });
	const after = await ask(headers, "PATCH", "/v1/me", { preferences: { theme: null, week_start: "monday" } });
	expect(after.body.preferences).toEqual({
		...defaults,
		...chosen,
		locale: "en-GB",
		theme: "system",
		week_start: "monday",
	});
	expect((await ask(headers, "GET", "/v1/me")).body).toEqual(after.body);
});

test("what no preference can be is refused by its field, all at once", async () => {
	const { headers } = await createTestPerson(made.services);
	const preferences = { secondary_time_zone: "Mars/Olympus", hour_cycle: 13, theme: "pink", locale: "x", colour: 1 };
	const { status, body } = await ask(headers, "PATCH", "/v1/me", { preferences });
	expect(status).toBe(400);
	expect(body.errors.map(({ field }: { readonly field: string }) => field).toSorted()).toEqual(
		Object.keys(preferences)
			.map((name) => `preferences.${name}`)
			.toSorted(),
	);
});

test("what another version stored is neither shown nor lost", async () => {
	const { userId, headers } = await createTestPerson(made.services);
	const stored = { theme: "sepia", week_start: "sunday", sidebar: "left" };
	await made.services.db
		.updateTable("users")
		.set({ preferences: JSON.stringify(stored) })
		.where("id", "=", userId)
		.execute();
	const { body } = await ask(headers, "PATCH", "/v1/me", { preferences: { hour_cycle: 12 } });
	expect(body.preferences).toMatchObject({ theme: "system", week_start: "sunday", hour_cycle: 12 });
	const row = await made.services.db.selectFrom("users").select("preferences").executeTakeFirstOrThrow();
	expect(row.preferences).toEqual({ ...stored, hour_cycle: 12 });
});

test("a person sees where they are signed in, and signs one or all others out", async () => {
	await createUser(made.services, { email: "ann@example.com", password: PASSWORD });
	const here = await signIn("ann@example.com");
	const there = await signIn("ann@example.com");
	const elsewhere = await signIn("ann@example.com");
	const listed = await ask(here, "GET", "/v1/sessions");
	expect(listed.body.data).toHaveLength(3);
	expect(listed.body.data.map((session: { readonly current: boolean }) => session.current)).toEqual([
		false,
		false,
		true,
	]);
	expect(listed.body.data[0]).toMatchObject({ user_agent: "a browser", ip_address: "127.0.0.1" });
	const [last] = listed.body.data;
	expect((await ask(here, "DELETE", `/v1/sessions/${last.id}`)).status).toBe(204);
	expect((await ask(elsewhere, "GET", "/v1/me")).status).toBe(401);
	expect((await ask(there, "GET", "/v1/me")).status).toBe(200);
	expect((await ask(here, "DELETE", "/v1/sessions")).body).toEqual({ ended: 1 });
	expect((await ask(there, "GET", "/v1/me")).status).toBe(401);
	expect((await ask(here, "GET", "/v1/me")).status).toBe(200);
});

test("deleting the account needs the password again, and leaves nothing of it", async () => {
	const { services } = made;
	await createTestPerson(services, { role: "admin" });
	const before = await databaseFingerprint(services.db);
	const { id } = await createUser(services, { email: "ann@example.com", password: PASSWORD });
	await insertOwned(services, id);
	const ann = await signIn("ann@example.com");
	await ask(ann, "PATCH", "/v1/me", { preferences: { theme: "dark" } });
	for (const body of [{}, { password: "wrong horse battery" }, { email: "ann@example.com" }]) {
		const refused = await ask(ann, "DELETE", "/v1/me", body);
		expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: "password" }] } });
	}
	const gone = await ask(ann, "DELETE", "/v1/me", { password: PASSWORD });
	expect(gone.status).toBe(204);
	expect(gone.headers["set-cookie"]).toMatch(/^kalends\.session=; Max-Age=0/);
	expect((await ask(ann, "GET", "/v1/me")).status).toBe(401);
	// The signing key of cookies and counters of tries are the server's, not hers.
	const { verifications: _, rate_limits: __, ...rest } = await databaseFingerprint(services.db);
	expect(before).toMatchObject(rest);
});

test("who has no password shows that they mean it; keys cannot delete; an administrator remains", async () => {
	const { services } = made;
	const admin = await createUser(services, { email: "root@example.com", password: PASSWORD, role: "admin" });
	const root = await signIn("root@example.com");
	const refused = await ask(root, "DELETE", "/v1/me", { password: PASSWORD });
	expect(refused).toMatchObject({ status: 409, body: { code: "last_admin", fix: expect.any(String) } });
	const key = await createTestPerson(services);
	expect(await ask(key.headers, "DELETE", "/v1/me", { email: "x" })).toMatchObject({ body: { code: "forbidden" } });
	await services.db.updateTable("accounts").set({ password: null }).where("user_id", "=", admin.id).execute();
	await createTestPerson(services, { role: "admin" });
	expect((await ask(root, "GET", "/v1/me")).body.has_password).toBe(false);
	const unmeant = await ask(root, "DELETE", "/v1/me", { email: "somebody@example.com" });
	expect(unmeant).toMatchObject({ status: 400, body: { errors: [{ field: "email" }] } });
	expect((await ask(root, "DELETE", "/v1/me", { email: "Root@example.com" })).status).toBe(204);
});
