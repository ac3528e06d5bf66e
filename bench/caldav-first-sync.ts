import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Radicale, startRadicale } from "@kalends/providers/testing";
import { connect, sync } from "../e2e/support/api.ts";
import { inOneCalendar, makeFixture } from "../e2e/support/fixture.ts";
import { type Kalends, startKalends } from "../e2e/support/kalends.ts";
import { type Benchmark, type BenchmarkRow, median, milliseconds } from "./report.ts";

const EVENTS = 2_050;
const ROUNDS = 3;
const EVOLUTION = "/usr/libexec/evolution-calendar-factory";

/** First sync of 2,050 events from a real Radicale, against others on the same server and data, in turns. */
export const caldavFirstSync: Benchmark = {
	name: "caldav-first-sync",
	async run() {
		const radicale = await startRadicale({ username: "bench" });
		const kalends = await startKalends();
		try {
			const calendar = await radicale.createCalendar("work");
			const fixture = makeFixture({ seed: 1, singles: 2_000, recurring: 50, from: "2026-09-01" });
			await radicale.putWhole(calendar, inOneCalendar(fixture));
			// Both find the server's own item cache warm.
			await kalendsRound(kalends, radicale);
			const ours: number[] = [];
			const vdirsyncer: number[] = [];
			const evolution: number[] = [];
			let unchanged = 0;
			for (let round = 0; round < ROUNDS; round++) {
				const result = await kalendsRound(kalends, radicale);
				ours.push(result.firstSync);
				unchanged = Math.max(unchanged, result.unchangedRequests);
				if (existsSync("/usr/bin/vdirsyncer")) vdirsyncer.push(await vdirsyncerRound(radicale, "work"));
				if (existsSync(EVOLUTION)) evolution.push(await evolutionRound(new URL(calendar, radicale.url)));
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
			const compare = (name: string, samples: readonly number[], atLeast: number) => {
				if (samples.length === 0) return;
				const ratio = median(samples) / median(ours);
				rows.push({
					work: `first CalDAV sync, ${EVENTS} events`,
					measured: milliseconds(median(ours)),
					yardstick: `${name} ${milliseconds(median(samples))}`,
					ratio,
					budget: `>= ${atLeast} times faster`,
					met: ratio >= atLeast,
				});
			};
			compare("vdirsyncer", vdirsyncer, 4);
			compare("evolution-data-server", evolution, 2);
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
		// Radicale lets everybody in, as evolution-data-server is given no password here.
		password: "any",
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
password = "any"
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

/** evolution-data-server in a session and a home of its own. */
async function evolutionRound(calendar: URL): Promise<number> {
	const home = await mkdtemp(join(tmpdir(), "evolution-"));
	try {
		const script = join(import.meta.dirname, "yardsticks/evolution_first_sync.py");
		const result = spawnSync("dbus-run-session", ["--", "/usr/bin/python3", script, calendar.href, String(EVENTS)], {
			env: {
				PATH: process.env.PATH ?? "",
				HOME: home,
				XDG_CONFIG_HOME: join(home, "config"),
				XDG_CACHE_HOME: join(home, "cache"),
				XDG_DATA_HOME: join(home, "data"),
				GIO_USE_VFS: "local",
				GSETTINGS_BACKEND: "memory",
			},
			timeout: 300_000,
		});
		if (result.status !== 0) throw new Error(`evolution-data-server: ${result.stderr.toString().slice(-500)}`);
		return Number(result.stdout.toString().trim());
	} finally {
		await rm(home, { recursive: true, force: true });
	}
}
