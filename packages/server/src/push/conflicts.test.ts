import { afterEach, describe, expect, test } from "vitest";
import { createPushFixture, event, eventIdOf, type PushFixture } from "./testing.ts";

let fixture: PushFixture;
let id: string;
afterEach(() => fixture.close());

async function start(): Promise<void> {
	fixture = await createPushFixture({ uids: ["u1"] });
	id = await eventIdOf(fixture, "u1");
}

/** What the person changes is already here when the provider is found to have changed too. */
const changeThere = (patch: Parameters<typeof event>[0]) =>
	fixture.control.putEvents(fixture.remoteCalendar, "u1", [event({ title: "u1", ...patch })]);

/** Found out by the push that is refused, or by a pull that comes first. */
const FOUND_BY = ["the push", "a pull"] as const;

async function find(by: (typeof FOUND_BY)[number], write: Parameters<PushFixture["push"]>[0]): Promise<void> {
	if (by === "a pull") await fixture.sync();
	expect(await fixture.push(write)).toBe("synced");
	expect(await fixture.intents()).toEqual([]);
	// All is settled: the next round writes nothing, here or there.
	const performed = fixture.control.performed.length;
	const feed = await fixture.feed();
	await fixture.sync();
	expect(fixture.control.performed).toHaveLength(performed);
	expect(await fixture.feed()).toEqual(feed);
	expect((await fixture.verify()).differences).toEqual([]);
}

describe.each(FOUND_BY)("found by %s", (by) => {
	test("different fields are both kept", async () => {
		await start();
		const write = await fixture.edit(id, { title: "Mine" });
		changeThere({ uid: "u1", location: "Theirs" });
		await find(by, write);
		const [remote] = fixture.control.resources(fixture.remoteCalendar);
		expect(remote?.events[0]).toMatchObject({ title: "Mine", location: "Theirs" });
		expect(await eventIdOf(fixture, "u1")).toBe(id);
		expect((await fixture.versions(id)).filter((version) => version.includes("conflict"))).toEqual([]);
	});

	test("of the same field the provider's is taken, and ours is in the history", async () => {
		await start();
		const write = await fixture.edit(id, { title: "Mine", location: "Here" });
		changeThere({ uid: "u1", title: "Theirs" });
		await find(by, write);
		const [remote] = fixture.control.resources(fixture.remoteCalendar);
		expect(remote?.events[0]).toMatchObject({ title: "Theirs", location: "Here" });
		expect(await fixture.titles()).toEqual(["Theirs"]);
		expect(await fixture.versions(id)).toContainEqual(expect.stringMatching(/^\d conflict by user title$/));
		const lost = await fixture.services.db
			.selectFrom("event_versions")
			.select("events")
			.where("action", "=", "conflict")
			.executeTakeFirstOrThrow();
		expect(lost.events[0]).toMatchObject({ title: "Mine", location: "Here" });
		expect((await fixture.feed()).at(-1)).toMatch(/^event.updated title/);
	});

	test("deleted there and edited here: it is deleted, and our version is in the history with its body", async () => {
		await start();
		const write = await fixture.edit(id, { title: "Mine" });
		fixture.control.remove(fixture.remoteCalendar, "u1");
		await find(by, write);
		expect(await fixture.titles()).toEqual([]);
		expect(fixture.remoteTitles()).toEqual([]);
		const versions = await fixture.versions(id);
		expect(versions).toContainEqual(expect.stringMatching(/^\d conflict by user/));
		expect(versions).toContainEqual(expect.stringMatching(/^\d deleted by provider/));
		expect(await fixture.feed()).toContain("event.deleted");
	});

	test("edited there and deleted here: it stays with the edit under its id, and our deletion is in the history", async () => {
		await start();
		const write = await fixture.edit(id, null);
		expect(await fixture.titles()).toEqual([]);
		changeThere({ uid: "u1", title: "Theirs" });
		await find(by, write);
		expect(await fixture.titles()).toEqual(["Theirs"]);
		expect(fixture.remoteTitles()).toEqual(["Theirs"]);
		expect(await eventIdOf(fixture, "u1")).toBe(id);
		expect(await fixture.versions(id)).toContainEqual(expect.stringMatching(/^\d conflict by user/));
		expect((await fixture.feed()).filter((entry) => entry === "event.created")).toHaveLength(1);
	});

	test("the same change on both sides is no conflict and is not written again", async () => {
		await start();
		const write = await fixture.edit(id, { title: "Same" });
		changeThere({ uid: "u1", title: "Same" });
		await find(by, write);
		expect(fixture.control.performed).toEqual([]);
		expect((await fixture.versions(id)).filter((version) => version.includes("conflict"))).toEqual([]);
	});

	test("deleted on both sides is no conflict", async () => {
		await start();
		const write = await fixture.edit(id, null);
		fixture.control.remove(fixture.remoteCalendar, "u1");
		await find(by, write);
		expect(await fixture.titles()).toEqual([]);
		expect(await fixture.versions(id)).toEqual(["1 deleted by user"]);
	});

	test("of a chain of edits each is put on what was found", async () => {
		await start();
		fixture.control.loseAnswer("update");
		const first = await fixture.edit(id, { title: "One" });
		expect(await fixture.push(first)).toBe("pending");
		const second = await fixture.edit(id, { location: "Two" });
		expect(second.intentIds).not.toEqual(first.intentIds);
		changeThere({ uid: "u1", title: "One", description: "Theirs" });
		await find(by, { ...second, intentIds: [...first.intentIds, ...second.intentIds] });
		const [remote] = fixture.control.resources(fixture.remoteCalendar);
		expect(remote?.events[0]).toMatchObject({ title: "One", location: "Two", description: "Theirs" });
	});
});

test("a UID that is found at the provider before we made it is the same event", async () => {
	fixture = await createPushFixture();
	const write = await fixture.create({ uid: "u1", title: "Mine" });
	fixture.control.putEvents(fixture.remoteCalendar, "u1", [event({ uid: "u1", title: "Mine", location: "Theirs" })]);
	await fixture.sync();
	expect(await eventIdOf(fixture, "u1")).toBe(write.eventId);
	expect(await fixture.push(write)).toBe("synced");
	expect(fixture.control.resources(fixture.remoteCalendar)).toHaveLength(1);
	expect((await fixture.verify()).differences).toEqual([]);
});
