import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendChanges } from "../packages/server/src/changes/append-changes.ts";
import { loadConfig } from "../packages/server/src/config.ts";
import { createEgress } from "../packages/server/src/egress/egress.ts";
import { openFoundation } from "../packages/server/src/foundation.ts";
import { createLifecycle } from "../packages/server/src/observability/lifecycle.ts";
import { createMetrics } from "../packages/server/src/observability/metrics.ts";
import type { Services } from "../packages/server/src/services.ts";
import { createFollowers } from "../packages/server/src/stream/followers.ts";
import { startDispatcher } from "../packages/server/src/webhooks/dispatcher.ts";
import { newSecret, sealSecrets } from "../packages/server/src/webhooks/secrets.ts";
import { type Benchmark, milliseconds, percentile } from "./report.ts";

const MANY = 5_000;
const SLICE = 250;
const SINGLE = 300;
const SHARE_BUDGET = 0.2;
const LATENCY_BUDGET_MS = 150;

/**
 * Messages of one endpoint: how many a second when many are committed at once, and how long one takes from its commit to
 * the receiver, against the bare request from the same process.
 */
export const webhooks: Benchmark = {
	name: "webhooks",
	async run() {
		const dataDir = await mkdtemp(join(tmpdir(), "kalends-bench-"));
		const receiver = await startReceiver();
		const config = loadConfig({
			KALENDS_DATA_DIR: dataDir,
			LOG_LEVEL: "error",
			KALENDS_ALLOWED_PRIVATE_HOSTS: "127.0.0.1",
		});
		const foundation = await openFoundation(config, { owner: true });
		const http = createEgress({ allowedPrivateHosts: ["127.0.0.1"] });
		const services: Services = {
			...foundation.services,
			http,
			providers: new Map(),
			mail: null,
			jobs: { send: async () => {} },
			metrics: createMetrics(),
			lifecycle: createLifecycle(),
			followers: createFollowers(),
		};
		const dispatcher = await startDispatcher(services, foundation.access.url, { alone: true });
		try {
			const userId = await subscribe(services, receiver.url);
			const commit = (ids: readonly string[]) =>
				services.db.transaction().execute((tx) =>
					appendChanges(
						tx,
						userId,
						Date.now(),
						ids.map((id) => ({ type: "connection.updated", id })),
					),
				);
			await commit(["warm"]);
			await receiver.until(1);

			const latencies: number[] = [];
			for (let index = 0; index < SINGLE; index++) {
				const arrived = receiver.until(receiver.count() + 1);
				await commit([`single_${index}`]);
				const committed = performance.now();
				await arrived;
				latencies.push(performance.now() - committed);
			}

			const before = receiver.count();
			const begun = performance.now();
			for (let at = 0; at < MANY; at += SLICE) {
				await commit(Array.from({ length: SLICE }, (_, index) => `many_${at + index}`));
			}
			await receiver.until(before + MANY);
			const rate = MANY / ((performance.now() - begun) / 1_000);

			const bareBegun = performance.now();
			for (let index = 0; index < 1_000; index++) {
				const answer = await http({ method: "POST", url: new URL(receiver.url), body: "{}" });
				await answer.discard();
			}
			const bare = 1_000 / ((performance.now() - bareBegun) / 1_000);
			const p50 = percentile(latencies, 0.5);
			const p99 = percentile(latencies, 0.99);
			return [
				{
					work: `webhooks: ${MANY.toLocaleString("en")} messages to one endpoint`,
					measured: `${rate.toFixed(0)} a second`,
					yardstick: `${bare.toFixed(0)} bare requests a second, one by one`,
					ratio: rate / bare,
					budget: `≥ ${SHARE_BUDGET}`,
					met: rate / bare >= SHARE_BUDGET,
				},
				{
					work: "webhooks: from commit to the receiver",
					measured: `p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}`,
					yardstick: `bare request ${milliseconds(1_000 / bare)}`,
					ratio: null,
					budget: `p99 ≤ ${LATENCY_BUDGET_MS} ms`,
					met: p99 <= LATENCY_BUDGET_MS,
				},
			];
		} finally {
			await dispatcher.stop();
			await http.close();
			receiver.close();
			await foundation.close();
			await rm(dataDir, { recursive: true, force: true });
		}
	},
};

async function subscribe(services: Services, url: string): Promise<string> {
	const userId = services.newId("usr");
	const id = services.newId("whk");
	const now = new Date();
	await services.db.insertInto("users").values({ id: userId, email: "bench@example.com", name: "Bench" }).execute();
	await services.db
		.insertInto("webhooks")
		.values({
			user_id: userId,
			id,
			url,
			secrets: sealSecrets(services, { userId, id }, { current: newSecret(), previous: null }),
			status_since: now,
			after_seq: 0,
			created_at: now,
		})
		.execute();
	return userId;
}

async function startReceiver() {
	let count = 0;
	let waiting: { readonly for: number; readonly done: () => void } | null = null;
	const server = createServer((request, response) => {
		request.resume().on("end", () => {
			response.writeHead(200).end();
			count += 1;
			if (waiting !== null && count >= waiting.for) waiting.done();
		});
	});
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
		count: () => count,
		until: (wanted: number) =>
			new Promise<void>((done) => {
				waiting = { for: wanted, done };
				if (count >= wanted) done();
			}),
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}
