import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CalendarEvent } from "@kalends/model";
import { parseCalendar } from "@kalends/model";
import { type HttpTransport, TransportError } from "@kalends/providers";
import { memoryProvider } from "@kalends/providers/testing";
import { sql } from "kysely";
import { makeFixture } from "../e2e/support/fixture.ts";
import { createUser } from "../packages/server/src/accounts/users.ts";
import { loadConfig } from "../packages/server/src/config.ts";
import { sealCredentials } from "../packages/server/src/connections/credentials.ts";
import { openFoundation } from "../packages/server/src/foundation.ts";
import { createLifecycle } from "../packages/server/src/observability/lifecycle.ts";
import { createMetrics } from "../packages/server/src/observability/metrics.ts";
import type { Services } from "../packages/server/src/services.ts";
import { createFollowers } from "../packages/server/src/stream/followers.ts";
import { createRun } from "../packages/server/src/sync/create-run.ts";
import { performRun } from "../packages/server/src/sync/run.ts";
import { type Benchmark, median } from "./report.ts";

const SERIES = 100;
const SINGLES = 10_000 - SERIES;
const ROUNDS = 3;
const SLICE = 250;

/**
 * First sync of 10,000 events, 100 of them weekly series, from a provider that answers at once, against a bare loop
 * that writes the same rows of `events` and `occurrences`, in turns.
 */
export const firstSync: Benchmark = {
	name: "first-sync",
	async run() {
		const dataDir = await mkdtemp(join(tmpdir(), "kalends-bench-"));
		const config = loadConfig({ KALENDS_DATA_DIR: dataDir, LOG_LEVEL: "warn" });
		const foundation = await openFoundation(config, { owner: true });
		try {
			const { provider, control } = memoryProvider();
			control.addAccount("ada", "secret");
			const calendar = control.createCalendar("ada", { name: "Work" });
			for (const { uid, events, raw } of resources()) control.putEvents(calendar, uid, events, raw);
			const services: Services = {
				...foundation.services,
				http: noNetwork,
				providers: new Map([[provider.id, provider]]),
				mail: null,
				jobs: { send: async () => {} },
				metrics: createMetrics(),
				lifecycle: createLifecycle(),
				followers: createFollowers(),
			};
			const ours: number[] = [];
			const bare: number[] = [];
			for (let round = -1; round < ROUNDS; round++) {
				const userId = await connectedUser(services, round);
				const began = performance.now();
				await syncOnce(services, userId);
				const elapsed = performance.now() - began;
				const yardstick = await bareLoop(services, userId);
				await services.db.deleteFrom("users").where("id", "=", userId).execute();
				// The first round warms both.
				if (round < 0) continue;
				ours.push(elapsed);
				bare.push(yardstick);
			}
			const rate = (samples: readonly number[]) => (SINGLES + SERIES) / (median(samples) / 1000);
			const ratio = rate(ours) / rate(bare);
			return [
				{
					work: "first sync, provider answering at once, 10,000 events",
					measured: `${Math.round(rate(ours))} events/s`,
					yardstick: `bare jsonb_to_recordset loop ${Math.round(rate(bare))} events/s`,
					ratio,
					budget: ">= 0.8",
					met: ratio >= 0.8,
				},
			];
		} finally {
			await foundation.close();
			await rm(dataDir, { recursive: true, force: true });
		}
	},
};

function resources(): { uid: string; events: readonly CalendarEvent[]; raw: string }[] {
	const singles = makeFixture({ seed: 5, singles: SINGLES, recurring: 0, from: "2026-09-01" }).map(({ ics }) => ics);
	const weekly = makeFixture({ seed: 6, singles: 0, recurring: SERIES, from: "2026-09-01" }).map(({ ics }) =>
		ics.replace(/^RRULE:.*$/m, "RRULE:FREQ=WEEKLY"),
	);
	return [...singles, ...weekly].flatMap((raw) =>
		parseCalendar(raw, {}).groups.map(({ uid, events }) => ({ uid, events, raw })),
	);
}

async function connectedUser(services: Services, round: number): Promise<string> {
	const user = await createUser(services, { email: `bench${round}@example.com`, password: null, role: "user" });
	const id = services.newId("con");
	const at = new Date(services.now());
	await services.db
		.insertInto("connections")
		.values({
			user_id: user.id,
			id,
			provider: "caldav",
			name: "bench",
			account: "ada",
			status: "active",
			status_since: at,
			credentials: sealCredentials(services.vault, { user_id: user.id, id }, { username: "ada", password: "secret" }),
			created_at: at,
		})
		.execute();
	return user.id;
}

async function syncOnce(services: Services, userId: string): Promise<void> {
	const { id: connectionId } = await services.db
		.selectFrom("connections")
		.select("id")
		.where("user_id", "=", userId)
		.executeTakeFirstOrThrow();
	const run = await services.db
		.transaction()
		.execute((tx) => createRun(tx, services, { userId, connectionId, trigger: "first" }));
	await performRun(services, { userId, connectionId, runId: run.id }, new AbortController().signal);
	const ended = await services.db
		.selectFrom("runs")
		.selectAll()
		.where("user_id", "=", userId)
		.where("id", "=", run.id)
		.executeTakeFirstOrThrow();
	if (ended.state !== "done" || ended.created !== SINGLES + SERIES) {
		throw new Error(`the first sync ended ${ended.state} with ${ended.created} events: ${JSON.stringify(ended.error)}`);
	}
}

/** Writes the rows that the sync wrote once more, a slice of events and their occurrences in a transaction. */
async function bareLoop({ db }: Services, userId: string): Promise<number> {
	const events = await db.selectFrom("events").selectAll().where("user_id", "=", userId).orderBy("id").execute();
	const occurrences = Map.groupBy(
		await db.selectFrom("occurrences").selectAll().where("user_id", "=", userId).execute(),
		(row) => row.source_event_id,
	);
	await db.deleteFrom("events").where("user_id", "=", userId).execute();
	const began = performance.now();
	for (let index = 0; index < events.length; index += SLICE) {
		const slice = events.slice(index, index + SLICE);
		const own = slice.flatMap((event) => occurrences.get(event.id) ?? []);
		await db.transaction().execute(async (tx) => {
			await sql`INSERT INTO events SELECT r.* FROM jsonb_populate_recordset(null::events, ${JSON.stringify(slice)}::jsonb) r`.execute(
				tx,
			);
			await sql`INSERT INTO occurrences SELECT r.* FROM jsonb_populate_recordset(null::occurrences, ${JSON.stringify(own)}::jsonb) r`.execute(
				tx,
			);
		});
	}
	return performance.now() - began;
}

const noNetwork: HttpTransport = async (request) => {
	throw new TransportError("address_blocked", `the benchmark has no network, and ${request.url.host} was asked for`);
};
