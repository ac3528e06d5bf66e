import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { connect } from "../e2e/support/api.ts";
import { type Kalends, startKalends } from "../e2e/support/kalends.ts";
import { clusterUrl, readServer } from "../packages/server/src/db/embedded/cluster.ts";
import { placeCluster } from "../packages/server/src/db/embedded/placement.ts";
import type { Database } from "../packages/server/src/db/schema.ts";
import { readEventPage } from "../packages/server/src/events/event-page.ts";
import { loadEventCalendars } from "../packages/server/src/events/event-records.ts";
import { serveFeed } from "./feed.ts";
import { load } from "./load.ts";
import { type Benchmark, milliseconds, percentile } from "./report.ts";

const FROM = "2026-12-07T00:00:00Z";
const TO = "2026-12-14T00:00:00Z";
const SECONDS = 8;

/** Reading one week of a user with 10,000 events and 500 series, against a bare route with the same SQL. */
export const listEvents: Benchmark = {
	name: "list-events",
	async run() {
		const feed = await serveFeed({ singles: 10_000, recurring: 500, from: "2026-09-01" });
		const kalends = await startKalends({ env: { LOG_LEVEL: "warn" } });
		try {
			const { run } = await connect(kalends, { provider: "ics", url: feed.url });
			if (run.created !== 10_500) throw new Error(`expected 10,500 events, the first sync made ${run.created}`);
			const path = `/v1/events?from=${FROM}&to=${TO}&limit=50`;
			const headers = { authorization: `Bearer ${kalends.apiKey}` };
			const bare = await startBareRoute(await databaseUrl(kalends));
			try {
				const quiet = await load(kalends.url + path, { headers, connections: 1, seconds: 2 });
				await load(bare.url, { connections: 8, seconds: 2 });
				await load(kalends.url + path, { headers, connections: 8, seconds: 2 });
				const theirs = await load(bare.url, { connections: 8, seconds: SECONDS });
				const ours = await load(kalends.url + path, { headers, connections: 8, seconds: SECONDS });
				const alone = await load(kalends.url + path, { headers, connections: 1, seconds: SECONDS });
				const p50 = percentile(alone.latencies, 0.5);
				const p99 = percentile(alone.latencies, 0.99);
				const ratio = ours.rate / theirs.rate;
				return [
					{
						work: "GET /v1/events, one week of 10,500 events, seen from the client",
						measured: `p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}`,
						yardstick: `first 2 s p50 ${milliseconds(percentile(quiet.latencies, 0.5))}`,
						ratio: null,
						budget: "p50 <= 3 ms, p99 <= 15 ms",
						met: p50 <= 3 && p99 <= 15,
					},
					{
						work: "GET /v1/events, throughput",
						measured: `${Math.round(ours.rate)}/s`,
						yardstick: `bare Fastify route, same SQL, ${Math.round(theirs.rate)}/s`,
						ratio,
						budget: ">= 0.5",
						met: ratio >= 0.5,
					},
				];
			} finally {
				bare.stop();
			}
		} finally {
			feed.close();
			await kalends.dispose();
		}
	},
};

async function databaseUrl(kalends: Kalends): Promise<string> {
	const cluster = await placeCluster(kalends.dataDir);
	const server = await readServer(cluster);
	if (server === null) throw new Error("the embedded database does not run");
	return clusterUrl(cluster, server.port);
}

/** Records the statements of one page as Kalends runs them, then serves just those. */
async function startBareRoute(url: string): Promise<{ url: string; stop(): void }> {
	const queries: { sql: string; parameters: readonly unknown[] }[] = [];
	const db = new Kysely<Database>({
		dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }),
		log: ({ level, query }) => {
			if (level === "query") queries.push({ sql: query.sql, parameters: query.parameters });
		},
	});
	const { user_id } = await db.selectFrom("calendars").select("user_id").executeTakeFirstOrThrow();
	queries.length = 0;
	const calendars = await loadEventCalendars(db, user_id);
	await readEventPage(db, {
		userId: user_id,
		calendars,
		search: null,
		showCancelled: false,
		from: Date.parse(FROM),
		to: Date.parse(TO),
		zone: "UTC",
		after: null,
		limit: 50,
	});
	await db.destroy();
	const child = fork(join(import.meta.dirname, "bare-route.ts"));
	child.send({ databaseUrl: url, queries });
	const [{ port }] = (await once(child, "message")) as [{ port: number }];
	return { url: `http://127.0.0.1:${port}/`, stop: () => child.kill() };
}
