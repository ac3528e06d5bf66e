import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureOf } from "../cli/failure.ts";
import { loadConfig } from "../config.ts";
import { openNetwork } from "../network.ts";
import { type Examined, oauthCheckups } from "./checkups.ts";
import { type ConsentFixture, createConsentFixture, SCOPES } from "./testing.ts";

let fixture: ConsentFixture;

beforeEach(async () => {
	fixture = await createConsentFixture();
});
afterEach(async () => {
	await fixture.close();
});

async function findings(changes: Partial<Examined> & { readonly env?: Record<string, string> } = {}) {
	const { services, oauth } = fixture;
	const config = loadConfig({ ...oauth.env, ...changes.env });
	const network = openNetwork(config);
	const examined = { ...services, now: Date.now, config, http: network.http, ...changes };
	try {
		const found = oauthCheckups(examined).map(async ({ check, work }) => {
			const told = await work().then(
				(detail) => `ok ${detail}`,
				(error: unknown) => `FAIL ${failureOf(error).message}`,
			);
			return [check, told] as const;
		});
		return Object.fromEntries(await Promise.all(found));
	} finally {
		await network.http.close();
	}
}

describe("doctor, of a provider that is signed in to by OAuth", () => {
	test("finds all well, and lists the redirect URIs to paste", async () => {
		await fixture.connect({ account: "ada@example.com" });
		expect(await findings()).toEqual({
			"google redirect URIs": expect.stringMatching(
				/^ok .*http:\/\/localhost:3000\/connect\/google\/callback .*Google knows the first/,
			),
			"google client": "ok the provider accepts the client id and secret",
			"google clock": expect.stringMatching(/^ok agrees with 127\.0\.0\.1/),
			"google consents": "ok 1 connections: 0 lack a scope that was asked for, 0 have to be connected again",
			"database clock": expect.stringMatching(/^ok agrees/),
			"public address": expect.stringContaining("not https"),
		});
	});

	test("knows that a provider on the operator's own network pushes without https", async () => {
		const env = { GOOGLE_API_URL: "http://127.0.0.1:9" };
		expect(await findings({ env })).toMatchObject({ "public address": expect.stringContaining("push from Google") });
	});

	test.each(["redirect", "page"] as const)(
		"asks whether the redirect URIs are known, and names the one to paste (told by a %s)",
		async (style) => {
			Object.assign(fixture.oauth.settings, { tellsMismatch: style });
			const uris = async (env = {}) => (await findings({ env }))["google redirect URIs"];
			const elsewhere = await uris({ KALENDS_URL: "http://localhost:4499" });
			expect(elsewhere).toMatch(/^FAIL .*exactly this.* http:\/\/localhost:4499\/connect\/google\/callback\b/);
			fixture.oauth.settings.redirectUris.push("http://localhost:3000/oauth2callback/");
			expect(await uris()).toMatch(/^ok .*knows \S+\/connect\/google\/callback \S+\/oauth2callback\/ and not/);
		},
	);

	test("fails for no redirect URI that could not be checked", async () => {
		fixture.oauth.settings.tellsMismatch = "not";
		const env = { KALENDS_URL: "http://localhost:4499" };
		expect((await findings({ env }))["google redirect URIs"]).toMatch(/^ok .*could not be checked/);
		const gone = { GOOGLE_AUTH_URL: "http://127.0.0.1:1/auth" };
		expect((await findings({ env: gone }))["google redirect URIs"]).toMatch(/^ok .*could not be checked/);
	});

	test("says what to do about consents that lack something or have ended", async () => {
		await fixture.connect({ account: "ada@example.com", untick: [SCOPES.write] });
		expect((await findings())["google consents"]).toMatch(
			/^ok 1 .*: 1 lack a scope .* connect .* again .*tick every box/,
		);
	});

	test("says where nothing is set up", async () => {
		const env = { GOOGLE_CLIENT_ID: "", GOOGLE_CLIENT_SECRET: "" };
		expect(await findings({ env })).toMatchObject({ google: expect.stringContaining("docs/google.md") });
	});

	test("finds a wrong secret, a wrong clock, an address without TLS and one that does not answer", async () => {
		expect((await findings({ env: { GOOGLE_CLIENT_SECRET: "wrong" } }))["google client"]).toMatch(
			/^FAIL .*Copy both anew/,
		);
		const ahead = await findings({ now: () => Date.now() + 600_000 });
		expect(ahead["google clock"]).toMatch(/^FAIL .* (599|600|601) seconds ahead of .* NTP\.$/);
		expect(ahead["database clock"]).toMatch(/^FAIL/);
		const plain = await findings({ env: { KALENDS_URL: "http://cal.example.com" } });
		expect(plain["google redirect URIs"]).toMatch(/^FAIL .*Put TLS in front/);
		const server = createServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		await new Promise((closed) => server.close(closed));
		const away = await findings({
			env: { KALENDS_URL: `https://127.0.0.1:${port}`, GOOGLE_ISSUER: `http://127.0.0.1:${port}` },
		});
		expect(away["public address"]).toMatch(/^FAIL .* cannot be reached/);
		expect(away["google client"]).toMatch(/^FAIL .*Check the network/);
		expect(away["google clock"]).toMatch(/^FAIL 127\.0\.0\.1:\d+ .*could not be reached.*Check the network/);
	});
});
