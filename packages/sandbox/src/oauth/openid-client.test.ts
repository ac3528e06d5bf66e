import {
	allowInsecureRequests,
	authorizationCodeGrant,
	buildAuthorizationUrl,
	type Configuration,
	calculatePKCECodeChallenge,
	discovery,
	fetchUserInfo,
	randomNonce,
	randomPKCECodeVerifier,
	randomState,
	refreshTokenGrant,
	tokenRevocation,
} from "openid-client";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { DEFAULT_CLIENT } from "../options.ts";
import { type Sandbox, startSandbox } from "../server.ts";

/** The sandbox judged by a certified OpenID client, which checks signatures, hashes, nonces and issuers itself. */
const CALENDAR = "https://www.googleapis.com/auth/calendar.events";
const [REDIRECT = ""] = DEFAULT_CLIENT.redirectUris;

let sandbox: Sandbox;
let client: Configuration;

beforeAll(async () => {
	sandbox = await startSandbox({
		accounts: [
			{ email: "ada@example.com", name: "Ada Berg", hostedDomain: "example.com" },
			{ email: "sam@example.com" },
		],
		consent: { mode: "allow" },
	});
	const { clientId, clientSecret } = DEFAULT_CLIENT;
	client = await discovery(new URL(sandbox.url), clientId, clientSecret, undefined, {
		execute: [allowInsecureRequests],
	});
});
beforeEach(() => {
	sandbox.world.oauth.consent = { mode: "allow" };
	for (const kept of [sandbox.world.oauth.grants, sandbox.world.oauth.refreshTokens]) kept.clear();
});
afterAll(() => sandbox.close());

interface Begun {
	/** Where the browser comes back to. */
	readonly back: URL;
	readonly verifier: string;
	readonly state: string;
	readonly nonce: string;
}

async function begin(more: Readonly<Record<string, string>> = {}): Promise<Begun> {
	const [verifier, state, nonce] = [randomPKCECodeVerifier(), randomState(), randomNonce()];
	const url = buildAuthorizationUrl(client, {
		redirect_uri: REDIRECT,
		scope: `openid email profile ${CALENDAR}`,
		access_type: "offline",
		state,
		nonce,
		code_challenge: await calculatePKCECodeChallenge(verifier),
		code_challenge_method: "S256",
		...more,
	});
	const answer = await fetch(url, { redirect: "manual" });
	return { back: new URL(answer.headers.get("location") ?? ""), verifier, state, nonce };
}

function exchange({ back, verifier, state, nonce }: Begun) {
	return authorizationCodeGrant(client, back, {
		pkceCodeVerifier: verifier,
		expectedState: state,
		expectedNonce: nonce,
		idTokenExpected: true,
	});
}

test("a code becomes tokens, the id token says whose, and userinfo the same", async () => {
	const tokens = await exchange(await begin());
	expect(tokens.expires_in).toBe(3599);
	expect(tokens.scope?.split(" ")).toEqual([
		"openid",
		"https://www.googleapis.com/auth/userinfo.email",
		"https://www.googleapis.com/auth/userinfo.profile",
		CALENDAR,
	]);
	const claims = tokens.claims();
	expect(claims).toMatchObject({ email: "ada@example.com", email_verified: true, hd: "example.com", name: "Ada Berg" });
	const told = await fetchUserInfo(client, tokens.access_token, claims?.sub ?? "");
	expect(told).toMatchObject({ sub: claims?.sub, email: "ada@example.com", given_name: "Ada", family_name: "Berg" });
});

test("a code is good once, for ten minutes, and with its own verifier and redirect URI alone", async () => {
	const begun = await begin();
	await exchange(begun);
	await expect(exchange(begun)).rejects.toMatchObject({ status: 400, error: "invalid_grant" });
	const late = await begin();
	sandbox.world.clock.advance(600_000);
	await expect(exchange(late)).rejects.toMatchObject({ error: "invalid_grant" });
	const other = { ...(await begin()), verifier: randomPKCECodeVerifier() };
	await expect(exchange(other)).rejects.toMatchObject({ error: "invalid_grant" });
	const elsewhere = await begin();
	elsewhere.back.pathname = "/elsewhere";
	await expect(exchange(elsewhere)).rejects.toMatchObject({ error: "redirect_uri_mismatch" });
});

test("a refresh token comes with the first consent, then only where consent is asked for again", async () => {
	const first = await exchange(await begin());
	expect(first.refresh_token).toBeDefined();
	expect((await exchange(await begin())).refresh_token).toBeUndefined();
	expect((await exchange(await begin({ prompt: "consent" }))).refresh_token).toBeDefined();
	expect((await exchange(await begin({ prompt: "consent", access_type: "online" }))).refresh_token).toBeUndefined();
});

test("refreshing gives a new access token and no refresh token; after revoking it is refused", async () => {
	const { refresh_token = "", access_token } = await exchange(await begin());
	const fresh = await refreshTokenGrant(client, refresh_token);
	expect(fresh.access_token).not.toBe(access_token);
	expect(fresh.refresh_token).toBeUndefined();
	await tokenRevocation(client, fresh.access_token);
	await expect(refreshTokenGrant(client, refresh_token)).rejects.toMatchObject({
		status: 400,
		error: "invalid_grant",
		error_description: "Token has been expired or revoked.",
	});
	await expect(tokenRevocation(client, refresh_token)).rejects.toMatchObject({ error: "invalid_token" });
});

test("in testing mode a refresh token ends after seven days, and says so", async () => {
	const { clients } = sandbox.world.oauth;
	clients.set(DEFAULT_CLIENT.clientId, { ...DEFAULT_CLIENT, testing: true });
	const tokens = await exchange(await begin());
	clients.set(DEFAULT_CLIENT.clientId, DEFAULT_CLIENT);
	expect(tokens.refresh_token_expires_in).toBe(604_800);
	await refreshTokenGrant(client, tokens.refresh_token ?? "");
	sandbox.world.clock.advance(604_800_000);
	await expect(refreshTokenGrant(client, tokens.refresh_token ?? "")).rejects.toMatchObject({ error: "invalid_grant" });
});

test("the hundred and first refresh token ends the first in silence", async () => {
	const all: string[] = [];
	for (let count = 0; count < 101; count++) {
		all.push((await exchange(await begin({ prompt: "consent" }))).refresh_token ?? "");
	}
	await expect(refreshTokenGrant(client, all[0] ?? "")).rejects.toMatchObject({ error: "invalid_grant" });
	await refreshTokenGrant(client, all[1] ?? "");
});

test("what was granted before is merged where that is asked for", async () => {
	const listing = "https://www.googleapis.com/auth/calendar.calendarlist.readonly";
	await exchange(await begin());
	const apart = await exchange(await begin({ scope: `openid ${listing}` }));
	expect(apart.scope).toBe(`openid ${listing}`);
	const merged = await exchange(await begin({ scope: `openid ${listing}`, include_granted_scopes: "true" }));
	expect(merged.scope?.split(" ")).toEqual(expect.arrayContaining([CALENDAR, listing]));
});

test("what was unticked is not granted", async () => {
	sandbox.world.oauth.consent = { mode: "allow", email: "sam@example.com", untick: [CALENDAR] };
	const tokens = await exchange(await begin());
	expect(tokens.scope).not.toContain(CALENDAR);
	expect(tokens.claims()?.email).toBe("sam@example.com");
});

test("a refusal comes back with its state and issuer", async () => {
	sandbox.world.oauth.consent = { mode: "deny", error: "admin_policy_enforced" };
	await expect(exchange(await begin())).rejects.toMatchObject({ error: "admin_policy_enforced" });
});

test("clients that are unknown, or have another secret, are refused as Google does", async () => {
	const ask = async (fields: Readonly<Record<string, string>>) => {
		const answer = await fetch(`${sandbox.url}/token`, { method: "POST", body: new URLSearchParams(fields) });
		return [answer.status, ((await answer.json()) as { error: string }).error];
	};
	const { clientId, clientSecret } = DEFAULT_CLIENT;
	const grant = { grant_type: "refresh_token", refresh_token: "1//x" };
	expect(await ask({ ...grant, client_id: "nobody", client_secret: "x" })).toEqual([401, "invalid_client"]);
	expect(await ask({ ...grant, client_id: clientId, client_secret: "x" })).toEqual([401, "invalid_client"]);
	expect(await ask({ ...grant, client_id: clientId })).toEqual([400, "invalid_request"]);
	expect(await ask({ ...grant, client_id: clientId, client_secret: clientSecret })).toEqual([400, "invalid_grant"]);
	expect(await ask({ client_id: clientId, client_secret: clientSecret })).toEqual([400, "invalid_request"]);
	expect(await ask({ grant_type: "password", client_id: clientId })).toEqual([400, "unsupported_grant_type"]);
});
