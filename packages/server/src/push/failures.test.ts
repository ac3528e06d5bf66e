import { ProviderFailure, type ProviderFailureKind, type ProviderFailureReason } from "@kalends/providers";
import { afterEach, describe, expect, test } from "vitest";
import { loadEventCalendars, loadEventRecords } from "../events/event-records.ts";
import { eventToWire } from "../events/event-to-wire.ts";
import { scanDue } from "../sync/due-connections.ts";
import { at } from "../sync/testing.ts";
import { pushConnection } from "./push-lanes.ts";
import { discardIntents, retryIntents } from "./resolve-intent.ts";
import { createPushFixture, event, eventIdOf, type PushFixture } from "./testing.ts";

let fixture: PushFixture;
afterEach(() => fixture.close());

const signal = new AbortController().signal;
const failure = (kind: ProviderFailureKind, reason: ProviderFailureReason, retryAfter?: number) =>
	new ProviderFailure(kind, { reason, message: reason, ...(retryAfter === undefined ? {} : { retryAfter }) });
const pushDue = async () => {
	await fixture.makeDue();
	await pushConnection(fixture.services, fixture, signal);
};
const resolve = (eventId: string) => ({ userId: fixture.userId, actor: fixture.actor, eventId });

/** `sync` as the API shows it. */
async function syncOf(id: string) {
	const { services, userId } = fixture;
	const calendars = await loadEventCalendars(services.db, userId);
	const record = (await loadEventRecords(services.db, userId, [id], calendars)).get(id);
	return record === undefined ? null : eventToWire(record, null).sync;
}

async function connection() {
	return fixture.services.db.selectFrom("connections").selectAll().executeTakeFirstOrThrow();
}

describe("a refusal", () => {
	test("of an edit leaves it as wanted, says why, and the next edit takes its place", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		const write = await fixture.edit(id, { title: "Too long" });
		expect(await syncOf(id)).toEqual({ state: "pending" });
		fixture.control.failNext("update", failure("invalid", "event_too_large"));
		expect(await fixture.push(write)).toBe("failed");
		expect(await fixture.titles()).toEqual(["Too long"]);
		expect(await syncOf(id)).toMatchObject({ state: "failed", error: { code: "event_too_large" } });
		expect((await fixture.feed()).at(-1)).toBe("event.updated sync");
		await pushDue();
		expect(fixture.control.calls.update).toBe(1);
		// A pull does not lose it either.
		fixture.control.changeEtags(fixture.remoteCalendar);
		await fixture.sync();
		expect(await fixture.titles()).toEqual(["Too long"]);
		const shorter = await fixture.edit(id, { title: "Short" });
		expect(shorter.intentIds).toEqual(write.intentIds);
		expect(await fixture.push(shorter)).toBe("synced");
		expect(fixture.remoteTitles()).toEqual(["Short"]);
		expect(await syncOf(id)).toEqual({ state: "synced" });
	});

	test("of a deletion shows the event again, under its id", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		const write = await fixture.edit(id, null);
		fixture.control.failNext("remove", failure("forbidden", "read_only"));
		expect(await fixture.push(write)).toBe("failed");
		expect(await fixture.titles()).toEqual(["u1"]);
		expect(await eventIdOf(fixture, "u1")).toBe(id);
		expect(await syncOf(id)).toMatchObject({ state: "failed", error: { code: "read_only" } });
		const occurrences = await fixture.services.db.selectFrom("occurrences").select("event_id").execute();
		expect(occurrences).toEqual([{ event_id: id }]);
		expect((await fixture.feed()).slice(-2)).toEqual(["event.deleted", "event.created"]);
		// Deleting once more tries once more.
		expect(await fixture.push(await fixture.edit(id, null))).toBe("synced");
		expect(await fixture.titles()).toEqual([]);
	});

	test("of a creation leaves it here; deleting it needs nobody", async () => {
		fixture = await createPushFixture();
		const write = await fixture.create({ uid: "u1", title: "New" });
		fixture.control.failNext("create", failure("forbidden", "read_only"));
		expect(await fixture.push(write)).toBe("failed");
		expect(await syncOf(write.eventId)).toMatchObject({ state: "failed" });
		expect((await fixture.edit(write.eventId, null)).intentIds).toEqual([]);
		expect(await fixture.intents()).toEqual([]);
		expect(fixture.control.performed).toEqual([]);
		expect(await fixture.services.db.selectFrom("resources").select("id").execute()).toEqual([]);
	});

	test("of the first of two edits hands what it wanted to the second", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		const gate = fixture.control.holdWrites("update", "before");
		fixture.control.failNext("update", failure("invalid", "event_refused"));
		const pushing = fixture.push(await fixture.edit(id, { title: "Odd" }));
		await gate.reached;
		const second = await fixture.edit(id, { location: "Here" });
		gate.release();
		await pushing;
		expect(await fixture.push(second)).toBe("synced");
		const [remote] = fixture.control.resources(fixture.remoteCalendar);
		expect(remote?.events[0]).toMatchObject({ title: "Odd", location: "Here" });
		expect((await fixture.verify()).differences).toEqual([]);
	});

	test("can be tried again, or given up", async () => {
		fixture = await createPushFixture({ uids: ["u1", "u2"] });
		const [first, second] = [await eventIdOf(fixture, "u1"), await eventIdOf(fixture, "u2")];
		for (const id of [first, second]) {
			fixture.control.failNext("update", failure("forbidden", "refused"));
			expect(await fixture.push(await fixture.edit(id, { title: `Mine ${id}` }))).toBe("failed");
		}
		const { intentIds } = await retryIntents(fixture.services, resolve(first));
		expect(await fixture.push({ eventId: first, intentIds })).toBe("synced");
		expect(await discardIntents(fixture.services, resolve(second))).toEqual({ discarded: 1, busy: false });
		expect(await syncOf(second)).toEqual({ state: "synced" });
		expect(await fixture.titles()).toEqual([`Mine ${first}`, "u2"].sort());
		expect(await fixture.versions(second)).toEqual([
			"1 seen by provider",
			"2 updated by user title",
			"3 updated by user title",
		]);
		expect((await fixture.verify()).differences).toEqual([]);
	});

	test("that was given up before it was sent takes a new event away", async () => {
		fixture = await createPushFixture();
		const write = await fixture.create({ uid: "u1", title: "New" });
		expect(await discardIntents(fixture.services, resolve(write.eventId))).toEqual({ discarded: 1, busy: false });
		expect(await fixture.titles()).toEqual([]);
		expect(await fixture.push(write)).toBe("synced");
		expect(fixture.control.performed).toEqual([]);
	});

	test("is not given up while it is being sent", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		const gate = fixture.control.holdWrites("update", "before");
		const pushing = fixture.push(await fixture.edit(id, { title: "Mine" }));
		await gate.reached;
		expect(await discardIntents(fixture.services, resolve(id))).toEqual({ discarded: 0, busy: true });
		gate.release();
		expect(await pushing).toBe("synced");
	});

	test("of a deletion that waits can be given up, though the event is gone", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		await fixture.edit(id, null);
		expect(await discardIntents(fixture.services, resolve(id))).toEqual({ discarded: 1, busy: false });
		expect(await eventIdOf(fixture, "u1")).toBe(id);
		expect((await fixture.verify()).differences).toEqual([]);
	});
});

describe("a series that is split", () => {
	const series = { uid: "s", title: "Daily", recurrence: ["RRULE:FREQ=DAILY;COUNT=10"] };
	const cut = { recurrence: ["RRULE:FREQ=DAILY;COUNT=4"] };
	const rest = event({ uid: "s2", title: "Later", start: at(6), recurrence: ["RRULE:FREQ=DAILY;COUNT=6"] });

	async function split() {
		fixture = await createPushFixture();
		fixture.control.putEvents(fixture.remoteCalendar, "s", [event(series)]);
		await fixture.sync();
		const id = await eventIdOf(fixture, "s");
		return { id, write: await fixture.edit(id, cut, { created: [rest] }) };
	}

	test("is cut first, then the new one is made", async () => {
		const { write } = await split();
		expect(write.intentIds).toHaveLength(2);
		expect(await fixture.push(write)).toBe("synced");
		expect(fixture.control.performed.map(({ operation }) => operation)).toEqual(["update", "create"]);
		expect(await eventIdOf(fixture, "s2")).toBe(write.createdEventId);
		expect((await fixture.verify()).differences).toEqual([]);
	});

	test("makes nothing while the cut waits, and what waited is sent with it", async () => {
		const { write } = await split();
		fixture.control.loseAnswer("update", failure("unavailable", "timeout"));
		expect(await fixture.push(write)).toBe("pending");
		await fixture.edit(write.createdEventId ?? "", { title: "Later still" });
		expect(fixture.control.calls.create).toBe(0);
		await pushDue();
		expect(await fixture.intents()).toEqual([]);
		expect(fixture.remoteTitles()).toEqual(["Daily", "Later still"]);
	});

	test("fails as a whole where the cut is refused, and goes on as a whole", async () => {
		const { id, write } = await split();
		fixture.control.failNext("update", failure("invalid", "event_refused"));
		expect(await fixture.push(write)).toBe("failed");
		expect(await syncOf(write.createdEventId ?? "")).toMatchObject({ state: "failed" });
		expect(fixture.remoteTitles()).toEqual(["Daily"]);
		const { intentIds } = await retryIntents(fixture.services, resolve(id));
		expect(await fixture.push({ eventId: id, intentIds })).toBe("synced");
		await pushDue();
		expect(fixture.remoteTitles()).toEqual(["Daily", "Later"]);
		expect((await fixture.verify()).differences).toEqual([]);
	});

	test.each(["forbidden", "invalid"] as const)(
		"is put back where the new part is refused as %s, and what was wanted of that is in the history",
		async (kind) => {
			const { id, write } = await split();
			fixture.control.failNext("create", failure(kind, "event_refused"));
			expect(await fixture.push(write)).toBe("failed");
			expect(await fixture.titles()).toEqual(["Daily"]);
			expect(await syncOf(id)).toMatchObject({ state: "pending", error: { code: "event_refused" } });
			expect(await syncOf(write.createdEventId ?? "")).toBeNull();
			expect(await fixture.versions(write.createdEventId ?? "")).toContainEqual(
				expect.stringMatching(/conflict by user/),
			);
			expect((await fixture.versions(id)).at(-1)).toMatch(/restored by user/);
			await pushDue();
			expect(await syncOf(id)).toEqual({ state: "synced" });
			expect(fixture.control.performed.map(({ operation }) => operation)).toEqual(["update", "update"]);
			const [remote, ...others] = fixture.control.resources(fixture.remoteCalendar);
			expect(remote?.events).toMatchObject([{ title: "Daily", recurrence: series.recurrence }]);
			expect(others).toEqual([]);
			const occurrences = await fixture.services.db.selectFrom("occurrences").select("event_id").execute();
			expect(occurrences.map(({ event_id }) => event_id.split(".")[0])).toEqual(Array.from({ length: 10 }, () => id));
			expect(await fixture.services.db.selectFrom("resources").select("id").execute()).toHaveLength(1);
			expect((await fixture.verify()).differences).toEqual([]);
		},
	);

	test("is put back with what was changed since, here and there", async () => {
		const { id, write } = await split();
		const gate = fixture.control.holdWrites("create", "before");
		fixture.control.failNext("create", failure("invalid", "event_refused"));
		const pushing = fixture.push(write);
		await gate.reached;
		await fixture.edit(id, { title: "Renamed" });
		const there = { ...series, ...cut, location: "There" };
		fixture.control.putEvents(fixture.remoteCalendar, "s", [event(there)]);
		gate.release();
		expect(await pushing).toBe("failed");
		while ((await fixture.intents()).length > 0) await pushDue();
		await fixture.sync();
		const [remote, ...others] = fixture.control.resources(fixture.remoteCalendar);
		expect(remote?.events).toMatchObject([{ title: "Renamed", location: "There", recurrence: series.recurrence }]);
		expect(others).toEqual([]);
		expect((await fixture.verify()).differences).toEqual([]);
	});

	test("stays cut where its rule was changed since, and the new part stays failed until it is tried again", async () => {
		const { id, write } = await split();
		const gate = fixture.control.holdWrites("create", "before");
		fixture.control.failNext("create", failure("invalid", "event_refused"));
		const pushing = fixture.push(write);
		await gate.reached;
		await fixture.edit(id, { recurrence: ["RRULE:FREQ=DAILY;COUNT=2"] });
		gate.release();
		expect(await pushing).toBe("failed");
		await pushDue();
		const createdId = write.createdEventId ?? "";
		expect(await syncOf(createdId)).toMatchObject({ state: "failed", error: { code: "event_refused" } });
		expect(await fixture.titles()).toEqual(["Daily", "Later"]);
		const { intentIds } = await retryIntents(fixture.services, resolve(createdId));
		expect(await fixture.push({ eventId: createdId, intentIds })).toBe("synced");
		expect(fixture.remoteTitles()).toEqual(["Daily", "Later"]);
		expect((await fixture.verify()).differences).toEqual([]);
	});

	test("stays cut where the new part was made already, whatever is refused then", async () => {
		const { write } = await split();
		fixture.control.loseAnswer("create");
		expect(await fixture.push(write)).toBe("pending");
		fixture.control.failNext("find_created", failure("forbidden", "access_denied"));
		await pushDue();
		expect(await syncOf(write.createdEventId ?? "")).toMatchObject({ state: "failed" });
		await fixture.sync();
		expect(await fixture.titles()).toEqual(["Daily", "Later"]);
		expect(fixture.remoteTitles()).toEqual(["Daily", "Later"]);
		expect((await fixture.verify()).differences).toEqual([]);
	});

	test("is given up as a whole", async () => {
		const { id, write } = await split();
		fixture.control.failNext("update", failure("invalid", "event_refused"));
		expect(await fixture.push(write)).toBe("failed");
		await discardIntents(fixture.services, resolve(id));
		expect(await fixture.titles()).toEqual(["Daily"]);
		expect(await fixture.intents()).toEqual([]);
		expect((await fixture.verify()).differences).toEqual([]);
	});

	test.each(["changed", "deleted"] as const)(
		"that was %s there where it would be cut is not there twice, and the new part is in the history",
		async (how) => {
			const { write } = await split();
			if (how === "deleted") fixture.control.remove(fixture.remoteCalendar, "s");
			else {
				const longer = { ...series, recurrence: ["RRULE:FREQ=DAILY;COUNT=20"] };
				fixture.control.putEvents(fixture.remoteCalendar, "s", [event(longer)]);
			}
			expect(await fixture.push(write)).toBe("synced");
			await pushDue();
			expect(await fixture.intents()).toEqual([]);
			expect(fixture.remoteTitles()).toEqual(how === "deleted" ? [] : ["Daily"]);
			expect(await fixture.titles()).toEqual(fixture.remoteTitles());
			expect(fixture.control.calls.create).toBe(0);
			expect(await fixture.versions(write.createdEventId ?? "")).toContainEqual(
				expect.stringMatching(/conflict by user/),
			);
			expect((await fixture.verify()).differences).toEqual([]);
		},
	);
});

describe("a password that is refused", () => {
	test("is told by the connection, and what waits goes on once it works again", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		fixture.control.setPassword("ada", "other");
		const write = await fixture.edit(id, { title: "Mine" });
		expect(await fixture.push(write)).toBe("pending");
		expect(await connection()).toMatchObject({
			status: "reauth_required",
			status_reason: "wrong_credentials",
			next_sync_at: null,
		});
		expect(await syncOf(id)).toMatchObject({ state: "pending", error: { code: "wrong_credentials" } });
		expect((await fixture.feed()).at(-1)).toBe("connection.updated status,status_reason");
		const calls = fixture.control.calls.update + fixture.control.calls.read;
		await pushDue();
		expect(await fixture.push(await fixture.edit(id, { location: "Here" }))).toBe("pending");
		expect(fixture.control.calls.update + fixture.control.calls.read).toBe(calls);
		fixture.control.setPassword("ada", "secret");
		await fixture.sync();
		expect(fixture.sentJobs.at(-1)).toMatchObject({ name: "push.connection" });
		await pushConnection(fixture.services, fixture, signal);
		expect(await fixture.intents()).toEqual([]);
		expect(fixture.remoteTitles()).toEqual(["Mine"]);
	});
});

describe("a server that asks to be left alone", () => {
	test("is, by all that waits for it", async () => {
		fixture = await createPushFixture({ uids: ["u1", "u2"] });
		const [first, second] = [await eventIdOf(fixture, "u1"), await eventIdOf(fixture, "u2")];
		fixture.control.failNext("update", failure("rate_limited", "rate_limited", 300));
		expect(await fixture.push(await fixture.edit(first, { title: "One" }))).toBe("pending");
		const calls = fixture.control.calls.update;
		expect(await fixture.push(await fixture.edit(second, { title: "Two" }))).toBe("pending");
		await pushDue();
		expect((await scanDue(fixture.services, signal)).pushed).toBe(0);
		expect(fixture.control.calls.update).toBe(calls);
		fixture.clock.advance(301_000);
		expect((await scanDue(fixture.services, signal)).pushed).toBe(1);
		await pushDue();
		expect(fixture.remoteTitles()).toEqual(["One", "Two"]);
	});
});

describe("what stops writes", () => {
	test("a paused connection, a calendar that is gone; not one that is not selected", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		const { db } = fixture.services;
		const write = await fixture.edit(id, { title: "Mine" });
		await db.updateTable("connections").set({ paused: true, status: "paused" }).execute();
		expect(await fixture.push(write)).toBe("pending");
		await db.updateTable("connections").set({ paused: false, status: "active" }).execute();
		await db.updateTable("calendars").set({ status: "gone" }).execute();
		expect(await fixture.push(write)).toBe("pending");
		await pushDue();
		expect(fixture.control.performed).toEqual([]);
		await db.updateTable("calendars").set({ status: "active", selected: false }).execute();
		expect(await fixture.push(write)).toBe("synced");
	});

	test("a server that is away holds off the others too, and each is sent once it is back", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		for (let index = 0; index < 20; index++) await fixture.create({ uid: `n${index}`, title: `N${index}` });
		for (let index = 0; index < 5; index++) {
			fixture.control.failNext("create", failure("unavailable", "connection_refused"));
		}
		await pushDue();
		const calls = fixture.control.calls.create;
		expect(calls).toBeLessThanOrEqual(2);
		await pushConnection(fixture.services, fixture, signal);
		expect(fixture.control.calls.create).toBe(calls);
		while ((await fixture.intents()).length > 0) await pushDue();
		expect(fixture.remoteTitles()).toHaveLength(21);
	});
});

test("metrics count tries by outcome, and what is open", async () => {
	fixture = await createPushFixture({ uids: ["u1"] });
	const write = await fixture.create({ uid: "n", title: "N" });
	await scanDue(fixture.services, signal);
	const before = await fixture.services.metrics.registry.metrics();
	expect(before).toContain('kalends_open_intents{state="pending"} 1');
	await fixture.push(write);
	await scanDue(fixture.services, signal);
	const after = await fixture.services.metrics.registry.metrics();
	expect(after).toContain('kalends_open_intents{state="pending"} 0');
	expect(after).toContain('kalends_pushes_total{provider="caldav",kind="create",outcome="done"} 1');
});

describe("an outage", () => {
	test("costs no look-ups once a sync has shown what did not get through", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		const writes = [await fixture.edit(id, { title: "Edited" })];
		for (let index = 0; index < 5; index++) writes.push(await fixture.create({ uid: `n${index}`, title: `N${index}` }));
		const away = failure("unavailable", "connection_lost");
		for (const write of writes) {
			fixture.control.failNext("update", away);
			fixture.control.failNext("create", away);
			expect(await fixture.push(write)).toBe("pending");
		}
		await fixture.sync();
		const { read, find_created } = fixture.control.calls;
		expect((await fixture.intents()).map(({ attempts }) => attempts)).toEqual(writes.map(() => 0));
		await fixture.services.db
			.updateTable("intents")
			.set({ next_attempt_at: new Date(0) })
			.execute();
		await pushConnection(fixture.services, fixture, signal);
		expect(fixture.control.calls).toMatchObject({ read, find_created });
	});

	test("is asked about all the same where a try was under way while the sync read", async () => {
		fixture = await createPushFixture();
		const write = await fixture.create({ uid: "n", title: "N" });
		const gate = fixture.control.holdWrites("create", "before");
		const pushing = fixture.push(write);
		await gate.reached;
		await fixture.sync();
		fixture.control.loseAnswer("create");
		gate.release();
		expect(await pushing).toBe("pending");
		expect(await fixture.intents()).toMatchObject([{ attempts: 1 }]);
		await pushDue();
		expect(fixture.control.calls.find_created).toBe(1);
		expect(fixture.remoteTitles()).toEqual(["N"]);
	});
});
