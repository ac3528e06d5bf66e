import type { Logger } from "pino";
import { ensureAdmin } from "./accounts/ensure-admin.ts";
import { type FirstAccount, prepareFirstAccount } from "./accounts/first-account.ts";
import type { Config } from "./config.ts";
import { createEgress } from "./egress/egress.ts";
import { type Foundation, openFoundation } from "./foundation.ts";
import { buildApp, closeGracefully } from "./http/app.ts";
import { listen } from "./http/listen.ts";
import { routes } from "./http/routes.ts";
import { startJobs } from "./jobs/boss.ts";
import { jobHandlers } from "./jobs/workers.ts";
import { operationEndpoints } from "./observability/endpoints.ts";
import { createLifecycle } from "./observability/lifecycle.ts";
import { createMetrics, observePool } from "./observability/metrics.ts";
import { createProviders } from "./providers.ts";
import type { Services } from "./services.ts";

export interface RunningServer {
	/** Where people find it (KALENDS_URL). */
	readonly url: URL;
	readonly firstAccount: FirstAccount;
	/** Rejects when the server cannot go on: the embedded database is gone for good. */
	readonly failed: Promise<never>;
	/** Drains and stops everything, within ten seconds. */
	stop(): Promise<void>;
}

/** Requests and jobs end side by side; together with the rest below ten seconds, after which supervisors kill. */
const FINISH_WITHIN_MS = 5_000;

/**
 * The composition root: everything from outside is made here and handed down.
 * @throws ConfigError, DataFolderError, DatabaseError, KeysMissingError, ListenError: one sentence each
 */
export async function startServer(config: Config, log: Logger): Promise<RunningServer> {
	const failed = Promise.withResolvers<never>();
	failed.promise.catch(() => {});
	const foundation = await openFoundation(config, {
		owner: true,
		log,
		onRecovered: () => log.warn("the embedded database broke off and was started again"),
		onLost: failed.reject,
	});
	const shutdown = new Shutdown(log);
	shutdown.last(() => foundation.close());
	try {
		const services = await createServices(config, foundation, shutdown);
		await ensureAdmin(services);
		const firstAccount = await prepareFirstAccount(services);
		const app = await buildApp(services, config.roles.includes("api") ? routes : operationEndpoints);
		shutdown.first(async () => {
			services.lifecycle.drain();
			await closeGracefully(app, FINISH_WITHIN_MS);
		});
		await listen(app, config);
		return { url: config.url, firstAccount, failed: failed.promise, stop: () => shutdown.run() };
	} catch (error) {
		await shutdown.run();
		throw error;
	}
}

async function createServices(config: Config, foundation: Foundation, shutdown: Shutdown): Promise<Services> {
	const { log } = foundation.services;
	const metrics = createMetrics({ process: true });
	observePool(metrics, foundation.database.pool);
	const egress = createEgress({
		allowedPrivateHosts: config.allowedPrivateHosts,
		trustedUrls: [config.icloudUrl],
		observe: ({ method, outcome, seconds }) => metrics.egressRequestSeconds.observe({ method, outcome }, seconds),
	});
	shutdown.last(() => egress.close());
	const worker = config.roles.includes("worker");
	const jobs = await startJobs({ databaseUrl: foundation.access.url, log, metrics, worker });
	shutdown.first(() => jobs.stop(FINISH_WITHIN_MS));
	const services: Services = {
		...foundation.services,
		metrics,
		lifecycle: createLifecycle(),
		http: egress,
		providers: createProviders(config),
		jobs,
	};
	if (worker) await jobs.work(jobHandlers(services));
	return services;
}

/** What is to be ended: first, all at once, what still does work; then, newest first, what that work stood on. */
class Shutdown {
	readonly #log: Logger;
	readonly #working: (() => Promise<void>)[] = [];
	readonly #standing: (() => Promise<void>)[] = [];
	#done: Promise<void> | null = null;

	constructor(log: Logger) {
		this.#log = log;
	}

	first(end: () => Promise<void>): void {
		this.#working.push(end);
	}

	last(end: () => Promise<void>): void {
		this.#standing.push(end);
	}

	run(): Promise<void> {
		this.#done ??= this.#end();
		return this.#done;
	}

	async #end(): Promise<void> {
		const report = (error: unknown) => this.#log.error({ err: error }, "a part did not stop cleanly");
		await Promise.all(this.#working.map((end) => end().catch(report)));
		for (const end of this.#standing.toReversed()) await end().catch(report);
	}
}
