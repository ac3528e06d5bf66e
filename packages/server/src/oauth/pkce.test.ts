import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authorizationUrl, exchangeCode } from "./client.ts";
import { beginFlow } from "./flows.ts";
import { redirectUri } from "./redirect-uris.ts";
import { type ConsentFixture, createConsentFixture } from "./testing.ts";

let fixture: ConsentFixture;

beforeAll(async () => {
	fixture = await createConsentFixture();
});
afterAll(async () => {
	await fixture.close();
});

test("T2: 1,000 sign-ins, each with S256 and a verifier of its own, which only the token endpoint is sent", async () => {
	const { services, oauth } = fixture;
	const callback = "/connect/google/callback";
	const verifiers = new Set<string>();
	const addresses: string[] = [];
	for (let flow = 0; flow < 1_000; flow++) {
		const { state, verifier, nonce, cookie } = await beginFlow(services, {
			userId: fixture.person.userId,
			provider: "google",
			callback,
			access: "read",
			returnTo: null,
		});
		const url = await authorizationUrl(services, "google", {
			redirectUri: redirectUri(services.config, callback),
			scopes: ["openid"],
			state,
			verifier,
			nonce,
			parameters: {},
		});
		expect(url.searchParams.get("code_challenge_method")).toBe("S256");
		expect(url.searchParams.get("code_challenge")).toBe(createHash("sha256").update(verifier).digest("base64url"));
		const back = oauth.consent(url.href, { account: "ada@example.com" });
		await exchangeCode(services, "google", { answer: new URL(back), state, verifier, nonce });
		verifiers.add(verifier);
		addresses.push(url.href, back, cookie);
	}
	expect(verifiers.size).toBe(1_000);
	expect(new Set(oauth.tokenCalls.map(({ parameters }) => parameters.code_verifier))).toEqual(verifiers);
	const seen = addresses.join("\n");
	const logged = JSON.stringify(fixture.logged);
	const stored = JSON.stringify(await services.db.selectFrom("oauth_flows").selectAll().execute());
	for (const verifier of verifiers) expect([seen, logged, stored].some((text) => text.includes(verifier))).toBe(false);
	expect(new Set(oauth.requests)).toEqual(new Set(["GET /.well-known/openid-configuration", "POST /token"]));
});
