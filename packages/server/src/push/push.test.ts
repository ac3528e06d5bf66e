import { afterEach, expect, test } from "vitest";
import { createPushFixture, eventIdOf, type PushFixture } from "./testing.ts";

let fixture: PushFixture;
afterEach(() => fixture.close());

test("a new event is there at once, and at the provider when it was pushed", async () => {
	fixture = await createPushFixture();
	const write = await fixture.create({ uid: "u1", title: "Dinner" });
	expect(await fixture.titles()).toEqual(["Dinner"]);
	expect(fixture.remoteTitles()).toEqual([]);
	expect(fixture.sentJobs.at(-1)).toMatchObject({ name: "push.intent", payload: { intent_id: write.intentIds[0] } });
	expect(await fixture.push(write)).toBe("synced");
	expect(fixture.remoteTitles()).toEqual(["Dinner"]);
	expect(await fixture.intents()).toEqual([]);
	expect(await fixture.versions(write.eventId)).toEqual(["1 created by user"]);
	await fixture.sync();
	expect(await eventIdOf(fixture, "u1")).toBe(write.eventId);
	expect(await fixture.feed()).toEqual(["calendar.created", "calendar.synced", "event.created"]);
	expect((await fixture.verify()).differences).toEqual([]);
});

test("an edit reaches the provider, and the next pull finds nothing new", async () => {
	fixture = await createPushFixture({ uids: ["u1"] });
	const id = await eventIdOf(fixture, "u1");
	const write = await fixture.edit(id, { title: "Lunch" });
	expect(await fixture.push(write)).toBe("synced");
	expect(fixture.remoteTitles()).toEqual(["Lunch"]);
	const before = await fixture.feed();
	await fixture.sync();
	expect(await fixture.feed()).toEqual(before);
	expect(before.at(-1)).toBe("event.updated title");
	expect(await fixture.versions(id)).toEqual(["1 seen by provider", "2 updated by user title"]);
	expect((await fixture.verify()).differences).toEqual([]);
});

test("a deletion reaches the provider, and leaves nothing after the next pull", async () => {
	fixture = await createPushFixture({ uids: ["u1", "u2"] });
	const id = await eventIdOf(fixture, "u1");
	const write = await fixture.edit(id, null);
	expect(await fixture.titles()).toEqual(["u2"]);
	expect(await fixture.push(write)).toBe("synced");
	expect(fixture.remoteTitles()).toEqual(["u2"]);
	const gone = () => fixture.services.db.selectFrom("resources").select("gone").orderBy("gone").execute();
	expect(await gone()).toEqual([{ gone: false }, { gone: true }]);
	await fixture.sync();
	expect(await gone()).toEqual([{ gone: false }]);
	expect(await fixture.titles()).toEqual(["u2"]);
	expect(await fixture.versions(id)).toEqual(["1 deleted by user"]);
});

test("what was never sent is deleted without a word to the provider", async () => {
	fixture = await createPushFixture();
	const made = await fixture.create({ uid: "u1", title: "Dinner" });
	const deleted = await fixture.edit(made.eventId, null);
	expect(deleted.intentIds).toEqual([]);
	expect(await fixture.titles()).toEqual([]);
	expect(await fixture.intents()).toEqual([]);
	expect(fixture.control.performed).toEqual([]);
});
