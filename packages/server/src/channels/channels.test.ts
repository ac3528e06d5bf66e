import { ProviderFailure } from "@kalends/providers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../config.ts";
import { dueReturns } from "../oauth/consent-returns.ts";
import { giveBack } from "../oauth/give-back.ts";
import { type ConsentFixture, createConsentFixture, type Watched } from "../oauth/testing.ts";
import { scanDue } from "../sync/due-connections.ts";
import { performRun } from "../sync/run.ts";
import { pushAddress } from "./address.ts";
import { keepChannels } from "./keep-channels.ts";
import { hintsOf } from "./receive.ts";

let fixture: ConsentFixture;
let connectionId: string;
const DAY = 86_400_000;
const signal = new AbortController().signal;

beforeEach(async () => {
	// A provider on this machine, which reaches plain http.
	fixture = await createConsentFixture({ env: { GOOGLE_API_URL: "http://127.0.0.1:1" } });
	await fixture.connect({ account: "ada@example.com" });
	connectionId = (await fixture.services.db.selectFrom("connections").select("id").executeTakeFirstOrThrow()).id;
	await sync();
	await work();
});
afterEach(async () => {
	hintsOf(fixture.services).close();
	await fixture.close();
});

/** Performs the runs that there are. */
async function sync(): Promise<void> {
	const { services, person } = fixture;
	const runs = await services.db.selectFrom("runs").select("id").where("state", "=", "running").execute();
	for (const { id } of runs) await performRun(services, { userId: person.userId, connectionId, runId: id }, signal);
}

/** Performs the jobs of channels that were sent. @returns how many */
async function work(): Promise<number> {
	const mine = fixture.sentJobs.filter(({ name }) => name === "channels.keep");
	(fixture.sentJobs as unknown[]).length = 0;
	if (mine.length > 0) await keep();
	return mine.length;
}

function keep(): Promise<void> {
	return keepChannels(fixture.services, { userId: fixture.person.userId, connectionId }, signal);
}

function send(channel: Pick<Watched, "id" | "token">, state = "exists") {
	return fixture.app.inject({
		method: "POST",
		url: "/push/google",
		headers: {
			"x-goog-channel-id": channel.id,
			"x-goog-channel-token": channel.token,
			"x-goog-resource-state": state,
			"content-type": "application/json; utf-8",
		},
	});
}

function channelOf(calendar: string | null): Watched {
	const found = fixture.push.watched.findLast((watched) => watched.calendar === calendar);
	if (found === undefined) throw new Error("it is not watched");
	return found;
}

async function connection() {
	return (await fixture.app.inject({ url: `/v1/connections/${connectionId}`, headers: fixture.person.headers })).json();
}

async function runs(trigger: "push"): Promise<number> {
	return (await fixture.services.db.selectFrom("runs").select("id").where("trigger", "=", trigger).execute()).length;
}

const ADA = () => fixture.calendarIds.get("ada@example.com") ?? "";

describe("channels", () => {
	test("are opened after the first sync, for the calendar and for their list, with an unguessable secret each", async () => {
		expect(fixture.push.watched.map(({ calendar }) => calendar)).toEqual([null, ADA()]);
		for (const { id, token, address } of fixture.push.watched) {
			expect(id).toMatch(/^[\w-]{43}$/);
			expect(token).toMatch(/^[\w-]{43}$/);
			expect(address.href).toBe("http://localhost:3000/push/google");
		}
		const stored = JSON.stringify(await fixture.services.db.selectFrom("push_channels").selectAll().execute());
		expect(stored).not.toContain(channelOf(null).token);
	});

	test("nothing is done while they are good", async () => {
		await fixture.services.db
			.updateTable("connections")
			.set({ next_sync_at: new Date(0) })
			.execute();
		await scanDue(fixture.services, signal);
		await sync();
		expect(await work()).toBe(0);
	});

	test("are renewed a day before they end; the old ones are stopped when the new ones are open", async () => {
		const [list, calendar] = fixture.push.watched.map(({ id }) => id);
		fixture.clock.advance(6 * DAY + 1_000);
		await scanDue(fixture.services, signal);
		expect(await work()).toBe(1);
		expect(fixture.push.watched).toHaveLength(4);
		expect(fixture.push.stopped.toSorted()).toEqual([list, calendar].toSorted());
		expect((await send({ id: list ?? "", token: fixture.push.watched[0]?.token ?? "" })).statusCode).toBe(404);
		expect((await send(channelOf(ADA()))).statusCode).toBe(204);
	});

	test("that cannot be renewed now stay until they end", async () => {
		fixture.clock.advance(6 * DAY + 1_000);
		fixture.push.failure = new ProviderFailure("unavailable", { reason: "timeout", message: "slow" });
		await keep();
		expect(
			(await fixture.services.db.selectFrom("push_channels").selectAll().execute())
				.map(({ state }) => state)
				.toSorted(),
		).toEqual(["live", "live", "refused"]);
		expect(fixture.push.stopped).toHaveLength(1);
		fixture.clock.advance(600_001);
		await scanDue(fixture.services, signal);
		await work();
		expect(fixture.push.stopped).toHaveLength(2);
	});

	test("of a calendar that is not selected any more are stopped, and opened again with it", async () => {
		const { id } = await fixture.services.db.selectFrom("calendars").select("id").executeTakeFirstOrThrow();
		const select = async (selected: boolean) => {
			const url = `/v1/calendars/${id}`;
			await fixture.app.inject({ method: "PATCH", url, headers: fixture.person.headers, payload: { selected } });
			await keep();
		};
		await select(false);
		expect(fixture.push.stopped).toHaveLength(2);
		await select(true);
		await sync();
		await work();
		expect(fixture.push.watched).toHaveLength(4);
	});

	test("two processes open each only once", async () => {
		fixture.clock.advance(6 * DAY + 1_000);
		await Promise.all([keep(), keep(), keep()]);
		expect(fixture.push.watched).toHaveLength(4);
	});

	test("are stopped while paused, and on disconnecting, before the consent is given back", async () => {
		const url = `/v1/connections/${connectionId}`;
		const { headers } = fixture.person;
		await fixture.app.inject({ method: "PATCH", url, headers, payload: { paused: true } });
		await work();
		expect(fixture.push.stopped).toHaveLength(2);
		await fixture.app.inject({ method: "PATCH", url, headers, payload: { paused: false } });
		await sync();
		await work();
		expect((await fixture.app.inject({ method: "DELETE", url, headers })).statusCode).toBe(204);
		expect(fixture.push.stopped).toHaveLength(4);
		expect(fixture.oauth.revoked).toHaveLength(1);
		expect(await fixture.services.db.selectFrom("push_channels").selectAll().execute()).toEqual([]);
	});
});

describe("a channel that the provider does not stop now", () => {
	const busy = new ProviderFailure("unavailable", { reason: "server_error", message: "failed" });

	test("is stopped later, also one of a connection that is paused", async () => {
		const url = `/v1/connections/${connectionId}`;
		const { headers } = fixture.person;
		fixture.push.stopFailure = busy;
		await fixture.app.inject({ method: "PATCH", url, headers, payload: { paused: true } });
		await work();
		fixture.push.stopFailure = null;
		await scanDue(fixture.services, signal);
		expect(await work()).toBe(0);
		fixture.clock.advance(600_001);
		await scanDue(fixture.services, signal);
		expect(await work()).toBe(1);
		expect(fixture.push.stopped).toHaveLength(2);
		expect(await fixture.services.db.selectFrom("push_channels").selectAll().execute()).toEqual([]);
	});

	test("of a connection that is removed is stopped later, before the consent is given back", async () => {
		const { services, push, oauth, clock, person } = fixture;
		push.stopFailure = busy;
		const url = `/v1/connections/${connectionId}`;
		expect((await fixture.app.inject({ method: "DELETE", url, headers: person.headers })).statusCode).toBe(204);
		expect([push.stopped.length, oauth.revoked.length]).toEqual([0, 0]);
		push.stopFailure = null;
		oauth.expireAccessTokens();
		clock.advance(120_000);
		await giveBackDue(services);
		expect([push.stopped.length, oauth.revoked.length]).toEqual([2, 1]);
		expect(await services.db.selectFrom("consent_returns").selectAll().execute()).toEqual([]);
	});

	test("does not keep the consent from being given back for long", async () => {
		const { services, push, oauth, clock, person } = fixture;
		push.stopFailure = busy;
		const url = `/v1/connections/${connectionId}`;
		await fixture.app.inject({ method: "DELETE", url, headers: person.headers });
		for (let tries = 0; tries < 3; tries++) {
			clock.advance(600_000);
			await giveBackDue(services);
		}
		expect([push.stopped.length, oauth.revoked.length]).toEqual([0, 1]);
		expect(await services.db.selectFrom("consent_returns").selectAll().execute()).toEqual([]);
	});
});

/** Does what the jobs would do that the due-scan sends. */
async function giveBackDue(services: ConsentFixture["services"]): Promise<void> {
	for (const key of await dueReturns(services)) await giveBack(services, key, signal);
}

describe("a message", () => {
	test("starts a sync, and its age is visible", async () => {
		expect((await connection()).last_push_at).toBeNull();
		expect((await send(channelOf(ADA()))).statusCode).toBe(204);
		await expect.poll(() => runs("push")).toBe(1);
		expect((await connection()).last_push_at).toBe(new Date(fixture.clock.now()).toISOString());
	});

	test("that only says that the channel works starts none", async () => {
		expect((await send(channelOf(null), "sync")).statusCode).toBe(204);
		expect((await connection()).last_push_at).toBeNull();
	});

	test("T16: a forged one is answered as one of no channel, and asks the provider nothing", async () => {
		const { list, pull } = fixture.calendars.calls;
		const good = channelOf(ADA());
		const answers = await Promise.all([
			send({ id: good.id, token: "" }),
			send({ id: good.id, token: `${good.token}x` }),
			send({ id: good.id, token: channelOf(null).token }),
			send({ id: "unknown", token: good.token }),
			send({ id: "<script>alert(1)</script>", token: "<script>" }),
			fixture.app.inject({ method: "POST", url: "/push/google" }),
		]);
		for (const { statusCode, body, headers } of answers) {
			expect(statusCode).toBe(404);
			expect(headers["x-content-type-options"]).toBe("nosniff");
			expect(body).not.toContain("script");
			expect(JSON.parse(body).detail).toBe(JSON.parse(answers[0]?.body ?? "").detail);
		}
		expect(await runs("push")).toBe(0);
		expect(fixture.calendars.calls).toMatchObject({ list, pull });
	});

	test("T16: 10,000 of them are at most two syncs of the calendar", { timeout: 300_000 }, async () => {
		const { pull } = fixture.calendars.calls;
		const channel = channelOf(ADA());
		for (let sent = 0; sent < 10_000; sent += 100) {
			const answers = await Promise.all(Array.from({ length: 100 }, () => send(channel)));
			expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([204]));
			await sync();
		}
		await expect.poll(() => runs("push")).toBeGreaterThanOrEqual(1);
		await sync();
		expect(fixture.calendars.calls.pull - pull).toBeLessThanOrEqual(2);
		expect(await runs("push")).toBeLessThanOrEqual(2);
	});

	test("to a connection that has to be signed in again, or is paused, starts none", async () => {
		await fixture.services.db.updateTable("connections").set({ status: "reauth_required" }).execute();
		expect((await send(channelOf(ADA()))).statusCode).toBe(204);
		await sync();
		expect(await runs("push")).toBe(0);
	});
});

describe("where messages are sent", () => {
	const google = () => fixture.services.providers.get("google");
	test.each([
		["https://cal.example.com", undefined, "https://cal.example.com/push/google"],
		["http://localhost:3000", undefined, null],
		["https://localhost", undefined, null],
		["https://192.168.1.5", undefined, null],
		["https://cal.lan", undefined, null],
		["http://localhost:3000", "http://127.0.0.1:9000", "http://localhost:3000/push/google"],
	])("KALENDS_URL %s, API %s: %s", (url, api, expected) => {
		const provider = google();
		if (provider === undefined) throw new Error("there is no provider");
		const config = loadConfig({ KALENDS_URL: url, ...(api === undefined ? {} : { GOOGLE_API_URL: api }) });
		expect(pushAddress(config, provider)?.href ?? null).toBe(expected);
	});
});
