import { type CalendarProvider, ProviderFailure, type ResourceDraft } from "@kalends/providers";
import { afterEach, expect, test } from "vitest";
import { discardIntents } from "./resolve-intent.ts";
import { createPushFixture, event, eventIdOf, type PushFixture } from "./testing.ts";

let fixture: PushFixture;
afterEach(() => fixture.close());

const lost = () => new ProviderFailure("unavailable", { reason: "connection_lost", message: "reset" });

test("many creations whose answers are lost make one event each", async () => {
	fixture = await createPushFixture();
	const many = 60;
	for (let index = 0; index < many; index++) {
		const write = await fixture.create({ uid: `u${index}`, title: `T${index}` });
		fixture.control.loseAnswer("create");
		expect(await fixture.push(write)).toBe("pending");
	}
	for (let turn = 0; turn < 3 && (await fixture.intents()).length > 0; turn++) await fixture.pushDue();
	expect(await fixture.intents()).toEqual([]);
	expect(fixture.remoteTitles()).toHaveLength(many);
	expect(fixture.control.performed).toHaveLength(many);
	await fixture.sync();
	expect(await fixture.titles()).toEqual(fixture.remoteTitles());
	expect((await fixture.verify()).differences).toEqual([]);
});

test.each(["create", "update", "remove"] as const)(
	"a lost answer to %s is made up for by a look",
	async (operation) => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		fixture.control.loseAnswer(operation, lost());
		const write =
			operation === "create"
				? await fixture.create({ uid: "new", title: "New" })
				: await fixture.edit(id, operation === "update" ? { title: "Changed" } : null);
		expect(await fixture.push(write)).toBe("pending");
		expect(await fixture.intents()).toMatchObject([
			{ state: "pending", attempts: 1, error: { code: "connection_lost" } },
		]);
		await fixture.pushDue();
		expect(await fixture.intents()).toEqual([]);
		expect(fixture.control.performed).toHaveLength(1);
		expect((await fixture.verify()).differences).toEqual([]);
		await fixture.sync();
		expect(await fixture.titles()).toEqual(fixture.remoteTitles());
	},
);

test.each(["made", "not made"])(
	"a creation that is given up, and may have been %s, is nowhere in the end",
	async (how) => {
		fixture = await createPushFixture();
		if (how === "made") fixture.control.loseAnswer("create", lost());
		else fixture.control.failNext("create", lost());
		const write = await fixture.create({ uid: "new", title: "New" });
		expect(await fixture.push(write)).toBe("pending");
		expect(await discardIntents(fixture.services, fixture.resolve(write.eventId))).toMatchObject({ discarded: 1 });
		expect(await fixture.titles()).toEqual([]);
		await fixture.sync();
		expect(await fixture.titles()).toEqual([]);
		await fixture.pushDue();
		expect([await fixture.intents(), fixture.remoteTitles()]).toEqual([[], []]);
		await fixture.sync();
		expect(await fixture.titles()).toEqual([]);
		expect((await fixture.verify()).differences).toEqual([]);
	},
);

test.each(["read", "find_created"] as const)("a %s that fails is repeated", async (operation) => {
	fixture = await createPushFixture({ uids: ["u1"] });
	const id = await eventIdOf(fixture, "u1");
	fixture.control.loseAnswer(operation === "read" ? "update" : "create", lost());
	const write =
		operation === "read"
			? await fixture.edit(id, { title: "Changed" })
			: await fixture.create({ uid: "new", title: "New" });
	expect(await fixture.push(write)).toBe("pending");
	fixture.control.failNext(operation, lost());
	await fixture.pushDue();
	expect(await fixture.intents()).toMatchObject([{ attempts: 2 }]);
	await fixture.pushDue();
	expect(await fixture.intents()).toEqual([]);
	expect(fixture.control.performed).toHaveLength(1);
});

test("what a lost creation made is found by a pull too, and is the same event", async () => {
	fixture = await createPushFixture();
	const write = await fixture.create({ uid: "u1", title: "New" });
	fixture.control.loseAnswer("create");
	expect(await fixture.push(write)).toBe("pending");
	await fixture.sync();
	expect(await fixture.intents()).toEqual([]);
	expect(await eventIdOf(fixture, "u1")).toBe(write.eventId);
	expect(await fixture.push(write)).toBe("synced");
	expect(fixture.control.performed).toHaveLength(1);
	expect((await fixture.feed()).filter((entry) => entry.startsWith("event."))).toEqual(["event.created"]);
});

test("what a lost creation made under names of the provider's own is looked up, also after a pull that has met it", async () => {
	const made = new Map<string, string>();
	fixture = await createPushFixture({
		capabilities: { namesEvents: true },
		wrap: (provider) => namingProvider(provider, made),
	});
	const write = await fixture.create({ uid: "u1", title: "New" });
	fixture.control.loseAnswer("create");
	expect(await fixture.push(write)).toBe("pending");
	await fixture.sync();
	await fixture.pushDue();
	expect(await fixture.intents()).toEqual([]);
	expect(fixture.control.performed).toHaveLength(1);
	expect(fixture.remoteTitles()).toEqual(["New"]);
	await fixture.sync();
	expect(await fixture.titles()).toEqual(["New"]);
	expect(await eventIdOf(fixture, "given-1")).toBe(write.eventId);
	expect((await fixture.verify()).differences).toEqual([]);
});

test("what a lost creation made under names of the provider's own is the same event for a pull that tells its key", async () => {
	const made = new Map<string, string>();
	fixture = await createPushFixture({
		capabilities: { namesEvents: true },
		wrap: (provider) => tellingKeys(namingProvider(provider, made), made),
	});
	const write = await fixture.create({ uid: "u1", title: "New" });
	fixture.control.loseAnswer("create");
	expect(await fixture.push(write)).toBe("pending");
	await fixture.sync();
	expect(await fixture.intents()).toEqual([]);
	expect(await fixture.titles()).toEqual(["New"]);
	expect(await eventIdOf(fixture, "given-1")).toBe(write.eventId);
	const told = (await fixture.feed()).filter((entry) => entry.startsWith("event."));
	expect(told).toEqual(["event.created", "event.updated ical_uid"]);
	const edited = await fixture.edit(write.eventId, { title: "Newer" });
	expect(await fixture.push(edited)).toBe("synced");
	expect(fixture.control.performed.map(({ operation }) => operation)).toEqual(["create", "update"]);
	expect(fixture.remoteTitles()).toEqual(["Newer"]);
	expect((await fixture.verify()).differences).toEqual([]);
});

/** Its pulls tell of each resource under which key it was made. */
function tellingKeys(provider: CalendarProvider, made: ReadonlyMap<string, string>): CalendarProvider {
	return {
		...provider,
		async *pull(...asked) {
			const keys = new Map([...made].map(([key, id]) => [id, key]));
			for await (const page of provider.pull(...asked)) {
				const changed = page.changed.map((one) => {
					const draftKey = keys.get(one.id);
					return draftKey === undefined ? one : { ...one, draftKey };
				});
				yield { ...page, changed };
			}
		},
	};
}

/** Names what is created anew each time, and knows it again by its key. */
function namingProvider(provider: CalendarProvider, made: Map<string, string>): CalendarProvider {
	const { writer } = provider;
	if (writer === null) throw new Error("writes are needed");
	const named = (draft: ResourceDraft, id: string): ResourceDraft => ({
		...draft,
		key: id,
		events: draft.events.map((one) => ({ ...one, uid: id })),
	});
	return {
		...provider,
		writer: {
			...writer,
			create: (calendar, draft, context) => {
				const id = `given-${made.size + 1}`;
				made.set(draft.key, id);
				return writer.create(calendar, named(draft, id), context);
			},
			findCreated: (calendar, draft, context) =>
				writer.findCreated(calendar, named(draft, made.get(draft.key) ?? draft.key), context),
		},
	};
}

test("an edit after a lost creation is put on what that made", async () => {
	fixture = await createPushFixture();
	const made = await fixture.create({ uid: "u1", title: "New" });
	fixture.control.loseAnswer("create");
	expect(await fixture.push(made)).toBe("pending");
	const edited = await fixture.edit(made.eventId, { title: "Newer" });
	expect(await fixture.push(edited)).toBe("synced");
	expect(fixture.remoteTitles()).toEqual(["Newer"]);
	expect(fixture.control.resources(fixture.remoteCalendar)).toHaveLength(1);
});

test("deleting after a lost creation removes what that made", async () => {
	fixture = await createPushFixture();
	const made = await fixture.create({ uid: "u1", title: "New" });
	fixture.control.loseAnswer("create");
	expect(await fixture.push(made)).toBe("pending");
	const deleted = await fixture.edit(made.eventId, null);
	expect(await fixture.push({ ...deleted, intentIds: [...made.intentIds, ...deleted.intentIds] })).toBe("synced");
	expect(fixture.remoteTitles()).toEqual([]);
	await fixture.sync();
	expect(await fixture.titles()).toEqual([]);
	expect((await fixture.verify()).differences).toEqual([]);
});

test("a server that stores something else than it was sent is not written to again", async () => {
	fixture = await createPushFixture({ uids: ["u1"] });
	fixture.control.setRewrites(true);
	const made = await fixture.create({ uid: "u2", title: "New" });
	expect(await fixture.push(made)).toBe("synced");
	const edited = await fixture.edit(made.eventId, { title: "Newer" });
	expect(await fixture.push(edited)).toBe("synced");
	await fixture.sync();
	expect(fixture.control.performed).toHaveLength(2);
	expect((await fixture.verify()).differences).toEqual([]);
});

test("many edits before the first is sent are one", async () => {
	fixture = await createPushFixture({ uids: ["u1"] });
	const id = await eventIdOf(fixture, "u1");
	for (let index = 0; index < 5; index++) await fixture.edit(id, { title: `T${index}` });
	expect(await fixture.intents()).toHaveLength(1);
	await fixture.pushDue();
	expect(fixture.control.performed).toHaveLength(1);
	expect(fixture.remoteTitles()).toEqual(["T4"]);
	expect(await fixture.versions(id)).toHaveLength(6);
});

test("an event made there with our event's UID in between is told apart by its content", async () => {
	fixture = await createPushFixture({ uids: ["u1"] });
	const id = await eventIdOf(fixture, "u1");
	fixture.control.loseAnswer("update");
	const write = await fixture.edit(id, { title: "Mine" });
	expect(await fixture.push(write)).toBe("pending");
	fixture.control.putEvents(fixture.remoteCalendar, "u1", [event({ uid: "u1", title: "Later, theirs" })]);
	await fixture.pushDue();
	expect(fixture.remoteTitles()).toEqual(["Later, theirs"]);
	expect(await fixture.titles()).toEqual(["Later, theirs"]);
	expect(await fixture.versions(id)).toContainEqual(expect.stringMatching(/conflict by user title/));
});

test.each([true, false])(
	"what was made, and deleted there before its answer was made up for, is not made again (seen by a sync: %s)",
	async (isSeen) => {
		fixture = await createPushFixture();
		fixture.control.loseAnswer("create", lost());
		const write = await fixture.create({ uid: "u1", title: "Made" });
		expect(await fixture.push(write)).toBe("pending");
		if (isSeen) await fixture.sync();
		const later = await fixture.edit(write.eventId, { title: "Later" });
		const [made] = fixture.control.resources(fixture.remoteCalendar);
		fixture.control.remove(fixture.remoteCalendar, made?.id ?? "");
		await fixture.pushDue();
		await fixture.pushDue();
		expect(await fixture.intents()).toEqual([]);
		expect(fixture.remoteTitles()).toEqual([]);
		await fixture.sync();
		expect(await fixture.titles()).toEqual([]);
		expect(later.eventId).toBe(write.eventId);
		expect((await fixture.verify()).differences).toEqual([]);
	},
);
