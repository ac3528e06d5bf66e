import { type FeedServer, startFeedServer } from "@kalends/providers/testing";
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from "vitest";
import {
	type ChangeBody,
	type ConnectionBody,
	copyOf,
	countTypes,
	followChanges,
	sync,
	untilSynced,
} from "./support/api.ts";
import { openClient, query } from "./support/database.ts";
import { readIndependently } from "./support/independent-reader.ts";
import { type Kalends, startKalends } from "./support/kalends.ts";
import { type Postgres, startPostgres } from "./support/postgres.ts";
import { feedSource, type Source } from "./support/sources.ts";
import { until } from "./support/until.ts";

/** Two servers share a database; the one that syncs is stopped (SIGSTOP) until the other has taken over. */

const KEYS = `k1:${Buffer.alloc(32, 7).toString("base64")}`;
const FROM = Temporal.Now.plainDateISO("UTC").add({ days: 3 });
const FIXTURE = { from: FROM.toString(), days: 50, singles: 580, recurring: 20 };
const RANGE = { from: FROM.toString(), to: FROM.add({ days: 60 }).toString() };

let feeds: FeedServer;
let postgres: Postgres;
let database: string;
let env: Readonly<Record<string, string>>;
let holder: Kalends;
let rival: Kalends | null = null;

beforeAll(async () => {
	[feeds, postgres] = await Promise.all([startFeedServer(), startPostgres()]);
	database = await postgres.createDatabase("shared");
	env = { DATABASE_URL: database, KALENDS_KEYS: KEYS, KALENDS_POLL_INTERVAL: "86400", LOG_LEVEL: "debug" };
	holder = await startKalends({ env });
});
afterAll(async () => {
	holder?.process.kill("SIGCONT");
	await Promise.all([holder?.dispose(), rival?.dispose()]);
	await Promise.all([feeds?.close(), postgres?.stop()]);
});
beforeEach(() => onTestFailed(() => void process.stderr.write(`${holder.story()}\n${rival?.story() ?? ""}`)));

const connectTo = ({ input }: Source) => holder.request<ConnectionBody>("POST", "/v1/connections", input);

/** Until the holder, running again, has found out that its run is another's. */
async function untilBrokenOff(): Promise<void> {
	const told = () => holder.story().match(/sync run broken off|a job failed/g)?.length ?? 0;
	const before = told();
	holder.process.kill("SIGCONT");
	await until("the server that was stopped to break its run off", async () => told() > before);
}

/** What must hold once the rival is done and the holder runs again. */
async function expectOneSync({ resources }: Source, id: string, changes: () => Promise<readonly ChangeBody[]>) {
	const once = { state: "done", created: resources.length, updated: 0, deleted: 0, error: null };
	expect(await untilSynced(holder, id)).toMatchObject(once);
	expect(await copyOf(holder, id, RANGE)).toEqual(await readIndependently(resources, RANGE.from, RANGE.to));
	expect(countTypes(await changes(), "")).toEqual({
		"calendar.created": 1,
		"calendar.synced": 1,
		"connection.created": 1,
	});
	expect(await sync(holder, id)).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
}

it("stopped while it waits for the feed, it writes nothing of what it then reads", async () => {
	const source = feedSource(feeds, "/waits.ics", { ...FIXTURE, seed: 1 });
	const changes = await followChanges(holder);
	const asked = source.holdBack(2);
	const { id } = await connectTo(source);
	const answer = await asked;
	holder.process.kill("SIGSTOP");
	rival = await startKalends({ env });
	await untilSynced(rival, id);
	answer();
	await untilBrokenOff();
	await expectOneSync(source, id, changes);
	await rival.dispose();
});

it("stopped in the middle of a transaction, it keeps nobody waiting for longer than its lease", async () => {
	const source = feedSource(feeds, "/commits.ics", { ...FIXTURE, seed: 2 });
	const changes = await followChanges(holder);
	const asked = source.holdBack(2);
	const { id } = await connectTo(source);
	const answer = await asked;
	const locker = await openClient(database);
	await locker.query("begin");
	await locker.query("select id from calendars where connection_id = $1 for update", [id]);
	answer();
	await until("the server to wait for the lock in its transaction", async () => {
		const waiting = await query(database, "select pid from pg_stat_activity where wait_event_type = 'Lock'");
		return waiting.length > 0;
	});
	holder.process.kill("SIGSTOP");
	await locker.query("commit");
	await locker.end();
	rival = await startKalends({ env });
	await untilSynced(rival, id);
	await untilBrokenOff();
	await expectOneSync(source, id, changes);
});
