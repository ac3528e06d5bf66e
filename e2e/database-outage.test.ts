import { readdir, readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { seededRandom } from "@kalends/model";
import { type FeedServer, startFeedServer } from "@kalends/providers/testing";
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from "vitest";
import { type ConnectionBody, copyOf, followChanges, sync, untilSynced } from "./support/api.ts";
import { embeddedDatabase, query } from "./support/database.ts";
import { readIndependently } from "./support/independent-reader.ts";
import { type Kalends, startKalends } from "./support/kalends.ts";
import { feedSource, type Source } from "./support/sources.ts";
import { until } from "./support/until.ts";

/** The database is killed again and again in the middle of first syncs. */
const ROUNDS = Number(process.env.KALENDS_OUTAGES ?? 4);
const SEED = Number(process.env.KALENDS_KILL_SEED ?? 1);
/** Promised. */
const HEALTHY_WITHIN_MS = 30_000;

const FROM = Temporal.Now.plainDateISO("UTC").add({ days: 3 });
const RANGE = { from: FROM.toString(), to: FROM.add({ days: 60 }).toString() };

let feeds: FeedServer;
let kalends: Kalends;
let source: Source;
/** Milliseconds of an undisturbed first sync on this machine. */
let usual: number;

beforeAll(async () => {
	[feeds, kalends] = await Promise.all([
		startFeedServer(),
		startKalends({ env: { KALENDS_POLL_INTERVAL: "86400", LOG_LEVEL: "debug" } }),
	]);
	source = feedSource(feeds, "/team.ics", { from: RANGE.from, days: 50, seed: SEED, singles: 1_950, recurring: 50 });
	const { id } = await connectSource();
	usual = (await untilSynced(kalends, id)).duration_ms ?? 0;
	await kalends.request("DELETE", `/v1/connections/${id}`);
});
afterAll(async () => {
	await kalends?.dispose();
	await feeds?.close();
});
beforeEach(() => onTestFailed(() => void process.stderr.write(kalends.story())));

const connectSource = () => kalends.request<ConnectionBody>("POST", "/v1/connections", source.input);

const statusOf = async (path: string) => {
	const answer = await kalends.fetch("GET", path);
	await answer.arrayBuffer();
	return answer.status;
};

/** Waits until the server has noticed, and again until it serves; nothing but 200 and 503 is answered meanwhile. */
async function untilHealed(): Promise<void> {
	const seen = new Set<number>();
	const look = async (wanted: number) => {
		seen.add(await statusOf("/v1/calendars"));
		expect(await statusOf("/healthz")).toBe(200);
		return (await statusOf("/readyz")) === wanted;
	};
	await until("/readyz to tell that the database is away", () => look(503), HEALTHY_WITHIN_MS);
	await until("/readyz to tell that it is back", () => look(200), HEALTHY_WITHIN_MS);
	expect(await statusOf("/v1/calendars")).toBe(200);
	expect([...seen].filter((status) => status !== 200 && status !== 503)).toEqual([]);
}

/** Of the postmaster, or of a backend, as when memory runs out: then PostgreSQL starts over by itself. */
async function victim(kind: "postmaster" | "backend"): Promise<number> {
	const { pid, url } = await embeddedDatabase(kalends.dataDir);
	if (kind === "postmaster") return pid;
	const [backend] = await query<{ pid: number }>(
		url,
		"select pid from pg_stat_activity where application_name = 'kalends' order by backend_start limit 1",
	);
	return backend?.pid ?? pid;
}

it.for(Array.from({ length: ROUNDS }, (_, round) => [round + 1, round % 2 === 0 ? "postmaster" : "backend"] as const))(
	"kill -9 of the database heals by itself, and the sync goes on (round %i: %s)",
	async ([round, kind]) => {
		const random = seededRandom(SEED * 1_000 + round);
		const changes = await followChanges(kalends);
		const { id } = await connectSource();
		await setTimeout(random() * usual);
		process.kill(await victim(kind), "SIGKILL");
		await untilHealed();
		expect(await untilSynced(kalends, id)).toMatchObject({
			...{ state: "done", created: source.resources.length, updated: 0, deleted: 0, error: null },
		});
		expect(await copyOf(kalends, id, RANGE)).toEqual(await readIndependently(source.resources, RANGE.from, RANGE.to));
		expect((await changes()).filter((change) => change.type === "calendar.synced")).toHaveLength(1);
		expect(await sync(kalends, id)).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
		await kalends.request("DELETE", `/v1/connections/${id}`);
	},
);

it("leaves no second database behind", async () => {
	const folder = `${kalends.dataDir}/`;
	const postmasters = [];
	for (const entry of await readdir("/proc")) {
		if (!/^\d+$/.test(entry)) continue;
		const command = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
		if (command.includes("postgres") && command.includes(folder)) postmasters.push(entry);
	}
	expect(postmasters).toEqual([String((await embeddedDatabase(kalends.dataDir)).pid)]);
});
