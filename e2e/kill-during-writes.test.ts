import { setTimeout } from "node:timers/promises";
import { seededRandom } from "@kalends/model";
import { type Radicale, startRadicale } from "@kalends/providers/testing";
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from "vitest";
import { type EventBody, listAll, sync } from "./support/api.ts";
import { embeddedDatabase } from "./support/database.ts";
import { type Kalends, startKalends } from "./support/kalends.ts";
import { connectBothSides, untilNothingWaits } from "./support/two-sides.ts";
import { until } from "./support/until.ts";

/** A kill each; 200 for the whole proof. */
const KILLS = Number(process.env.KALENDS_WRITE_KILLS ?? 8);
const SEED = Number(process.env.KALENDS_KILL_SEED ?? 1);
const ENV = { KALENDS_POLL_INTERVAL: "5" };

let radicale: Radicale;
let kalends: Kalends;

beforeAll(async () => {
	radicale = await startRadicale();
	kalends = await startKalends({ env: ENV });
});
afterAll(async () => {
	await kalends?.dispose();
	await radicale?.stop();
});
beforeEach(() => onTestFailed(() => void process.stderr.write(kalends.story())));

it(`kill -9 at ${KILLS} random moments under writes from both sides loses and doubles nothing`, {
	timeout: 60_000 + KILLS * 20_000,
}, async () => {
	const { sides, connectionId } = await connectBothSides(() => kalends, radicale, radicale.url, SEED);
	const random = seededRandom(SEED + 1);

	let over = false;
	const writing = (write: () => Promise<void>) =>
		(async () => {
			while (!over) await write();
		})();
	const writers = [writing(() => sides.writeHere()), writing(() => sides.writeThere().then(() => setTimeout(150)))];
	const failed = Promise.race(writers);
	for (let kill = 1; kill <= KILLS; kill++) {
		await Promise.race([failed, setTimeout(100 + random() * 1_500)]);
		await kalends.stop("SIGKILL");
		if (random() < 0.2) process.kill((await embeddedDatabase(kalends.dataDir)).pid, "SIGKILL");
		kalends = await startKalends({
			dataDir: kalends.dataDir,
			env: ENV,
			port: Number(new URL(kalends.url).port),
		});
		if (kill % 3 === 0) await kalends.fetch("POST", `/v1/connections/${connectionId}/sync?wait=true`);
		sides.learnIds(await listAll<EventBody>(kalends, "/v1/events?from=2027-01-01&to=2028-01-01"));
	}
	over = true;
	await Promise.all(writers);

	await untilNothingWaits(kalends);
	await until("a sync to end well", async () => (await sync(kalends, connectionId)).state === "done");
	await untilNothingWaits(kalends);
	await sync(kalends, connectionId);
	expect(await sync(kalends, connectionId)).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
	expect(await sides.faults()).toEqual([]);
	const { stdout } = await kalends.command("verify", "--json");
	expect(JSON.parse(stdout)).toMatchObject({ connections: [{ error: null, differences: [] }] });
});
