import type { Logger } from "pino";
import type { FirstAccount } from "./accounts/first-account.ts";
import type { Config } from "./config.ts";
import { openFoundation } from "./foundation.ts";
import { Shutdown } from "./shutdown.ts";

export interface RunningServer {
	/** Where people find it (KALENDS_URL). */
	readonly url: URL;
	readonly firstAccount: FirstAccount;
	/** Rejects when the server cannot go on: the embedded database is gone for good. */
	readonly failed: Promise<never>;
	/** Drains and stops everything, within ten seconds. */
	stop(): Promise<void>;
}

/**
 * Starts everything, from the database up. What is above the database is loaded while the database starts, and not
 * before: loading leaves nothing else its turn.
 * @throws ConfigError, DataFolderError, DatabaseError, KeysMissingError, ListenError: one sentence each
 */
export async function startServer(config: Config, log: Logger): Promise<RunningServer> {
	const failed = Promise.withResolvers<never>();
	failed.promise.catch(() => {});
	const above = { load: () => import("./composition.ts") };
	const foundation = await openFoundation(config, {
		owner: true,
		log,
		meanwhile: () => void above.load().catch(() => {}),
		onRecovered: () => log.warn("the embedded database broke off and was started again"),
		onLost: failed.reject,
	});
	const shutdown = new Shutdown(log);
	shutdown.last(() => foundation.close());
	try {
		const { compose } = await above.load();
		const firstAccount = await compose(config, foundation, shutdown);
		return { url: config.url, firstAccount, failed: failed.promise, stop: () => shutdown.run() };
	} catch (error) {
		await shutdown.run();
		throw error;
	}
}
