import { ensureAdmin } from "./accounts/ensure-admin.ts";
import { type FirstAccount, prepareFirstAccount } from "./accounts/first-account.ts";
import { listenForChanges } from "./changes/listen.ts";
import type { Config } from "./config.ts";
import type { Foundation } from "./foundation.ts";
import { buildApp, closeGracefully } from "./http/app.ts";
import { listen } from "./http/listen.ts";
import { routes } from "./http/routes.ts";
import { startJobs } from "./jobs/boss.ts";
import { startWork } from "./jobs/workers.ts";
import { openNetwork } from "./network.ts";
import { operationEndpoints } from "./observability/endpoints.ts";
import { createLifecycle } from "./observability/lifecycle.ts";
import { createMetrics, observePool, observeStreams } from "./observability/metrics.ts";
import type { Services } from "./services.ts";
import type { Shutdown } from "./shutdown.ts";
import { createFollowers } from "./stream/followers.ts";
import { startDispatcher } from "./webhooks/dispatcher.ts";

/** Requests and jobs end side by side; together with the rest below ten seconds, after which supervisors kill. */
const FINISH_WITHIN_MS = 5_000;

/**
 * Everything on top of the foundation: network, providers, jobs, HTTP. Listens when it resolves.
 * @throws ListenError
 */
export async function compose(config: Config, foundation: Foundation, shutdown: Shutdown): Promise<FirstAccount> {
	const services = await createServices(config, foundation, shutdown);
	await ensureAdmin(services);
	const firstAccount = await prepareFirstAccount(services);
	const app = await buildApp(services, config.roles.includes("api") ? routes : operationEndpoints);
	shutdown.first(async () => {
		services.lifecycle.drain();
		await closeGracefully(app, FINISH_WITHIN_MS);
	});
	await listen(app, config);
	return firstAccount;
}

async function createServices(config: Config, foundation: Foundation, shutdown: Shutdown): Promise<Services> {
	const { log } = foundation.services;
	const metrics = createMetrics({ process: true });
	observePool(metrics, foundation.database.pool);
	const network = openNetwork(config, ({ method, outcome, seconds }) =>
		metrics.egressRequestSeconds.observe({ method, outcome }, seconds),
	);
	shutdown.last(() => network.http.close());
	const worker = config.roles.includes("worker");
	const jobs = await startJobs({ databaseUrl: foundation.access.url, log, metrics, worker });
	shutdown.first(() => jobs.stop(FINISH_WITHIN_MS));
	const followers = createFollowers();
	observeStreams(metrics, followers);
	if (config.roles.includes("api")) {
		shutdown.first(listenForChanges(foundation.services, foundation.access.url, followers));
	}
	const services: Services = {
		...foundation.services,
		metrics,
		lifecycle: createLifecycle(),
		followers,
		...network,
		jobs,
	};
	if (worker) {
		const stopLooking = await startWork(services, jobs, { alone: config.databaseUrl === null });
		shutdown.first(async () => stopLooking());
		const webhooks = await startDispatcher(services, foundation.access.url, { alone: config.databaseUrl === null });
		shutdown.first(() => webhooks.stop());
	}
	return services;
}
