import { expireHolds } from "../bookings/expire-holds.ts";
import { settleRefusedConfirmations } from "../bookings/refused-confirmations.ts";
import { keepChannels } from "../channels/keep-channels.ts";
import { rollWindow } from "../events/roll-window.ts";
import { scanNotifications } from "../notify/due.ts";
import { sendDueMails } from "../notify/mail/deliver.ts";
import { giveBack } from "../oauth/give-back.ts";
import { pushConnection, pushIntentJob } from "../push/push-lanes.ts";
import type { Services } from "../services.ts";
import { releaseAll, scanDue } from "../sync/due-connections.ts";
import { performRun } from "../sync/run.ts";
import type { JobHandlers, JobRunner } from "./boss.ts";
import { keepHouse } from "./housekeeping.ts";

/** Between two looks for what is due, milliseconds. */
const LOOK_EVERY_MS = 10_000;

/** What each job does. */
export function jobHandlers(services: Services): JobHandlers {
	return {
		"sync.run": ({ user_id, connection_id, run_id }, signal) =>
			performRun(services, { userId: user_id, connectionId: connection_id, runId: run_id }, signal),
		"push.intent": ({ user_id, intent_id }, signal) =>
			pushIntentJob(services, { userId: user_id, intentId: intent_id }, signal),
		"push.connection": ({ user_id, connection_id }, signal) =>
			pushConnection(services, { userId: user_id, connectionId: connection_id }, signal),
		"channels.keep": ({ user_id, connection_id }, signal) =>
			keepChannels(services, { userId: user_id, connectionId: connection_id }, signal),
		"consents.return": ({ user_id, return_id }, signal) =>
			giveBack(services, { userId: user_id, id: return_id }, signal),
		"mail.send": async ({ user_id }, signal) => {
			await sendDueMails(services, user_id, signal);
		},
		"notify.due": (_payload, signal) => scanNotifications(services, signal),
		"sync.due": async (_payload, signal) => {
			await scanDue(services, signal);
		},
		"bookings.due": async (_payload, signal) => {
			await expireHolds(services, signal);
			await settleRefusedConfirmations(services, signal);
		},
		"events.roll-window": async (_payload, signal) => {
			await rollWindow(services, signal);
		},
		"housekeeping.prune": () => keepHouse(services),
	};
}

export interface WorkOptions {
	/** This server knows to be the only one on its database (the embedded one). */
	readonly alone: boolean;
	readonly lookEveryMs?: number;
}

/**
 * Begins to work, and looks at once for what became due, or was broken off, while no server ran; then again and again.
 * Every working server asks for looks; the queue keeps one waiting and drops the others.
 * @returns what ends the looking
 */
export async function startWork(services: Services, jobs: JobRunner, options: WorkOptions): Promise<() => void> {
	if (options.alone) await releaseAll(services);
	await jobs.work(jobHandlers(services));
	const look = async () => {
		await jobs.send("sync.due", {}, { transaction: services.db });
		await jobs.send("notify.due", {}, { transaction: services.db });
		await jobs.send("bookings.due", {}, { transaction: services.db });
	};
	await look();
	// A look that cannot be asked for is made up for by the next; what keeps the database away is told elsewhere.
	const timer = setInterval(() => void look().catch(() => {}), options.lookEveryMs ?? LOOK_EVERY_MS);
	return () => clearInterval(timer);
}
