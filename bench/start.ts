import { readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { startKalends } from "../e2e/support/kalends.ts";
import { type Benchmark, median, milliseconds } from "./report.ts";

/** How long until the first answer, and what an idle server holds in memory, the embedded database included. */
export const start: Benchmark = {
	name: "start",
	async run() {
		const began = performance.now();
		const first = await startKalends();
		const firstEver = performance.now() - began;
		await first.stop();
		const again: number[] = [];
		for (let round = 0; round < 3; round++) {
			const roundBegan = performance.now();
			const server = await startKalends({ dataDir: first.dataDir });
			again.push(performance.now() - roundBegan);
			await server.stop();
		}
		const idle = await startKalends({ dataDir: first.dataDir });
		const memory = await settledMemory(idle.process.pid ?? 0, idle.dataDir);
		await idle.dispose();
		await rm(first.dataDir, { recursive: true, force: true });
		return [
			row("first ever start to first answer", milliseconds(firstEver), "<= 8 s", firstEver <= 8_000),
			row("start with a database to first answer", milliseconds(median(again)), "<= 1.5 s", median(again) <= 1_500),
			row(
				"memory, idle, database included",
				`${Math.round(memory / 2 ** 20)} MB`,
				"<= 250 MB",
				memory <= 250 * 2 ** 20,
			),
		];
	},
};

function row(work: string, measured: string, budget: string, met: boolean) {
	return { work, measured, yardstick: "", ratio: null, budget, met };
}

/** Proportional set size of the server and of every process of its database, once it no longer falls, bytes. */
async function settledMemory(pid: number, dataDir: string): Promise<number> {
	let lowest = Number.POSITIVE_INFINITY;
	for (let look = 0; look < 20; look++) {
		const now = proportionalSize(pid) + databaseProcesses(dataDir).reduce((sum, one) => sum + proportionalSize(one), 0);
		if (look > 5 && now >= lowest) break;
		lowest = Math.min(lowest, now);
		await new Promise((done) => setTimeout(done, 500));
	}
	return lowest;
}

/** Shared pages are counted once, shared out among those who map them. */
function proportionalSize(pid: number): number {
	try {
		const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
		return Number(match?.[1] ?? 0) * 1024;
	} catch {
		return 0;
	}
}

/** The postmaster of this data folder and its children. */
function databaseProcesses(dataDir: string): number[] {
	const processes = readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.flatMap((name) => {
			try {
				const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1] ?? 0);
				return [{ pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, "utf8") }];
			} catch {
				return [];
			}
		});
	const postmasters = processes.filter((one) => one.command.includes("postgres") && one.command.includes(dataDir));
	const parents = new Set(postmasters.map((one) => one.pid));
	return processes.filter((one) => parents.has(one.pid) || parents.has(one.parent)).map((one) => one.pid);
}
