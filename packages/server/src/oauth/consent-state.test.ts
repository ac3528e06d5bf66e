import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { secretHash } from "../accounts/secret-hash.ts";
import { createUser } from "../accounts/users.ts";
import { databaseFingerprint } from "../testing/fingerprint.ts";
import { pruneFlows } from "./flows.ts";
import { type ConsentFixture, createConsentFixture } from "./testing.ts";

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
	await fixture.services.db.deleteFrom("oauth_flows").execute();
});

describe("T1: what comes back must belong to a sign-in that this browser began", () => {
	async function refused(address: string, browser = fixture.browser()) {
		const before = await databaseFingerprint(fixture.services.db);
		const calls = fixture.oauth.tokenCalls.length;
		const answer = await browser.get(address);
		expect([answer.statusCode, answer.headers["content-type"]]).toEqual([400, "text/html; charset=utf-8"]);
		expect(answer.body).toContain("invalid_state");
		expect(fixture.oauth.tokenCalls.length).toBe(calls);
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
	}

	test("no state, an unknown state, no cookie", async () => {
		const browser = fixture.browser();
		const page = await fixture.begin(browser, await fixture.authorize(fixture.person));
		const back = fixture.oauth.consent(page, ADA);
		const without = new URL(back);
		without.searchParams.delete("state");
		await refused(without.href, browser);
		const unknown = new URL(back);
		unknown.searchParams.set("state", "A".repeat(43));
		await refused(unknown.href, browser);
		await refused(back);
		expect((await browser.get(back)).statusCode).toBe(200);
	});

	test("replayed, of another browser, of another user, expired", async () => {
		const browser = fixture.browser();
		const page = await fixture.begin(browser, await fixture.authorize(fixture.person));
		const cookies = new Map(browser.cookies);
		const back = fixture.oauth.consent(page, ADA);
		await browser.get(back);
		for (const [name, value] of cookies) browser.cookies.set(name, value);
		await refused(back, browser);

		const theirs = fixture.browser();
		const mine = fixture.browser();
		const begun = await fixture.begin(theirs, await fixture.authorize(fixture.person));
		await fixture.begin(mine, await fixture.authorize(fixture.person));
		await refused(fixture.oauth.consent(begun, ADA), mine);

		const password = "correct horse battery";
		await createUser(fixture.services, { email: "eve@example.com", password });
		const payload = { email: "eve@example.com", password };
		const signedIn = await fixture.app.inject({ method: "POST", url: "/api/auth/sign-in/email", payload });
		const crossed = fixture.browser();
		const other = await fixture.begin(crossed, await fixture.authorize(fixture.person));
		for (const { name, value } of signedIn.cookies) crossed.cookies.set(name, encodeURIComponent(value));
		await refused(fixture.oauth.consent(other, ADA), crossed);

		const late = fixture.browser();
		const slow = await fixture.begin(late, await fixture.authorize(fixture.person));
		fixture.clock.advance(601_000);
		await refused(fixture.oauth.consent(slow, ADA), late);
	});

	test("looked at by HEAD, or fetched ahead, is not used up, and neither is the link to it", async () => {
		const browser = fixture.browser();
		const calls = fixture.calls("authorization_code");
		const link = await fixture.authorize(fixture.person);
		const looks = async (address: string) => {
			const { pathname, search } = new URL(address);
			const cookie = browser.header();
			const headers = cookie === "" ? {} : { cookie };
			const url = `${pathname}${search}`;
			const head = await fixture.app.inject({ method: "HEAD", url, headers });
			expect([head.statusCode, head.headers.allow]).toEqual([405, "GET"]);
			for (const [name, value] of [
				["sec-purpose", "prefetch;prerender"],
				["purpose", "prefetch"],
				["x-moz", "prefetch"],
			] as const) {
				expect((await fixture.app.inject({ url, headers: { ...headers, [name]: value } })).statusCode).toBe(400);
			}
		};
		await looks(link);
		const back = fixture.oauth.consent(await fixture.begin(browser, link), ADA);
		await looks(back);
		expect(fixture.calls("authorization_code")).toBe(calls);
		expect((await browser.get(back)).statusCode).toBe(200);
	});

	test.each(["code=a&code=b&state=x&state=y", `state=x&code=${"a".repeat(5_000)}`, `state=${"a".repeat(501)}&code=x`])(
		"with parameters that no provider sends: a page (%#)",
		async (query) => {
			const page = await fixture.browser().get(`/connect/google/callback?${query}`);
			expect([page.statusCode, page.headers["content-type"]]).toEqual([400, "text/html; charset=utf-8"]);
			expect(page.body).toContain("Code: invalid_state");
		},
	);

	test("50 times at once: one exchange", async () => {
		const browser = fixture.browser();
		const page = await fixture.begin(browser, await fixture.authorize(fixture.person));
		const back = fixture.oauth.consent(page, ADA);
		const calls = fixture.calls("authorization_code");
		const answers = await Promise.all(Array.from({ length: 50 }, () => browser.get(back)));
		expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([
			200,
			...Array.from({ length: 49 }, () => 400),
		]);
		expect(fixture.calls("authorization_code")).toBe(calls + 1);
	});

	test("a link that was looked at by whoever carried it, or opened twice, works; of all that it began one comes back", async () => {
		const url = await fixture.authorize(fixture.person);
		const preview = await fixture.app.inject({ method: "GET", url, headers: { "user-agent": "a link preview" } });
		expect(preview.statusCode).toBe(302);
		const browsers = [fixture.browser(), fixture.browser(), fixture.browser()];
		const backs: string[] = [];
		for (const browser of browsers) backs.push(fixture.oauth.consent(await fixture.begin(browser, url), ADA));
		expect(new Set(backs.map((back) => new URL(back).searchParams.get("state"))).size).toBe(3);
		const calls = fixture.calls("authorization_code");
		// One browser has nothing of another's.
		expect((await browsers[0]?.get(backs[1] ?? ""))?.statusCode).toBe(400);
		const answers = await Promise.all(browsers.map((browser, index) => browser.get(backs[index] ?? "")));
		expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 400, 400]);
		expect(fixture.calls("authorization_code")).toBe(calls + 1);
		expect((await fixture.browser().get(url)).body).toContain("invalid_ticket");
	});

	test("a link may be opened however often, which stores nothing, and what it began outlives it", async () => {
		const url = await fixture.authorize(fixture.person);
		const browser = fixture.browser();
		fixture.clock.advance(299_000);
		const back = fixture.oauth.consent(await fixture.begin(browser, url), ADA);
		for (let opened = 1; opened < 30; opened++) expect((await fixture.browser().get(url)).statusCode).toBe(302);
		expect(await fixture.services.db.selectFrom("oauth_flows").select("id").execute()).toHaveLength(1);
		fixture.clock.advance(599_999);
		await pruneFlows(fixture.services);
		expect((await browser.get(back)).statusCode).toBe(200);
		fixture.clock.advance(3_600_000);
		await pruneFlows(fixture.services);
		expect(await fixture.services.db.selectFrom("oauth_flows").select("id").execute()).toEqual([]);
	});

	test("only the link makes states, each for one browser and ten minutes", async () => {
		const browser = fixture.browser();
		const back = new URL(
			fixture.oauth.consent(await fixture.begin(browser, await fixture.authorize(fixture.person)), ADA),
		);
		const [name = "", secret = ""] = [...browser.cookies].flat();
		const [proof = "", openedAt = "", id = ""] = back.searchParams.get("state")?.split(".") ?? [];
		await fixture.authorize(fixture.person);
		const later = (Number.parseInt(openedAt, 36) + 60_000).toString(36);
		const { id: other } = await fixture.services.db
			.selectFrom("oauth_flows")
			.select("id")
			.where("id", "!=", id)
			.executeTakeFirstOrThrow();
		for (const state of [
			`${proof}.${later}.${id}`,
			`${proof}.${openedAt}.${other}`,
			`${"A".repeat(43)}.${openedAt}.${id}`,
		]) {
			const forged = fixture.browser();
			forged.cookies.set(`${name.slice(0, -12)}${secretHash(state).toString("hex").slice(0, 12)}`, secret);
			const address = new URL(back);
			address.searchParams.set("state", state);
			await refused(address.href, forged);
		}
		expect((await browser.get(back.href)).statusCode).toBe(200);
	});

	test("a ticket is used once, within five minutes, by its own user", async () => {
		const url = await fixture.authorize(fixture.person);
		const browser = fixture.browser();
		await browser.get(fixture.oauth.consent(await fixture.begin(browser, url), ADA));
		for (const stale of [url, `${url}x`, "/connect/google"]) {
			const answer = await fixture.browser().get(stale);
			expect([answer.statusCode, answer.body]).toEqual([400, expect.stringContaining("invalid_ticket")]);
		}
		const late = await fixture.authorize(fixture.person);
		fixture.clock.advance(301_000);
		expect((await fixture.browser().get(late)).statusCode).toBe(400);
	});

	test("the cookie is this host's alone, out of scripts' reach, and goes with the answer", async () => {
		const answer = await fixture.browser().get(await fixture.authorize(fixture.person));
		const [cookie] = [answer.headers["set-cookie"]].flat();
		expect(cookie).toMatch(/^kalends\.connect\.[0-9a-f]{12}=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/);
		const browser = fixture.browser();
		const page = await fixture.begin(browser, await fixture.authorize(fixture.person));
		await browser.get(fixture.oauth.consent(page, ADA));
		expect(browser.cookies.size).toBe(0);
	});
});
