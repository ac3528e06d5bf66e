import { ProviderFailure } from "@kalends/providers";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ReachableConnection, reachProvider } from "../connections/provider-context.ts";
import { type OpenDatabase, openDatabase } from "../db/pool.ts";
import { openNetwork } from "../network.ts";
import type { Services } from "../services.ts";
import { breakSome } from "../testing/break-database.ts";
import { type ConsentFixture, createConsentFixture } from "./testing.ts";

let fixture: ConsentFixture;
let connection: ReachableConnection;
const opened: OpenDatabase[] = [];
const ADA = { account: "ada@example.com" };

beforeAll(async () => {
	fixture = await createConsentFixture();
});
afterAll(async () => {
	for (const { close } of opened) await close();
	await fixture.close();
});
beforeEach(async () => {
	Object.assign(fixture.oauth.settings, { refreshTokens: "keep", expiresIn: 3_600 });
	await fixture.services.db.deleteFrom("connections").execute();
	await fixture.connect(ADA);
	connection = await fixture.services.db.selectFrom("connections").selectAll().executeTakeFirstOrThrow();
});
afterEach(() => fixture.oauth.tokenCalls.splice(0));

function token(services: Services = fixture.services, rejected?: string): Promise<string> {
	const { tokens } = reachProvider(services, connection).context;
	if (tokens === undefined) throw new Error("there are no tokens");
	return tokens.get(rejected);
}

/** Another process on the same database. */
function node(): Services {
	const { services, database } = fixture;
	if (database === null) throw new Error("there is no database");
	const own = openDatabase(database.url);
	opened.push(own);
	return { ...services, db: own.db, http: openNetwork(services.config).http };
}

/** Moves the database's times, as if so many seconds had passed. */
async function pass(seconds: number): Promise<void> {
	const by = sql`${seconds} * interval '1 second'`;
	await fixture.services.db
		.updateTable("oauth_grants")
		.set({
			renew_at: sql`renew_at - ${by}`,
			expires_at: sql`expires_at - ${by}`,
			claimed_until: sql`claimed_until - ${by}`,
		})
		.execute();
}

async function failureOf(work: Promise<unknown>): Promise<Pick<ProviderFailure, "kind" | "reason">> {
	const error = await work.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof ProviderFailure)) throw error ?? new Error("it did not fail");
	const { kind, reason } = error;
	return { kind, reason };
}

describe("an access token", () => {
	test("is used until shortly before its end, then refreshed once; the refresh token stays", async () => {
		const first = await token();
		await pass(3_200);
		expect(await token()).toBe(first);
		await pass(200);
		const second = await token();
		expect(second).not.toBe(first);
		expect(await token()).toBe(second);
		await pass(3_400);
		expect(await token()).not.toBe(second);
		const [one, two] = fixture.oauth.tokenCalls.filter(({ grantType }) => grantType === "refresh_token");
		expect(one?.parameters.refresh_token).toBe(two?.parameters.refresh_token);
		expect(fixture.calls("refresh_token")).toBe(2);
	});

	test("of a minute is not refreshed at each use", async () => {
		fixture.oauth.settings.expiresIn = 60;
		await pass(3_500);
		const short = await token();
		expect([await token(), await token()]).toEqual([short, short]);
		expect(fixture.calls("refresh_token")).toBe(1);
	});

	test("that the provider refuses is replaced once, whoever tells of it", async () => {
		const refused = await token();
		const fresh = await token(fixture.services, refused);
		expect(fresh).not.toBe(refused);
		expect(await token(fixture.services, refused)).toBe(fresh);
		expect(fixture.calls("refresh_token")).toBe(1);
	});

	test.each([
		[
			{ status: 503, body: "down" },
			{ kind: "unavailable", reason: "server_error" },
		],
		[
			{ status: 429, body: "{}", headers: { "retry-after": "20" } },
			{ kind: "rate_limited", reason: "rate_limited" },
		],
		[
			{ status: 200, body: '{"access_token": "ya' },
			{ kind: "unavailable", reason: "malformed_answer" },
		],
		[
			{ status: 401, body: '{"error": "invalid_client"}' },
			{ kind: "unavailable", reason: "client_refused" },
		],
		[
			{ status: 400, body: '{"error": "unauthorized_client"}' },
			{ kind: "unavailable", reason: "client_refused" },
		],
		[
			{ status: 400, body: '{"error": {"code": 400}}' },
			{ kind: "unavailable", reason: "malformed_answer" },
		],
	])("is still used where the refresh is answered %j, and then it fails as %j", async (fault, expected) => {
		const last = await token();
		await pass(3_400);
		fixture.oauth.failToken(fault);
		expect(await token()).toBe(last);
		await pass(300);
		fixture.oauth.failToken(fault);
		expect(await failureOf(token())).toEqual(expected);
		expect(await token()).not.toBe(last);
	});

	test("of a consent that was withdrawn cannot be had; nothing tells of the refresh token that the provider repeats", async () => {
		fixture.oauth.withdraw("ada@example.com");
		await pass(3_700);
		expect(await failureOf(token())).toEqual({ kind: "auth_revoked", reason: "grant_revoked" });
		const sent = fixture.oauth.tokenCalls.at(-1)?.parameters.refresh_token ?? "";
		expect(sent).toMatch(/^1\/\//);
		expect(JSON.stringify(fixture.logged)).not.toContain(sent);
		const grants = await fixture.services.db.selectFrom("oauth_grants").select("failure").execute();
		expect(JSON.stringify(grants)).not.toContain(sent);
	});
});

describe("R9: one refresh", () => {
	test("100 requests on each of three processes make one", async () => {
		const nodes = [fixture.services, node(), node()];
		await pass(3_700);
		const gate = fixture.oauth.hold();
		const asked = nodes.flatMap((services) => Array.from({ length: 100 }, () => token(services)));
		await gate.reached;
		gate.release();
		expect(new Set(await Promise.all(asked)).size).toBe(1);
		expect(fixture.calls("refresh_token")).toBe(1);
	});

	test("those who wait are told what the one who asks is told", async () => {
		fixture.oauth.withdraw("ada@example.com");
		await pass(3_700);
		const gate = fixture.oauth.hold();
		const asking = failureOf(token());
		await gate.reached;
		const looks = [0, 0];
		const waiting = looks.map((_, index) => {
			const other = node();
			const counted = (statement: number) => {
				looks[index] = statement;
				return false;
			};
			return failureOf(token({ ...other, db: breakSome(other.db, counted, "") }));
		});
		// The third statement is the second look at what the one who asks does.
		await expect.poll(() => Math.min(...looks)).toBeGreaterThan(2);
		gate.release();
		const asked = [asking, ...waiting];
		expect(new Set((await Promise.all(asked)).map(({ reason }) => reason))).toEqual(new Set(["grant_revoked"]));
		expect(fixture.calls("refresh_token")).toBe(1);
	});

	test("while somebody refreshes, a token that is good still is used", async () => {
		const last = await token();
		await pass(3_400);
		const gate = fixture.oauth.hold();
		const refreshing = token();
		await gate.reached;
		expect(await token(node())).toBe(last);
		gate.release();
		expect(await refreshing).not.toBe(last);
	});

	test("a holder that died is followed when its claim ends, and stores nothing if it was only asleep", async () => {
		await pass(3_700);
		const gate = fixture.oauth.hold();
		const asleep = token();
		await gate.reached;
		await pass(31);
		const other = token(node());
		await expect.poll(() => fixture.calls("refresh_token")).toBe(2);
		gate.release();
		const stored = await Promise.all([asleep, other]);
		expect(new Set(stored)).toEqual(new Set([await token()]));
	});

	test("a consent that is given meanwhile is not overwritten by an older refresh", async () => {
		await pass(3_700);
		const gate = fixture.oauth.hold();
		const old = token();
		await gate.reached;
		gate.release();
		await fixture.connect(ADA);
		const fresh = await token();
		expect(await old).toBeDefined();
		expect(await token()).toBe(fresh);
		expect(fixture.oauth.accountOf(fresh)).toBe("ada@example.com");
	});
});

describe("R10: a crash between receiving tokens and storing them", () => {
	/** Dies at the statement that stores what came. */
	function dying(): Services {
		return { ...fixture.services, db: breakSome(fixture.services.db, (statement) => statement === 4, "killed") };
	}

	test("200 times: a provider that keeps refresh tokens needs no new consent", async () => {
		for (let kill = 0; kill < 200; kill++) {
			await pass(3_700);
			const calls = fixture.calls("refresh_token");
			await expect(token(dying())).rejects.toThrow("killed");
			expect(fixture.calls("refresh_token")).toBe(calls + 1);
			await pass(31);
			expect(fixture.oauth.accountOf(await token())).toBe("ada@example.com");
		}
	});

	test("a provider that takes each refresh token once: the next one is told that the consent has ended", async () => {
		fixture.oauth.settings.refreshTokens = "rotate";
		await pass(3_700);
		await token();
		await pass(3_700);
		await expect(token(dying())).rejects.toThrow("killed");
		await pass(31);
		expect(await failureOf(token())).toEqual({ kind: "auth_revoked", reason: "grant_revoked" });
	});

	test("refresh tokens that the provider replaces are followed", async () => {
		fixture.oauth.settings.refreshTokens = "rotate";
		for (let round = 0; round < 3; round++) {
			await pass(3_700);
			expect(fixture.oauth.accountOf(await token())).toBe("ada@example.com");
		}
	});
});
