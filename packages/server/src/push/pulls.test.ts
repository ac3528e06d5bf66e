import { afterEach, describe, expect, test } from "vitest";
import { createResource } from "./create-resource.ts";
import { createPushFixture, event, eventIdOf, type PushFixture } from "./testing.ts";

let fixture: PushFixture;
afterEach(() => fixture.close());

const putThere = (uid: string, patch: Partial<Parameters<typeof event>[0]> = {}) =>
	fixture.control.putEvents(fixture.remoteCalendar, uid, [event({ uid, title: uid, ...patch })]);

/** Nothing is left to do on either side. */
async function expectQuiet(): Promise<void> {
	expect(await fixture.intents()).toEqual([]);
	expect((await fixture.verify()).differences).toEqual([]);
	const performed = fixture.control.performed.length;
	await fixture.sync();
	await fixture.pushDue();
	expect(fixture.control.performed).toHaveLength(performed);
	expect((await fixture.verify()).differences).toEqual([]);
}

/** Pulls that stand still, when told, before they ask or once they were answered. */
async function withStalls(stalls: "before" | "after", options: Parameters<typeof createPushFixture>[0] = {}) {
	let stall = async () => {};
	fixture = await createPushFixture({
		...options,
		wrap: (provider) => ({
			...provider,
			async *pull(...args) {
				if (stalls === "before") await stall();
				const pages = await Array.fromAsync(provider.pull(...args));
				if (stalls === "after") await stall();
				// Some pulls name a resource twice: in the listing, and in what changed since.
				for (const page of pages) yield { ...page, cursor: null, complete: false };
				yield* pages;
			},
		}),
	});
	/** Begins a pull and waits until it stands still; answers what lets it go on and waits for its end. */
	return async () => {
		const reached = Promise.withResolvers<void>();
		const open = Promise.withResolvers<void>();
		stall = () => {
			reached.resolve();
			return open.promise;
		};
		const pulling = fixture.sync();
		await reached.promise;
		return async () => {
			stall = async () => {};
			open.resolve();
			await pulling;
		};
	};
}

describe("a pull that read before our write and writes after it", () => {
	const withStale = (uids: readonly string[]) => withStalls("after", { uids });

	test.each(["delta", "full"] as const)("does not take an edit back (%s)", async (mode) => {
		const beginPull = await withStale(["u1", "u2"]);
		const id = await eventIdOf(fixture, "u1");
		putThere("u1", { location: "Theirs" });
		if (mode === "full") fixture.control.expireCursors(fixture.remoteCalendar);
		const finishPull = await beginPull();
		const write = await fixture.edit(id, { title: "Mine" });
		expect(await fixture.push(write)).toBe("synced");
		const version = async () =>
			(await fixture.services.db.selectFrom("events").select("version").where("id", "=", id).executeTakeFirst())
				?.version;
		const before = await version();
		await finishPull();
		expect(fixture.control.calls.read).toBeGreaterThan(0);
		expect(await fixture.titles()).toEqual(["Mine", "u2"]);
		expect(await version()).toBe(before);
		await expectQuiet();
	});

	test.each(["delta", "full"] as const)("does not bring back what we deleted (%s)", async (mode) => {
		const beginPull = await withStale(["u1", "u2"]);
		const id = await eventIdOf(fixture, "u1");
		// Something changed about it, so that the pull brings it.
		fixture.control.changeEtags(fixture.remoteCalendar);
		if (mode === "full") fixture.control.expireCursors(fixture.remoteCalendar);
		const finishPull = await beginPull();
		const write = await fixture.edit(id, null);
		expect(await fixture.push(write)).toBe("synced");
		await finishPull();
		expect(await fixture.titles()).toEqual(["u2"]);
		await expectQuiet();
		const left = await fixture.services.db.selectFrom("resources").select("gone").execute();
		expect(left).toEqual([{ gone: false }]);
	});

	test("does not delete what we made", async () => {
		const beginPull = await withStale(["u1"]);
		fixture.control.expireCursors(fixture.remoteCalendar);
		const finishPull = await beginPull();
		const write = await fixture.create({ uid: "u2", title: "New" });
		expect(await fixture.push(write)).toBe("synced");
		const unsent = await fixture.create({ uid: "u3", title: "Newer" });
		await finishPull();
		expect(await fixture.titles()).toEqual(["New", "Newer", "u1"]);
		expect(await fixture.push(unsent)).toBe("synced");
		await expectQuiet();
	});

	test("does not take many that we made for a mass deletion", async () => {
		const beginPull = await withStale(["u1"]);
		fixture.control.expireCursors(fixture.remoteCalendar);
		const finishPull = await beginPull();
		for (let index = 0; index < 15; index++) await fixture.create({ uid: `n${index}`, title: `N${index}` });
		while ((await fixture.intents()).length > 0) await fixture.pushDue();
		await finishPull();
		expect(await fixture.services.db.selectFrom("held_deletions").selectAll().execute()).toEqual([]);
		expect(await fixture.titles()).toHaveLength(16);
		await expectQuiet();
	});

	test("still learns of what somebody deleted after our write", async () => {
		const beginPull = await withStale(["u1", "u2"]);
		const id = await eventIdOf(fixture, "u1");
		putThere("u1", { location: "Theirs" });
		const finishPull = await beginPull();
		expect(await fixture.push(await fixture.edit(id, { title: "Mine" }))).toBe("synced");
		fixture.control.remove(fixture.remoteCalendar, "u1");
		await finishPull();
		expect(await fixture.titles()).toEqual(["u2"]);
		await expectQuiet();
	});
});

describe("a first sync", () => {
	test("that somebody writes beside finds everything once", async () => {
		const beginPull = await withStalls("before", { pageSize: 10 });
		const { services, userId, actor, control } = fixture;
		const second = control.createCalendar("ada");
		for (let index = 0; index < 60; index++) {
			control.putEvents(second, `s${index}`, [event({ uid: `s${index}`, title: `S${index}` })]);
		}
		const finishPull = await beginPull();
		const { id: calendarId } = await services.db
			.selectFrom("calendars")
			.select("id")
			.where("provider_calendar_id", "=", second)
			.executeTakeFirstOrThrow();
		const make = (uid: string) => {
			const events = [event({ uid, title: uid })];
			return createResource(services, { userId, actor, calendarId, events, action: "created" });
		};
		// The listing will name this one, and the pull believes that the calendar was empty.
		const sent = await make("mine");
		expect(await fixture.push(sent)).toBe("synced");
		const unsent = await make("unsent");
		await finishPull();
		const { status } = await services.db
			.selectFrom("calendars")
			.select("status")
			.where("id", "=", calendarId)
			.executeTakeFirstOrThrow();
		expect(status).toBe("active");
		const rows = await services.db
			.selectFrom("events")
			.select(["id", "ical_uid"])
			.where("calendar_id", "=", calendarId)
			.execute();
		expect(rows).toHaveLength(62);
		expect(rows).toContainEqual({ id: sent.eventId, ical_uid: "mine" });
		expect(rows).toContainEqual({ id: unsent.eventId, ical_uid: "unsent" });
		await fixture.pushDue();
		await expectQuiet();
	});
});

describe("a pull while a write is under way", () => {
	test.each(["before", "after"] as const)("of an update, seen %s its effect", async (when) => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		const write = await fixture.edit(id, { title: "Mine" });
		const gate = fixture.control.holdWrites("update", when);
		const pushing = fixture.push(write);
		await gate.reached;
		if (when === "before") putThere("u1", { location: "Theirs" });
		await fixture.sync();
		gate.release();
		expect(await pushing).toBe("synced");
		expect(fixture.remoteTitles()).toEqual(["Mine"]);
		await expectQuiet();
	});

	test("of an update that somebody there has undone already is not taken for the last word", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		const write = await fixture.edit(id, { title: "Mine" });
		const gate = fixture.control.holdWrites("update", "after");
		const pushing = fixture.push(write);
		await gate.reached;
		putThere("u1");
		await fixture.sync();
		gate.release();
		await pushing;
		while ((await fixture.intents()).length > 0) await fixture.pushDue();
		await expectQuiet();
	});

	test("of a creation is told the new event, and it is the same", async () => {
		fixture = await createPushFixture();
		const write = await fixture.create({ uid: "u1", title: "Mine" });
		const gate = fixture.control.holdWrites("create", "after");
		const pushing = fixture.push(write);
		await gate.reached;
		await fixture.sync();
		expect(await eventIdOf(fixture, "u1")).toBe(write.eventId);
		gate.release();
		expect(await pushing).toBe("synced");
		expect(await fixture.titles()).toEqual(["Mine"]);
		expect((await fixture.feed()).filter((entry) => entry.startsWith("event."))).toEqual(["event.created"]);
		await expectQuiet();
	});

	test("of a creation that somebody there has deleted already does not leave it here", async () => {
		fixture = await createPushFixture();
		const write = await fixture.create({ uid: "u1", title: "Mine" });
		const gate = fixture.control.holdWrites("create", "after");
		const pushing = fixture.push(write);
		await gate.reached;
		fixture.control.removeAll(fixture.remoteCalendar);
		await fixture.sync();
		gate.release();
		await pushing;
		while ((await fixture.intents()).length > 0) await fixture.pushDue();
		expect(await fixture.titles()).toEqual([]);
		await expectQuiet();
	});

	test("of a deletion does not show the event again", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		const write = await fixture.edit(id, null);
		const gate = fixture.control.holdWrites("remove", "before");
		const pushing = fixture.push(write);
		await gate.reached;
		fixture.control.expireCursors(fixture.remoteCalendar);
		await fixture.sync();
		expect(await fixture.titles()).toEqual([]);
		gate.release();
		expect(await pushing).toBe("synced");
		await expectQuiet();
	});
});

test("a full listing neither counts nor deletes what is only here", async () => {
	fixture = await createPushFixture({ uids: ["u1"] });
	for (let index = 0; index < 15; index++) await fixture.create({ uid: `n${index}`, title: `N${index}` });
	fixture.control.expireCursors(fixture.remoteCalendar);
	await fixture.sync();
	expect(await fixture.titles()).toHaveLength(16);
	const { status } = await fixture.services.db.selectFrom("calendars").select("status").executeTakeFirstOrThrow();
	expect(status).toBe("active");
	while ((await fixture.intents()).length > 0) await fixture.pushDue();
	await expectQuiet();
});

test("our own deletions do not close the valve", async () => {
	fixture = await createPushFixture({ uids: Array.from({ length: 20 }, (_, index) => `u${index}`) });
	for (let index = 0; index < 18; index++) {
		await fixture.edit(await eventIdOf(fixture, `u${index}`), null);
	}
	while ((await fixture.intents()).length > 0) await fixture.pushDue();
	fixture.control.expireCursors(fixture.remoteCalendar);
	await fixture.sync();
	const { status } = await fixture.services.db.selectFrom("calendars").select("status").executeTakeFirstOrThrow();
	expect(status).toBe("active");
	await expectQuiet();
});

test("what a pull changes is in the history, but for a first sync", async () => {
	fixture = await createPushFixture({ uids: ["u1", "u2"] });
	const [first, second] = [await eventIdOf(fixture, "u1"), await eventIdOf(fixture, "u2")];
	expect(await fixture.versions(first)).toEqual([]);
	putThere("u1", { title: "Changed" });
	putThere("u3");
	fixture.control.remove(fixture.remoteCalendar, "u2");
	await fixture.sync();
	putThere("u1", { title: "Again", location: "There" });
	await fixture.sync();
	expect(await fixture.versions(first)).toEqual([
		"1 seen by provider",
		"2 updated by provider title",
		"3 updated by provider location,title",
	]);
	expect(await fixture.versions(second)).toEqual(["1 deleted by provider"]);
	expect(await fixture.versions(await eventIdOf(fixture, "u3"))).toEqual(["1 created by provider"]);
});
