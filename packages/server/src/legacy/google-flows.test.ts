import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createUser } from "../accounts/users.ts";
import { meeting, refusal } from "../events/testing.ts";
import { type Browser, type ConsentFixture, createConsentFixture, SCOPES } from "../oauth/testing.ts";
import { createTestKey } from "../testing/people.ts";
import { whileSyncing } from "./testing.ts";

const CALLBACKS = ["/rest/v1/calendar/redirect/", "/oauth2callback/", "/api/calendar/google/callback/"];
const ADA = { account: "ada@example.com" };

let fixture: ConsentFixture;

beforeAll(async () => {
	fixture = await createConsentFixture({ env: { KALENDS_SIGNUP: "open" } });
	fixture.oauth.settings.redirectUris = CALLBACKS.map((path) => `http://localhost:3000${path}`);
	fixture.calendars.putEvents(calendarOf("ada"), "u1", [
		meeting({ title: "Plan", description: "Words", location: "Here", html_link: "https://example.com/e" }),
	]);
	fixture.calendars.putEvents(calendarOf("ada"), "u2", [
		meeting({
			uid: "u2",
			title: "Day",
			start: { type: "date", date: "2026-12-03" },
			end: { type: "date", date: "2026-12-04" },
		}),
	]);
});
afterAll(() => fixture.close());
beforeEach(async () => {
	await fixture.services.db.deleteFrom("connections").execute();
	Object.assign(fixture.services.config, { signup: "open" });
});

function calendarOf(name: string): string {
	return fixture.calendarIds.get(`${name}@example.com`) ?? "";
}

const syncing = <T>(request: Promise<T>): Promise<T> => whileSyncing(fixture.services, request);

const connections = () => fixture.services.db.selectFrom("connections").selectAll().execute();
const JSON_ONLY = { accept: "application/json" };

async function signedIn(email: string): Promise<Browser> {
	const password = "correct horse battery";
	await createUser(fixture.services, { email, password });
	const browser = fixture.browser();
	const payload = { email, password };
	const answer = await fixture.app.inject({ method: "POST", url: "/api/auth/sign-in/email", payload });
	for (const { name, value } of answer.cookies) browser.cookies.set(name, encodeURIComponent(value));
	return browser;
}

describe("/rest/v1/calendar/", () => {
	test("a person who is signed in connects the account and sees its events", async () => {
		const browser = await signedIn("ann@example.com");
		const begun = await browser.get("/rest/v1/calendar/init/");
		expect(begun.statusCode).toBe(302);
		const page = String(begun.headers.location);
		expect(new URL(page).searchParams.get("redirect_uri")).toBe("http://localhost:3000/rest/v1/calendar/redirect/");
		const answer = await syncing(browser.get(fixture.oauth.consent(page, ADA), JSON_ONLY));
		expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
		expect(answer.json()).toEqual([
			{
				id: expect.stringMatching(/^evt_/),
				title: "Plan",
				description: "Words",
				location: "Here",
				start: "2026-12-02T12:00:00Z",
				end: "2026-12-02T13:00:00Z",
				all_day: false,
				status: "confirmed",
				html_link: "https://example.com/e",
			},
			expect.objectContaining({ title: "Day", start: "2026-12-03", end: "2026-12-04", all_day: true, html_link: null }),
		]);
		expect(answer.body).not.toMatch(/ya29|1\/\//);
		const user = await fixture.services.db
			.selectFrom("users")
			.select("id")
			.where("email", "=", "ann@example.com")
			.execute();
		expect(await connections()).toMatchObject([{ user_id: user[0]?.id, status: "active" }]);
	});

	test("with a key, and no slash at the end", async () => {
		const begun = await fixture.app.inject({ url: "/rest/v1/calendar/init", headers: fixture.person.headers });
		const browser = fixture.browser();
		for (const { name, value } of begun.cookies) browser.cookies.set(name, value);
		const back = fixture.oauth.consent(String(begun.headers.location), ADA).replace("redirect/?", "redirect?");
		expect((await syncing(browser.get(back))).json()).toHaveLength(2);
		expect(await connections()).toMatchObject([{ user_id: fixture.person.userId }]);
	});

	test("a key that is wrong, or may only read, begins nothing", async () => {
		const { headers } = await createTestKey(fixture.services, fixture.person.userId, ["read"]);
		for (const [given, status] of [
			[headers, 403],
			[{ authorization: "Bearer kal_00000000000000000000" }, 401],
		] as const) {
			const answer = await fixture.app.inject({ url: "/rest/v1/calendar/init/", headers: given });
			expect([answer.statusCode, answer.cookies]).toEqual([status, []]);
		}
	});

	test("nobody signed in: signs in with Google, and the browser has a session afterwards", async () => {
		const browser = fixture.browser();
		const page = String((await browser.get("/rest/v1/calendar/init/")).headers.location);
		const answer = await syncing(browser.get(fixture.oauth.consent(page, { account: "eve@example.com" })));
		expect([answer.statusCode, answer.json()]).toEqual([200, []]);
		const session = (await browser.get("/api/auth/get-session")).json();
		expect(session.user).toMatchObject({ email: "eve@example.com", role: "user" });
		expect(await connections()).toMatchObject([{ user_id: session.user.id }]);
	});

	test.each([
		["una@example.com", "closed", "signup_closed"],
		["tom@example.com", "open", "email_taken"],
	] as const)("%s, sign-up %s: %s, by issuer and subject alone", async (account, signup, code) => {
		Object.assign(fixture.services.config, { signup });
		await createUser(fixture.services, { email: account, password: "correct horse battery" });
		const browser = fixture.browser();
		const page = String((await browser.get("/rest/v1/calendar/init/")).headers.location);
		const answer = await browser.get(fixture.oauth.consent(page, { account }), JSON_ONLY);
		expect(answer.json().code).toBe(code);
		expect(await connections()).toEqual([]);
	});

	test("what may not be read, and a sync that fails, are said", async () => {
		const browser = await signedIn("box@example.com");
		const begin = async () => String((await browser.get("/rest/v1/calendar/init/")).headers.location);
		const unticked = fixture.oauth.consent(await begin(), { ...ADA, untick: [SCOPES.list] });
		const denied = await browser.get(unticked);
		expect([denied.statusCode, denied.headers["content-type"]]).toEqual([400, "text/html; charset=utf-8"]);
		expect(denied.body).toContain("see the calendars");
		fixture.calendars.failNext("pull", refusal("unavailable", "connection_refused"));
		const failed = await syncing(browser.get(fixture.oauth.consent(await begin(), ADA), JSON_ONLY));
		expect([failed.statusCode, failed.json().code]).toEqual([422, "server_error"]);
		expect(await connections()).toHaveLength(1);
	});

	test.each([
		["text/html", "text/html; charset=utf-8"],
		["application/json", "application/problem+json; charset=utf-8"],
	])(
		"nobody signed in, and a box that is not ticked: signed in all the same, and told which (%s)",
		async (accept, type) => {
			const browser = fixture.browser();
			const page = String((await browser.get("/rest/v1/calendar/init/")).headers.location);
			const unticked = fixture.oauth.consent(page, { account: "eve@example.com", untick: [SCOPES.list] });
			const denied = await browser.get(unticked, { accept });
			expect([denied.statusCode, denied.headers["content-type"]]).toEqual([400, type]);
			expect((await browser.get("/api/auth/get-session")).json().user).toMatchObject({ email: "eve@example.com" });
			const cleared = denied.cookies.filter(
				({ name, value, maxAge }) => name.includes("connect.") && value === "" && maxAge === 0,
			);
			expect(cleared).toHaveLength(1);
		},
	);

	test("a state of another flow, or none, is refused", async () => {
		const browser = await signedIn("state@example.com");
		const page = String((await browser.get("/rest/v1/calendar/init/")).headers.location);
		const back = new URL(fixture.oauth.consent(page, ADA));
		for (const path of ["/oauth2callback/", "/api/calendar/google/callback/", "/connect/google/callback"]) {
			expect((await browser.get(`${path}${back.search}`, JSON_ONLY)).json().code).toBe("invalid_state");
		}
		expect((await browser.get("/rest/v1/calendar/redirect/", JSON_ONLY)).json().code).toBe("invalid_state");
		expect(await connections()).toEqual([]);
	});

	test("who is not signed in cannot begin without end", async () => {
		const answers = [];
		for (let tries = 0; tries < 301; tries++) {
			answers.push(await fixture.app.inject({ url: "/rest/v1/calendar/init/", remoteAddress: "192.0.2.1" }));
		}
		expect(answers.slice(0, 300).every(({ statusCode }) => statusCode === 302)).toBe(true);
		expect(answers[300]?.statusCode).toBe(429);
		await fixture.services.db.deleteFrom("oauth_flows").execute();
	});
});

describe.each([
	["/api/google-auth/", "/oauth2callback/"],
	["/api/calendar/google/authorize/", "/api/calendar/google/callback/"],
])("%s and %s", (authorize, callback) => {
	async function connect(browser: Browser, choice: Parameters<ConsentFixture["oauth"]["consent"]>[1] = ADA) {
		const asked = await fixture.app.inject({ url: authorize, headers: fixture.person.headers });
		expect(asked.statusCode).toBe(200);
		expect(Object.keys(asked.json())).toEqual(["authorization_url"]);
		const page = await fixture.begin(browser, asked.json().authorization_url);
		expect(new URL(page).searchParams.get("redirect_uri")).toBe(`http://localhost:3000${callback}`);
		return browser.get(fixture.oauth.consent(page, choice));
	}

	test("hand out an address, and say afterwards which connection it was: never a token", async () => {
		const answer = await connect(fixture.browser());
		const [connection] = await connections();
		expect([answer.statusCode, answer.json()]).toEqual([
			200,
			{ message: "ada@example.com is connected.", connection_id: connection?.id },
		]);
		expect(answer.headers["referrer-policy"]).toBe("no-referrer");
		const again = await connect(fixture.browser());
		expect(again.json()).toEqual({ message: "ada@example.com is connected again.", connection_id: connection?.id });
	});

	test("a browser is redirected, without a slash too", async () => {
		const browser = await signedIn(`${callback.length}@example.com`);
		const first = await browser.get(authorize.slice(0, -1));
		expect(first.statusCode).toBe(302);
		const page = await fixture.begin(browser, String(first.headers.location));
		expect((await browser.get(fixture.oauth.consent(page, ADA))).statusCode).toBe(200);
	});

	test("say which box was not ticked", async () => {
		const answer = await connect(fixture.browser(), { ...ADA, untick: [SCOPES.list] });
		expect(answer.json().message).toContain("Not allowed on the consent page: see the calendars.");
	});

	test("a person who says no gets a page, a program a problem", async () => {
		for (const [accept, type] of [
			["text/html", "text/html; charset=utf-8"],
			["application/json", "application/problem+json; charset=utf-8"],
		] as const) {
			const browser = fixture.browser();
			const asked = await fixture.app.inject({ url: authorize, headers: fixture.person.headers });
			const page = await fixture.begin(browser, asked.json().authorization_url);
			const back = new URL(fixture.oauth.consent(page, ADA));
			back.searchParams.delete("code");
			back.searchParams.set("error", "access_denied");
			const answer = await browser.get(back.href, { accept });
			expect([answer.statusCode, answer.headers["content-type"]]).toEqual([400, type]);
			expect(answer.body).toContain("consent_denied");
		}
	});
});
