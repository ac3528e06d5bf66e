import { Kalends as Client } from "@kalends/client";
import { seededRandom } from "@kalends/model";
import { type FeedServer, type Radicale, startFeedServer, startRadicale } from "@kalends/providers/testing";
import { afterAll, afterEach, beforeAll, expect, it, onTestFailed, onTestFinished } from "vitest";
import { startMailServer } from "../packages/server/src/notify/testing.ts";
import { runCommandLine } from "../packages/server/src/testing/command-line.ts";
import { startReceiver } from "../packages/server/src/testing/receiver.ts";
import {
	type CalendarBody,
	type ConnectionBody,
	connect,
	copyOf,
	countTypes,
	followChanges,
	type ListBody,
	listAll,
	type RunBody,
	sync,
	untilSynced,
} from "./support/api.ts";
import { query } from "./support/database.ts";
import { readIndependently } from "./support/independent-reader.ts";
import { type Kalends, type KalendsOptions, startKalends } from "./support/kalends.ts";
import { type Postgres, startPostgres } from "./support/postgres.ts";
import { calendarSource, feedSource, type Source } from "./support/sources.ts";
import { until } from "./support/until.ts";

/** With DATABASE_URL: a PostgreSQL server of the operator's, and one or several processes of Kalends. */

const KEYS = `k1:${Buffer.alloc(32, 7).toString("base64")}`;
const FROM = Temporal.Now.plainDateISO("UTC").add({ days: 3 });
const RANGE = { from: FROM.toString(), to: FROM.add({ days: 60 }).toString() };
const FIXTURE = { from: RANGE.from, days: 50 };

let postgres: Postgres;
let radicale: Radicale;
let feeds: FeedServer;
const servers: Kalends[] = [];

beforeAll(async () => {
	[postgres, radicale, feeds] = await Promise.all([startPostgres(), startRadicale(), startFeedServer()]);
});
afterEach(async () => {
	await Promise.all(servers.splice(0).map((server) => server.dispose()));
});
afterAll(async () => {
	await Promise.all([radicale?.stop(), feeds?.close()]);
	await postgres?.stop();
});

async function start(options: KalendsOptions): Promise<Kalends> {
	const server = await startKalends({ ...options, env: { KALENDS_POLL_INTERVAL: "86400", ...options.env } });
	servers.push(server);
	onTestFailed(() => void process.stderr.write(server.story()));
	return server;
}

async function freshDatabase(name: string): Promise<Readonly<Record<string, string>>> {
	return { DATABASE_URL: await postgres.createDatabase(name), KALENDS_KEYS: KEYS };
}

const read = ({ resources }: Source) => readIndependently(resources, RANGE.from, RANGE.to);

it("is not used without KALENDS_KEYS", async () => {
	const { KALENDS_KEYS: _, ...env } = await freshDatabase("keyless");
	const refused = await runCommandLine(["start"], env);
	expect(refused.exitCode).toBe(2);
	expect(refused.stderr).toMatch(/^KALENDS_KEYS is missing.*\n$/);
	expect(await query(env.DATABASE_URL ?? "", "select 1 from pg_tables where schemaname = 'public'")).toEqual([]);
});

it("is not used when a newer version has migrated it, and left as it is", async () => {
	const env = await freshDatabase("newer");
	expect(await runCommandLine(["migrate"], env)).toMatchObject({ exitCode: 0 });
	await query(env.DATABASE_URL ?? "", "insert into kysely_migration (name, timestamp) values ('9999_future', '')");
	for (const command of ["start", "migrate"]) {
		const refused = await runCommandLine([command], env);
		expect(refused.exitCode).toBe(3);
		expect(refused.stderr).toMatch(/^The database was migrated by a newer version of Kalends \(9999_future\).*\n$/);
	}
});

it("is not used with other keys than those that sealed what it holds", async () => {
	const env = await freshDatabase("sealed");
	const source = feedSource(feeds, "/sealed.ics", { ...FIXTURE, seed: 1, singles: 3, recurring: 1 });
	const server = await start({ env });
	const { id } = await connect(server, source.input);
	await server.dispose();
	const other = `k1:${Buffer.alloc(32, 8).toString("base64")}`;
	for (const keys of [other, other.replace("k1", "k2")]) {
		const refused = await runCommandLine(["start"], { ...env, KALENDS_KEYS: keys });
		expect(refused.exitCode).toBe(3);
		expect(refused.stderr.trim().split("\n")).toHaveLength(1);
		expect(refused.stderr).toContain("KALENDS_KEYS");
	}
	const again = await start({ env });
	expect(await sync(again, id)).toMatchObject({ state: "done", created: 0 });
});

it("is shared by a process that answers and one that syncs", async () => {
	const env = await freshDatabase("roles");
	const api = await start({ env: { ...env, KALENDS_ROLES: "api" } });
	const source = await calendarSource(radicale, "work", { ...FIXTURE, seed: 2, singles: 40, recurring: 5 });
	// Nobody works yet, so the run waits.
	const { id } = await api.request<ConnectionBody>("POST", "/v1/connections", source.input);
	const runs = () => api.request<ListBody<RunBody>>("GET", `/v1/connections/${id}/runs`);
	expect((await runs()).data).toMatchObject([{ state: "running", requests: 0 }]);

	const worker = await start({ env: { ...env, KALENDS_ROLES: "worker" } });
	expect((await worker.fetch("GET", "/v1/calendars")).status).toBe(404);
	expect(await untilSynced(api, id)).toMatchObject({ state: "done", created: 45, error: null });
	expect(await copyOf(api, id, RANGE)).toEqual(await read(source));

	const changes = await followChanges(api);
	await source.edit({ create: 2, update: 3, remove: 1 }, seededRandom(1));
	expect(await sync(api, id)).toMatchObject({ state: "done", created: 2, updated: 3, deleted: 1 });
	expect(await copyOf(api, id, RANGE)).toEqual(await read(source));
	expect(countTypes(await changes(), "event.")).toEqual({
		...{ "event.created": 2, "event.updated": 3, "event.deleted": 1 },
	});

	// A second of each may join and leave at any time.
	const [api2, worker2] = await Promise.all([
		start({ env: { ...env, KALENDS_ROLES: "api" } }),
		start({ env: { ...env, KALENDS_ROLES: "worker" } }),
	]);
	await worker.stop();
	expect(await sync(api2, id)).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
	expect(await copyOf(api2, id, RANGE)).toEqual(await copyOf(api, id, RANGE));
	expect(await worker2.stop()).toBe(0);
	expect(await api2.stop()).toBe(0);
});

it("keeps one run of a connection at a time, whoever asks for it", async () => {
	const env = await freshDatabase("crowd");
	const crowd = await Promise.all([start({ env }), start({ env })]);
	const [one] = crowd;
	const source = feedSource(feeds, "/crowd.ics", { ...FIXTURE, seed: 3, singles: 280, recurring: 20 });
	const changes = await followChanges(one);
	const { id } = await connect(one, source.input);
	await source.edit({ create: 10, update: 20, remove: 10 }, seededRandom(2));
	const runs = await Promise.all(Array.from({ length: 10 }, (_, index) => sync(crowd[index % 2] ?? one, id)));
	expect(runs.map((run) => run.state)).toEqual(Array(10).fill("done"));
	const all = await listAll<RunBody>(one, `/v1/connections/${id}/runs`);
	const sum = (field: "created" | "updated" | "deleted") => all.reduce((total, run) => total + run[field], 0);
	expect([sum("created"), sum("updated"), sum("deleted")]).toEqual([310, 20, 10]);
	expect(countTypes(await changes(), "event.")).toEqual({
		...{ "event.created": 10, "event.updated": 20, "event.deleted": 10 },
	});
	expect(await copyOf(one, id, RANGE)).toEqual(await read(source));
});

it("is shared by servers that tell each thing once; after two days away they catch up with what still matters", async () => {
	const [mail, receiver] = await Promise.all([startMailServer(), startReceiver()]);
	onTestFinished(async () => {
		await Promise.all([mail.close(), receiver.close()]);
	});
	const env: Readonly<Record<string, string>> = {
		...(await freshDatabase("told")),
		SMTP_URL: mail.url,
		MAIL_FROM: "calendar@kalends.example",
	};
	const [one, two] = await Promise.all([start({ env }), start({ env })]);
	const both = [one, two];
	const { username, password } = radicale;
	await radicale.createCalendar("told");
	await connect(one, { provider: "caldav", url: radicale.url.href, username, password });
	const calendars = await listAll<CalendarBody & { readonly provider_calendar_id: string }>(one, "/v1/calendars");
	const calendar = calendars.find(({ provider_calendar_id: path }) => path.includes("told"));
	await one.request("POST", "/v1/webhooks", { url: receiver.url, types: ["event.*", "occurrence.reminder"] });

	const stopping = new AbortController();
	onTestFinished(() => stopping.abort());
	const streams = both.map((server) => {
		const seen: number[] = [];
		const client = new Client({ url: server.url, apiKey: server.apiKey });
		const following = (async () => {
			for await (const { seq } of client.stream({ after: 0, signal: stopping.signal })) seen.push(seq);
		})();
		return { seen, following };
	});

	const HOUR = 3_600_000;
	const write = (title: string, startsIn: number, hours: number, minutes: number, guests: readonly string[] = []) => {
		const at = Date.now() + startsIn;
		const wall = (instant: number) => `${new Date(instant).toISOString().slice(0, 19)}Z`;
		return both[title.length % 2]?.request<{ id: string }>("POST", "/v1/events", {
			...{ calendar_id: calendar?.id, title, participants: guests.map((email) => ({ email })) },
			start: { date_time: wall(at) },
			end: { date_time: wall(at + hours * HOUR) },
			reminders: {
				use_default: false,
				overrides: ["popup", "email"].map((method) => ({ method, minutes })),
			},
		});
	};
	const titles = Array.from({ length: 8 }, (_, index) => "Meeting".padEnd(8 + index, "!"));
	// Due as they are written, so that both servers come upon them: in good time, or late on a slow machine.
	await Promise.all(titles.map((title, index) => write(title, 10 * 60_000, 1, 10, [`guest${index}@example.net`])));
	// Long past their reminders when they are written, so that none comes of them now.
	await write("Over", -26 * HOUR, 1, 10);
	await write("Going on", -3 * HOUR, 6, 10);
	await write("To come", HOUR, 1, 24 * 60);

	interface Reminder {
		readonly data: { readonly title: string; readonly late: boolean };
	}
	const reminded = async () => (await listAll<Reminder>(one, "/v1/notifications?state=all")).map(({ data }) => data);
	await until("the reminders", async () => (await reminded()).length === titles.length);
	const told = () =>
		receiver.received
			.filter(({ message: { type } }) => type === "occurrence.reminder")
			.map(({ message: { data } }) => data as Reminder["data"]);
	const mails = () => mail.received.map(({ message, envelope }) => `${envelope.to.join()} ${message.subject}`);
	await until(
		"mails and webhooks",
		async () => told().length === titles.length && mails().length === 2 * titles.length,
	);
	for (const server of both) expect(await server.stop()).toBe(0);
	await Promise.all(streams.map(({ seen }) => until("the streams", async () => seen.length > 0)));

	// As if they had been away for two days.
	await query(env.DATABASE_URL ?? "", "update scan_marks set scanned_to = scanned_to - interval '2 days'");
	const again = await Promise.all(
		both.map((server) => start({ env, port: Number(new URL(server.url).port), dataDir: server.dataDir })),
	);
	await until(
		"what was missed",
		async () => told().length === titles.length + 2 && mails().length === 2 * titles.length + 2,
	);
	await until("the mark to be back", async () => {
		const [mark] = await query<{ behind: number }>(
			env.DATABASE_URL ?? "",
			"select extract(epoch from now() - scanned_to)::int as behind from scan_marks where name = 'reminders'",
		);
		return mark !== undefined && mark.behind < 60;
	});
	const caughtUp = (await reminded()).filter(({ title }) => !titles.includes(title));
	expect(caughtUp.map(({ title, late }) => [title, late]).toSorted()).toEqual([
		["Going on", true],
		["To come", true],
	]);
	expect((await reminded()).map(({ title }) => title).toSorted()).toEqual(
		[...titles, "Going on", "To come"].toSorted(),
	);
	expect(
		told()
			.map(({ title }) => title)
			.toSorted(),
	).toEqual([...titles, "Going on", "To come"].toSorted());
	expect(new Set(mails()).size).toBe(mails().length);
	const numbers = receiver.received.map(({ headers }) => Number(headers["kalends-sequence"]));
	expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));

	const { last_seq: last } = await one.request<{ last_seq: number }>("GET", "/v1/changes?limit=1");
	await until("both streams to tell everything", async () => streams.every(({ seen }) => seen.at(-1) === last));
	for (const { seen } of streams) expect(seen).toEqual(Array.from({ length: last }, (_, index) => index + 1));
	stopping.abort();
	await Promise.all(streams.map(({ following }) => following));
	for (const server of again) expect(await server.stop()).toBe(0);
}, 600_000);

it("has nothing lost of a sync that SIGTERM interrupts: the server drains, and the next one goes on", async () => {
	const env = await freshDatabase("drained");
	const first = await start({ env });
	const slow = feedSource(feeds, "/slow.ics", { ...FIXTURE, seed: 4, singles: 30, recurring: 3 });
	const large = feedSource(feeds, "/large.ics", { ...FIXTURE, seed: 5, singles: 1_900, recurring: 100 });
	const asked = slow.holdBack(2);
	const hanging = await first.request<ConnectionBody>("POST", "/v1/connections", slow.input);
	await asked;
	const waiting = first.fetch("POST", `/v1/connections/${hanging.id}/sync?wait=true`);
	const busy = await first.request<ConnectionBody>("POST", "/v1/connections", large.input);

	const supervisor = AbortSignal.timeout(10_000);
	expect(await first.stop("SIGTERM")).toBe(0);
	expect(supervisor.aborted).toBe(false);
	expect((await waiting).status).toBe(202);
	const left = await query(
		env.DATABASE_URL ?? "",
		"select id from runs where state = 'running' and claimed_until > now()",
	);
	expect(left).toEqual([]);

	const second = await start({ env });
	for (const [{ id }, source] of [
		[hanging, slow],
		[busy, large],
	] as const) {
		expect(await untilSynced(second, id)).toMatchObject({
			state: "done",
			created: source.resources.length,
			error: null,
		});
		expect((await listAll<RunBody>(second, `/v1/connections/${id}/runs`)).length).toBe(1);
		expect(await copyOf(second, id, RANGE)).toEqual(await read(source));
	}
});
