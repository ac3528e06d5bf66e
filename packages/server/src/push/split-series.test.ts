import { afterEach, describe, expect, test } from "vitest";
import { at } from "../sync/testing.ts";
import { discardIntents, retryIntents } from "./resolve-intent.ts";
import { createPushFixture, event, eventIdOf, failure, type PushFixture } from "./testing.ts";

let fixture: PushFixture;
afterEach(() => fixture.close());

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
		await fixture.pushDue();
		expect(await fixture.intents()).toEqual([]);
		expect(fixture.remoteTitles()).toEqual(["Daily", "Later still"]);
	});

	test("fails as a whole where the cut is refused, and goes on as a whole", async () => {
		const { id, write } = await split();
		fixture.control.failNext("update", failure("invalid", "event_refused"));
		expect(await fixture.push(write)).toBe("failed");
		expect(await fixture.syncOf(write.createdEventId ?? "")).toMatchObject({ state: "failed" });
		expect(fixture.remoteTitles()).toEqual(["Daily"]);
		const { intentIds } = await retryIntents(fixture.services, fixture.resolve(id));
		expect(await fixture.push({ eventId: id, intentIds })).toBe("synced");
		await fixture.pushDue();
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
			const fix = expect.stringMatching(/^Nothing needs to be done: .* Do not discard that/);
			expect(await fixture.syncOf(id)).toMatchObject({ state: "pending", error: { code: "event_refused", fix } });
			expect(await fixture.syncOf(write.createdEventId ?? "")).toBeNull();
			expect(await fixture.versions(write.createdEventId ?? "")).toContainEqual(
				expect.stringMatching(/conflict by user/),
			);
			expect((await fixture.versions(id)).at(-1)).toMatch(/restored by user/);
			expect(await discardIntents(fixture.services, fixture.resolve(id))).toEqual({ discarded: 0, busy: true });
			await fixture.pushDue();
			expect(await fixture.syncOf(id)).toEqual({ state: "synced" });
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

	test.each([
		["before anything of it was sent", 0],
		["when the cut is there", 1],
		["when its new part may have been made", 2],
	] as const)("is whole again where its new part is discarded %s", async (_, sent) => {
		const { id, write } = await split();
		if (sent > 0) {
			const lost = failure("unavailable", "timeout");
			if (sent === 1) fixture.control.failNext("create", lost);
			else fixture.control.loseAnswer("create");
			expect(await fixture.push(write)).toBe("pending");
			await fixture.makeDue();
			await fixture.services.db.updateTable("intents").set({ claimed_until: null }).execute();
		}
		const { discarded } = await discardIntents(fixture.services, fixture.resolve(write.createdEventId ?? ""));
		expect(discarded).toBe(1);
		expect(await fixture.titles()).toEqual(["Daily"]);
		for (let turn = 0; turn < 6 && (await fixture.intents()).length > 0; turn++) await fixture.pushDue();
		await fixture.sync();
		const [remote, ...others] = fixture.control.resources(fixture.remoteCalendar);
		expect(remote?.events).toMatchObject([{ title: "Daily", recurrence: series.recurrence }]);
		expect([others, await fixture.intents()]).toEqual([[], []]);
		expect(await fixture.titles()).toEqual(["Daily"]);
		expect(await fixture.syncOf(id)).toEqual({ state: "synced" });
		expect((await fixture.verify()).differences).toEqual([]);
	});

	test.each([
		["new", "was not made", 0],
		["old", "was not made", 0],
		["new", "was made", 2],
		["old", "was made", 2],
	] as const)(
		"is whole again where its %s part is discarded as nobody knows yet that the cut %s",
		async (part, _, writes) => {
			const { id, write } = await split();
			const lost = failure("unavailable", "timeout");
			if (writes === 0) fixture.control.failNext("update", lost);
			else fixture.control.loseAnswer("update", lost);
			expect(await fixture.push(write)).toBe("pending");
			await fixture.services.db.updateTable("intents").set({ claimed_until: null }).execute();
			const asked = part === "new" ? (write.createdEventId ?? "") : id;
			expect(await discardIntents(fixture.services, fixture.resolve(asked))).toEqual({ discarded: 1, busy: false });
			expect(await fixture.titles()).toEqual(["Daily"]);
			for (let turn = 0; turn < 6 && (await fixture.intents()).length > 0; turn++) await fixture.pushDue();
			await fixture.sync();
			const [remote, ...others] = fixture.control.resources(fixture.remoteCalendar);
			expect(remote?.events).toMatchObject([{ title: "Daily", recurrence: series.recurrence }]);
			expect([others, await fixture.intents()]).toEqual([[], []]);
			// Each would be a mail to its guests.
			expect(fixture.control.performed.map(({ operation }) => operation)).toEqual(Array(writes).fill("update"));
			expect(await fixture.titles()).toEqual(["Daily"]);
			expect(await fixture.syncOf(id)).toEqual({ state: "synced" });
			expect((await fixture.verify()).differences).toEqual([]);
		},
	);

	test("keeps its new part where it was cut once more before, until that is given up", async () => {
		const { id, write } = await split();
		const earlier = event({ uid: "s3", title: "Between", start: at(4), recurrence: ["RRULE:FREQ=DAILY;COUNT=2"] });
		const second = await fixture.edit(id, { recurrence: ["RRULE:FREQ=DAILY;COUNT=2"] }, { created: [earlier] });
		const discard = (eventId = "") => discardIntents(fixture.services, fixture.resolve(eventId));
		expect(await discard(write.createdEventId)).toEqual({ discarded: 0, busy: true });
		expect([...(await fixture.titles())].sort()).toEqual(["Between", "Daily", "Later"]);
		expect(await discard(second.createdEventId)).toEqual({ discarded: 1, busy: false });
		expect(await discard(write.createdEventId)).toEqual({ discarded: 1, busy: false });
		expect(await fixture.titles()).toEqual(["Daily"]);
		for (let turn = 0; turn < 6 && (await fixture.intents()).length > 0; turn++) await fixture.pushDue();
		const [remote, ...others] = fixture.control.resources(fixture.remoteCalendar);
		expect(remote?.events).toMatchObject([{ title: "Daily", recurrence: series.recurrence }]);
		expect([others, await fixture.intents()]).toEqual([[], []]);
		expect((await fixture.verify()).differences).toEqual([]);
	});

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
		while ((await fixture.intents()).length > 0) await fixture.pushDue();
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
		await fixture.pushDue();
		const createdId = write.createdEventId ?? "";
		expect(await fixture.syncOf(createdId)).toMatchObject({ state: "failed", error: { code: "event_refused" } });
		expect(await fixture.titles()).toEqual(["Daily", "Later"]);
		const { intentIds } = await retryIntents(fixture.services, fixture.resolve(createdId));
		expect(await fixture.push({ eventId: createdId, intentIds })).toBe("synced");
		expect(fixture.remoteTitles()).toEqual(["Daily", "Later"]);
		expect((await fixture.verify()).differences).toEqual([]);
	});

	test("stays cut where the new part was made already, whatever is refused then", async () => {
		const { write } = await split();
		fixture.control.loseAnswer("create");
		expect(await fixture.push(write)).toBe("pending");
		fixture.control.failNext("find_created", failure("forbidden", "access_denied"));
		await fixture.pushDue();
		expect(await fixture.syncOf(write.createdEventId ?? "")).toMatchObject({ state: "failed" });
		await fixture.sync();
		expect(await fixture.titles()).toEqual(["Daily", "Later"]);
		expect(fixture.remoteTitles()).toEqual(["Daily", "Later"]);
		expect((await fixture.verify()).differences).toEqual([]);
	});

	test("is given up as a whole", async () => {
		const { id, write } = await split();
		fixture.control.failNext("update", failure("invalid", "event_refused"));
		expect(await fixture.push(write)).toBe("failed");
		await discardIntents(fixture.services, fixture.resolve(id));
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
			await fixture.pushDue();
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
