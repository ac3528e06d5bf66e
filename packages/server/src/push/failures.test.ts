import { afterEach, describe, expect, test } from "vitest";
import { connectionToWire, findConnectionRecord } from "../connections/connection-records.ts";
import { scanDue } from "../sync/due-connections.ts";
import { pushConnection } from "./push-lanes.ts";
import { discardIntents, retryIntents } from "./resolve-intent.ts";
import { createPushFixture, event, eventIdOf, failure, type PushFixture } from "./testing.ts";

let fixture: PushFixture;
afterEach(() => fixture.close());

const signal = new AbortController().signal;

async function connection() {
	return fixture.services.db.selectFrom("connections").selectAll().executeTakeFirstOrThrow();
}

describe("a refusal", () => {
	test("of an edit leaves it as wanted, says why, and the next edit takes its place", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		const write = await fixture.edit(id, { title: "Too long" });
		expect(await fixture.syncOf(id)).toEqual({ state: "pending" });
		fixture.control.failNext("update", failure("invalid", "event_too_large"));
		expect(await fixture.push(write)).toBe("failed");
		expect(await fixture.titles()).toEqual(["Too long"]);
		expect(await fixture.syncOf(id)).toMatchObject({ state: "failed", error: { code: "event_too_large" } });
		expect((await fixture.feed()).at(-1)).toBe("event.updated sync");
		await fixture.pushDue();
		expect(fixture.control.calls.update).toBe(1);
		// A pull does not lose it either.
		fixture.control.changeEtags(fixture.remoteCalendar);
		await fixture.sync();
		expect(await fixture.titles()).toEqual(["Too long"]);
		const shorter = await fixture.edit(id, { title: "Short" });
		expect(shorter.intentIds).toEqual(write.intentIds);
		expect(await fixture.push(shorter)).toBe("synced");
		expect(fixture.remoteTitles()).toEqual(["Short"]);
		expect(await fixture.syncOf(id)).toEqual({ state: "synced" });
	});

	test("of a deletion shows the event again, under its id", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		const write = await fixture.edit(id, null);
		fixture.control.failNext("remove", failure("forbidden", "read_only"));
		expect(await fixture.push(write)).toBe("failed");
		expect(await fixture.titles()).toEqual(["u1"]);
		expect(await eventIdOf(fixture, "u1")).toBe(id);
		expect(await fixture.syncOf(id)).toMatchObject({ state: "failed", error: { code: "read_only" } });
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
		expect(await fixture.syncOf(write.eventId)).toMatchObject({ state: "failed" });
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

	test("for what has to be mended elsewhere says that it is to be tried again then", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		for (const [kind, reason] of [
			["forbidden", "api_disabled"],
			["scope_missing", "scope_not_granted"],
		] as const) {
			fixture.control.failNext("update", failure(kind, reason));
			expect(await fixture.push(await fixture.edit(id, { title: reason }))).toBe("failed");
			const fix = expect.stringMatching(/ Then try the change again.*POST \/v1\/events\/\{id\}\/sync/);
			expect(await fixture.syncOf(id)).toMatchObject({ state: "failed", error: { code: reason, fix } });
		}
	});

	test("can be tried again, or given up", async () => {
		fixture = await createPushFixture({ uids: ["u1", "u2"] });
		const [first, second] = [await eventIdOf(fixture, "u1"), await eventIdOf(fixture, "u2")];
		for (const id of [first, second]) {
			fixture.control.failNext("update", failure("forbidden", "refused"));
			expect(await fixture.push(await fixture.edit(id, { title: `Mine ${id}` }))).toBe("failed");
		}
		const { intentIds } = await retryIntents(fixture.services, fixture.resolve(first));
		expect(await fixture.push({ eventId: first, intentIds })).toBe("synced");
		expect(await discardIntents(fixture.services, fixture.resolve(second))).toEqual({ discarded: 1, busy: false });
		expect(await fixture.syncOf(second)).toEqual({ state: "synced" });
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
		expect(await discardIntents(fixture.services, fixture.resolve(write.eventId))).toEqual({
			discarded: 1,
			busy: false,
		});
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
		expect(await discardIntents(fixture.services, fixture.resolve(id))).toEqual({ discarded: 0, busy: true });
		gate.release();
		expect(await pushing).toBe("synced");
	});

	test("of a deletion that waits can be given up, though the event is gone", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		await fixture.edit(id, null);
		expect(await discardIntents(fixture.services, fixture.resolve(id))).toEqual({ discarded: 1, busy: false });
		expect(await eventIdOf(fixture, "u1")).toBe(id);
		expect((await fixture.verify()).differences).toEqual([]);
	});
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
		expect(await fixture.syncOf(id)).toMatchObject({ state: "pending", error: { code: "wrong_credentials" } });
		expect((await fixture.feed()).at(-1)).toBe("connection.updated status,status_reason");
		const calls = fixture.control.calls.update + fixture.control.calls.read;
		await fixture.pushDue();
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
		await fixture.pushDue();
		expect((await scanDue(fixture.services, signal)).pushed).toBe(0);
		expect(fixture.control.calls.update).toBe(calls);
		fixture.clock.advance(301_000);
		expect((await scanDue(fixture.services, signal)).pushed).toBe(1);
		await fixture.pushDue();
		expect(fixture.remoteTitles()).toEqual(["One", "Two"]);
	});
});

test("where writes have used up a quota, all of them wait, and what changes there is read on", async () => {
	fixture = await createPushFixture({ uids: ["u1", "u2"] });
	const { services, userId, connectionId } = fixture;
	const [first, second] = [await eventIdOf(fixture, "u1"), await eventIdOf(fixture, "u2")];
	fixture.control.failNext("update", failure("unavailable", "timeout"));
	expect(await fixture.push(await fixture.edit(second, { title: "Two" }))).toBe("pending");
	fixture.control.failNext("update", failure("rate_limited", "quota_exceeded", 900));
	expect(await fixture.push(await fixture.edit(first, { title: "One" }))).toBe("pending");
	const now = services.now();
	const waits = (await fixture.intents()).map(({ next_attempt_at }) => next_attempt_at.getTime() - now);
	expect(Math.min(...waits)).toBeGreaterThanOrEqual(900_000);
	fixture.control.putEvents(fixture.remoteCalendar, "u3", [event({ uid: "u3", title: "Theirs" })]);
	await fixture.sync();
	expect(await fixture.titles()).toEqual(["One", "Theirs", "Two"]);
	const held = (await fixture.intents()).find(({ event_id }) => event_id === first);
	expect(held?.next_attempt_at.getTime()).toBeGreaterThanOrEqual(now + 900_000);
	const record = await findConnectionRecord(services.db, userId, connectionId);
	expect(connectionToWire(record)).toMatchObject({ status: "active", status_reason: null });
});

test("a connection that is held as it asks too much says so, until when, and no longer than that", async () => {
	fixture = await createPushFixture({ uids: ["u1"] });
	const { services, userId, connectionId } = fixture;
	const told = async () => connectionToWire(await findConnectionRecord(services.db, userId, connectionId));
	fixture.control.failNext("update", failure("rate_limited", "rate_limited", 900));
	const id = await eventIdOf(fixture, "u1");
	expect(await fixture.push(await fixture.edit(id, { title: "One" }))).toBe("pending");
	const until = new Date(services.now() + 900_000).toISOString();
	expect(await told()).toMatchObject({
		status: "active",
		status_reason: "rate_limited",
		status_detail: expect.stringContaining(
			`asks to wait before the next request. Nothing is read or sent before ${until.slice(0, 10)} ${until.slice(11, 16)} UTC.`,
		),
		fix: expect.stringContaining("by itself"),
	});
	expect((await fixture.feed()).at(-1)).toBe("connection.updated status_reason");
	fixture.clock.advance(901_000);
	expect(await scanDue(services, signal)).toMatchObject({ started: 1, pushed: 1 });
	await fixture.sync();
	expect(await told()).toMatchObject({ status: "active", status_reason: null, status_detail: null });
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
		await fixture.pushDue();
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
		await fixture.pushDue();
		const calls = fixture.control.calls.create;
		expect(calls).toBeLessThanOrEqual(2);
		await pushConnection(fixture.services, fixture, signal);
		expect(fixture.control.calls.create).toBe(calls);
		while ((await fixture.intents()).length > 0) await fixture.pushDue();
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
		await fixture.pushDue();
		expect(fixture.control.calls.find_created).toBe(1);
		expect(fixture.remoteTitles()).toEqual(["N"]);
	});
});
