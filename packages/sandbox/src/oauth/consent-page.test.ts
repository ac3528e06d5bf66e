import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { DEFAULT_CLIENT } from "../options.ts";
import { type Sandbox, startSandbox } from "../server.ts";

/** The pages as a browser without scripts meets them. */
const EVENTS = "https://www.googleapis.com/auth/calendar.events";
const LIST = "https://www.googleapis.com/auth/calendar.calendarlist.readonly";
const [REDIRECT = ""] = DEFAULT_CLIENT.redirectUris;

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({
		accounts: [{ email: "ada@example.com" }, { email: "sam@example.com", name: "<Sam>" }],
	});
});
beforeEach(() => sandbox.world.oauth.grants.clear());
afterAll(() => sandbox.close());

const REQUEST = {
	client_id: DEFAULT_CLIENT.clientId,
	redirect_uri: REDIRECT,
	response_type: "code",
	scope: `openid ${EVENTS} ${LIST}`,
	state: "a state",
};

async function ask(parameters: Readonly<Record<string, string>>) {
	const answer = await fetch(`${sandbox.url}/o/oauth2/v2/auth?${new URLSearchParams(parameters)}`, {
		redirect: "manual",
	});
	return { status: answer.status, html: await answer.text(), location: answer.headers.get("location") };
}

async function press(html: string, fields: readonly (readonly [string, string])[]) {
	const consent = /name="consent" value="([^"]+)"/.exec(html)?.[1] ?? "";
	const body = new URLSearchParams([["consent", consent], ...fields.map(([name, value]) => [name, value])]);
	const answer = await fetch(`${sandbox.url}/signin/oauth/consent`, { method: "POST", body, redirect: "manual" });
	const location = answer.headers.get("location");
	return {
		status: answer.status,
		html: await answer.text(),
		back: location === null ? null : new URL(location).searchParams,
	};
}

test("an account is chosen, boxes are unticked, and the answer says what is left", async () => {
	const chooser = await ask(REQUEST);
	expect(chooser.status).toBe(200);
	expect(chooser.html).toContain("Choose an account");
	expect(chooser.html).toContain("&lt;Sam&gt;");
	const page = await press(chooser.html, [["account", "sam@example.com"]]);
	expect(page.html).toMatch(/<input type="checkbox" name="scope" value="[^"]*calendar.events" checked>/);
	const { back } = await press(page.html, [
		["account", "sam@example.com"],
		["scope", LIST],
		["do", "allow"],
	]);
	expect(back?.get("state")).toBe("a state");
	expect(back?.get("scope")).toBe(`openid ${LIST}`);
	expect(back?.get("iss")).toBe(sandbox.url);
	const again = await press(page.html, [
		["account", "sam@example.com"],
		["do", "allow"],
	]);
	expect([again.status, again.back]).toEqual([400, null]);
});

test("who says no comes back with access_denied", async () => {
	const page = await ask({ ...REQUEST, login_hint: "ada@example.com" });
	expect(page.html).toContain("wants access to your Google Account");
	const { back } = await press(page.html, [
		["account", "ada@example.com"],
		["do", "cancel"],
	]);
	expect(Object.fromEntries(back ?? [])).toEqual({ state: "a state", iss: sandbox.url, error: "access_denied" });
});

test("what was granted is not asked again, but where consent is asked for; prompt=none never shows a page", async () => {
	const hint = { ...REQUEST, login_hint: "ada@example.com" };
	const none = await ask({ ...hint, prompt: "none" });
	expect(new URL(none.location ?? "").searchParams.get("error")).toBe("consent_required");
	const page = await ask(hint);
	await press(page.html, [
		["account", "ada@example.com"],
		["scope", EVENTS],
		["scope", LIST],
		["do", "allow"],
	]);
	expect((await ask(hint)).status).toBe(302);
	expect(new URL((await ask({ ...hint, prompt: "none" })).location ?? "").searchParams.has("code")).toBe(true);
	expect((await ask({ ...hint, prompt: "consent" })).html).toContain("already has some access");
	expect((await ask({ ...hint, prompt: "select_account" })).html).toContain("Choose an account");
});

test("a request that is wrong never gets back to the client", async () => {
	const wrong: readonly (readonly [Readonly<Record<string, string>>, number, string])[] = [
		[{ redirect_uri: `${REDIRECT}/` }, 400, "redirect_uri_mismatch"],
		[{ redirect_uri: REDIRECT.replace("localhost", "LOCALHOST") }, 400, "redirect_uri_mismatch"],
		[{ client_id: "nobody" }, 401, "invalid_client"],
		[{ response_type: "token" }, 400, "unsupported_response_type"],
		[{ scope: "openid https://www.googleapis.com/auth/drive.unknown" }, 400, "invalid_scope"],
		[{ scope: "" }, 400, "invalid_request"],
		[{ prompt: "always" }, 400, "invalid_request"],
		[{ access_type: "forever" }, 400, "invalid_request"],
		[{ code_challenge: "short", code_challenge_method: "S256" }, 400, "invalid_request"],
	];
	for (const [change, status, error] of wrong) {
		const page = await ask({ ...REQUEST, ...change });
		expect([page.status, page.location]).toEqual([status, null]);
		expect(page.html).toContain(`Error ${status}: ${error}`);
	}
	const script = await ask({ ...REQUEST, redirect_uri: "https://x/<script>" });
	expect(script.html).not.toContain("<script>");
});
