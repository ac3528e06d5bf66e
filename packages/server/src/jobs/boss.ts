import { fromKysely, type Job, PgBoss, type Queue } from "pg-boss";
import type { Services } from "../services.ts";
import type { JobName, JobPayloads, JobQueue } from "./queue.ts";

/** Performs one job; `signal` aborts when the server stops. What it throws is logged, and the job is tried again. */
export type JobHandler<N extends JobName> = (payload: JobPayloads[N], signal: AbortSignal) => Promise<void>;
export type JobHandlers = { readonly [N in JobName]?: JobHandler<N> };

export interface BossOptions {
	/** The database of the application; jobs live in its schema `pgboss`. */
	readonly databaseUrl: string;
	readonly log: Services["log"];
	readonly metrics: Services["metrics"];
	/** Does this process work on jobs, or only send them? */
	readonly worker: boolean;
}

export interface JobRunner extends JobQueue {
	/** Begins to work on the jobs that have a handler. */
	work(handlers: JobHandlers): Promise<void>;
	/** Takes no new jobs, aborts the running ones, and waits for them, at most so long. */
	stop(withinMs: number): Promise<void>;
}

interface QueueSettings {
	readonly queue: Omit<Queue, "name">;
	/** Jobs of the queue that this process works on at the same time, and of these for one owner. */
	readonly concurrency: number;
	readonly perOwner?: number;
	/** How often to look for deferred jobs, seconds; new ones are announced by NOTIFY. */
	readonly pollSeconds: number;
	/** In pg-boss's cron, UTC; null: only what is sent. */
	readonly cron: string | null;
}

const HOUR = 3_600;

const QUEUES: Readonly<Record<JobName, QueueSettings>> = {
	// A run has its own lease, so a job that stays active for long is no sign of death, and one too many does no harm.
	// A hanging server holds one of the places; the others go on, also where one person has many such.
	"sync.run": {
		queue: {
			policy: "short",
			notify: true,
			retryLimit: 3,
			retryDelay: 5,
			retryBackoff: true,
			expireInSeconds: 12 * HOUR,
		},
		concurrency: 16,
		perOwner: 12,
		pollSeconds: 5,
		cron: null,
	},
	"sync.due": {
		queue: { policy: "short", notify: true, retryLimit: 0, expireInSeconds: 60 },
		concurrency: 1,
		pollSeconds: 2,
		cron: null,
	},
	"bookings.due": {
		queue: { policy: "short", notify: true, retryLimit: 0, expireInSeconds: 300 },
		concurrency: 1,
		pollSeconds: 2,
		cron: null,
	},
	// An intent has its own lease and is due by itself (sync/due-connections.ts), so jobs are never tried again.
	"push.intent": {
		queue: { policy: "short", notify: true, retryLimit: 0, expireInSeconds: HOUR },
		concurrency: 8,
		perOwner: 4,
		pollSeconds: 2,
		cron: null,
	},
	"push.connection": {
		queue: { policy: "short", notify: true, retryLimit: 0, expireInSeconds: HOUR },
		concurrency: 8,
		perOwner: 4,
		pollSeconds: 5,
		cron: null,
	},
	// What is missed is made up for after the next sync of the connection.
	"channels.keep": {
		queue: { policy: "short", notify: true, retryLimit: 0, expireInSeconds: HOUR },
		concurrency: 4,
		perOwner: 2,
		pollSeconds: 5,
		cron: null,
	},
	// What is to be given back has its own times of trying (oauth/consent-returns.ts).
	"consents.return": {
		queue: { policy: "short", notify: true, retryLimit: 0, expireInSeconds: HOUR },
		concurrency: 4,
		pollSeconds: 5,
		cron: null,
	},
	// A mail has its own lease and is due by itself (notify/due.ts).
	"mail.send": {
		queue: { policy: "short", notify: true, retryLimit: 0, expireInSeconds: HOUR },
		concurrency: 4,
		perOwner: 1,
		pollSeconds: 5,
		cron: null,
	},
	"notify.due": {
		queue: { policy: "short", notify: true, retryLimit: 0, expireInSeconds: HOUR },
		concurrency: 1,
		pollSeconds: 2,
		cron: null,
	},
	"events.roll-window": {
		queue: { policy: "short", notify: true, retryLimit: 2, retryDelay: 60, expireInSeconds: 2 * HOUR },
		concurrency: 1,
		pollSeconds: 60,
		cron: "5 0 * * *",
	},
	"housekeeping.prune": {
		queue: { policy: "short", notify: true, retryLimit: 0, expireInSeconds: HOUR },
		concurrency: 1,
		pollSeconds: 60,
		cron: "35 * * * *",
	},
};

const NAMES = Object.keys(QUEUES) as JobName[];
/** Finished jobs tell nothing that runs and logs do not. */
const KEEP_SECONDS = HOUR;
const SCHEMA = "pgboss";

/**
 * pg-boss behind `JobQueue`: jobs are rows, inserted in the caller's transaction and announced by NOTIFY when it commits.
 * @throws where the database cannot be reached or its schema cannot be brought up to date
 */
export async function startJobs(options: BossOptions): Promise<JobRunner> {
	const { log, metrics, worker } = options;
	const boss = new PgBoss({
		connectionString: options.databaseUrl,
		application_name: "kalends jobs",
		schema: SCHEMA,
		max: worker ? 4 : 2,
		useListenNotify: worker,
		schedule: worker,
		supervise: worker,
		cronMonitorIntervalSeconds: 30,
	});
	boss.on("error", (error) => log.warn({ err: error }, "the job queue had an error and goes on"));
	boss.on("warning", ({ message, data }) => log.warn({ data }, message));
	await boss.start();
	for (const name of NAMES) {
		const settings = { ...QUEUES[name].queue, deleteAfterSeconds: KEEP_SECONDS };
		await boss.createQueue(name, settings);
	}
	const stopping = new AbortController();
	const running = new Set<Promise<void>>();

	const handle = <N extends JobName>(name: N, handler: JobHandler<N>) => {
		const { concurrency, perOwner, pollSeconds } = QUEUES[name];
		return boss.work<JobPayloads[N]>(
			name,
			{
				localConcurrency: concurrency,
				...(perOwner === undefined ? {} : { localGroupConcurrency: perOwner }),
				pollingIntervalSeconds: Math.min(pollSeconds, 5),
				notifyPollingIntervalSeconds: pollSeconds,
			},
			async (jobs: Job<JobPayloads[N]>[]) => {
				for (const job of jobs) {
					const work = performJob(name, handler, job);
					running.add(work);
					await work.finally(() => running.delete(work));
				}
			},
		);
	};

	const performJob = async <N extends JobName>(name: N, handler: JobHandler<N>, job: Job<JobPayloads[N]>) => {
		const stopTimer = metrics.jobSeconds.startTimer({ name });
		try {
			await handler(job.data, stopping.signal);
			metrics.jobs.inc({ name, outcome: "done" });
		} catch (error) {
			metrics.jobs.inc({ name, outcome: stopping.signal.aborted ? "aborted" : "failed" });
			if (!stopping.signal.aborted) log.error({ job: name, job_id: job.id, err: error }, "a job failed");
			throw error;
		} finally {
			stopTimer();
		}
	};

	return {
		send: async (name, payload, { transaction, startAfter, key, owner }) => {
			await boss.send(name, payload, {
				db: fromKysely(transaction),
				...(startAfter === undefined ? {} : { startAfter }),
				...(key === undefined ? {} : { singletonKey: key }),
				...(owner === undefined ? {} : { group: { id: owner } }),
			});
		},
		work: async (handlers) => {
			for (const name of NAMES) {
				const handler = handlers[name];
				if (handler === undefined) continue;
				await handle(name, handler as JobHandler<typeof name>);
				const { cron } = QUEUES[name];
				if (cron !== null) await boss.schedule(name, cron, {});
			}
		},
		stop: async (withinMs) => {
			stopping.abort(new Error("the server stops"));
			const deadline = AbortSignal.timeout(withinMs);
			await Promise.race([
				Promise.allSettled([...running]),
				new Promise((resolve) => deadline.addEventListener("abort", resolve, { once: true })),
			]);
			await boss.stop({ graceful: true, timeout: 1_000 });
		},
	};
}
