import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Radicale, startRadicale } from "@kalends/providers/testing";
import { connect, sync } from "../e2e/support/api.ts";
import { makeFixture } from "../e2e/support/fixture.ts";
import { type Kalends, startKalends } from "../e2e/support/kalends.ts";
import { type Benchmark, type BenchmarkRow, median, milliseconds } from "./report.ts";

const EVENTS = 2_050;
const ROUNDS = 3;

/** First sync of 2,050 events from a real Radicale, against vdirsyncer on the same server and data, in turns. */
export const caldavFirstSync: Benchmark = {
	name: "caldav-first-sync",
	async run() {
		const radicale = await startRadicale({ username: "bench", password: "bench" });
		const kalends = await startKalends();
		try {
			const calendar = await radicale.createCalendar("work");
			for (const resource of makeFixture({ seed: 1, singles: 2_000, recurring: 50, from: "2026-09-01" })) {
				await radicale.put(calendar, resource.name, resource.ics);
			}
			// Both find the server's own item cache warm.
			await kalendsRound(kalends, radicale);
			const ours: number[] = [];
			const theirs: number[] = [];
			let unchanged = 0;
			for (let round = 0; round < ROUNDS; round++) {
				const result = await kalendsRound(kalends, radicale);
				ours.push(result.firstSync);
				unchanged = Math.max(unchanged, result.unchangedRequests);
				if (existsSync("/usr/bin/vdirsyncer")) theirs.push(await vdirsyncerRound(radicale, "work"));
			}
			const rows: BenchmarkRow[] = [
				{
					work: "sync with nothing changed, one CalDAV calendar",
					measured: `${unchanged} request(s)`,
					yardstick: "requests for each calendar",
					ratio: null,
					budget: "1",
					met: unchanged <= 1,
				},
			];
			if (theirs.length > 0) {
				const ratio = median(theirs) / median(ours);
				rows.unshift({
					work: `first CalDAV sync, ${EVENTS} events`,
					measured: milliseconds(median(ours)),
					yardstick: `vdirsyncer ${milliseconds(median(theirs))}`,
					ratio,
					budget: ">= 4 times faster",
					met: ratio >= 4,
				});
			}
			return rows;
		} finally {
			await kalends.dispose();
			await radicale.stop();
		}
	},
};

async function kalendsRound(kalends: Kalends, radicale: Radicale) {
	const began = performance.now();
	const { id, run } = await connect(kalends, {
		provider: "caldav",
		url: radicale.url.href,
		username: radicale.username,
		password: radicale.password,
	});
	const firstSync = performance.now() - began;
	if (run.created !== EVENTS) throw new Error(`expected ${EVENTS} events, the first sync made ${run.created}`);
	const second = await sync(kalends, id);
	await kalends.request("DELETE", `/v1/connections/${id}`);
	return { firstSync, unchangedRequests: second.requests };
}

async function vdirsyncerRound(radicale: Radicale, collection: string): Promise<number> {
	const folder = await mkdtemp(join(tmpdir(), "vdirsyncer-"));
	try {
		const target = join(folder, "calendars");
		await mkdir(target);
		await writeFile(
			join(folder, "config"),
			`[general]
status_path = "${join(folder, "status")}"
[pair bench]
a = "there"
b = "here"
collections = ["${collection}"]
[storage there]
type = "caldav"
url = "${radicale.url.href}"
username = "${radicale.username}"
password = "${radicale.password}"
[storage here]
type = "filesystem"
path = "${target}"
fileext = ".ics"
`,
		);
		const environment = { ...process.env, VDIRSYNCER_CONFIG: join(folder, "config"), LC_ALL: "C.UTF-8" };
		const run = (command: string) =>
			new Promise<void>((resolve, reject) => {
				const child = spawn("/usr/bin/vdirsyncer", [command], { env: environment, stdio: ["pipe", "ignore", "pipe"] });
				let errors = "";
				child.stderr.on("data", (chunk: Buffer) => {
					errors += chunk.toString();
				});
				// It asks whether to make the local collection.
				child.stdin.end("y\ny\ny\n");
				child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`vdirsyncer ${command}: ${errors}`))));
			});
		const began = performance.now();
		await run("discover");
		await run("sync");
		const elapsed = performance.now() - began;
		const count = (await readdir(join(target, collection))).length;
		if (count !== EVENTS) throw new Error(`vdirsyncer brought ${count} of ${EVENTS} events`);
		return elapsed - interpreterStart();
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** What two starts of the program cost without any work; not counted against it. */
function interpreterStart(): number {
	const began = performance.now();
	spawnSync("/usr/bin/vdirsyncer", ["--version"]);
	spawnSync("/usr/bin/vdirsyncer", ["--version"]);
	return performance.now() - began;
}
