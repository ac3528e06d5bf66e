import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { Services } from "../services.ts";
import { CHANGES_CHANNEL } from "./notify.ts";

export interface ChangeListener {
	/** A transaction that this user's followers wait for was committed. */
	onChange(userId: string): void;
	/** From now on nothing is missed; what came before may have been. Called at each (re)connection. */
	onListening(): void;
}

const RECONNECT_MS = 1_000;

/**
 * Listens on a connection of its own for commits that somebody waits for; connects again whenever it breaks.
 * @returns what ends it
 */
export function listenForChanges(
	{ log }: Pick<Services, "log">,
	databaseUrl: string,
	listener: ChangeListener,
): () => Promise<void> {
	const stopping = new AbortController();
	const listening = (async () => {
		while (!stopping.signal.aborted) {
			try {
				await listenOnce(databaseUrl, listener, stopping.signal);
			} catch (error) {
				if (stopping.signal.aborted) return;
				log.warn({ err: error }, "listening for changes broke off and is begun again");
			}
			await delay(RECONNECT_MS, undefined, { signal: stopping.signal }).catch(() => {});
		}
	})();
	return async () => {
		stopping.abort();
		await listening;
	};
}

/** Until the connection breaks, which it throws, or the signal says so. */
async function listenOnce(databaseUrl: string, listener: ChangeListener, signal: AbortSignal): Promise<void> {
	const client = new pg.Client({
		connectionString: databaseUrl,
		application_name: "kalends changes",
		keepAlive: true,
		connectionTimeoutMillis: 10_000,
	});
	const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
	const stop = () => resolve();
	client.on("error", reject);
	client.on("end", stop);
	signal.addEventListener("abort", stop);
	ended.catch(() => {});
	try {
		await client.connect();
		client.on("notification", ({ payload }) => {
			if (payload !== undefined && payload !== "") listener.onChange(payload);
		});
		await client.query(`LISTEN ${CHANGES_CHANNEL}`);
		listener.onListening();
		await ended;
	} finally {
		// The signal outlives every connection.
		signal.removeEventListener("abort", stop);
		await client.end().catch(() => {});
	}
}
