import { setTimeout } from "node:timers/promises";
import { seededRandom } from "@kalends/model";
import { type FeedServer, type Radicale, startFeedServer, startRadicale } from "@kalends/providers/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from "vitest";
import {
	type ConnectionBody,
	copyOf,
	countTypes,
	followChanges,
	type ListBody,
	type RunBody,
	sync,
	untilSynced,
} from "./support/api.ts";
import { embeddedDatabase, query } from "./support/database.ts";
import { readIndependently } from "./support/independent-reader.ts";
import { type Kalends, startKalends } from "./support/kalends.ts";
import { calendarSource, feedSource, type Source } from "./support/sources.ts";

/** About half of the rounds kill first syncs, the others syncs of changes. */
const ROUNDS = Number(process.env.KALENDS_KILL_ROUNDS ?? 8);
const SEED = Number(process.env.KALENDS_KILL_SEED ?? 1);

/** Ahead of today: a feed may drop what is past without its being deleted here. */
const FROM = Temporal.Now.plainDateISO("UTC").add({ days: 3 });
const RANGE = { from: FROM.toString(), to: FROM.add({ days: 60 }).toString() };
const FIXTURE = { from: RANGE.from, days: 50 };
/** Polls would add runs of their own. */
const ENV = { KALENDS_POLL_INTERVAL: "86400" };

let radicale: Radicale;
let feeds: FeedServer;
let kalends: Kalends;
let sources: readonly Source[];
/** Milliseconds of an undisturbed first sync on this machine. */
let usual: number;

beforeAll(async () => {
	[radicale, feeds, kalends] = await Promise.all([startRadicale(), startFeedServer(), startKalends({ env: ENV })]);
	sources = [
		await calendarSource(radicale, "work", { ...FIXTURE, seed: SEED, singles: 180, recurring: 20 }, { whole: true }),
		feedSource(feeds, "/team.ics", { ...FIXTURE, seed: SEED + 1, singles: 760, recurring: 40 }),
	];
	const connected = await connectAll();
	const runs = await Promise.all(connected.map(({ id }) => untilSynced(kalends, id)));
	usual = Math.max(...runs.map((run) => run.duration_ms ?? 0));
	await disconnectAll(connected);
});
afterAll(async () => {
	await kalends?.dispose();
	await Promise.all([radicale?.stop(), feeds?.close()]);
});

beforeEach(() => onTestFailed(() => void process.stderr.write(kalends.story())));

const connectAll = () =>
	Promise.all(sources.map(({ input }) => kalends.request<ConnectionBody>("POST", "/v1/connections", input)));

async function disconnectAll(connections: readonly { readonly id: string }[]): Promise<void> {
	for (const { id } of connections) await kalends.request("DELETE", `/v1/connections/${id}`);
}

/**
 * Kills the server once or twice, each time at a random moment of a sync, and starts it again on the database that it
 * left behind; now and then the database is killed with it.
 */
async function killNowAndThen(random: () => number): Promise<void> {
	for (let kills = 1 + Math.floor(random() * 2); kills > 0; kills--) {
		await setTimeout(random() * usual * 1.2);
		await kalends.stop("SIGKILL");
		if (random() < 0.3) process.kill((await embeddedDatabase(kalends.dataDir)).pid, "SIGKILL");
		await startAgain();
	}
}

async function startAgain(): Promise<void> {
	kalends = await startKalends({ dataDir: kalends.dataDir, env: ENV, port: Number(new URL(kalends.url).port) });
}

const read = ({ resources }: Source) => readIndependently(resources, RANGE.from, RANGE.to);

const rounds = Array.from({ length: ROUNDS }, (_, index) => index + 1);

describe("kill -9 during first syncs", () => {
	let expected: readonly string[][];
	beforeAll(async () => {
		expected = await Promise.all(sources.map(read));
	});

	it.for(rounds.filter((round) => round % 2 === 1))("each happens once and whole (round %i)", async (round) => {
		const follow = await followChanges(kalends);
		const connected = await connectAll();
		await killNowAndThen(seededRandom(SEED * 1_000 + round));
		for (const [index, { resources }] of sources.entries()) {
			const id = connected[index]?.id ?? "";
			const run = await untilSynced(kalends, id);
			expect(run).toMatchObject({ state: "done", created: resources.length, updated: 0, deleted: 0, error: null });
			const runs = await kalends.request<ListBody<RunBody>>("GET", `/v1/connections/${id}/runs`);
			expect(runs.data).toHaveLength(1);
			expect(await copyOf(kalends, id, RANGE)).toEqual(expected[index]);
		}
		const changes = await follow();
		expect(countTypes(changes, "calendar.synced")).toEqual({ "calendar.synced": sources.length });
		expect(countTypes(changes, "event.")).toEqual({});
		await disconnectAll(connected);
	});
});

describe("kill -9 during syncs of changes", () => {
	let connected: readonly ConnectionBody[];
	beforeAll(async () => {
		for (const source of sources) await source.edit({ create: 12, update: 0, remove: 0 }, Math.random);
		connected = await connectAll();
		for (const { id } of connected) await untilSynced(kalends, id);
	});

	it.for(rounds.filter((round) => round % 2 === 0))("each change arrives once (round %i)", async (round) => {
		const random = seededRandom(SEED * 1_000 + round);
		const edits = [
			{ create: 5, update: 4, remove: 3 },
			{ create: 60, update: 100, remove: 40 },
		] as const;
		for (const [index, source] of sources.entries()) await source.edit(edits[index] ?? edits[0], random);
		const follow = await followChanges(kalends);
		for (const { id } of connected) await kalends.request("POST", `/v1/connections/${id}/sync`);
		await killNowAndThen(random);
		for (const [index, source] of sources.entries()) {
			const id = connected[index]?.id ?? "";
			const { create, update, remove } = edits[index] ?? edits[0];
			const run = await untilSynced(kalends, id);
			expect(run).toMatchObject({ state: "done", created: create, updated: update, deleted: remove, error: null });
			expect(await copyOf(kalends, id, RANGE)).toEqual(await read(source));
		}
		const changes = await follow();
		const sum = (field: keyof (typeof edits)[0]) => edits.reduce((total, edit) => total + edit[field], 0);
		expect(countTypes(changes, "event.")).toEqual({
			"event.created": sum("create"),
			"event.updated": sum("update"),
			"event.deleted": sum("remove"),
		});
		expect(new Set(changes.map((change) => `${change.type} ${change.id}`)).size).toBe(changes.length);
	});

	it("leaves nothing for the next sync to do", async () => {
		for (const { id } of connected) {
			expect(await sync(kalends, id)).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
		}
		const { exitCode, stdout } = await kalends.command("verify", "--json");
		expect(JSON.parse(stdout)).toMatchObject({ connections: Array(2).fill({ error: null, differences: [] }) });
		expect(exitCode).toBe(0);
	});
});

it("takes over at once what a killed server had claimed, however long its claim would hold", async () => {
	const source = feedSource(feeds, "/claimed.ics", { ...FIXTURE, seed: SEED + 2, singles: 10, recurring: 1 });
	const asked = source.holdBack(2);
	const { id } = await kalends.request<ConnectionBody>("POST", "/v1/connections", source.input);
	await asked;
	await kalends.stop("SIGKILL");
	const { url } = await embeddedDatabase(kalends.dataDir);
	await query(url, "update runs set claimed_until = now() + interval '1 day' where connection_id = $1", [id]);
	await startAgain();
	expect(await untilSynced(kalends, id)).toMatchObject({ state: "done", created: 11, error: null });
});
