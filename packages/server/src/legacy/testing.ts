import type { Services } from "../services.ts";
import { performRun } from "../sync/run.ts";

/** Waits for the answer to a request that waits for syncs, and performs them meanwhile as a working server does. */
export async function whileSyncing<T>(services: Services, request: Promise<T>): Promise<T> {
	let done = false;
	const settled = request.finally(() => {
		done = true;
	});
	while (!done) {
		const runs = await services.db.selectFrom("runs").selectAll().where("state", "=", "running").execute();
		for (const { id, user_id: userId, connection_id: connectionId } of runs) {
			await performRun(services, { userId, connectionId, runId: id }, new AbortController().signal);
		}
		await new Promise((next) => setImmediate(next));
	}
	return settled;
}
