import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { afterEach, expect, test } from "vitest";
import { appendChanges } from "../changes/append-changes.ts";
import { buildApp } from "../http/app.ts";
import type { Services } from "../services.ts";
import { createTestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { accountEndpoints } from "./endpoints.ts";
import { prepareFirstAccount } from "./first-account.ts";
import { pruneAccounts } from "./prune.ts";
import { createUser } from "./users.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
});

const ORIGIN = "http://localhost:3000";
const PASSWORD = "correct horse battery";

interface Node {
	readonly made: TestServices;
	readonly app: FastifyInstance;
}

async function start(env: Record<string, string> = {}, database?: Services["db"]): Promise<Node> {
	// Each node has its own randomness, or two would give out the same ids.
	const seed = closing.length + 1;
	const made = await createTestServices(database === undefined ? {} : { db: database }, { env, seed });
	closing.push(() => made.close());
	const app = await buildApp(made.services, accountEndpoints, { verifyResponses: true });
	closing.push(() => app.close());
	return { made, app };
}

function post(app: FastifyInstance, url: string, payload: object, options: InjectOptions = {}) {
	return app.inject({ method: "POST", url, payload, ...options });
}

function signUp(app: FastifyInstance, fields: object = {}) {
	return post(app, "/api/auth/sign-up/email", { email: "ann@example.com", password: PASSWORD, ...fields });
}

function signIn(app: FastifyInstance, fields: object = {}, options: InjectOptions = {}) {
	return post(app, "/api/auth/sign-in/email", { email: "ann@example.com", password: PASSWORD, ...fields }, options);
}

function cookieOf(answer: LightMyRequestResponse): string {
	return answer.cookies.map((cookie) => `${cookie.name}=${encodeURIComponent(cookie.value)}`).join("; ");
}

/** The Set-Cookie lines of the session cookie. */
function setSession(answer: LightMyRequestResponse): string {
	return [answer.headers["set-cookie"] ?? []]
		.flat()
		.filter((line) => /^(__Host-)?kalends\.session=/.test(line))
		.join("\n");
}

function codeOf(answer: LightMyRequestResponse): unknown {
	return answer.json().code;
}

test("the first account becomes administrator, is signed in, and closes sign-up behind it", async () => {
	const { app } = await start();
	const answer = await signUp(app, { name: "Ann" });
	expect(answer.statusCode).toBe(200);
	expect(answer.json().user).toMatchObject({ email: "ann@example.com", name: "Ann", role: "admin" });
	const me = await app.inject({ url: "/v1/me", headers: { cookie: cookieOf(answer) } });
	expect(me.json()).toMatchObject({ email: "ann@example.com", via: "session", scopes: ["read", "write", "admin"] });
	expect(codeOf(await signUp(app, { email: "bob@example.com" }))).toBe("signup_closed");
});

test("of first sign-ups at once one makes an administrator, on open servers too", async () => {
	for (const signup of ["closed", "open"]) {
		const one = await start({ KALENDS_SIGNUP: signup });
		const two = await start({ KALENDS_SIGNUP: signup }, one.made.services.db);
		const answers = await Promise.all(
			Array.from({ length: 8 }, (_, index) =>
				signUp(index % 2 === 0 ? one.app : two.app, { email: `p${index}@example.com` }),
			),
		);
		const roles = answers.filter((answer) => answer.statusCode === 200).map((answer) => answer.json().user.role);
		expect(roles.filter((role) => role === "admin")).toHaveLength(1);
		expect(roles).toHaveLength(signup === "open" ? 8 : 1);
	}
});

test("where other machines reach the server the first account needs the printed code, of any node, once", async () => {
	const env = { HOST: "0.0.0.0", KALENDS_SIGNUP: "open" };
	const { made, app } = await start(env);
	const other = await start(env, made.services.db);
	const first = await prepareFirstAccount(made.services);
	const second = await prepareFirstAccount(other.made.services);
	if (first.kind !== "code" || second.kind !== "code") throw new Error("no code");
	expect(codeOf(await signUp(app))).toBe("first_account_code_required");
	expect(codeOf(await signUp(app, { code: "22222-22222-22222" }))).toBe("first_account_code_required");
	made.clock.advance(8 * 86_400_000);
	expect(codeOf(await signUp(app, { code: first.code }))).toBe("first_account_code_required");
	made.clock.advance(-8 * 86_400_000);
	expect((await signUp(app, { code: second.code.toLowerCase() })).json().user.role).toBe("admin");
	const later = await signUp(app, { email: "bob@example.com", code: first.code });
	expect(later.json().user.role).toBe("user");
	expect(await prepareFirstAccount(made.services)).toEqual({ kind: "exists" });
});

test("a name that leads to this machine (DNS rebinding) does not make its page the one that makes the first account", async () => {
	const from = (app: FastifyInstance, host: string, scheme = "http") =>
		post(
			app,
			"/api/auth/sign-up/email",
			{ email: "ann@example.com", password: PASSWORD },
			{ headers: { host, origin: `${scheme}://${host}` } },
		);
	for (const [own, scheme] of [
		["localhost:3000", "http"],
		["127.0.0.1:3000", "http"],
		["[::1]:8080", "http"],
		["calendar.example.com", "https"],
	] as const) {
		const { app } = await start({ KALENDS_URL: "https://calendar.example.com" });
		expect(codeOf(await from(app, "evil.example:3000"))).toBe("cross_site_request");
		expect(codeOf(await from(app, "localhost.evil.example"))).toBe("cross_site_request");
		expect((await from(app, own, scheme)).json().user.role).toBe("admin");
	}
});

test("sign-up over an address that is taken changes nothing of that account", async () => {
	const { made, app } = await start({ KALENDS_SIGNUP: "open" });
	const cookie = cookieOf(await signUp(app));
	const before = await made.services.db.selectFrom("accounts").selectAll().execute();
	const again = await signUp(app, { email: "ANN@example.com", password: "another password" });
	expect([again.statusCode, codeOf(again)]).toEqual([409, "email_taken"]);
	// Forms show no more than what stands beside the field.
	expect(again.json().errors).toEqual([
		{ field: "email", detail: expect.stringMatching(/sign in .* another address/) },
	]);
	expect(await made.services.db.selectFrom("accounts").selectAll().execute()).toEqual(before);
	expect((await app.inject({ url: "/v1/me", headers: { cookie } })).statusCode).toBe(200);
});

test("nobody sets role or other fields by signing up", async () => {
	const { app } = await start();
	for (const field of ["role", "id", "emailVerified", "banned"]) {
		const answer = await signUp(app, { [field]: "admin" });
		expect(answer.json()).toMatchObject({ code: "invalid_request", errors: [{ field }] });
	}
});

test("the password is kept as argon2id, the session by its hash", async () => {
	const { made, app } = await start();
	const answer = await signUp(app);
	const account = await made.services.db.selectFrom("accounts").select("password").executeTakeFirstOrThrow();
	expect(account.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
	const session = await made.services.db.selectFrom("sessions").selectAll().executeTakeFirstOrThrow();
	const token = answer.cookies[0]?.value.split(".")[0] ?? "";
	expect(token.length).toBeGreaterThanOrEqual(32);
	expect(JSON.stringify(session)).not.toContain(token);
	expect(session.id).toMatch(/^ses_/);
	expect(session.expires_at.getTime()).toBe(made.clock.now() + 30 * 86_400_000);
	// What lies in the database signs nobody in.
	const forged = `kalends.session=${session.token}`;
	expect((await app.inject({ url: "/v1/me", headers: { cookie: forged } })).statusCode).toBe(401);
});

test("the cookie is bound to the host and to TLS when the address is https", async () => {
	const plain = await signUp((await start()).app);
	expect(setSession(plain)).toMatch(/^kalends\.session=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
	const { app } = await start({ KALENDS_URL: "https://cal.example.com" });
	const secure = await signUp(app);
	expect(setSession(secure)).toMatch(/^__Host-kalends\.session=[^;]+;.*Secure/);
	expect(setSession(secure)).not.toMatch(/domain/i);
	expect((await app.inject({ url: "/v1/me", headers: { cookie: cookieOf(secure) } })).statusCode).toBe(200);
	const cookies = [secure, await signIn(app, { rememberMe: false })].flatMap((answer) => answer.cookies);
	expect(cookies.map((cookie) => cookie.name)).toEqual(cookies.map(() => expect.stringMatching(/^__Host-kalends\./)));
	expect(new Set(cookies.map((cookie) => cookie.secure))).toEqual(new Set([true]));
});

test("each sign-in is a new session; signing out on one node ends it on the other at once", async () => {
	const one = await start();
	const two = await start({}, one.made.services.db);
	const first = cookieOf(await signUp(one.app));
	const second = cookieOf(await signIn(one.app, {}, { headers: { cookie: first } }));
	expect(second).not.toBe(first);
	const me = (cookie: string) => two.app.inject({ url: "/v1/me", headers: { cookie } });
	expect((await me(second)).statusCode).toBe(200);
	const out = await post(one.app, "/api/auth/sign-out", {}, { headers: { cookie: second, origin: ORIGIN } });
	expect(setSession(out)).toMatch(/^kalends\.session=;.*Max-Age=0/);
	expect((await me(second)).statusCode).toBe(401);
	expect((await me(first)).statusCode).toBe(200);
	const session = await two.app.inject({ url: "/api/auth/get-session", headers: { cookie: second } });
	expect(session.json()).toBeNull();
});

test("a session tells whose it is and how far their changes have come, and ends by itself", async () => {
	const { made, app } = await start();
	const cookie = cookieOf(await signUp(app));
	const shown = await app.inject({ url: "/api/auth/get-session", headers: { cookie } });
	const { user } = shown.json();
	expect(shown.json()).toMatchObject({ user: { email: "ann@example.com" }, last_seq: 0 });
	const { db, now } = made.services;
	const changes = ["evt_1", "evt_2"].map((id) => ({ type: "event.created" as const, id }));
	await db.transaction().execute((tx) => appendChanges(tx, user.id, now(), changes));
	expect((await app.inject({ url: "/api/auth/get-session", headers: { cookie } })).json().last_seq).toBe(2);
	made.clock.advance(30 * 86_400_000 + 1);
	expect((await app.inject({ url: "/v1/me", headers: { cookie } })).statusCode).toBe(401);
	expect((await app.inject({ url: "/api/auth/get-session", headers: { cookie } })).json()).toBeNull();
});

test("changing the password ends the other sessions and keeps this one", async () => {
	const { app } = await start();
	const other = cookieOf(await signUp(app));
	const mine = cookieOf(await signIn(app));
	const change = (fields: object) =>
		post(
			app,
			"/api/auth/change-password",
			{ currentPassword: PASSWORD, newPassword: "a new password", ...fields },
			{ headers: { cookie: mine, origin: ORIGIN } },
		);
	const wrong = await change({ currentPassword: "wrong" });
	expect(wrong.json()).toMatchObject({ code: "invalid_request", errors: [{ field: "currentPassword" }] });
	const changed = await change({});
	expect(changed.statusCode).toBe(200);
	const me = async (cookie: string) => (await app.inject({ url: "/v1/me", headers: { cookie } })).statusCode;
	expect([await me(other), await me(mine), await me(cookieOf(changed))]).toEqual([401, 401, 200]);
	expect(codeOf(await signIn(app))).toBe("invalid_credentials");
	expect((await signIn(app, { password: "a new password" })).statusCode).toBe(200);
});

test("a key cannot change the password", async () => {
	const { made, app } = await start();
	const { headers } = await createTestPerson(made.services);
	const payload = { currentPassword: "x", newPassword: "a new password" };
	expect(codeOf(await post(app, "/api/auth/change-password", payload, { headers }))).toBe("forbidden");
});

test("an unknown user answers like a wrong password", async () => {
	const { made, app } = await start();
	await signUp(app);
	await createUser(made.services, { email: "nopassword@example.com", password: null });
	const bodies = [];
	for (const fields of [
		{ password: "wrong" },
		{ email: "nobody@example.com" },
		{ email: "nopassword@example.com" },
		{ email: "not an address" },
	]) {
		const { request_id: _, ...body } = (await signIn(app, fields)).json();
		bodies.push(body);
	}
	expect(bodies[0]).toMatchObject({ status: 401, code: "invalid_credentials" });
	expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
});

test("the eleventh wrong try is refused on every node, whatever address it claims, until the window ends", async () => {
	const one = await start();
	const two = await start({}, one.made.services.db);
	await signUp(one.app);
	for (let attempt = 0; attempt < 10; attempt++) {
		const { app } = attempt % 2 === 0 ? one : two;
		const headers = { "x-forwarded-for": `203.0.113.${attempt}` };
		expect((await signIn(app, { password: "wrong" }, { headers })).statusCode).toBe(401);
	}
	const restarted = await start({}, one.made.services.db);
	for (const { app } of [one, two, restarted]) {
		const answer = await signIn(app, {}, { headers: { "x-forwarded-for": "198.51.100.1" } });
		expect([answer.statusCode, codeOf(answer)]).toEqual([429, "rate_limited"]);
		expect(Number(answer.headers["retry-after"])).toBe(900);
	}
	expect((await signIn(one.app, { email: "ANN@EXAMPLE.COM" })).statusCode).toBe(429);
	one.made.clock.advance(900_000);
	expect((await signIn(one.app)).statusCode).toBe(200);
});

test("parallel tries are counted one by one, and unknown users too", async () => {
	const { app } = await start();
	await signUp(app);
	const answers = await Promise.all(
		Array.from({ length: 15 }, () => signIn(app, { email: "nobody@example.com", password: "wrong" })),
	);
	const statuses = answers.map((answer) => answer.statusCode);
	expect(statuses.filter((status) => status === 401)).toHaveLength(10);
	expect(statuses.filter((status) => status === 429)).toHaveLength(5);
});

test("one address cannot try many accounts", async () => {
	const { made, app } = await start();
	await signUp(app);
	await signIn(app, { email: "nobody@example.com" });
	const address = "sign-in:address:127.0.0.1";
	await made.services.db.updateTable("rate_limits").set({ count: 99 }).where("key", "=", address).execute();
	expect((await signIn(app)).statusCode).toBe(200);
	expect((await signIn(app, { email: "somebody@example.com" })).statusCode).toBe(401);
	expect((await signIn(app, { email: "anybody@example.com" })).statusCode).toBe(429);
	expect((await signIn(app, {}, { remoteAddress: "192.0.2.7" })).statusCode).toBe(200);
});

test("a banned user loses sessions and keys at once, and gets them not back by signing in", async () => {
	const { made, app } = await start();
	const admin = cookieOf(await signUp(app));
	const user = await createUser(made.services, { email: "bob@example.com", password: PASSWORD });
	const cookie = cookieOf(await signIn(app, { email: "bob@example.com" }));
	const minted = await post(
		app,
		"/v1/api-keys",
		{ name: "k", scopes: ["read"] },
		{ headers: { cookie, origin: ORIGIN } },
	);
	const key = { authorization: `Bearer ${minted.json().key}` };
	const ban = await app.inject({
		method: "PATCH",
		url: `/v1/users/${user.id}`,
		payload: { banned: true },
		headers: { cookie: admin, origin: ORIGIN },
	});
	expect(ban.json()).toMatchObject({ banned: true });
	expect((await app.inject({ url: "/v1/me", headers: { cookie } })).statusCode).toBe(401);
	expect((await app.inject({ url: "/v1/me", headers: key })).statusCode).toBe(401);
	expect(codeOf(await signIn(app, { email: "bob@example.com" }))).toBe("account_banned");
	expect(codeOf(await signIn(app, { email: "bob@example.com", password: "wrong" }))).toBe("invalid_credentials");
});

test("pruning removes what has expired and nothing else", async () => {
	const { made, app } = await start();
	const { db } = made.services;
	await signUp(app);
	made.clock.advance(20 * 86_400_000);
	const cookie = cookieOf(await signIn(app));
	await signIn(app, { email: "nobody@example.com" });
	const count = async () => {
		const sessions = await db.selectFrom("sessions").select("id").execute();
		const secrets = await db.selectFrom("verifications").select("id").execute();
		const limits = await db.selectFrom("rate_limits").select("key").execute();
		return [sessions.length, secrets.length, limits.length];
	};
	const before = await count();
	await pruneAccounts(db, made.clock.now());
	expect(await count()).toEqual([before[0], before[1], (before[2] ?? 0) - 1]);
	made.clock.advance(10 * 86_400_000);
	await pruneAccounts(db, made.clock.now());
	expect(await count()).toEqual([1, 1, 0]);
	expect((await app.inject({ url: "/v1/me", headers: { cookie } })).statusCode).toBe(200);
});
