import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { performRun } from "../sync/run.ts";
import { createTestPerson } from "../testing/people.ts";
import { rewrapSecrets, sealedByKey } from "../vault/sealed-secrets.ts";
import { type ConsentFixture, createConsentFixture, SCOPES } from "./testing.ts";

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
	fixture.oauth.settings.idToken = "good";
});

async function connections(person = fixture.person) {
	const answer = await fixture.app.inject({ url: "/v1/connections", headers: person.headers });
	return answer.json().data;
}

async function sync(person = fixture.person): Promise<void> {
	const { services } = fixture;
	const runs = await services.db.selectFrom("runs").selectAll().where("state", "=", "running").execute();
	for (const { id, connection_id } of runs) {
		const key = { userId: person.userId, connectionId: connection_id, runId: id };
		await performRun(services, key, new AbortController().signal);
	}
}

describe("a consent", () => {
	test("connects the account, and starts its first sync", async () => {
		const answer = await fixture.connect(ADA);
		expect(answer.statusCode).toBe(200);
		expect(answer.headers["content-type"]).toContain("text/html");
		expect(answer.body).toContain("ada@example.com is connected");
		await sync();
		expect(await connections()).toMatchObject([
			{
				provider: "google",
				name: "ada@example.com",
				account: "ada@example.com",
				status: "active",
				scopes: ["openid", "email", SCOPES.write, SCOPES.list],
				calendars_count: 1,
			},
		]);
	});

	test.each([
		["none", "the userinfo endpoint says whose account it is"],
		["unsigned", "so does it where the ID token cannot be judged"],
		["other issuer", "or speaks for another"],
		["expired", "or clocks differ by more than an ID token lives"],
		["no address", "or it tells no address"],
	] as const)("ID token %s: %s", async (idToken, _why) => {
		fixture.oauth.settings.idToken = idToken;
		expect((await fixture.connect(ADA)).statusCode).toBe(200);
		expect(await connections()).toMatchObject([{ account: "ada@example.com" }]);
	});

	test.each(["other nonce", "other audience"] as const)("ID token with %s: nothing is connected", async (idToken) => {
		fixture.oauth.settings.idToken = idToken;
		const answer = await fixture.connect(ADA);
		expect([answer.statusCode, answer.body]).toEqual([422, expect.stringContaining("malformed_answer")]);
		expect(await connections()).toEqual([]);
	});

	test("where nobody says the account's address, its calendars do", async () => {
		const quiet = await createConsentFixture();
		try {
			Object.assign(quiet.oauth.settings, { idToken: "no address", tellsWhose: false, namesTokenType: false });
			expect((await quiet.connect(ADA)).statusCode).toBe(200);
			const answer = await quiet.app.inject({ url: "/v1/connections", headers: quiet.person.headers });
			expect(answer.json().data).toMatchObject([{ account: "ada@example.com" }]);
		} finally {
			await quiet.close();
		}
	});

	test("asks for no more than it needs", async () => {
		const asked = async (access: string) => {
			const page = new URL(await fixture.begin(fixture.browser(), await fixture.authorize(fixture.person, { access })));
			return page.searchParams.get("scope");
		};
		expect(await asked("read")).toBe("openid email calendar.read calendar.list");
		expect(await asked("write")).toBe("openid email calendar.write calendar.list");
	});

	test("tokens are in the database only sealed", async () => {
		await fixture.connect(ADA);
		const { rows } = await sql<{ row: string }>`
			SELECT encode(tokens, 'escape') AS row FROM oauth_grants UNION ALL
			SELECT encode(credentials, 'escape') || n::text FROM connections n`.execute(fixture.services.db);
		expect(rows).toHaveLength(2);
		for (const { row } of rows) expect(row).not.toMatch(/ya29-|1\/\/-/);
	});
});

test("tokens come along when secrets are brought under another data key", async () => {
	await fixture.connect(ADA);
	const { db, vault } = fixture.services;
	const counts = [...(await sealedByKey(db)).values()];
	expect(counts).toEqual([2]);
	expect(await rewrapSecrets(db, vault, { newDataKey: true })).toEqual({ rewrapped: 2, unopenable: [] });
	await sync();
	expect(await connections()).toMatchObject([{ status: "active", calendars_count: 1 }]);
});

describe("the same account again", () => {
	test("keeps the connection, its calendars and its name, also where its address has changed", async () => {
		await fixture.connect(ADA);
		await sync();
		const [before] = await connections();
		await fixture.app.inject({
			method: "PATCH",
			url: `/v1/connections/${before.id}`,
			headers: fixture.person.headers,
			payload: { name: "Mine" },
		});
		const calendars = await fixture.services.db.selectFrom("calendars").select("id").execute();
		await fixture.services.db
			.updateTable("connections")
			.set({ status: "reauth_required", status_reason: "grant_revoked", next_sync_at: null })
			.execute();
		const answer = await fixture.connect(ADA);
		expect(answer.body).toContain("is connected again");
		await sync();
		expect(await connections()).toMatchObject([{ id: before.id, name: "Mine", status: "active", status_reason: null }]);
		expect(await fixture.services.db.selectFrom("calendars").select("id").execute()).toEqual(calendars);
		expect((await fixture.services.db.selectFrom("oauth_grants").selectAll().execute()).length).toBe(1);
	});

	test("of another user is another connection, and disconnecting one leaves the other its consent", async () => {
		const other = await createTestPerson(fixture.services);
		await fixture.connect(ADA);
		await fixture.connect(ADA, { person: other });
		const [mine] = await connections();
		const [theirs] = await connections(other);
		expect(mine.id).not.toBe(theirs.id);
		const revoked = fixture.oauth.revoked.length;
		const remove = (id: string, headers: { authorization: string }) =>
			fixture.app.inject({ method: "DELETE", url: `/v1/connections/${id}`, headers });
		expect((await remove(mine.id, fixture.person.headers)).statusCode).toBe(204);
		expect(fixture.oauth.revoked.length).toBe(revoked);
		expect((await remove(theirs.id, other.headers)).statusCode).toBe(204);
		expect(fixture.oauth.revoked.length).toBe(revoked + 1);
	});

	test("renewed by its connection, it begins with that account, and another one is refused and given back", async () => {
		await fixture.connect(ADA);
		const [before] = await connections();
		const body = { connection_id: before.id, return_to: "/settings/calendars" };
		const browser = fixture.browser();
		const page = await fixture.begin(browser, await fixture.authorize(fixture.person, body));
		expect(new URL(page).searchParams.get("login_hint")).toBe("ada@example.com");
		const revoked = fixture.oauth.revoked.length;
		const bob = await browser.get(fixture.oauth.consent(page, { account: "bob@example.com" }));
		expect(bob.statusCode).toBe(409);
		expect(bob.body).toContain("consent of ada@example.com, but bob@example.com was chosen");
		expect(bob.body).toContain("Back to Settings");
		expect(await connections()).toEqual([before]);
		expect(fixture.oauth.revoked.length).toBe(revoked + 1);
		const again = await fixture.connect(ADA, { body: { connection_id: before.id } });
		expect(again.body).toContain("is connected again");
		expect(await connections()).toMatchObject([{ id: before.id }]);
	});

	test("a connection of somebody else, or none, is not renewed; one that is removed meanwhile is made anew", async () => {
		const other = await createTestPerson(fixture.services);
		await fixture.connect(ADA, { person: other });
		const [theirs] = await connections(other);
		await expect(fixture.authorize(fixture.person, { connection_id: theirs.id })).rejects.toThrow("not_found");
		await expect(fixture.authorize(fixture.person, { connection_id: "con_0" })).rejects.toThrow("not_found");
		const address = await fixture.authorize(other, { connection_id: theirs.id });
		await fixture.services.db.deleteFrom("connections").where("id", "=", theirs.id).execute();
		const browser = fixture.browser();
		const page = await fixture.begin(browser, address);
		expect(new URL(page).searchParams.has("login_hint")).toBe(false);
		await browser.get(fixture.oauth.consent(page, { account: "bob@example.com" }));
		expect(await connections(other)).toMatchObject([{ account: "bob@example.com" }]);
	});

	test("twice at once makes one connection", async () => {
		const answers = await Promise.all([fixture.connect(ADA), fixture.connect(ADA), fixture.connect(ADA)]);
		expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
		expect(await connections()).toHaveLength(1);
	});

	test("an account that was given the address of another is not the other", async () => {
		await fixture.connect(ADA);
		fixture.oauth.addAccount("ada@example.com", "somebody-else");
		await fixture.connect(ADA);
		fixture.oauth.addAccount("ada@example.com");
		expect(await connections()).toHaveLength(2);
	});
});

describe("boxes that are not ticked", () => {
	test("nothing that can be read: the connection is limited, says which box, and is not tried again", async () => {
		const answer = await fixture.connect({ ...ADA, untick: [SCOPES.list] });
		expect(answer.body).toContain("“see the calendars”");
		const [limited] = await connections();
		expect(limited).toMatchObject({
			status: "limited",
			status_reason: "scope_not_granted",
			status_detail: expect.stringContaining("“see the calendars”"),
			fix: expect.stringContaining("tick “see the calendars”"),
			next_sync_at: null,
		});
		expect(await fixture.services.db.selectFrom("runs").selectAll().execute()).toEqual([]);
		const pulls = fixture.calendars.calls.list;
		await fixture.app.inject({
			method: "POST",
			url: `/v1/connections/${limited.id}/sync`,
			headers: fixture.person.headers,
		});
		await sync();
		expect(await connections()).toMatchObject([{ status: "limited", next_sync_at: null }]);
		expect(fixture.calendars.calls.list).toBe(pulls);
		await fixture.connect(ADA);
		await sync();
		expect(await connections()).toMatchObject([{ id: limited.id, status: "active", status_reason: null, fix: null }]);
	});

	test("reading alone, asked for and given, is not limited", async () => {
		await fixture.connect(ADA, { body: { access: "read" } });
		await sync();
		expect(await connections()).toMatchObject([
			{ status: "active", scopes: ["openid", "email", SCOPES.read, SCOPES.list] },
		]);
	});

	test("a connection that works in part stays limited after its syncs", async () => {
		await fixture.connect(ADA);
		const consent = JSON.stringify({ access: "read", missing: ["write events"] });
		await fixture.services.db.updateTable("connections").set({ consent }).execute();
		await sync();
		expect(await connections()).toMatchObject([
			{
				status: "limited",
				status_reason: "scope_not_granted",
				status_detail: expect.stringContaining("cannot change"),
			},
		]);
		expect((await connections())[0].next_sync_at).not.toBeNull();
	});
});
