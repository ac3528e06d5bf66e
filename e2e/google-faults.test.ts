import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConnectionBody, type EventBody, type ListBody, listAll, type RunBody } from "./support/api.ts";
import { ADA, consent, startWithGoogle, type WithGoogle } from "./support/google.ts";
import { until } from "./support/until.ts";

/** In order: a first sync and writes while a third of all requests go wrong. */
let both: WithGoogle;
let connection: string;

const EVENTS = 10_000;
const FROM = "2027-01-01";

/** Together 30 %; each draws for itself, and at most one strikes a request. */
const STORM = [
	{ kind: "status", status: 403, reason: "rateLimitExceeded", rate: 0.05 },
	{ kind: "status", status: 403, reason: "userRateLimitExceeded", rate: 0.05 },
	{ kind: "status", status: 429, reason: "rateLimitExceeded", retryAfter: 1, rate: 0.05 },
	{ kind: "status", status: 500, reason: "backendError", rate: 0.04 },
	{ kind: "status", status: 503, reason: "backendError", rate: 0.04 },
	{ kind: "drop", rate: 0.04 },
	{ kind: "lose_answer", rate: 0.04 },
	{ kind: "truncate", rate: 0.04 },
] as const;

beforeAll(async () => {
	both = await startWithGoogle(
		{
			accounts: [{ email: ADA, timeZone: "Europe/Berlin" }],
			quotas: { perMinutePerUser: null, perMinutePerProject: null },
		},
		{ env: { KALENDS_POLL_INTERVAL: "1" } },
	);
	await both.control("POST", "/load", { account: ADA, events: EVENTS, series: 100, from: FROM });
});
afterAll(() => both.stop());

test("a first sync of 10,000 events under 30 % faults ends exactly equal", { timeout: 300_000 }, async () => {
	await storm();
	const page = await until("a consent that gets through", async () => {
		const ended = await consent(both.kalends).catch(() => null);
		return ended !== null && ended.status === 200 && ended;
	});
	expect(page.title).toContain(ADA);
	const { data } = await both.kalends.request<ListBody<ConnectionBody>>("GET", "/v1/connections");
	connection = data[0]?.id ?? "";
	await until("a sync that is done", isSynced, 240_000);
	expect(struck()).toBeGreaterThan(0);
	await calm();
	await expectEqual(EVENTS);
});

test("writes whose answers are lost double nothing, and all get there", { timeout: 300_000 }, async () => {
	for (const kind of ["lose_answer", "truncate"]) {
		await both.control("POST", "/faults", { kind, rate: 0.3, path: "/events", seed: 7 });
	}
	await both.control("POST", "/faults", { kind: "status", status: 503, rate: 0.2, path: "/events", seed: 8 });
	const titles = Array.from({ length: 20 }, (_, index) => `Written ${index}`);
	const made = await Promise.all(titles.map((title) => create(title)));
	const renamed = made
		.slice(0, 10)
		.map(({ id }, index) => both.kalends.request("PATCH", `/v1/events/${id}`, { title: `Renamed ${index}` }));
	const removed = made.slice(15).map(({ id }) => removeEvent(id));
	await Promise.all([...renamed, ...removed]);
	expect(struck()).toBeGreaterThan(0);
	await calm();
	await until("all writes to be there", async () => (await unsynced()) === 0 && (await inGoogleNow()).length === 15);
	const expected = [
		...Array.from({ length: 10 }, (_, index) => `Renamed ${index}`),
		...Array.from({ length: 5 }, (_, index) => `Written ${index + 10}`),
	].sort();
	expect((await inGoogleNow()).sort()).toEqual(expected);
	await expectEqual(EVENTS + expected.length);
});

test("a creation whose answer is lost is one event for a sync that meets it before it is looked up; deleted there, it stays so", async () => {
	await both.control("POST", "/faults", { kind: "lose_answer", count: 1, method: "POST", path: "/events" });
	await both.control("POST", "/faults", { kind: "status", status: 503, rate: 1, method: "GET", path: "/events/" });
	const made = await create("Written late");
	await both.kalends.request("POST", `/v1/connections/${connection}/sync?wait=true`);
	const late = async () =>
		(
			await listAll<EventBody & { provider_event_id: string; sync: { state: string } }>(
				both.kalends,
				`/v1/events?${RANGE}`,
			)
		).filter(({ title }) => title === "Written late");
	expect(await late()).toMatchObject([{ id: made.id, sync: { state: "synced" } }]);
	const id = (await late())[0]?.provider_event_id ?? "";
	await both.inGoogle("DELETE", `calendars/primary/events/${id}`);
	await calm();
	await both.kalends.request("POST", `/v1/connections/${connection}/sync?wait=true`);
	await until("it to be gone here", async () => (await late()).length === 0);
	expect((await inGoogleNow()).filter((title) => title === "Written late")).toEqual([]);
});

test("deletions and changes by other clients under faults end equal too", { timeout: 300_000 }, async () => {
	await storm();
	const query = "calendars/primary/events?maxResults=40&q=Workshop&fields=items(id,summary)";
	const { items } = await both.inGoogle<{ items: { id: string; summary: string }[] }>("GET", query);
	for (const [index, { id, summary }] of items.entries()) {
		const path = `calendars/primary/events/${id}`;
		if (index % 2 === 0) await both.inGoogle("DELETE", path);
		else await both.inGoogle("PATCH", path, { summary: `${summary} (changed)` });
	}
	await both.control("POST", "/sync-tokens/expire", {});
	await both.control("POST", "/tokens/expire", {});
	await calm();
	const gone = Math.ceil(items.length / 2);
	await expectEqual(EVENTS + 15 - gone);
});

async function storm(): Promise<void> {
	for (const [index, fault] of STORM.entries()) await both.control("POST", "/faults", { ...fault, seed: index + 1 });
}

const struck = (): number => both.google.world.faults.list().reduce((sum, rule) => sum + rule.struck, 0);

const calm = (): Promise<unknown> => both.control("DELETE", "/faults");

async function isSynced(): Promise<boolean> {
	const { data } = await both.kalends.request<ListBody<RunBody>>("GET", `/v1/connections/${connection}/runs?limit=1`);
	return data[0]?.state === "done";
}

/** A sync that got through after all faults, then `kalends verify`: what it fetches anew is what is stored. */
async function expectEqual(events: number): Promise<void> {
	await until("a sync without faults", async () => {
		const answer = await both.kalends.fetch("POST", `/v1/connections/${connection}/sync?wait=true`);
		const body = (await answer.json()) as { run?: RunBody };
		return answer.status === 200 && body.run?.state === "done";
	});
	const { exitCode, stdout } = await both.kalends.command("verify", "--json", connection);
	const { connections } = JSON.parse(stdout) as {
		connections: { events: number; differences: unknown[]; error: unknown }[];
	};
	expect(connections).toMatchObject([{ events, differences: [], error: null }]);
	expect(exitCode).toBe(0);
}

function create(title: string): Promise<EventBody> {
	const start = { date_time: "2028-06-01T10:00:00", time_zone: "Europe/Berlin" };
	const end = { date_time: "2028-06-01T11:00:00", time_zone: "Europe/Berlin" };
	return both.kalends.request<EventBody>("POST", "/v1/events", { title, start, end });
}

/** 204, or 202 where it is still to be sent. */
async function removeEvent(id: string): Promise<void> {
	const answer = await both.kalends.fetch("DELETE", `/v1/events/${id}`);
	if (!answer.ok) throw new Error(`DELETE answered ${answer.status}: ${await answer.text()}`);
}

const RANGE = "from=2028-06-01&to=2028-06-02";

async function unsynced(): Promise<number> {
	const events = await listAll<EventBody & { sync: { state: string } }>(both.kalends, `/v1/events?${RANGE}`);
	const here = events.filter(({ title }) => /^(Written|Renamed)/.test(title));
	return here.filter(({ sync }) => sync.state !== "synced").length;
}

async function inGoogleNow(): Promise<string[]> {
	const { items } = await both.inGoogle<{ items: { summary: string }[] }>(
		"GET",
		"calendars/primary/events?timeMin=2028-06-01T07:00:00Z&timeMax=2028-06-01T10:00:00Z&fields=items(summary)",
	);
	return items.map(({ summary }) => summary).filter((summary) => /^(Written|Renamed)/.test(summary));
}
