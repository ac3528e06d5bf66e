import { OAuth2Client } from "google-auth-library";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_CLIENT } from "../options.ts";
import { type Sandbox, startSandbox } from "../server.ts";

/** The sandbox judged by Google's own library, pointed there by its options and not changed otherwise. */
const [REDIRECT = ""] = DEFAULT_CLIENT.redirectUris;

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox({ accounts: [{ email: "ada@example.com" }], consent: { mode: "allow" } });
});
afterAll(() => sandbox.close());

function library(): OAuth2Client {
	const { clientId, clientSecret } = DEFAULT_CLIENT;
	return new OAuth2Client({
		clientId,
		clientSecret,
		redirectUri: REDIRECT,
		forceRefreshOnFailure: true,
		issuers: [sandbox.url],
		endpoints: {
			oauth2AuthBaseUrl: `${sandbox.url}/o/oauth2/v2/auth`,
			oauth2TokenUrl: `${sandbox.url}/token`,
			oauth2RevokeUrl: `${sandbox.url}/revoke`,
			tokenInfoUrl: `${sandbox.url}/tokeninfo`,
			oauth2FederatedSignonPemCertsUrl: `${sandbox.url}/oauth2/v1/certs`,
		},
	});
}

test("from the consent to a call with a token that was refreshed, and to the end", async () => {
	const client = library();
	const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
	const url = client.generateAuthUrl({
		access_type: "offline",
		scope: ["openid", "email", "https://www.googleapis.com/auth/calendar.readonly"],
		code_challenge: codeChallenge ?? "",
		// The library's enumeration is a const enum of its types alone.
		code_challenge_method: "S256" as never,
	});
	const answer = await fetch(url, { redirect: "manual" });
	const code = new URL(answer.headers.get("location") ?? "").searchParams.get("code") ?? "";
	const { tokens } = await client.getToken({ code, codeVerifier });
	client.setCredentials(tokens);

	const info = await client.getTokenInfo(tokens.access_token ?? "");
	expect(info).toMatchObject({ aud: DEFAULT_CLIENT.clientId, email: "ada@example.com", access_type: "offline" });
	expect(info.scopes).toContain("https://www.googleapis.com/auth/calendar.readonly");

	for (const token of sandbox.world.oauth.accessTokens.values()) token.expiresAt = 0;
	// The library refreshes after a 401, and sends the request again.
	const list = await client.request<{ kind: string }>({
		url: `${sandbox.url}/calendar/v3/users/me/calendarList`,
	});
	expect(list.data.kind).toBe("calendar#calendarList");
	expect(client.credentials.access_token).not.toBe(tokens.access_token);

	await client.revokeCredentials();
	await expect(library().getTokenInfo(tokens.access_token ?? "")).rejects.toMatchObject({ status: 400 });
});

test("its keys verify the id token", async () => {
	const client = library();
	const url = client.generateAuthUrl({ access_type: "offline", scope: ["openid", "email"], prompt: "consent" });
	const answer = await fetch(url, { redirect: "manual" });
	const code = new URL(answer.headers.get("location") ?? "").searchParams.get("code") ?? "";
	const { tokens } = await client.getToken(code);
	const ticket = await client.verifyIdToken({ idToken: tokens.id_token ?? "", audience: DEFAULT_CLIENT.clientId });
	expect(ticket.getPayload()).toMatchObject({ email: "ada@example.com", email_verified: true });
});
