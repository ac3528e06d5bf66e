import { seededRandom } from "@kalends/model";
import {
	type FeedAnswer,
	type FeedServer,
	type Radicale,
	startFeedServer,
	startRadicale,
} from "@kalends/providers/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from "vitest";
import {
	type CalendarBody,
	type ConnectionBody,
	comparable,
	connect,
	copyOf,
	countTypes,
	type EventBody,
	followChanges,
	listAll,
	READER_ZONE,
	sync,
	untilSynced,
} from "./support/api.ts";
import { inOneCalendar, makeFixture } from "./support/fixture.ts";
import { readIndependently } from "./support/independent-reader.ts";
import { type Kalends, startKalends } from "./support/kalends.ts";
import { type CalendarSource, calendarSource, type FeedSource, feedSource } from "./support/sources.ts";
import { until } from "./support/until.ts";

/** What stood in the copy stays, whatever the other side answers, until a person decides. */

const TODAY = Temporal.Now.plainDateISO(READER_ZONE);
const RANGE = { from: TODAY.toString(), to: TODAY.add({ days: 60 }).toString() };
const FIXTURE = { from: TODAY.add({ days: 1 }).toString(), days: 45 };
const ANN = { username: "ann", password: "first password" };

let radicale: Radicale;
let feeds: FeedServer;
let kalends: Kalends;

beforeAll(async () => {
	[radicale, feeds, kalends] = await Promise.all([
		startRadicale(ANN),
		startFeedServer(),
		startKalends({ env: { KALENDS_POLL_INTERVAL: "86400" } }),
	]);
});
afterAll(async () => {
	await kalends?.dispose();
	await Promise.all([radicale?.stop(), feeds?.close()]);
});
beforeEach(() => onTestFailed(() => void process.stderr.write(kalends.story())));

const read = (source: { readonly resources: readonly { readonly ics: string }[] }) =>
	readIndependently(source.resources, RANGE.from, RANGE.to);
const connectionOf = (id: string) => kalends.request<ConnectionBody>("GET", `/v1/connections/${id}`);

async function calendarsOf(connectionId: string): Promise<CalendarBody[]> {
	return listAll<CalendarBody>(kalends, `/v1/calendars?connection_id=${connectionId}`);
}

async function onlyCalendar(connectionId: string): Promise<CalendarBody> {
	const [calendar] = await calendarsOf(connectionId);
	if (calendar === undefined) throw new Error("the connection has no calendar");
	return calendar;
}

/** Ids and contents, as they are listed. */
const eventsOf = (connectionId: string) =>
	listAll<EventBody>(
		kalends,
		`/v1/events?from=${RANGE.from}&to=${RANGE.to}&time_zone=${READER_ZONE}&show_cancelled=true&connection_id=${connectionId}`,
	);

const decide = (calendarId: string, action: "apply" | "keep") =>
	kalends.fetch("POST", `/v1/calendars/${calendarId}/deletions`, { action });

describe("a feed", () => {
	const PATH = "/team.ics";
	let feed: FeedSource;
	let id: string;
	const body = () => inOneCalendar(feed.resources);
	const restore = () => feeds.serve(PATH, body());

	beforeAll(async () => {
		feed = feedSource(feeds, PATH, { ...FIXTURE, seed: 11, singles: 40, recurring: 5 });
		id = (await connect(kalends, feed.input)).id;
	});

	const status =
		(code: number): FeedAnswer =>
		(_, response) =>
			response.writeHead(code, { "content-type": "text/html" }).end("<p>Sorry</p>");
	const text =
		(type: string, of: () => string): FeedAnswer =>
		(_, response) =>
			response.writeHead(200, { "content-type": type }).end(of());
	const BROKEN: readonly (readonly [string, FeedAnswer, string])[] = [
		["a page of HTML", text("text/html", () => "<!doctype html><title>Sign in</title>"), "not_a_calendar"],
		["HTML that calls itself a calendar", text("text/calendar", () => "<html></html>"), "not_a_calendar"],
		["nothing", text("text/calendar", () => ""), "incomplete_answer"],
		["its first half", text("text/calendar", () => body().slice(0, body().length / 2)), "incomplete_answer"],
		[
			"all but its last line",
			text("text/calendar", () => body().replace(/END:VCALENDAR\r\n$/, "")),
			"incomplete_answer",
		],
		["404", status(404), "address_not_found"],
		["410", status(410), "resource_gone"],
		["403", status(403), "access_denied"],
		["500", status(500), "server_error"],
		[
			"a body that breaks off",
			(_, response) => {
				response.writeHead(200, { "content-length": body().length }).write(body().slice(0, 2_000));
				setImmediate(() => response.destroy());
			},
			"incomplete_answer",
		],
		["a broken connection", (request) => void request.socket.destroy(), "connection_lost"],
	];

	it.for(BROKEN)("that answers with %s loses nothing, says so, and heals", async ([, answer, code]) => {
		const before = await eventsOf(id);
		feeds.answer(PATH, answer);
		const run = await sync(kalends, id);
		expect(run).toMatchObject({ state: "failed", deleted: 0, error: { code, detail: expect.any(String) } });
		expect(await eventsOf(id)).toEqual(before);
		const broken = [await connectionOf(id), await onlyCalendar(id)].find((one) => one.status_reason === code);
		expect(broken).toMatchObject({ status_detail: expect.any(String), fix: expect.any(String) });
		restore();
		expect(await sync(kalends, id)).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
		expect(await connectionOf(id)).toMatchObject({ status: "active", status_reason: null, fix: null });
		expect(await onlyCalendar(id)).toMatchObject({ status: "active", status_reason: null, fix: null });
		expect(await eventsOf(id)).toEqual(before);
	});

	it("that is slow keeps nobody waiting", async () => {
		const before = await eventsOf(id);
		const asked = Promise.withResolvers<() => void>();
		feeds.answer(PATH, (_, response) => {
			response.writeHead(200, { "content-type": "text/calendar" }).write(body().slice(0, 1_000));
			asked.resolve(() => void response.end(body().slice(1_000)));
		});
		const syncing = sync(kalends, id);
		const finish = await asked.promise;
		expect(await eventsOf(id)).toEqual(before);
		expect(await connectionOf(id)).toMatchObject({ status: "syncing" });
		const other = feedSource(feeds, "/other.ics", { ...FIXTURE, seed: 12, singles: 10, recurring: 1 });
		const { id: otherId, run } = await connect(kalends, other.input);
		expect(run).toMatchObject({ state: "done", created: 11 });
		await kalends.request("DELETE", `/v1/connections/${otherId}`);
		finish();
		expect(await syncing).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
		restore();
	});

	it("that is slow does not outlive its connection", async () => {
		const slow = feedSource(feeds, "/slow.ics", { ...FIXTURE, seed: 13, singles: 10, recurring: 1 });
		const asked = slow.holdBack(2);
		const connection = await kalends.request<ConnectionBody>("POST", "/v1/connections", slow.input);
		const answer = await asked;
		await kalends.request("DELETE", `/v1/connections/${connection.id}`);
		answer();
		expect(await eventsOf(connection.id)).toEqual([]);
		// The same feed can be connected again at once.
		const { run } = await connect(kalends, slow.input);
		expect(run).toMatchObject({ state: "done", created: 11 });
	});

	it("that has no events any more is paused with all of them, and empty once that is confirmed", async () => {
		const count = feed.resources.length;
		const before = await eventsOf(id);
		const changes = await followChanges(kalends);
		feeds.serve(PATH, inOneCalendar([]));
		expect(await sync(kalends, id)).toMatchObject({ state: "paused", deleted: 0 });
		expect(await eventsOf(id)).toEqual(before);
		const calendar = await onlyCalendar(id);
		expect(calendar).toMatchObject({ status: "paused", status_reason: "deletions_held", held_deletions: count });
		expect(countTypes(await changes(), "event.")).toEqual({});
		const applied = await decide(calendar.id, "apply");
		expect(await applied.json()).toMatchObject({ status: "active", held_deletions: 0 });
		expect(await eventsOf(id)).toEqual([]);
		expect(countTypes(await changes(), "event.")).toEqual({ "event.deleted": count });
		expect(await sync(kalends, id)).toMatchObject({ state: "done", deleted: 0 });
		restore();
		expect(await sync(kalends, id)).toMatchObject({ state: "done", created: count });
		expect(await copyOf(kalends, id, RANGE)).toEqual(await read(feed));
	});
});

describe("a CalDAV calendar", () => {
	let work: CalendarSource;
	let id: string;
	beforeAll(async () => {
		work = await calendarSource(radicale, "work", { ...FIXTURE, seed: 21, singles: 38, recurring: 4 });
		id = (await connect(kalends, { provider: "caldav", url: radicale.url.href, ...ANN })).id;
	});

	it("that suddenly lacks many events keeps them while it asks, and for good if so decided", async () => {
		const before = await eventsOf(id);
		const changes = await followChanges(kalends);
		await work.edit({ create: 1, update: 0, remove: 15 }, seededRandom(1));
		expect(await sync(kalends, id)).toMatchObject({ state: "paused", created: 1, deleted: 0 });
		const calendar = await onlyCalendar(id);
		expect(calendar).toMatchObject({ status: "paused", status_reason: "deletions_held", held_deletions: 15 });
		expect(calendar.fix).toEqual(expect.any(String));
		const kept = await eventsOf(id);
		expect(kept).toEqual(expect.arrayContaining(before));
		// It goes on syncing, and asks once.
		await work.edit({ create: 2, update: 2, remove: 0 }, seededRandom(2));
		expect(await sync(kalends, id)).toMatchObject({ created: 2, updated: 2, deleted: 0 });
		expect(await onlyCalendar(id)).toMatchObject({ status: "paused", held_deletions: 15 });
		expect((await decide(calendar.id, "keep")).status).toBe(200);
		expect(await onlyCalendar(id)).toMatchObject({ status: "active", status_reason: null, held_deletions: 0 });
		expect(await sync(kalends, id)).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
		expect(countTypes(await changes(), "event.")).toEqual({ "event.created": 3, "event.updated": 2 });
		expect(await decide(calendar.id, "apply").then((answer) => answer.json())).toMatchObject({ code: "nothing_held" });
		expect(await copyOf(kalends, id, RANGE)).toEqual(expect.arrayContaining(await read(work)));
	});

	it("that is emptied lets go of its events once that is confirmed, and of no kept one", async () => {
		const kept = (await eventsOf(id)).length - (await read(work)).length;
		expect(kept).toBeGreaterThanOrEqual(15);
		const calendar = await onlyCalendar(id);
		await work.edit({ create: 0, update: 0, remove: work.resources.length }, seededRandom(3));
		expect(await sync(kalends, id)).toMatchObject({ state: "paused", deleted: 0 });
		expect((await decide(calendar.id, "apply")).status).toBe(200);
		expect(await eventsOf(id)).toHaveLength(kept);
		expect(await onlyCalendar(id)).toMatchObject({ status: "active", held_deletions: 0 });
		expect(await sync(kalends, id)).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
		await kalends.request("DELETE", `/v1/connections/${id}`);
		await radicale.deleteCollection(work.path);
	});
});

describe("an account", () => {
	let work: CalendarSource;
	let id: string;
	const same = async (before: readonly EventBody[]) => {
		const after = new Map((await eventsOf(id)).map((event) => [event.id, event]));
		return before.filter((event) => JSON.stringify(after.get(event.id)) !== JSON.stringify(event));
	};
	beforeAll(async () => {
		work = await calendarSource(radicale, "work", { ...FIXTURE, seed: 31, singles: 20, recurring: 3 });
		id = (await connect(kalends, { provider: "caldav", url: radicale.url.href, ...ANN })).id;
	});

	it("whose password has changed asks for it, keeps what it has, and goes on with the new one", async () => {
		const before = await eventsOf(id);
		const [calendar] = await calendarsOf(id);
		await radicale.changePassword("second password");
		await work.edit({ create: 2, update: 0, remove: 0 }, seededRandom(4));
		expect(await sync(kalends, id)).toMatchObject({ state: "failed", error: { code: "wrong_credentials" } });
		const refused = { status: "reauth_required", status_reason: "wrong_credentials", next_sync_at: null };
		expect(await connectionOf(id)).toMatchObject({ ...refused, fix: expect.any(String) });
		expect(await eventsOf(id)).toEqual(before);

		const wrong = await kalends.fetch("PATCH", `/v1/connections/${id}`, { password: "third password" });
		expect([wrong.status, await wrong.json()]).toEqual([400, expect.objectContaining({ code: "wrong_credentials" })]);
		expect(await connectionOf(id)).toMatchObject(refused);

		await kalends.request("PATCH", `/v1/connections/${id}`, { password: "second password" });
		expect(await untilSynced(kalends, id)).toMatchObject({ state: "done", created: 2, updated: 0, deleted: 0 });
		expect(await connectionOf(id)).toMatchObject({ status: "active", status_reason: null, fix: null });
		expect((await calendarsOf(id)).map((one) => one.id)).toEqual([calendar?.id]);
		expect(await same(before)).toEqual([]);
		expect(await copyOf(kalends, id, RANGE)).toEqual(await read(work));
	});

	it("that moves to another server stays the same account with the same events", async () => {
		const before = await eventsOf(id);
		const [calendar] = await calendarsOf(id);
		const elsewhere = await startRadicale({ ...ANN, password: "second password" });
		try {
			const path = await elsewhere.createCalendar("work");
			const [lost, ...moved] = work.resources;
			const [fresh] = makeFixture({ ...FIXTURE, seed: 32, singles: 1, recurring: 0 });
			if (lost === undefined || fresh === undefined) throw new Error("the fixture is empty");
			const now = [...moved, fresh];
			for (const { uid, ics } of now) await elsewhere.put(path, `${uid}.ics`, ics);
			const changes = await followChanges(kalends);

			const closed = await kalends.fetch("PATCH", `/v1/connections/${id}`, { url: "http://127.0.0.1:9/" });
			expect([closed.status, await closed.json()]).toEqual([
				422,
				expect.objectContaining({ code: "connection_refused" }),
			]);
			await kalends.request("PATCH", `/v1/connections/${id}`, { url: elsewhere.url.href });
			expect(await untilSynced(kalends, id)).toMatchObject({ state: "done", created: 1, updated: 0, deleted: 1 });
			expect((await calendarsOf(id)).map((one) => one.id)).toEqual([calendar?.id]);
			expect((await same(before)).map((event) => event.ical_uid)).toEqual(
				before.filter((event) => event.ical_uid === lost.uid).map((event) => event.ical_uid),
			);
			expect(comparable(await eventsOf(id))).toEqual(await readIndependently(now, RANGE.from, RANGE.to));
			expect(countTypes(await changes(), "event.")).toEqual({ "event.created": 1, "event.deleted": 1 });
			expect(await sync(kalends, id)).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
		} finally {
			await elsewhere.stop();
		}
	});

	it("whose server is away says so, keeps what it has, and comes back", async () => {
		const before = await eventsOf(id);
		expect(await sync(kalends, id)).toMatchObject({ state: "failed", error: { code: "connection_refused" } });
		expect(await connectionOf(id)).toMatchObject({ status: "error", status_reason: "connection_refused" });
		expect(await eventsOf(id)).toEqual(before);
		await kalends.request("PATCH", `/v1/connections/${id}`, { url: radicale.url.href });
		await until("the account to be in order", async () => (await connectionOf(id)).status === "active");
		expect(await copyOf(kalends, id, RANGE)).toEqual(await read(work));
	});
});
