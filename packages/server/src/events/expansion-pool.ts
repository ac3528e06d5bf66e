import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import {
	assessSeries,
	type Expansion,
	type ExpansionOptions,
	expandSeries,
	expandStartOnly,
	type InstantRange,
	type Series,
} from "@kalends/model";
import { type ExpansionAnswer, expansionOf, taskOf } from "./expansion-task.ts";

export interface ExpansionPoolOptions {
	/** Milliseconds of processor time after which an expansion is given up and its thread killed. */
	readonly timeout?: number;
	/** Milliseconds without work after which the thread ends. */
	readonly idle?: number;
	/** Megabytes of heap that the thread may use. */
	readonly heap?: number;
	/** The module that the thread runs. */
	readonly script?: URL;
}

export interface ExpansionPool {
	/** See {@link expandSafely}. */
	expand(series: Series, range: InstantRange, options: ExpansionOptions): Promise<Expansion>;
	/** Like `expand`, in the thread whatever the series costs. */
	expandInThread(series: Series, range: InstantRange, options: ExpansionOptions): Promise<Expansion>;
	/** True while a thread is there. */
	running(): boolean;
	/** Ends the thread; what it was doing is given up. */
	close(): Promise<void>;
}

/** Steps in the thread: more than on the event loop, few enough to end by counting before the clock strikes. */
const MAX_STEPS = 1_000_000;

/** On a machine with other work, an expansion may take so many times its processor time before it is given up. */
const PATIENCE = 8;

interface Job {
	readonly task: string;
	/** Null where the thread was killed, ran out of memory or died. */
	readonly finish: (answer: ExpansionAnswer | null) => void;
}

/**
 * One thread, started with the first expensive series and ended when idle, that takes expansions one after another
 * under a hard limit of processor time and heap (T13). Idle, it holds no process open.
 */
export function createExpansionPool(options: ExpansionPoolOptions = {}): ExpansionPool {
	const { timeout = 250, idle = 30_000, heap = 64 } = options;
	const script = options.script ?? new URL("./expansion-worker.ts", import.meta.url);
	const queue: Job[] = [];
	let current: Job | null = null;
	let thread: Worker | null = null;
	let ready = false;
	let idleTimer: NodeJS.Timeout | undefined;

	const start = (): Worker => {
		const worker = new Worker(script, {
			resourceLimits: { maxOldGenerationSizeMb: heap, maxYoungGenerationSizeMb: Math.min(16, heap), stackSizeMb: 4 },
			execArgv: [],
			env: {},
		});
		worker.on("message", (message: string) => {
			if (worker !== thread) return;
			if (message === "ready") ready = true;
			else settle(JSON.parse(message));
			next();
		});
		worker.on("error", () => lose(worker));
		worker.on("exit", () => lose(worker));
		return worker;
	};

	const settle = (answer: ExpansionAnswer | null): void => {
		const job = current;
		current = null;
		job?.finish(answer);
	};

	/** The thread is gone: its job fails, or the first in line where it died before it was ready. */
	const lose = (worker: Worker): void => {
		if (worker !== thread) return;
		thread = null;
		if (!ready) current ??= queue.shift() ?? null;
		ready = false;
		settle(null);
		next();
	};

	const kill = async (worker: Worker): Promise<void> => {
		const ended = worker.terminate();
		lose(worker);
		await ended;
	};

	const watch = async (worker: Worker, job: Job): Promise<void> => {
		const before = await processorTime(worker);
		for (let turn = 1; turn <= PATIENCE; turn++) {
			await sleep(timeout, undefined, { ref: false });
			if (current !== job) return;
			if ((await processorTime(worker)) - before >= timeout) break;
		}
		if (current === job) await kill(worker);
	};

	const next = (): void => {
		if (current !== null) return;
		clearTimeout(idleTimer);
		const worker = thread ?? (queue.length > 0 ? start() : null);
		thread = worker;
		if (worker === null) return;
		if (queue.length === 0) {
			worker.unref();
			idleTimer = setTimeout(kill, idle, worker).unref();
			return;
		}
		worker.ref();
		if (!ready) return;
		current = queue.shift() ?? null;
		if (current === null) return;
		worker.postMessage(current.task);
		void watch(worker, current);
	};

	const expandInThread: ExpansionPool["expandInThread"] = (series, range, expansionOptions) => {
		const limits = { maxSteps: MAX_STEPS, ...expansionOptions.limits };
		return new Promise((resolve) => {
			queue.push({
				task: JSON.stringify(taskOf(series, range, { ...expansionOptions, limits })),
				finish: (answer) =>
					resolve(answer === null ? expandStartOnly(series, range, expansionOptions) : expansionOf(answer, series)),
			});
			next();
		});
	};

	return {
		expandInThread,
		expand: (series, range, expansionOptions) =>
			assessSeries(series, range, expansionOptions) === "expensive"
				? expandInThread(series, range, expansionOptions)
				: Promise.resolve(expandSeries(series, range, expansionOptions)),
		running: () => thread !== null,
		close: async () => {
			for (const job of queue.splice(0)) job.finish(null);
			clearTimeout(idleTimer);
			if (thread !== null) await kill(thread);
		},
	};
}

/** Milliseconds that a thread has computed; Infinity once it is gone. */
async function processorTime(worker: Worker): Promise<number> {
	try {
		const { user, system } = await worker.cpuUsage();
		return (user + system) / 1000;
	} catch {
		return Number.POSITIVE_INFINITY;
	}
}

const pool = createExpansionPool();

/**
 * Expands a series without holding the event loop: cheap ones here, expensive ones in a thread that is killed after
 * 250 ms of processor time or 64 MB of heap. A series that is given up shows its DTSTART and overrides, with a
 * problem. Never rejects.
 */
export function expandSafely(series: Series, range: InstantRange, options: ExpansionOptions): Promise<Expansion> {
	return pool.expand(series, range, options);
}
