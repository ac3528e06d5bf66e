import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createUser, updateUser } from "../accounts/users.ts";
import type { ConsentChoice } from "../testing/oauth-server.ts";
import { beginConsent } from "./begin.ts";
import { finishConsent } from "./callback.ts";
import type { CallbackPath } from "./registry.ts";
import { type Browser, type ConsentFixture, createConsentFixture } from "./testing.ts";

const CALLBACK: CallbackPath = "/rest/v1/calendar/redirect/";

let fixture: ConsentFixture;

beforeAll(async () => {
	fixture = await createConsentFixture({ env: { KALENDS_SIGNUP: "open" } });
	fixture.oauth.settings.redirectUris.push(`http://localhost:3000${CALLBACK}`);
});
afterAll(async () => {
	await fixture.close();
});

/** What a route of its own callback does for a browser that nobody is signed in at. */
async function signIn(choice: ConsentChoice, browser: Browser = fixture.browser()) {
	const { services, oauth } = fixture;
	const flow = { userId: null, provider: "google", callback: CALLBACK, access: "write", returnTo: null } as const;
	const { location, cookie } = await beginConsent(services, flow);
	const [name = "", value = ""] = cookie.split(";")[0]?.split("=") ?? [];
	browser.cookies.set(name, value);
	const query = Object.fromEntries(new URL(oauth.consent(location, choice)).searchParams);
	const finished = await finishConsent(services, {
		provider: "google",
		callback: CALLBACK,
		query,
		headers: { cookie: browser.header() },
		ip: "127.0.0.1",
		signal: new AbortController().signal,
	});
	for (const set of finished.cookies) {
		const [pair = ""] = set.split(";");
		const [key = "", ...rest] = pair.split("=");
		if (/max-age=0/i.test(set)) browser.cookies.delete(key);
		else browser.cookies.set(key, rest.join("="));
	}
	return { ...finished, browser };
}

async function whoIs(browser: Browser) {
	return (await browser.get("/api/auth/get-session")).json()?.user ?? null;
}

function setSignup(signup: "open" | "closed"): void {
	Object.assign(fixture.services.config, { signup });
}

describe("signing in with an account", () => {
	test("makes a user of their own where sign-up is open, connects the account, and knows them again", async () => {
		const first = await signIn({ account: "eve@example.com" });
		expect(await whoIs(first.browser)).toMatchObject({ email: "eve@example.com", role: "user" });
		setSignup("closed");
		const again = await signIn({ account: "eve@example.com" });
		setSignup("open");
		expect(again).toMatchObject({ userId: first.userId, connectionId: first.connectionId, created: false });
		expect(again.browser.cookies.get("kalends.session")).not.toBe(first.browser.cookies.get("kalends.session"));
		const out = await fixture.app.inject({
			method: "POST",
			url: "/api/auth/sign-out",
			headers: { cookie: again.browser.header(), origin: "http://localhost:3000", host: "localhost:3000" },
		});
		expect(out.statusCode).toBe(200);
		expect(await whoIs(again.browser)).toBeNull();
		expect(await whoIs(first.browser)).not.toBeNull();
	});

	test("by the page's link leads to where the person wanted to go, and nowhere else", async () => {
		const browser = fixture.browser();
		const begun = await browser.get("/connect/google/sign-in?return_to=%2Fcalendar%3Fview%3Dday");
		expect([begun.statusCode, begun.headers["referrer-policy"]]).toEqual([302, "no-referrer"]);
		const location = String(begun.headers.location);
		const back = await browser.get(fixture.oauth.consent(location, { account: "eve@example.com" }));
		expect([back.statusCode, back.headers.location]).toEqual([302, "/calendar?view=day"]);
		expect(await whoIs(browser)).toMatchObject({ email: "eve@example.com" });
		// Who is signed in is sent on; the consent page is not asked.
		const again = await browser.get("/connect/google/sign-in?return_to=https%3A%2F%2Fevil.example%2F");
		expect([again.statusCode, again.headers.location]).toEqual([302, "/"]);
	});

	test("is not who has the same address: nothing of theirs is touched", async () => {
		const user = await createUser(fixture.services, { email: "tom@example.com", password: "correct horse battery" });
		await expect(signIn({ account: "tom@example.com" })).rejects.toMatchObject({ code: "email_taken" });
		const rows = (table: "connections" | "sessions" | "accounts") =>
			fixture.services.db.selectFrom(table).selectAll().where("user_id", "=", user.id).execute();
		expect(await rows("connections")).toEqual([]);
		expect(await rows("sessions")).toEqual([]);
		expect(await rows("accounts")).toMatchObject([{ provider_id: "credential" }]);
	});

	test("is refused where sign-up is closed, also to who has the account connected: others may have it too", async () => {
		await fixture.connect({ account: "bob@example.com" });
		setSignup("closed");
		await expect(signIn({ account: "bob@example.com" })).rejects.toMatchObject({ code: "signup_closed" });
		// Nothing is kept of it, so the consent is given back; not that of bob, who has it connected.
		const { revoked } = fixture.oauth;
		const before = revoked.length;
		await expect(signIn({ account: "una@example.com" })).rejects.toMatchObject({ code: "signup_closed" });
		expect(revoked.length).toBe(before + 1);
		fixture.oauth.failRevocation({ status: 500, body: "{}" });
		await expect(signIn({ account: "una@example.com" })).rejects.toMatchObject({ code: "signup_closed" });
		const kept = await fixture.services.db.selectFrom("consent_returns").select(["user_id", "attempts"]).execute();
		expect([revoked.length, kept]).toEqual([before + 1, [{ user_id: "", attempts: 1 }]]);
		setSignup("open");
	});

	test("is refused to who was banned", async () => {
		const { userId } = await signIn({ account: "una@example.com" });
		await updateUser(fixture.services, userId, { banned: true });
		await expect(signIn({ account: "una@example.com" })).rejects.toMatchObject({ code: "account_banned" });
	});

	test("twice at once makes one user", async () => {
		const [one, two] = await Promise.all([
			signIn({ account: "twin@example.com" }),
			signIn({ account: "twin@example.com" }),
		]);
		expect([two.userId, two.connectionId]).toEqual([one.userId, one.connectionId]);
	});

	test("never makes the first user", async () => {
		await fixture.services.db.deleteFrom("users").execute();
		await expect(signIn({ account: "first@example.com" })).rejects.toMatchObject({ code: "signup_closed" });
		expect(await fixture.services.db.selectFrom("users").selectAll().execute()).toEqual([]);
	});
});
