import { setImmediate } from "node:timers/promises";
import { seededRandom } from "@kalends/model";
import { type CalendarProvider, ProviderFailure } from "@kalends/providers";
import { sql } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import { breakAfter, breakSome } from "../testing/break-database.ts";
import { releaseAll, scanDue } from "./due-connections.ts";
import { claimRun, LeaseLost, recordProgress } from "./run-lease.ts";
import { at, createSyncFixture, event, type SyncFixture, storedState } from "./testing.ts";

let fixture: SyncFixture;
afterEach(() => fixture.close());

const key = (runId: string) => ({ userId: fixture.userId, connectionId: fixture.connectionId, runId });

async function expireLeases() {
	await sql`UPDATE runs SET claimed_until = clock_timestamp() - interval '1 second'`.execute(fixture.services.db);
}

async function run(id: string) {
	return fixture.services.db.selectFrom("runs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

function fill(calendar: string, count: number, title = "Lunch") {
	for (let index = 0; index < count; index++) {
		fixture.control.putEvents(calendar, `u${index}`, [
			event({ uid: `u${index}`, title, start: at(5), end: at(5, 10) }),
		]);
	}
}

describe("a run", () => {
	it("is one per connection: the second request joins the first", async () => {
		fixture = await createSyncFixture();
		const ids = await Promise.all([fixture.makeRun(), fixture.makeRun(), fixture.makeRun()]);
		expect(new Set(ids).size).toBe(1);
		expect(fixture.sentJobs.filter((job) => job.name === "sync.run")).toHaveLength(1);
	});

	it("is claimed by one of two", async () => {
		fixture = await createSyncFixture();
		const id = await fixture.makeRun();
		const claims = await Promise.all([claimRun(fixture.services.db, key(id)), claimRun(fixture.services.db, key(id))]);
		expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
	});

	it("refuses the commit of a holder whose lease another one took", async () => {
		fixture = await createSyncFixture();
		const id = await fixture.makeRun();
		const old = await claimRun(fixture.services.db, key(id));
		await expireLeases();
		const rival = await claimRun(fixture.services.db, key(id));
		if (old === null || rival === null) throw new Error("not claimed");
		const counts = { created: 1, updated: 0, deleted: 0 };
		await expect(recordProgress(fixture.services.db, old, counts)).rejects.toThrow(LeaseLost);
		await recordProgress(fixture.services.db, rival, counts);
		expect((await run(id)).created).toBe(1);
	});

	it("whose holder sleeps past its lease writes nothing stale when that wakes", async () => {
		fixture = await createSyncFixture({ pageSize: 10 });
		const calendar = fixture.control.createCalendar("ada");
		fill(calendar, 30, "Old");
		const id = await fixture.makeRun();
		const gate = fixture.control.hold();
		const sleeper = fixture.perform(id);
		await gate.reached;
		await expireLeases();
		gate.release();
		fill(calendar, 30, "New");
		await Promise.all([sleeper, fixture.perform(id)]);
		await expireLeases();
		await fixture.perform(id);
		const { events, occurrences } = await storedState(fixture);
		expect(events.map((row) => row.title)).toEqual(Array(30).fill("New"));
		expect(occurrences).toHaveLength(30);
		expect(await run(id)).toMatchObject({ state: "done" });
	});
});

describe("a stop", () => {
	it("leaves the run to be taken up at once, and nothing is lost or doubled", async () => {
		fixture = await createSyncFixture({ pageSize: 10 });
		const calendar = fixture.control.createCalendar("ada");
		fill(calendar, 30);
		const id = await fixture.makeRun();
		const stop = new AbortController();
		const gate = fixture.control.hold();
		const performing = fixture.perform(id, fixture.services, stop.signal);
		await gate.reached;
		stop.abort();
		gate.release();
		await performing;
		expect((await run(id)).state).toBe("running");
		await scanDue(fixture.services, new AbortController().signal);
		expect(fixture.sentJobs.at(-1)).toMatchObject({ name: "sync.run", payload: { run_id: id } });
		await fixture.perform(id);
		expect(await run(id)).toMatchObject({ state: "done", created: 30 });
		expect((await storedState(fixture)).events).toHaveLength(30);
	});

	it("of a whole server frees its runs for the next one on the same database", async () => {
		fixture = await createSyncFixture();
		fixture.control.createCalendar("ada");
		const id = await fixture.makeRun();
		await claimRun(fixture.services.db, key(id));
		await releaseAll(fixture.services);
		await fixture.perform(id);
		expect((await run(id)).state).toBe("done");
	});
});

describe("a database that goes away and comes back", () => {
	it("finds the run free, to be taken up at once", async () => {
		fixture = await createSyncFixture();
		fill(fixture.control.createCalendar("ada"), 12);
		const id = await fixture.makeRun();
		const isAway = (statement: number) => statement >= 5 && statement <= 7;
		const db = breakSome(fixture.services.db, isAway, "Connection terminated unexpectedly");
		await expect(fixture.perform(id, { ...fixture.services, db })).rejects.toThrow("Connection terminated");
		expect(await run(id)).toMatchObject({ state: "running" });
		await fixture.perform(id);
		expect(await run(id)).toMatchObject({ state: "done", created: 12 });
	});
});

describe("a crash between any two statements", () => {
	it("loses and doubles nothing", async () => {
		fixture = await createSyncFixture({ pageSize: 7 });
		const calendar = fixture.control.createCalendar("ada");
		let crashes = 0;
		for (let budget = 1; budget <= 60; budget++) {
			fill(calendar, 12, `Version ${budget}`);
			fixture.control.putEvents(calendar, "s", [
				event({ uid: "s", recurrence: ["RRULE:FREQ=DAILY;COUNT=5"], title: `Version ${budget}` }),
				event({ uid: "s", recurrence_id: at(3), start: at(3, 20), end: at(3, 21), title: `Moved ${budget}` }),
			]);
			// Few enough for the valve, which has tests of its own.
			if (budget % 2 === 0) fixture.control.putEvents(calendar, "extra", [event({ uid: "extra", title: "Extra" })]);
			else fixture.control.remove(calendar, "extra");
			const id = await fixture.makeRun();
			const services = { ...fixture.services, db: breakAfter(fixture.services.db, budget) };
			await fixture.perform(id, services).catch(() => {});
			if ((await run(id)).state === "running") crashes++;
			await expireLeases();
		}
		expect(crashes).toBeGreaterThan(20);
		await fixture.sync();
		expect(await run(await fixture.sync())).toMatchObject({ created: 0, updated: 0, deleted: 0 });
		const { events, occurrences, changes } = await storedState(fixture);
		const titles = events.map((row) => row.title).sort();
		expect(titles).toEqual(["Extra", "Moved 60", ...Array(13).fill("Version 60")]);
		expect(occurrences).toHaveLength(12 + 5 + 1);
		expect(changes.map((change) => change.seq)).toEqual(changes.map((_, index) => index + 1));
		const come = changes.filter((change) => change.type === "event.created").map((change) => change.entity_id);
		const gone = changes.filter((change) => change.type === "event.deleted").map((change) => change.entity_id);
		expect(new Set(come).size).toBe(come.length);
		expect(new Set(gone).size).toBe(gone.length);
		expect(changes.filter((change) => change.type === "calendar.synced")).toHaveLength(1);
	});
});

/** Every third exchange fails in one of the ways in which servers fail. */
function stormy(
	provider: CalendarProvider,
	random: () => number,
	now: () => number,
	sky: { fair: boolean; quietUntil: number },
): CalendarProvider {
	const weather = () => {
		if (now() < sky.quietUntil) throw new Error("asked before Retry-After had passed");
		if (sky.fair || random() > 0.3) return;
		const pick = Math.floor(random() * 5);
		if (pick === 0) {
			const retryAfter = 1 + Math.floor(random() * 300);
			sky.quietUntil = now() + retryAfter * 1000;
			throw new ProviderFailure("rate_limited", { reason: "rate_limited", message: "429", retryAfter });
		}
		if (pick === 1) throw new ProviderFailure("cursor_expired", { reason: "sync_token_rejected", message: "410" });
		if (pick === 2) throw new ProviderFailure("unavailable", { reason: "timeout", message: "timeout" });
		if (pick === 3) throw new ProviderFailure("invalid", { reason: "incomplete_answer", message: "truncated" });
		throw new ProviderFailure("unavailable", { reason: "server_error", message: "500" });
	};
	return {
		...provider,
		listCalendars: async (context) => {
			weather();
			return provider.listCalendars(context);
		},
		async *pull(...args) {
			weather();
			for await (const page of provider.pull(...args)) {
				await setImmediate();
				yield page;
				weather();
			}
		},
	};
}

describe("a storm of failures", () => {
	it.each([1, 2, 3, 4, 5, 6])("converges exactly and never breaks Retry-After (seed %i)", async (seed) => {
		const random = seededRandom(seed);
		const weather = { fair: false, quietUntil: 0 };
		const clock = { now: () => 0 };
		fixture = await createSyncFixture({
			pageSize: 5,
			seed,
			wrap: (provider) => stormy(provider, random, () => clock.now(), weather),
		});
		clock.now = fixture.services.now;
		const calendars = ["a", "b"].map((id) => fixture.control.createCalendar("ada", { id }));
		const expected = new Map<string, string>();
		const signal = new AbortController().signal;
		const turn = async () => {
			await scanDue(fixture.services, signal);
			const running = await fixture.services.db
				.selectFrom("runs")
				.select("id")
				.where("state", "=", "running")
				.execute();
			await expireLeases();
			for (const { id } of running) await fixture.perform(id).catch(() => expireLeases());
			fixture.clock.advance(61_000);
		};
		for (let step = 0; step < 25; step++) {
			for (let change = 0; change < 4; change++) {
				const calendar = calendars[Math.floor(random() * 2)] ?? "a";
				const uid = `${calendar}${Math.floor(random() * 15)}`;
				const title = `T${Math.floor(random() * 1000)}`;
				if (random() < 0.25) {
					fixture.control.remove(calendar, uid);
					expected.delete(uid);
				} else {
					fixture.control.putEvents(calendar, uid, [event({ uid, title })]);
					expected.set(uid, title);
				}
				if (random() < 0.1) fixture.control.expireCursors(calendar);
				if (random() < 0.1) fixture.control.changeEtags(calendar);
			}
			await turn();
		}
		// The weather clears.
		weather.fair = true;
		for (let step = 0; step < 30; step++) await turn();
		const rows = await fixture.services.db.selectFrom("events").select(["ical_uid", "data"]).execute();
		expect(new Map(rows.map((row) => [row.ical_uid, row.data.title]).sort() as [string, string][])).toEqual(
			new Map([...expected].sort()),
		);
	});
});
