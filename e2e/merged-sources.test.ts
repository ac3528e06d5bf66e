import { seededRandom } from "@kalends/model";
import { type FeedServer, type Radicale, startFeedServer, startRadicale } from "@kalends/providers/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from "vitest";
import {
	type CalendarBody,
	type ConnectionBody,
	comparable,
	connect,
	copyOf,
	type EventBody,
	followChanges,
	type ListBody,
	listAll,
	READER_ZONE,
	type RunBody,
	startOf,
	sync,
} from "./support/api.ts";
import { embeddedDatabase, query } from "./support/database.ts";
import { readIndependently } from "./support/independent-reader.ts";
import { type Kalends, startKalends } from "./support/kalends.ts";
import { type CalendarSource, calendarSource, type FeedSource, feedSource } from "./support/sources.ts";

/** Two CalDAV calendars of one account, one of an iCloud account, and a feed, read as one. */

const TODAY = Temporal.Now.plainDateISO(READER_ZONE);
const RANGE = { from: TODAY.toString(), to: TODAY.add({ days: 60 }).toString() };
const FIXTURE = { from: RANGE.from, days: 45 };
const ANN = { username: "ann", password: "päss wörd:1" };
const APPLE = { username: "ann@icloud.example", password: "abcd-efgh-ijkl-mnop" };

let dav: Radicale;
let apple: Radicale;
let feeds: FeedServer;
let kalends: Kalends;
let work: CalendarSource;
let home: CalendarSource;
let cloud: CalendarSource;
let team: FeedSource;
const ids = { dav: "", apple: "", feed: "" };

beforeAll(async () => {
	[dav, apple, feeds] = await Promise.all([startRadicale(ANN), startRadicale(APPLE), startFeedServer()]);
	work = await calendarSource(
		dav,
		"work",
		{ ...FIXTURE, seed: 1, singles: 30, recurring: 5 },
		{ displayName: "Work & more", color: "#3366cc" },
	);
	home = await calendarSource(dav, "home", { ...FIXTURE, seed: 2, singles: 20, recurring: 2 });
	cloud = await calendarSource(apple, "icloud", { ...FIXTURE, seed: 3, singles: 20, recurring: 3 });
	team = feedSource(feeds, "/team.ics?secret=s3cret", { ...FIXTURE, seed: 4, singles: 60, recurring: 5 });
	kalends = await startKalends({ env: { KALENDS_POLL_INTERVAL: "86400", ICLOUD_URL: apple.url.href } });
	ids.dav = (await connect(kalends, { provider: "caldav", url: dav.url.href, ...ANN })).id;
	ids.apple = (await connect(kalends, { provider: "icloud", ...APPLE })).id;
	ids.feed = (await connect(kalends, { ...team.input, name: "Team" })).id;
});
afterAll(async () => {
	await kalends?.dispose();
	await Promise.all([dav?.stop(), apple?.stop(), feeds?.close()]);
});
beforeEach(() => onTestFailed(() => void process.stderr.write(kalends.story())));

const inRange = `from=${RANGE.from}&to=${RANGE.to}&time_zone=${READER_ZONE}`;
const list = (filter = "") => listAll<EventBody>(kalends, `/v1/events?${inRange}&show_cancelled=true${filter}`);
const read = (...sources: readonly { readonly resources: readonly { readonly ics: string }[] }[]) =>
	readIndependently(
		sources.flatMap((source) => source.resources),
		RANGE.from,
		RANGE.to,
	);
const calendars = () => listAll<CalendarBody>(kalends, "/v1/calendars");

async function calendarNamed(name: string): Promise<CalendarBody> {
	const found = (await calendars()).find((calendar) => calendar.name === name);
	if (found === undefined) throw new Error(`there is no calendar ${name}`);
	return found;
}

describe("sources of several kinds", () => {
	it("are named as their servers name them", async () => {
		const names = (await calendars()).map(({ provider, name, status }) => `${provider} ${name} ${status}`);
		expect(names.sort()).toEqual([
			"caldav Work & more active",
			"caldav home active",
			"icloud icloud active",
			`ics ${feeds.url.host} active`,
		]);
		const connections = await listAll<ConnectionBody>(kalends, "/v1/connections");
		expect(connections.map((one) => [one.status, one.calendars_count])).toEqual([
			["active", 2],
			["active", 1],
			["active", 1],
		]);
	});

	it("are read as one list, in order", async () => {
		const events = await list();
		expect(comparable(events)).toEqual(await read(work, home, cloud, team));
		const order = events.map((event) => ({ start: startOf(event), allDay: event.all_day, id: event.id }));
		const sorted = order.toSorted(
			(a, b) => a.start - b.start || Number(b.allDay) - Number(a.allDay) || (a.id < b.id ? -1 : 1),
		);
		expect(order).toEqual(sorted);
	});

	it("are in what is upcoming: the next seven days", async () => {
		const path = `/v1/events/upcoming?time_zone=${READER_ZONE}`;
		const before = Date.now();
		const upcoming = comparable(await listAll<EventBody>(kalends, path));
		const after = Date.now();
		const all = (await list()).filter((event) => event.status !== "cancelled");
		const [first, last] = [before, after].map((now) =>
			comparable(all.filter((event) => startOf(event) < now + 7 * 86_400_000 && startOf(event, "end") > now)),
		);
		expect([first, last]).toContainEqual(upcoming);
		expect(upcoming.length).toBeGreaterThan(10);
	});

	it("are filtered by connection and by calendar", async () => {
		expect(comparable(await list(`&connection_id=${ids.dav}`))).toEqual(await read(work, home));
		expect(comparable(await list(`&connection_id=${ids.apple}`))).toEqual(await read(cloud));
		expect(comparable(await list(`&calendar_id=${(await calendarNamed("home")).id}`))).toEqual(await read(home));
	});
});

describe("a calendar", () => {
	it("that is not selected is hidden, and comes back as it was, with what changed meanwhile", async () => {
		const { id } = await calendarNamed("home");
		const before = await list(`&calendar_id=${id}`);
		await kalends.request("PATCH", `/v1/calendars/${id}`, { selected: false });
		expect(comparable(await list())).toEqual(await read(work, cloud, team));
		await home.edit({ create: 2, update: 0, remove: 0 }, seededRandom(1));
		expect(await sync(kalends, ids.dav)).toMatchObject({ state: "done", created: 0 });
		await kalends.request("PATCH", `/v1/calendars/${id}`, { selected: true });
		expect(await sync(kalends, ids.dav)).toMatchObject({ state: "done", updated: 0, deleted: 0 });
		const after = await list(`&calendar_id=${id}`);
		expect(comparable(after)).toEqual(await read(home));
		const kept = new Set(after.map((event) => event.id));
		expect(before.filter((event) => !kept.has(event.id))).toEqual([]);
	});

	it("that is renamed on the server is renamed here, and is still the same", async () => {
		const { id } = await calendarNamed("home");
		const changes = await followChanges(kalends);
		await dav.rename(home.path, "Privat <3");
		expect(await sync(kalends, ids.dav)).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
		expect((await calendarNamed("Privat <3")).id).toBe(id);
		expect(await changes()).toEqual([expect.objectContaining({ type: "calendar.updated", id, fields: ["name"] })]);
	});

	it("that is new on the server comes with the next sync, and one that is gone there waits for a decision", async () => {
		const extra = await calendarSource(dav, "extra", { ...FIXTURE, seed: 5, singles: 8, recurring: 1 });
		expect(await sync(kalends, ids.dav)).toMatchObject({ state: "done", created: 9 });
		const { id } = await calendarNamed("extra");
		await dav.deleteCollection(extra.path);
		expect(await sync(kalends, ids.dav)).toMatchObject({ deleted: 0 });
		expect(await calendarNamed("extra")).toMatchObject({ id, status: "gone", fix: expect.any(String) });
		expect(comparable(await list(`&calendar_id=${id}`))).toEqual(await read(extra));
		await kalends.request("POST", `/v1/calendars/${id}/deletions`, { action: "apply" });
		expect((await calendars()).map((calendar) => calendar.id)).not.toContain(id);
		expect(comparable(await list())).toEqual(await read(work, home, cloud, team));
	});
});

describe("two people with the same feed", () => {
	it("see only their own copy, whose ids mean nothing to the other", async () => {
		const bob = await kalends.request<{ id: string }>("POST", "/v1/users", { email: "bob@example.org" });
		const asBob = kalends.actingFor(bob.id);
		expect((await listAll<EventBody>(asBob, `/v1/events?${inRange}`)).length).toBe(0);
		const { id, run } = await connect(asBob, team.input);
		expect(run).toMatchObject({ state: "done", created: team.resources.length });
		expect(await copyOf(asBob, id, RANGE)).toEqual(await read(team));
		expect(comparable(await list(`&connection_id=${ids.feed}`))).toEqual(await read(team));
		const [his] = await listAll<EventBody>(asBob, `/v1/events?${inRange}`);
		expect((await kalends.fetch("GET", `/v1/events/${his?.id}`)).status).toBe(404);
		expect((await kalends.fetch("POST", `/v1/connections/${id}/sync`)).status).toBe(404);
		expect((await asBob.fetch("DELETE", `/v1/connections/${ids.feed}`)).status).toBe(404);
		await asBob.request("DELETE", `/v1/connections/${id}`);
		expect(await listAll<EventBody>(asBob, `/v1/events?${inRange}`)).toEqual([]);
		expect(comparable(await list(`&connection_id=${ids.feed}`))).toEqual(await read(team));
	});
});

describe("the copy", () => {
	it("is what the servers have, says the command line too", async () => {
		await work.edit({ create: 3, update: 3, remove: 3 }, seededRandom(2));
		await team.edit({ create: 5, update: 5, remove: 5 }, seededRandom(3));
		const stale = await kalends.command("verify", "--json");
		expect(stale.exitCode).toBe(1);
		for (const id of Object.values(ids)) await sync(kalends, id);
		const { exitCode, stdout } = await kalends.command("verify", "--json");
		expect(JSON.parse(stdout)).toMatchObject({ connections: Array(3).fill({ error: null, differences: [] }) });
		expect(exitCode).toBe(0);
	});

	it("is erased with its connection, credentials and all, and the others stay", async () => {
		const { url } = await embeddedDatabase(kalends.dataDir);
		const calendarIds = (await calendars()).filter((one) => one.connection_id === ids.dav).map((one) => one.id);
		const eventIds = new Set((await list(`&connection_id=${ids.dav}`)).map((event) => event.id.split(".")[0]));
		const changes = await followChanges(kalends);
		await kalends.request("DELETE", `/v1/connections/${ids.dav}`);
		const tables = await query<{ name: string }>(
			url,
			"select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'user_id'",
		);
		const data = tables.map(({ name }) => name).filter((name) => name !== "changes");
		expect(data).toEqual(expect.arrayContaining(["connections", "resources", "events", "occurrences", "runs"]));
		const erased = [ids.dav, ...calendarIds, ...eventIds];
		for (const table of data) {
			const rows = await query<{ row: string }>(url, `select t::text as row from ${table} t`);
			expect(rows.filter(({ row }) => erased.some((id) => id !== undefined && row.includes(id)))).toEqual([]);
		}
		expect((await changes()).map((change) => change.type).sort()).toEqual([
			"calendar.deleted",
			"calendar.deleted",
			"connection.deleted",
		]);
		expect((await kalends.fetch("GET", `/v1/connections/${ids.dav}`)).status).toBe(404);
		expect(comparable(await list())).toEqual(await read(cloud, team));
		const runs = await kalends.request<ListBody<RunBody>>("GET", `/v1/connections/${ids.apple}/runs`);
		expect(runs.data.length).toBeGreaterThan(0);
	});

	it("gives no secret away", () => {
		for (const secret of [ANN.password, APPLE.password, "s3cret"]) {
			expect(kalends.output()).not.toContain(secret);
			expect(kalends.output()).not.toContain(encodeURIComponent(secret));
			expect(kalends.output()).not.toContain(Buffer.from(secret).toString("base64"));
		}
	});
});
