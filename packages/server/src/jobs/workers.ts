import { rollWindow } from "../events/roll-window.ts";
import type { Services } from "../services.ts";
import { releaseAllRuns, scanDue } from "../sync/due-connections.ts";
import { performRun } from "../sync/run.ts";
import type { JobHandlers, JobRunner } from "./boss.ts";
import { keepHouse } from "./housekeeping.ts";

/** Between two looks for what is due, seconds. */
const SCAN_EVERY = 10;

/** What each job does. The due-scan sends its own next job; the cron of its queue begins the chain anew where it broke. */
export function jobHandlers(services: Services): JobHandlers {
	return {
		"sync.run": ({ user_id, connection_id, run_id }, signal) =>
			performRun(services, { userId: user_id, connectionId: connection_id, runId: run_id }, signal),
		"sync.due": async (_payload, signal) => {
			try {
				await scanDue(services, signal);
			} finally {
				const startAfter = new Date(services.now() + SCAN_EVERY * 1000);
				await services.jobs.send("sync.due", {}, { transaction: services.db, startAfter });
			}
		},
		"events.roll-window": async (_payload, signal) => {
			await rollWindow(services, signal);
		},
		"housekeeping.prune": () => keepHouse(services),
	};
}

/**
 * Begins to work, and looks at once for what became due, or was broken off, while no server ran.
 * @param alone this server knows to be the only one on its database (the embedded one)
 */
export async function startWork(services: Services, jobs: JobRunner, alone: boolean): Promise<void> {
	if (alone) await releaseAllRuns(services);
	await jobs.work(jobHandlers(services));
	await jobs.send("sync.due", {}, { transaction: services.db, key: "start" });
}
