import { connect } from "../e2e/support/api.ts";
import { startKalends } from "../e2e/support/kalends.ts";
import { serveFeed } from "./feed.ts";
import { load } from "./load.ts";
import { type Benchmark, milliseconds, percentile } from "./report.ts";

/** How the API answers, and how long the event loop is held, while 10,000 events are first synced. */
export const underSync: Benchmark = {
	name: "under-sync",
	async run() {
		const feed = await serveFeed({ singles: 9_900, recurring: 100, from: "2026-09-01" });
		const kalends = await startKalends({ env: { LOG_LEVEL: "warn" } });
		try {
			const headers = { authorization: `Bearer ${kalends.apiKey}` };
			const reading = `${kalends.url}/v1/events?from=2026-12-07&to=2026-12-14&limit=50`;
			await load(reading, { headers, connections: 2, seconds: 2 });
			await longestTask(kalends.url);
			let done = false;
			const began = performance.now();
			const syncing = connect(kalends, { provider: "ics", url: feed.url }).finally(() => {
				done = true;
			});
			const { latencies } = await load(reading, { headers, connections: 2, seconds: 120, until: () => done });
			await syncing;
			const elapsed = performance.now() - began;
			const p99 = percentile(latencies, 0.99);
			const longest = await longestTask(kalends.url);
			return [
				{
					work: `API p99 while a 10,000-event first sync runs (${milliseconds(elapsed)})`,
					measured: milliseconds(p99),
					yardstick: `${latencies.length} requests`,
					ratio: null,
					budget: "<= 50 ms",
					met: p99 <= 50,
				},
				{
					work: "longest hold of the event loop meanwhile",
					measured: milliseconds(longest),
					yardstick: "",
					ratio: null,
					budget: "<= 30 ms",
					met: longest <= 30,
				},
			];
		} finally {
			feed.close();
			await kalends.dispose();
		}
	},
};

/** Milliseconds since the last look, from the server's own measure; its sampling interval of 10 ms is in it. */
async function longestTask(url: string): Promise<number> {
	const metrics = await (await fetch(`${url}/metrics`)).text();
	const value = /^nodejs_eventloop_lag_max_seconds ([\d.e+-]+)$/m.exec(metrics)?.[1];
	if (value === undefined) throw new Error("the server does not tell its event loop lag");
	return Number(value) * 1000;
}
