import { listenForChanges } from "../changes/listen.ts";
import { isDatabaseAway } from "../db/away.ts";
import type { Services } from "../services.ts";
import { deliverBatch } from "./deliver.ts";
import { releaseDeliveries, usersBehind, type WebhookKey, webhooksDue } from "./directory.ts";
import { fanOut } from "./fan-out.ts";
import { Lanes } from "./lanes.ts";

/** Looks for what is due by the clock, and for what no message told of. */
const LOOK_EVERY_MS = 5_000;
const FAN_OUTS = 2;
/** Endpoints that are sent to side by side. */
const ENDPOINTS = 16;
/** Requests that are under way when the server stops may still be answered. */
const GRACE_MS = 3_000;

export interface Dispatcher {
	/** Ends what is under way; what was not answered yet is sent again by whoever comes next. */
	stop(): Promise<void>;
}

/**
 * Makes deliveries of every commit and sends them, woken by the database. Any number of servers may do so side by side:
 * cursors and claims are rows.
 * @param options.alone this server knows to be the only one on its database
 */
export async function startDispatcher(
	services: Services,
	databaseUrl: string,
	options: { readonly alone: boolean; readonly lookEveryMs?: number },
): Promise<Dispatcher> {
	const { db, log } = services;
	const stopping = new AbortController();
	const cutting = new AbortController();
	const { signal } = stopping;
	const failed = (error: unknown) => {
		if (!signal.aborted && !isDatabaseAway(error)) log.error({ err: error }, "webhooks failed and are tried again");
	};
	const feeds = new Lanes(FAN_OUTS, failed);
	const endpoints = new Lanes(ENDPOINTS, failed);

	const send = (key: WebhookKey) =>
		endpoints.run(JSON.stringify([key.userId, key.webhookId]), async () => {
			while (!signal.aborted && !(await deliverBatch(services, key, cutting.signal)).done);
		});
	const take = (userId: string) =>
		feeds.run(userId, async () => {
			for (let more = true; more && !signal.aborted; ) {
				const made = await fanOut(services, userId);
				for (const key of made.told) send(key);
				// What was asked for once more, or resumed.
				if (made.own && made.told.length === 0) {
					for (const key of await webhooksDue(db, services.now(), userId)) send(key);
				}
				more = made.more;
			}
		});
	const look = () =>
		feeds.run("", async () => {
			for (const userId of await usersBehind(db)) take(userId);
			for (const key of await webhooksDue(db, services.now())) send(key);
		});

	if (options.alone) await releaseDeliveries(db);
	const stopListening = listenForChanges(services, databaseUrl, {
		onChange: take,
		onListening: look,
	});
	const timer = setInterval(look, options.lookEveryMs ?? LOOK_EVERY_MS);
	return {
		stop: async () => {
			stopping.abort(new Error("the server stops"));
			clearInterval(timer);
			const cut = setTimeout(() => cutting.abort(new Error("the server stops")), GRACE_MS);
			await Promise.all([stopListening(), feeds.stop(), endpoints.stop()]);
			clearTimeout(cut);
		},
	};
}
