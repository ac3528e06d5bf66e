import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { eraseUser } from "../accounts/erase-user.ts";
import { jobHandlers } from "../jobs/workers.ts";
import { scanDue } from "../sync/due-connections.ts";
import { performRun } from "../sync/run.ts";
import { createTestPerson } from "../testing/people.ts";
import { generateKey, parseKeyring } from "../vault/keyring.ts";
import { rewrapSecrets } from "../vault/sealed-secrets.ts";
import { createVault, type Vault } from "../vault/vault.ts";
import { type Browser, type ConsentFixture, createConsentFixture } from "./testing.ts";

let fixture: ConsentFixture;
const ADA = { account: "ada@example.com" };

beforeAll(async () => {
	fixture = await createConsentFixture({ env: { KALENDS_RETURN_ORIGINS: "https://app.example.com" } });
});
afterAll(async () => {
	await fixture.close();
});
beforeEach(async () => {
	await fixture.services.db.deleteFrom("connections").execute();
	await fixture.services.db.deleteFrom("consent_returns").execute();
	fixture.oauth.tokenCalls.splice(0);
});

/** Comes back from the provider with these parameters in place of a code. */
async function backWith(
	parameters: Record<string, string>,
	browser: Browser = fixture.browser(),
	accept = "text/html",
	body: Readonly<Record<string, unknown>> = {},
) {
	const page = await fixture.begin(browser, await fixture.authorize(fixture.person, body));
	const back = new URL(fixture.oauth.consent(page, ADA));
	back.searchParams.delete("code");
	for (const [name, value] of Object.entries(parameters)) back.searchParams.set(name, value);
	return browser.get(back.href, { accept });
}

async function connections() {
	return fixture.services.db.selectFrom("connections").selectAll().execute();
}

async function connectionId(): Promise<string> {
	const { id } = await fixture.services.db.selectFrom("connections").select("id").executeTakeFirstOrThrow();
	return id;
}

/** What is to be given back still; performs what of it is due when `after` more milliseconds have passed. */
async function returns(after?: number) {
	const { services, sentJobs, clock } = fixture;
	const signal = new AbortController().signal;
	if (after !== undefined) {
		clock.advance(after);
		const known = sentJobs.length;
		await scanDue(services, signal);
		for (const { name, payload } of sentJobs.slice(known)) {
			if (name === "consents.return") await jobHandlers(services)[name]?.(payload as never, signal);
		}
	}
	return services.db.selectFrom("consent_returns").selectAll().execute();
}

const FAULT = { status: 500, body: "{}" };
const MINUTE = 60_000;

describe("an error instead of a code", () => {
	test.each([
		["access_denied", 400, "consent_denied"],
		["admin_policy_enforced", 403, "consent_blocked"],
		["org_internal", 403, "consent_blocked"],
		["disallowed_useragent", 400, "consent_denied"],
		["redirect_uri_mismatch", 422, "provider_misconfigured"],
		["invalid_client", 422, "provider_misconfigured"],
		["deleted_client", 422, "provider_misconfigured"],
		["invalid_request", 422, "provider_misconfigured"],
		["temporarily_unavailable", 422, "server_error"],
		["something_new", 400, "consent_denied"],
	])(
		"%s: a page of status %i that says what to do, and a problem for programs; the code is %s",
		async (error, status, code) => {
			const page = await backWith({ error, error_description: "<script>alert(1)</script>" });
			expect([page.statusCode, page.headers["content-type"]]).toEqual([status, "text/html; charset=utf-8"]);
			expect(page.body).toContain(`Code: ${code}`);
			expect(page.body).not.toContain("<script");
			const problem = await backWith({ error }, fixture.browser(), "application/json");
			expect(problem.json()).toMatchObject({ status, code, detail: expect.any(String), fix: expect.any(String) });
			expect(fixture.oauth.tokenCalls).toEqual([]);
			expect(await connections()).toEqual([]);
		},
	);

	test("names the redirect URI that the provider has to know", async () => {
		const page = await backWith({ error: "redirect_uri_mismatch" });
		expect(page.body).toContain("add exactly http://localhost:3000/connect/google/callback");
	});

	test.each([
		["/settings/calendars?connected=google", '<a href="/settings/calendars">Back to Settings</a>'],
		["/calendar?day=2026-12-01", '<a href="/calendar">Back to Kalends</a>'],
		["/", '<a href="/">Go to Kalends</a>'],
		[
			"https://app.example.com/done?a=1&b=2",
			'<a href="https://app.example.com/done?a=1&amp;b=2">Back to app.example.com</a>',
		],
	])("leads back to where it began: %s", async (returnTo, link) => {
		const page = await backWith({ error: "access_denied" }, fixture.browser(), "text/html", { return_to: returnTo });
		expect([page.statusCode, page.body]).toEqual([400, expect.stringContaining(link)]);
	});

	test("neither error nor code", async () => {
		expect((await backWith({})).statusCode).toBe(400);
	});
});

describe("a code that cannot be used", () => {
	test.each([
		['{"error": "invalid_grant", "error_description": "Bad Request"}', 400, 400, "consent_expired"],
		['{"error": "redirect_uri_mismatch"}', 400, 422, "provider_misconfigured"],
		['{"error": "invalid_client"}', 401, 422, "provider_misconfigured"],
		['{"error": "unauthorized_client"}', 400, 422, "provider_misconfigured"],
		["<html>busy</html>", 503, 422, "server_error"],
		["{}", 429, 422, "provider_rate_limited"],
		['{"access_token": "ya', 200, 422, "malformed_answer"],
		['{"token_type": "Bearer"}', 200, 422, "malformed_answer"],
	])("%s (%i): a page of status %i, %s; one call, nothing stored", async (body, status, answered, code) => {
		fixture.oauth.failToken({ status, body });
		const answer = await fixture.connect(ADA);
		expect([answer.statusCode, answer.body]).toEqual([answered, expect.stringContaining(`Code: ${code}`)]);
		// Nobody has typed an address that could be checked.
		expect(answer.body).toMatch(/connect the account again|person who runs this server/i);
		expect(answer.body).not.toContain("address is right");
		expect(fixture.oauth.tokenCalls).toHaveLength(1);
		expect(await connections()).toEqual([]);
	});

	test("the wrong client secret is the operator's to correct", async () => {
		const { services } = fixture;
		const { google } = services.config.oauth;
		const client = { id: fixture.oauth.client.id, secret: "wrong", redirectUris: null };
		const oauth = { ...services.config.oauth, google: { ...google, client } };
		Object.assign(services.config, { oauth });
		const answer = await fixture.connect(ADA);
		Object.assign(services.config, { oauth: { ...oauth, google } });
		expect(answer.body).toContain("does not accept this server’s client".replace("’", "&#39;"));
	});
});

describe("what this server does not offer", () => {
	test.each([
		[{ env: {}, url: "http://localhost:3000", client: false }, 409, "provider_not_configured"],
		[{ env: {}, url: "http://cal.example.com", client: true }, 409, "insecure_url"],
	])("%j", async ({ url, client }, status, code) => {
		const own = await createConsentFixture({
			env: { KALENDS_URL: url, ...(client ? {} : { GOOGLE_CLIENT_ID: "", GOOGLE_CLIENT_SECRET: "" }) },
		});
		try {
			const answer = await own.app.inject({
				method: "POST",
				url: "/v1/connections/authorize",
				headers: own.person.headers,
				payload: { provider: "google" },
			});
			expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
		} finally {
			await own.close();
		}
	});

	test("a provider that is not there", async () => {
		const answer = await fixture.app.inject({
			method: "POST",
			url: "/v1/connections/authorize",
			headers: fixture.person.headers,
			payload: { provider: "microsoft" },
		});
		expect([answer.statusCode, answer.json().code]).toEqual([400, "invalid_request"]);
	});
});

describe("a consent that ends", () => {
	async function sync(): Promise<void> {
		const { services, person } = fixture;
		const runs = await services.db.selectFrom("runs").selectAll().where("state", "=", "running").execute();
		for (const { id, connection_id } of runs) {
			const key = { userId: person.userId, connectionId: connection_id, runId: id };
			await performRun(services, key, new AbortController().signal);
		}
	}

	test("stops the polling, keeps the data and asks for a new one", async () => {
		const calendar = fixture.calendarIds.get("ada@example.com") ?? "";
		fixture.calendars.put(calendar, "lunch", LUNCH);
		await fixture.connect(ADA);
		await sync();
		fixture.oauth.withdraw("ada@example.com");
		const id = await connectionId();
		await fixture.app.inject({ method: "POST", url: `/v1/connections/${id}/sync`, headers: fixture.person.headers });
		await sync();
		const answer = await fixture.app.inject({ url: `/v1/connections/${id}`, headers: fixture.person.headers });
		expect(answer.json()).toMatchObject({
			status: "reauth_required",
			status_reason: "grant_revoked",
			fix: expect.stringContaining("7 days"),
			next_sync_at: null,
		});
		expect(await fixture.services.db.selectFrom("events").select("id").execute()).toHaveLength(1);
	});

	test("by disconnecting: one revocation, and no token or event is left", async () => {
		await fixture.connect(ADA);
		await sync();
		const before = fixture.oauth.revoked.length;
		const id = await connectionId();
		const url = `/v1/connections/${id}`;
		const { statusCode } = await fixture.app.inject({ method: "DELETE", url, headers: fixture.person.headers });
		expect([statusCode, fixture.oauth.revoked.length]).toEqual([204, before + 1]);
		expect(fixture.oauth.revoked.at(-1)).toMatch(/^1\/\//);
		for (const table of ["oauth_grants", "connections", "calendars", "events"] as const) {
			expect(await fixture.services.db.selectFrom(table).selectAll().execute()).toEqual([]);
		}
	});

	test("by disconnecting while the provider fails: it is given back later, and its token is kept sealed until then", async () => {
		const { oauth, services } = fixture;
		await fixture.connect(ADA);
		const before = oauth.revoked.length;
		for (let fault = 0; fault < 2; fault++) oauth.failRevocation(FAULT);
		const url = `/v1/connections/${await connectionId()}`;
		const { statusCode } = await fixture.app.inject({ method: "DELETE", url, headers: fixture.person.headers });
		expect([statusCode, oauth.revoked.length]).toEqual([204, before]);
		for (const table of ["oauth_grants", "connections", "calendars"] as const) {
			expect(await services.db.selectFrom(table).selectAll().execute()).toEqual([]);
		}
		expect(await returns()).toHaveLength(1);
		expect(JSON.stringify(await returns())).not.toMatch(/1\/\/|ya29/);
		expect((await rewrapSecrets(services.db, services.vault, { newDataKey: true })).unopenable).toEqual([]);
		expect(await returns(2 * MINUTE)).toHaveLength(1);
		expect(oauth.revoked.length).toBe(before);
		expect(await returns(10 * MINUTE)).toEqual([]);
		expect(oauth.revoked.length).toBe(before + 1);
	});

	test("a token that nobody takes back is tried a few times, and erased within a day", async () => {
		const { oauth, person } = fixture;
		await fixture.connect(ADA);
		for (let fault = 0; fault < 20; fault++) oauth.failRevocation(FAULT);
		const asked = () => oauth.requests.filter((request) => request === "POST /revoke").length;
		const before = asked();
		const url = `/v1/connections/${await connectionId()}`;
		await fixture.app.inject({ method: "DELETE", url, headers: person.headers });
		for (let hour = 0; hour < 24; hour++) await returns(60 * MINUTE);
		expect(await returns()).toEqual([]);
		expect(asked() - before).toBeGreaterThanOrEqual(4);
		expect(asked() - before).toBeLessThanOrEqual(8);
		expect(fixture.logged.map(({ msg }) => msg)).toContain(
			"a consent was not taken back within a day: its token is erased",
		);
		while (asked() < before + 20) await fetch(`${oauth.issuer}/revoke`, { method: "POST", body: "" });
	});

	test("is not given back later where the account was connected again meanwhile", async () => {
		await fixture.connect(ADA);
		const before = fixture.oauth.revoked.length;
		fixture.oauth.failRevocation(FAULT);
		const url = `/v1/connections/${await connectionId()}`;
		await fixture.app.inject({ method: "DELETE", url, headers: fixture.person.headers });
		await fixture.connect(ADA);
		expect(await returns(2 * MINUTE)).toEqual([]);
		expect(fixture.oauth.revoked.length).toBe(before);
	});

	test("by deleting the user while the provider fails: later", async () => {
		const { oauth, services } = fixture;
		const person = await createTestPerson(services);
		await fixture.connect({ account: "bob@example.com" }, { person });
		const before = oauth.revoked.length;
		oauth.failRevocation(FAULT);
		await eraseUser(services, person.userId);
		expect([oauth.revoked.length, (await returns()).length]).toEqual([before, 1]);
		expect(await returns(2 * MINUTE)).toEqual([]);
		expect(oauth.revoked.length).toBe(before + 1);
	});

	test("by deleting the user: as by disconnecting", async () => {
		const person = await createTestPerson(fixture.services);
		const admin = await createTestPerson(fixture.services, { role: "admin" });
		await fixture.connect({ account: "bob@example.com" }, { person });
		const before = fixture.oauth.revoked.length;
		const url = `/v1/users/${person.userId}`;
		expect((await fixture.app.inject({ method: "DELETE", url, headers: admin.headers })).statusCode).toBe(204);
		expect(fixture.oauth.revoked.length).toBe(before + 1);
	});

	test("disconnecting works where the provider cannot be reached, and of another user's connection does nothing", async () => {
		await fixture.connect(ADA);
		const id = await connectionId();
		const url = `/v1/connections/${id}`;
		const before = fixture.oauth.revoked.length;
		const other = await createTestPerson(fixture.services);
		expect((await fixture.app.inject({ method: "DELETE", url, headers: other.headers })).statusCode).toBe(404);
		fixture.oauth.withdraw("ada@example.com");
		expect((await fixture.app.inject({ method: "DELETE", url, headers: fixture.person.headers })).statusCode).toBe(204);
		expect(fixture.oauth.revoked.length).toBe(before);
		expect(await connections()).toEqual([]);
	});
});

const LUNCH = [
	"BEGIN:VCALENDAR",
	"VERSION:2.0",
	"PRODID:-//test//EN",
	"BEGIN:VEVENT",
	"UID:lunch",
	"DTSTAMP:20261101T000000Z",
	"DTSTART:20261205T090000Z",
	"DTEND:20261205T100000Z",
	"SUMMARY:Lunch",
	"END:VEVENT",
	"END:VCALENDAR",
	"",
].join("\r\n");

describe("T3", () => {
	test("the redirect URI is made of KALENDS_URL, whatever a request says of the host", async () => {
		const browser = fixture.browser();
		const answer = await browser.get(await fixture.authorize(fixture.person), {
			host: "evil.example.com",
			"x-forwarded-host": "evil.example.com",
			forwarded: "host=evil.example.com",
		});
		const page = new URL(String(answer.headers.location));
		expect(page.searchParams.get("redirect_uri")).toBe("http://localhost:3000/connect/google/callback");
	});

	test("an answer of another issuer is refused before the code is used", async () => {
		const browser = fixture.browser();
		const page = await fixture.begin(browser, await fixture.authorize(fixture.person));
		const back = new URL(fixture.oauth.consent(page, ADA));
		back.searchParams.set("iss", "https://accounts.example.org");
		const calls = fixture.oauth.tokenCalls.length;
		const answer = await browser.get(back.href);
		expect([answer.statusCode, answer.body]).toEqual([400, expect.stringContaining("issuer_mismatch")]);
		expect(fixture.oauth.tokenCalls.length).toBe(calls);
	});

	test("who reads the database makes no state of it: that takes the server's key too", async () => {
		const own = fixture.services.vault;
		const vaultOf = (...keys: string[]) => createVault(parseKeyring(keys.join(",")));
		const [first, second] = [generateKey("first"), generateKey("second")];
		/** Begun by a server with these keys, ended by one with those: the database is the same. */
		const between = async (begins: Vault, ends: Vault) => {
			try {
				const browser = fixture.browser();
				Object.assign(fixture.services, { vault: begins });
				const back = fixture.oauth.consent(await fixture.begin(browser, await fixture.authorize(fixture.person)), ADA);
				Object.assign(fixture.services, { vault: ends });
				return await browser.get(back);
			} finally {
				Object.assign(fixture.services, { vault: own });
			}
		};
		const forged = await between(vaultOf(first), vaultOf(second));
		expect([forged.statusCode, forged.body]).toEqual([400, expect.stringContaining("Code: invalid_state")]);
		expect(forged.body).toContain("begin again");
		expect(await connections()).toEqual([]);
		// A key that was added while somebody was at the provider's page.
		expect((await between(vaultOf(first), vaultOf(second, first))).statusCode).toBe(200);
	});

	test("an answer without issuer is taken from a provider that names none", async () => {
		expect((await fixture.connect({ ...ADA, namesIssuer: false })).statusCode).toBe(200);
	});

	test.each([
		["/calendar?week=1#today", "/calendar?week=1#today"],
		["//evil.example.com", "/"],
		["/\\evil.example.com", "/"],
		["https://app.example.com/done?a=1", "https://app.example.com/done?a=1"],
	])("return_to %s leads to %s", async (asked, expected) => {
		const answer = await fixture.connect(ADA, { body: { return_to: asked } });
		expect([answer.statusCode, answer.headers.location]).toEqual([302, expected]);
	});
});
