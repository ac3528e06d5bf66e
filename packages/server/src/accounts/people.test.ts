import type { FastifyInstance, InjectOptions } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildApp } from "../http/app.ts";
import { createTestKey, createTestPerson, type TestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { accountEndpoints } from "./endpoints.ts";
import { ensureAdmin } from "./ensure-admin.ts";
import { hashPassword, verifyPassword } from "./password.ts";

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

async function ask(
	person: Pick<TestPerson, "headers">,
	method: "GET" | "POST" | "PATCH" | "DELETE",
	url: string,
	payload?: object,
) {
	const options: InjectOptions = {
		method,
		url,
		headers: person.headers,
		...(payload === undefined ? {} : { payload }),
	};
	const answer = await app.inject(options);
	return { status: answer.statusCode, headers: answer.headers, body: answer.body === "" ? null : answer.json() };
}

describe("credentials", () => {
	test.each([
		[undefined],
		["Basic YTpi"],
		["Bearer"],
		["Bearer kal_doesnotexist0000000000"],
		["Bearer xyz_0000000000000000000000"],
		["kal_doesnotexist0000000000"],
	])("%s is answered 401 with a challenge", async (authorization) => {
		const answer = await app.inject({ url: "/v1/me", headers: authorization === undefined ? {} : { authorization } });
		expect(answer.statusCode).toBe(401);
		expect(answer.json().code).toBe("unauthenticated");
		expect(answer.headers["www-authenticate"]).toMatch(/^Bearer realm="kalends"/);
	});

	test("a page is told to sign in, and nothing of API keys; a program of both", async () => {
		const ask = async (headers: Readonly<Record<string, string>>) =>
			(await app.inject({ url: "/v1/me", headers })).json();
		expect(await ask({ "sec-fetch-site": "same-origin" })).toMatchObject({
			code: "unauthenticated",
			detail: "The session has ended.",
			fix: "Sign in again.",
		});
		expect((await ask({})).fix).toContain("Authorization: Bearer");
	});

	test("a key that expired is refused, a wrong key does not fall back to the cookie", async () => {
		const person = await createTestPerson(made.services);
		const { body } = await ask(person, "POST", "/v1/api-keys", {
			name: "short",
			scopes: ["read"],
			expires_at: new Date(made.clock.now() + 1000).toISOString(),
		});
		const headers = { authorization: `Bearer ${body.key}` };
		expect((await ask({ headers }, "GET", "/v1/me")).status).toBe(200);
		made.clock.advance(1000);
		expect((await ask({ headers }, "GET", "/v1/me")).body).toMatchObject({ detail: "The API key has expired." });
	});
});

describe("API keys", () => {
	test("a key is shown once and stored as a hash", async () => {
		const person = await createTestPerson(made.services);
		const { status, body } = await ask(person, "POST", "/v1/api-keys", { name: " laptop ", scopes: ["write", "read"] });
		expect(status).toBe(201);
		expect(body).toMatchObject({ name: "laptop", scopes: ["read", "write"], expires_at: null, last_used_at: null });
		expect(body.key).toMatch(/^kal_[A-Za-z0-9_-]{43}$/);
		expect(body.key.startsWith(body.prefix)).toBe(true);
		const stored = JSON.stringify(await made.services.db.selectFrom("api_keys").selectAll().execute());
		expect(stored).not.toContain(body.key.slice(8));
		const listed = await ask(person, "GET", "/v1/api-keys");
		expect(listed.body.data).toHaveLength(2);
		expect(JSON.stringify(listed.body)).not.toContain(body.key);
		const headers = { authorization: `Bearer ${body.key}` };
		expect((await ask({ headers }, "GET", "/v1/me")).body).toMatchObject({ via: "api_key", scopes: ["read", "write"] });
		expect((await ask(person, "DELETE", `/v1/api-keys/${body.id}`)).status).toBe(204);
		expect((await ask({ headers }, "GET", "/v1/me")).status).toBe(401);
	});

	test("the list is paged", async () => {
		const person = await createTestPerson(made.services);
		for (let index = 0; index < 4; index++) {
			made.clock.advance(1);
			await createTestKey(made.services, person.userId, ["read"]);
		}
		await createTestPerson(made.services);
		const first = await ask(person, "GET", "/v1/api-keys?limit=3");
		expect(first.body.data).toHaveLength(3);
		const rest = await ask(person, "GET", `/v1/api-keys?limit=3&cursor=${first.body.next_cursor}`);
		expect(rest.body).toMatchObject({ next_cursor: null });
		expect(rest.body.data).toHaveLength(2);
	});

	test("a key cannot make one that may do more or lasts longer", async () => {
		const person = await createTestPerson(made.services);
		const make = (payload: object) =>
			ask(person, "POST", "/v1/api-keys", { name: "more", scopes: ["read"], ...payload });
		expect((await make({ scopes: ["read", "admin"] })).body).toMatchObject({ code: "insufficient_scope" });
		const reader = await createTestKey(made.services, person.userId, ["read"]);
		const byReader = await ask(reader, "POST", "/v1/api-keys", { name: "x", scopes: ["read"] });
		expect(byReader).toMatchObject({ status: 403, body: { code: "insufficient_scope" } });
		const tomorrow = new Date(made.clock.now() + 86_400_000).toISOString();
		const short = await make({ scopes: ["read", "write"], expires_at: tomorrow });
		const headers = { authorization: `Bearer ${short.body.key}` };
		const endless = await ask({ headers }, "POST", "/v1/api-keys", { name: "endless", scopes: ["read"] });
		expect(endless.body).toMatchObject({ code: "invalid_request", errors: [{ field: "expires_at" }] });
		const past = await make({ expires_at: new Date(made.clock.now()).toISOString() });
		expect(past.body).toMatchObject({ code: "invalid_request", errors: [{ field: "expires_at" }] });
	});

	test("use is noted, at most each five minutes", async () => {
		const person = await createTestPerson(made.services);
		const used = async () => (await ask(person, "GET", "/v1/api-keys")).body.data[0].last_used_at;
		const first = new Date(made.clock.now()).toISOString();
		expect(await used()).toBe(first);
		made.clock.advance(299_999);
		expect(await used()).toBe(first);
		made.clock.advance(1);
		expect(await used()).toBe(new Date(made.clock.now()).toISOString());
	});
});

describe("acting for a user", () => {
	test("an admin key acts as the user, and only with what the user may do", async () => {
		const admin = await createTestPerson(made.services, { role: "admin" });
		const user = await createTestPerson(made.services);
		const acting = { headers: { ...admin.headers, "kalends-user": user.userId } };
		expect((await ask(acting, "GET", "/v1/me")).body).toMatchObject({ id: user.userId, scopes: ["read", "write"] });
		expect((await ask(acting, "GET", "/v1/users")).body).toMatchObject({ code: "forbidden" });
		const minted = await ask(acting, "POST", "/v1/api-keys", { name: "for them", scopes: ["read"] });
		expect(minted.status).toBe(201);
		expect((await ask(user, "GET", "/v1/api-keys")).body.data).toHaveLength(2);
		expect((await ask(acting, "POST", "/v1/api-keys", { name: "x", scopes: ["admin"] })).body.code).toBe(
			"insufficient_scope",
		);
	});

	test("an unknown user is not found; other keys may not", async () => {
		const admin = await createTestPerson(made.services, { role: "admin" });
		const unscoped = await createTestKey(made.services, admin.userId, ["read", "write"]);
		const user = await createTestPerson(made.services);
		for (const id of [made.services.newId("usr"), "nobody", "usr_"]) {
			const answer = await ask({ headers: { ...admin.headers, "kalends-user": id } } as never, "GET", "/v1/me");
			expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
		}
		for (const { headers } of [unscoped, user]) {
			const answer = await ask({ headers: { ...headers, "kalends-user": admin.userId } } as never, "GET", "/v1/me");
			expect(answer.status).toBe(headers === unscoped.headers ? 200 : 403);
			const other = await ask(
				{ headers: { ...headers, "kalends-user": made.services.newId("usr") } } as never,
				"GET",
				"/v1/me",
			);
			expect(other.body.code).toBe("forbidden");
		}
	});

	test("a key loses the admin scope with its owner's role", async () => {
		const boss = await createTestPerson(made.services, { role: "admin" });
		const other = await createTestPerson(made.services, { role: "admin" });
		expect((await ask(boss, "PATCH", `/v1/users/${other.userId}`, { role: "user" })).status).toBe(200);
		expect((await ask(other, "GET", "/v1/users")).status).toBe(403);
		expect((await ask(other, "GET", "/v1/me")).body.scopes).toEqual(["read", "write"]);
	});
});

describe("me", () => {
	test("name and time zone can be changed, nothing else", async () => {
		const person = await createTestPerson(made.services);
		const changed = await ask(person, "PATCH", "/v1/me", { name: "Ann", time_zone: "europe/berlin" });
		expect(changed.body).toMatchObject({ name: "Ann", time_zone: "Europe/Berlin" });
		for (const name of ["Ann\nBcc: x", "Ann\r", "Ann\u0007", "\u2028Ann"]) {
			const refused = await ask(person, "PATCH", "/v1/me", { name });
			expect([name, refused.status, refused.body.errors?.[0].field]).toEqual([name, 400, "name"]);
		}
		expect((await ask(person, "PATCH", "/v1/me", { name: " Ann " })).body.name).toBe("Ann");
		expect((await ask(person, "PATCH", "/v1/me", { time_zone: null })).body).toMatchObject({
			name: "Ann",
			time_zone: null,
		});
		for (const field of ["role", "email", "id", "banned", "ownerId", "created_at"]) {
			const answer = await ask(person, "PATCH", "/v1/me", { name: "Eve", [field]: "admin" });
			expect(answer.body).toMatchObject({ code: "invalid_request", errors: [{ field }] });
		}
		expect((await ask(person, "GET", "/v1/me")).body).toMatchObject({ name: "Ann", role: "user" });
	});

	test.each(["Mars/Olympus", "+02:00", "", "CEST-1", "../etc/passwd"])("%s is no time zone", async (zone) => {
		const person = await createTestPerson(made.services);
		const answer = await ask(person, "PATCH", "/v1/me", { time_zone: zone });
		expect(answer.body).toMatchObject({ code: "invalid_request", errors: [{ field: "time_zone" }] });
	});
});

describe("users", () => {
	test("administrators make, list, change and delete them", async () => {
		const admin = await createTestPerson(made.services, { role: "admin" });
		made.clock.advance(1);
		const { status, body: user } = await ask(admin, "POST", "/v1/users", {
			email: "Bob@Example.com",
			time_zone: "Asia/Tokyo",
		});
		expect(status).toBe(201);
		expect(user).toMatchObject({
			email: "bob@example.com",
			name: "bob",
			role: "user",
			banned: false,
			time_zone: "Asia/Tokyo",
		});
		expect((await ask(admin, "POST", "/v1/users", { email: "bob@example.com" })).body.code).toBe("email_taken");
		const page = await ask(admin, "GET", "/v1/users?limit=1");
		const next = await ask(admin, "GET", `/v1/users?limit=1&cursor=${page.body.next_cursor}`);
		expect(next.body).toMatchObject({ data: [user], next_cursor: null });
		expect((await ask(admin, "GET", `/v1/users/${user.id}`)).body).toEqual(user);
		const promoted = await ask(admin, "PATCH", `/v1/users/${user.id}`, { role: "admin", name: "Robert" });
		expect(promoted.body).toEqual({ ...user, role: "admin", name: "Robert" });
		expect((await ask(admin, "DELETE", `/v1/users/${user.id}`)).status).toBe(204);
		expect((await ask(admin, "GET", `/v1/users/${user.id}`)).status).toBe(404);
		expect((await ask(admin, "DELETE", `/v1/users/${user.id}`)).status).toBe(404);
		expect((await ask(admin, "PATCH", `/v1/users/${user.id}`, { name: "x" })).status).toBe(404);
	});

	test("others may not, and learn nothing of who there is", async () => {
		const person = await createTestPerson(made.services);
		const other = await createTestPerson(made.services);
		for (const id of [other.userId, "usr_nobody"]) {
			for (const [method, payload] of [["GET"], ["PATCH", { name: "x" }], ["DELETE"]] as const) {
				expect((await ask(person, method, `/v1/users/${id}`, payload)).body.code).toBe("forbidden");
			}
		}
		expect((await ask(person, "POST", "/v1/users", { email: "x@example.com" })).status).toBe(403);
	});

	test("one administrator always remains, whoever goes at the same time", async () => {
		const one = await createTestPerson(made.services, { role: "admin" });
		const two = await createTestPerson(made.services, { role: "admin" });
		const answers = await Promise.all([
			ask(one, "PATCH", `/v1/users/${one.userId}`, { role: "user" }),
			ask(two, "DELETE", `/v1/users/${two.userId}`),
		]);
		expect(answers.map((answer) => answer.status).toSorted()).toEqual([expect.any(Number), 409]);
		expect(answers.find((answer) => answer.status === 409)?.body.code).toBe("last_admin");
		const admins = await made.services.db.selectFrom("users").select("id").where("role", "=", "admin").execute();
		expect(admins).toHaveLength(1);
	});
});

describe("the account of KALENDS_ADMIN_*", () => {
	const env = {
		KALENDS_ADMIN_EMAIL: "Root@example.com",
		KALENDS_ADMIN_PASSWORD: "correct horse",
		KALENDS_ADMIN_API_KEY: "kal_chosen-by-the-operator",
	};

	test("is made when missing, by any number of starts at once", async () => {
		const operator = await createTestServices({ db: made.services.db }, { env });
		await Promise.all([ensureAdmin(operator.services), ensureAdmin(operator.services), ensureAdmin(operator.services)]);
		await ensureAdmin(operator.services);
		const headers = { authorization: `Bearer ${env.KALENDS_ADMIN_API_KEY}` };
		const me = await ask({ headers }, "GET", "/v1/me");
		expect(me.body).toMatchObject({ email: "root@example.com", role: "admin", scopes: ["read", "write", "admin"] });
		expect((await ask({ headers }, "GET", "/v1/users")).body.data).toHaveLength(1);
		expect((await ask({ headers }, "GET", "/v1/api-keys")).body.data).toHaveLength(1);
		const signIn = await app.inject({
			method: "POST",
			url: "/api/auth/sign-in/email",
			payload: { email: "root@example.com", password: "correct horse" },
		});
		expect(signIn.statusCode).toBe(200);
	});

	test("stays as it is when it exists; a replaced key stops working", async () => {
		const before = await createTestServices({ db: made.services.db }, { env });
		await ensureAdmin(before.services);
		const changed = {
			...env,
			KALENDS_ADMIN_PASSWORD: "another one",
			KALENDS_ADMIN_API_KEY: "kal_another-key-of-the-operator",
		};
		const after = await createTestServices({ db: made.services.db }, { env: changed });
		const accounts = () => made.services.db.selectFrom("accounts").selectAll().execute();
		const was = await accounts();
		await ensureAdmin(after.services);
		expect(await accounts()).toEqual(was);
		const status = async (key: string) =>
			(await ask({ headers: { authorization: `Bearer ${key}` } }, "GET", "/v1/me")).status;
		expect(await status(env.KALENDS_ADMIN_API_KEY)).toBe(401);
		expect(await status(changed.KALENDS_ADMIN_API_KEY)).toBe(200);
	});
});

test("a password is verified by its own hash only", async () => {
	const hash = await hashPassword("pässword");
	expect(await verifyPassword(hash, "pässword".normalize("NFD"))).toBe(true);
	expect(await verifyPassword(hash, "password")).toBe(false);
	expect(await hashPassword("pässword")).not.toBe(hash);
	expect(await verifyPassword("", "pässword")).toBe(false);
});
