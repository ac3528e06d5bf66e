import type { CallQuota, HttpTransport } from "@kalends/providers";
import { memoryProvider } from "@kalends/providers/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { reachProvider } from "../connections/provider-context.ts";
import { insertOwned } from "../testing/owned.ts";
import { createTestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { withinBudget } from "./budgeted-transport.ts";
import { leaseUnits } from "./lease.ts";

const QUOTA: CallQuota = { perAccount: 50, perProject: 1_000, unitsOf: (method) => (method === "PATCH" ? 3 : 1) };
const PROVIDER = { id: "google", quota: QUOTA } as const;
const URL_ASKED = new URL("https://calendar.example.com/events");

let test_: TestServices;
let account: { readonly userId: string; readonly connectionId: string };

beforeAll(async () => {
	test_ = await createTestServices();
});
afterAll(() => test_.close());
beforeEach(async () => {
	const { services } = test_;
	await services.db.deleteFrom("project_call_budgets").execute();
	const { userId } = await createTestPerson(services);
	account = { userId, connectionId: (await insertOwned(services, userId)).connection };
});

/** Another process: it shares the database and nothing else. */
function process(quota: CallQuota | undefined = QUOTA, who: typeof account | null = account) {
	const { services } = test_;
	const sent: string[] = [];
	const http: HttpTransport = async ({ method, url }) => {
		sent.push(method);
		const body = { text: async () => "", bytes: async () => new Uint8Array(), discard: async () => {} };
		return {
			status: 200,
			headers: new Headers(),
			url,
			permanentlyMoved: false,
			body: (async function* () {})(),
			...body,
		};
	};
	const { id } = PROVIDER;
	const db = services.db.withoutPlugins();
	const provider = quota === undefined ? { id } : { id, quota };
	const transport = withinBudget({ ...services, db }, provider, who, http);
	return { sent, send: (method = "GET") => transport({ method, url: URL_ASKED }) };
}

const budget = () =>
	test_.services.db
		.selectFrom("user_call_budgets")
		.selectAll()
		.where("connection_id", "=", account.connectionId)
		.executeTakeFirst();

/** As if so much had been used in this minute, with nearly all of it to come. */
async function use(units: number): Promise<void> {
	await process().send();
	await sql`UPDATE user_call_budgets SET used = ${units}, before = 0,
		minute = floor(extract(epoch FROM clock_timestamp()) / 60) + 1
		WHERE connection_id = ${account.connectionId}`.execute(test_.services.db);
}

describe("a budget", () => {
	test("a provider without a quota is left alone", () => {
		const http: HttpTransport = async () => Promise.reject(new Error("not asked"));
		expect(withinBudget(test_.services, { id: "caldav" }, account, http)).toBe(http);
	});

	test("lets calls through, and counts few of them in the database", async () => {
		const one = process();
		for (let call = 0; call < 10; call++) await one.send();
		expect(one.sent).toHaveLength(10);
		expect(await budget()).toMatchObject({ used: 10 });
		expect(await test_.services.db.selectFrom("project_call_budgets").selectAll().execute()).toMatchObject([
			{ provider: "google", used: 10 },
		]);
	});

	test("is shared by processes: together they never get more than the limit", async () => {
		const granted = { units: 0 };
		await Promise.all(
			Array.from({ length: 20 }, async () => {
				const lease = await leaseUnits(test_.services.db, account, { wanted: 7, needed: 1, limit: 50 });
				granted.units += lease?.units ?? 0;
			}),
		);
		expect(granted.units).toBe(50);
		expect((await budget())?.used).toBe(50);
	});

	test("tells who would have to wait long when to come again", async () => {
		await use(50);
		const one = process();
		await expect(one.send()).rejects.toMatchObject({
			kind: "rate_limited",
			reason: "rate_limited",
			retryAfter: expect.any(Number),
		});
		expect(one.sent).toEqual([]);
	});

	test("keeps a share for reads", async () => {
		await use(40);
		const one = process();
		await expect(one.send("POST")).rejects.toMatchObject({ kind: "rate_limited" });
		await one.send("GET");
		expect(one.sent).toEqual(["GET"]);
	});

	test("a call that costs more takes more", async () => {
		await use(38);
		const one = process();
		await expect(one.send("PATCH")).rejects.toMatchObject({ kind: "rate_limited" });
		await one.send("DELETE");
		expect(one.sent).toEqual(["DELETE"]);
	});

	test("of all accounts together holds too, and what an account had taken serves later", async () => {
		const tight = { ...QUOTA, perProject: 10 };
		const { userId } = await createTestPerson(test_.services);
		const other = { userId, connectionId: (await insertOwned(test_.services, userId)).connection };
		const one = process(tight);
		for (let call = 0; call < 10; call++) await one.send();
		await expect(process(tight, other).send()).rejects.toMatchObject({ kind: "rate_limited" });
		await expect(process(tight, null).send()).rejects.toMatchObject({ kind: "rate_limited" });
	});

	test("what was used in the minute before counts by what is left of the sixty seconds", async () => {
		await use(0);
		const minutesAgo = (minutes: number) =>
			sql`UPDATE user_call_budgets SET used = 50, before = 50,
				minute = floor(extract(epoch FROM clock_timestamp()) / 60) - ${sql.lit(minutes)}
				WHERE connection_id = ${account.connectionId}`.execute(test_.services.db);
		const ask = { wanted: 1, needed: 1, limit: 50 };
		const minute = async () => {
			const at = sql<{ minute: number }>`SELECT floor(extract(epoch FROM clock_timestamp()) / 60)::int AS minute`;
			return (await at.execute(test_.services.db)).rows[0]?.minute;
		};
		const lately = async () => {
			for (;;) {
				const began = await minute();
				await minutesAgo(1);
				const lease = await leaseUnits(test_.services.db, account, ask);
				if ((await minute()) === began) return lease?.usage;
			}
		};
		expect(await lately()).toMatchObject({ used: 0, before: 50 });
		await minutesAgo(2);
		expect(await leaseUnits(test_.services.db, account, ask)).toMatchObject({
			units: 1,
			usage: { used: 0, before: 0 },
		});
	});

	test("of a connection that is gone counts nothing, and goes with it", async () => {
		await process().send();
		await test_.services.db.deleteFrom("connections").where("id", "=", account.connectionId).execute();
		expect(await budget()).toBeUndefined();
		await process().send();
		expect(await budget()).toBeUndefined();
	});

	test("is what a connection's provider is reached within", async () => {
		const { services } = test_;
		const connection = await services.db
			.selectFrom("connections")
			.selectAll()
			.where("id", "=", account.connectionId)
			.executeTakeFirstOrThrow();
		const { provider } = memoryProvider({ id: connection.provider });
		const providers = new Map([[provider.id, { ...provider, quota: QUOTA }]]);
		const http: HttpTransport = async () => Promise.reject(new Error("sent"));
		const { context } = reachProvider({ ...services, providers, http }, connection);
		await expect(context.http({ method: "GET", url: URL_ASKED })).rejects.toThrow("sent");
		expect((await budget())?.used).toBeGreaterThan(0);
	});

	test("every attempt is metered", async () => {
		const { providerCalls } = test_.services.metrics;
		providerCalls.reset();
		await use(50);
		const one = process();
		await one.send().catch(() => {});
		const values = (await providerCalls.get()).values.map(({ labels, value }) => [labels.kind, labels.outcome, value]);
		expect(values).toEqual([
			["read", "sent", 1],
			["read", "held", 1],
		]);
	});
});
