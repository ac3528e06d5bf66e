import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { DatabaseError } from "../errors.ts";
import { type Cluster, clusterUrl, createCluster, readServer, startCluster, stopCluster } from "./cluster.ts";

/**
 * Use of the embedded database by one process. All users hold the shared advisory lock IN_USE: the last one to
 * leave stops the server, whoever started it. A user that is killed loses its lock with its connection, and the
 * server that it leaves behind is adopted by the next one.
 */
export interface EmbeddedLease {
	readonly url: string;
	/** A connection that lives as long as the lease; session locks of its holder may sit on it. */
	readonly client: pg.Client;
	/** Resolves when the database went away under us. */
	readonly lost: Promise<void>;
	/** Ends the use; stops the server when nobody else uses it. */
	release(): Promise<void>;
}

/** Advisory lock numbers, "KA" then a counter; the only ones that Kalends takes besides its migrations'. */
export const LOCKS = { inUse: 0x4b41_0001, serverOwnsFolder: 0x4b41_0002 } as const;

const PATIENCE_MS = 330_000;
const LOOK_AGAIN_MS = 50;

/**
 * Makes, starts or adopts the database of a cluster and registers as its user.
 * @param meanwhile called when it was told to start
 * @throws DatabaseError `database_unreachable` with PostgreSQL's own reason
 */
export async function leaseCluster(
	cluster: Cluster,
	preferredPort: number | null = null,
	meanwhile?: () => void,
): Promise<EmbeddedLease> {
	await createCluster(cluster);
	const deadline = Date.now() + PATIENCE_MS;
	for (;;) {
		const server = await readServer(cluster);
		if (server === null) {
			if (!(await startCluster(cluster, preferredPort, meanwhile))) await delay(LOOK_AGAIN_MS);
		} else if (server.status === "ready") {
			const lease = await enter(cluster, await clusterUrl(cluster, server.port));
			if (lease !== null) return lease;
			await delay(LOOK_AGAIN_MS);
		} else {
			await delay(LOOK_AGAIN_MS);
		}
		if (Date.now() > deadline) {
			throw new DatabaseError(
				"database_unreachable",
				`The embedded database in ${cluster.folder} is busy starting or stopping and does not come up.`,
			);
		}
	}
}

/** Null when the server is on its way down: look again. */
async function enter(cluster: Cluster, url: string): Promise<EmbeddedLease | null> {
	const client = new pg.Client({ connectionString: url, application_name: "kalends", keepAlive: true });
	const gone = Promise.withResolvers<void>();
	client.on("error", () => gone.resolve());
	client.on("end", () => gone.resolve());
	try {
		await client.connect();
		await client.query("select pg_advisory_lock_shared($1)", [LOCKS.inUse]);
	} catch (error) {
		await client.end().catch(() => {});
		if (isGoingDown(error)) return null;
		const reason = error instanceof Error ? error.message : String(error);
		throw new DatabaseError(
			"database_unreachable",
			`The embedded database in ${cluster.folder} runs but does not let us in: ${reason}`,
			{ cause: error },
		);
	}
	let released: Promise<void> | null = null;
	const release = () => {
		released ??= leave(cluster, client);
		return released;
	};
	return { url, client, lost: gone.promise, release };
}

async function leave(cluster: Cluster, client: pg.Client): Promise<void> {
	try {
		await client.query("select pg_advisory_unlock_all()");
		const alone = await client.query("select pg_try_advisory_lock($1) as granted", [LOCKS.inUse]);
		// Newcomers wait for the shared lock meanwhile; the stop ends their wait, and they start the server again.
		if (alone.rows[0]?.granted === true) await stopCluster(cluster);
	} catch (error) {
		if (!isGoingDown(error)) throw error;
	} finally {
		await client.end().catch(() => {});
	}
}

/** Connection refused or broken, or SQLSTATE class 57P (shutting down, crashed, starting up). */
function isGoingDown(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	const code = "code" in error ? String(error.code) : "";
	return (
		/^57P0[1-5]$/.test(code) ||
		["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(code) ||
		/Connection terminated|not queryable/.test(error.message)
	);
}
