import type { CalendarEvent } from "@kalends/model";
import { guest } from "@kalends/model/testing";
import { expect, test } from "vitest";
import { writePropertyTests } from "./contract-write-properties.ts";
import { fixture } from "./fixture-events.ts";
import { Follower } from "./follower.ts";
import type { ContractAbility, ContractHarness, ContractOptions } from "./harness.ts";
import { draftOf, eventsIn, failureOfWrite, sideOf, WriteClient } from "./write-client.ts";
import { ALARMS, calendarOf, ODD_BODY, OWN_ZONE, TIMES, textEvent, zoned } from "./written-events.ts";

/** The part of the contract for providers that write. */
export function writeTests(open: () => ContractHarness, options: ContractOptions): void {
	roundTripTests(open);
	const has = (ability: ContractAbility) => options.lacks?.includes(ability) !== true;
	conditionTests(open, has);
	lossTests(open, has);
	keyTests(open, options.keepsDraftKeys === true);
	contentTests(open, has);
	if (options.moves === true) moveTests(open);
	if (has("icalendar")) bodyTests(open);
	writePropertyTests(open, options);
}

/** An empty calendar, one who writes to it, one who follows it, and the other side. */
async function scene(harness: ContractHarness) {
	const account = await harness.makeAccount();
	const calendarId = await account.createCalendar("Written");
	const follower = await Follower.of(harness, account, calendarId);
	const client = await WriteClient.of(harness, account, calendarId);
	await follower.sync();
	return { account, calendarId, follower, client, side: sideOf(account) };
}

const single = (uid: string, title: string) => eventsIn(fixture({ uid, title }).ics);
const retitled = (events: readonly CalendarEvent[], title: string) => events.map((event) => ({ ...event, title }));

function moveTests(open: () => ContractHarness): void {
	test("what moves to another calendar is there under its id as it was, and is here no more", async () => {
		const harness = open();
		const { account, follower, client } = await scene(harness);
		const there = await account.createCalendar("Moved to");
		const [to, following] = [await WriteClient.of(harness, account, there), await Follower.of(harness, account, there)];
		const series = eventsIn(fixture({ uid: "moving", title: "Series", override: "Special" }).ics);
		const made = await client.create(draftOf("move1", series));
		await Promise.all([follower.sync(), following.sync()]);
		const moved = await client.move(made, to);
		expect(moved).toMatchObject({ id: made.id, events: [{ title: "Series" }, { title: "Special" }] });
		expect(moved?.events.map(({ uid }) => uid)).toEqual(made.events.map(({ uid }) => uid));
		expect([await client.read(made.id), (await to.read(made.id))?.id]).toEqual([null, made.id]);
		await Promise.all([follower.sync(), following.sync()]);
		expect([follower.resourceIds, following.resourceIds]).toEqual([[], [made.id]]);
		expect(following.hashesOf(made.id)).toEqual(to.hashes(moved?.events ?? []));
		const again = await failureOfWrite(client.move(made, to) ?? Promise.resolve());
		expect(["not_found", "gone", "precondition_failed"]).toContain(again.kind);
	});

	test("a move whose answer is lost is seen by reading there", async () => {
		const harness = open();
		const { account, client } = await scene(harness);
		const to = await WriteClient.of(harness, account, await account.createCalendar("Moved to"));
		const made = await client.create(draftOf("move2", single("lost", "Single")));
		expect((await client.losing("move", () => client.move(made, to) ?? Promise.resolve()))?.kind).toBe("unavailable");
		expect([await client.read(made.id), (await to.read(made.id))?.events]).toMatchObject([null, [{ title: "Single" }]]);
	});
}

function roundTripTests(open: () => ContractHarness): void {
	test("what is created, changed and removed is so on the other side, and a pull shows the same", async () => {
		const { follower, client, side, calendarId } = await scene(open());
		const draft = draftOf("trip1", single("trip", "First"));
		const made = await client.create(draft);
		expect(client.hashes(made.events)).toEqual(client.hashes(draft.events));
		expect(await side.stored(calendarId, made.id)).toContain("SUMMARY:First");
		expect(client.hashes((await client.read(made.id))?.events ?? [])).toEqual(client.hashes(made.events));
		expect(await client.findCreated(draft)).toMatchObject({ id: made.id });
		await follower.sync();
		expect(follower.hashesOf(made.id)).toEqual(client.hashes(made.events));

		const changed = await client.update(made, retitled(made.events, "Second"));
		expect(changed).toMatchObject({ id: made.id, events: [{ title: "Second" }] });
		expect(await side.stored(calendarId, made.id)).toContain("SUMMARY:Second");
		await follower.sync();
		expect(follower.hashesOf(made.id)).toEqual(client.hashes(changed.events));

		await client.remove(changed);
		expect(await side.stored(calendarId, made.id)).toBeNull();
		expect(await client.read(made.id)).toBeNull();
		// Some tell that it was made.
		const found = await client.findCreated(draft).catch((failure) => failure);
		expect(found).toBeOneOf([null, expect.objectContaining({ kind: "gone" })]);
		expect((await follower.sync()).lost).toEqual(made.events.map(({ uid }) => uid));
		await client.remove(changed);
	});

	test("what the other side made is changed where it is", async () => {
		const { follower, client, side, account, calendarId } = await scene(open());
		await account.put(calendarId, "theirs", fixture({ uid: "theirs", title: "Theirs" }).ics);
		await follower.sync();
		const [id = ""] = follower.resourceIds;
		const current = await client.read(id);
		if (current === null) throw new Error("not there");
		const changed = await client.update(current, retitled(current.events, "Ours"));
		expect(changed.id).toBe(id);
		expect(await side.stored(calendarId, id)).toContain("SUMMARY:Ours");
		await follower.sync();
		expect(follower.resourceIds).toEqual([id]);
		expect(follower.hashesOf(id)).toEqual(client.hashes(changed.events));
		await client.remove(changed);
		await follower.sync();
		expect(follower.resourceIds).toEqual([]);
	});

	test("several changes in a row need no reading in between", async () => {
		const { follower, client } = await scene(open());
		let current = await client.create(draftOf("row1", single("row", "0")));
		for (const title of ["1", "2", "3"]) current = await client.update(current, retitled(current.events, title));
		await follower.sync();
		expect(follower.lines).toHaveLength(1);
		expect(follower.hashesOf(current.id)).toEqual(client.hashes(current.events));
		await client.remove(current);
	});
}

type Has = (ability: ContractAbility) => boolean;

function conditionTests(open: () => ContractHarness, has: Has): void {
	const theirs = fixture({ uid: "both", title: "Theirs" }).ics;

	if (has("uniqueDrafts"))
		test("creating never replaces what is there", async () => {
			const { client, side, calendarId } = await scene(open());
			const draft = draftOf("both1", single("both", "Ours"));
			const made = await client.create(draft);
			await side.replace(calendarId, made.id, theirs);
			expect(await failureOfWrite(client.create(draft))).toMatchObject({ kind: "precondition_failed" });
			expect(await side.stored(calendarId, made.id)).toContain("SUMMARY:Theirs");
		});

	test("a change of what has changed meanwhile is refused, and nothing is changed", async () => {
		const { client, side, calendarId } = await scene(open());
		const made = await client.create(draftOf("both2", single("both", "Ours")));
		await side.replace(calendarId, made.id, theirs);
		const refused = await failureOfWrite(client.update(made, retitled(made.events, "Stale")));
		expect(refused).toMatchObject({ kind: "precondition_failed" });
		expect(await side.stored(calendarId, made.id)).toContain("SUMMARY:Theirs");
		const now = await client.read(made.id);
		if (now === null) throw new Error("not there");
		expect(await client.update(now, retitled(now.events, "Fresh"))).toMatchObject({ events: [{ title: "Fresh" }] });
	});

	test("a removal of what has changed meanwhile is refused, and nothing is removed", async () => {
		const { client, side, calendarId } = await scene(open());
		const made = await client.create(draftOf("both3", single("both", "Ours")));
		await side.replace(calendarId, made.id, theirs);
		expect(await failureOfWrite(client.remove(made))).toMatchObject({ kind: "precondition_failed" });
		expect(await side.stored(calendarId, made.id)).toContain("SUMMARY:Theirs");
	});

	test("without an etag it is held to what was read last", async () => {
		const { client, side, calendarId } = await scene(open());
		const made = { ...(await client.create(draftOf("both4", single("both", "Ours")))), etag: null };
		const changed = { ...(await client.update(made, retitled(made.events, "Again"))), etag: null };
		await side.replace(calendarId, made.id, theirs);
		const refused = await failureOfWrite(client.update(changed, retitled(changed.events, "Stale")));
		expect(refused).toMatchObject({ kind: "precondition_failed" });
		expect(await failureOfWrite(client.remove(changed))).toMatchObject({ kind: "precondition_failed" });
		expect(await side.stored(calendarId, made.id)).toContain("SUMMARY:Theirs");
	});

	test("a change of what is gone says so, and its removal is done", async () => {
		const { client, side, calendarId } = await scene(open());
		const made = await client.create(draftOf("both5", single("both", "Ours")));
		await side.erase(calendarId, made.id);
		const refused = await failureOfWrite(client.update(made, retitled(made.events, "Late")));
		expect(["not_found", "gone"]).toContain(refused.kind);
		await client.remove(made);
		expect(await side.stored(calendarId, made.id)).toBeNull();
	});
}

/** The caller reads before it tries again, whichever of these it is. */
const UNSURE = ["unavailable", "precondition_failed", undefined];

function lossTests(open: () => ContractHarness, has: Has): void {
	test("a creation whose answer is lost is found, and is there once", async () => {
		const { client, follower } = await scene(open());
		const draft = draftOf("lost1", single("lost", "Made"));
		expect(await client.findCreated(draft)).toBeNull();
		expect(UNSURE).toContain((await client.losing("create", () => client.create(draft)))?.kind);
		const found = await client.findCreated(draft);
		expect(client.hashes(found?.events ?? [])).toEqual(client.hashes(draft.events));
		await follower.sync();
		expect(follower.resourceIds).toEqual([found?.id]);
		if (!has("uniqueDrafts")) return;
		expect(UNSURE).toContain((await failureOfWrite(client.create(draft))).kind);
		await follower.sync();
		expect(follower.lines).toHaveLength(1);
	});

	test("a change and a removal whose answers are lost are seen by reading", async () => {
		const { client } = await scene(open());
		const made = await client.create(draftOf("lost2", single("lost", "Made")));
		const change = () => client.update(made, retitled(made.events, "Changed"));
		expect(UNSURE).toContain((await client.losing("update", change))?.kind);
		const changed = await client.read(made.id);
		expect(changed).toMatchObject({ events: [{ title: "Changed" }] });
		if (changed === null) return;
		expect(UNSURE).toContain((await client.losing("remove", () => client.remove(changed)))?.kind);
		expect(await client.read(made.id)).toBeNull();
		await client.remove(changed);
	});
}

function keyTests(open: () => ContractHarness, keeps: boolean): void {
	test(`a pull tells ${keeps ? "which draft made a resource, whatever became of that" : "of no draft"}`, async () => {
		const { client, follower, account, calendarId } = await scene(open());
		const told = async (id: string) => {
			await follower.sync();
			return follower.draftKeyOf(id);
		};
		const key = (draft: { readonly key: string }) => (keeps ? draft.key : undefined);
		const lost = draftOf("key1", single("lost", "Made"));
		await client.losing("create", () => client.create(lost));
		const found = await client.findCreated(lost);
		if (found === null) throw new Error("not there");
		expect([found.draftKey, await told(found.id)]).toEqual([key(lost), key(lost)]);
		const changed = await client.update(found, retitled(found.events, "Changed"));
		expect(await told(changed.id)).toBe(key(lost));

		const series = draftOf("key2", eventsIn(fixture({ uid: "series", title: "Daily", override: "Moved" }).ics));
		const made = await client.create(series);
		expect([made.draftKey, await told(made.id)]).toEqual([key(series), key(series)]);

		const before = follower.resourceIds;
		await account.put(calendarId, "theirs", fixture({ uid: "theirs", title: "Theirs" }).ics);
		await follower.sync();
		const [theirs = ""] = follower.resourceIds.filter((id) => !before.includes(id));
		expect([theirs === "", follower.draftKeyOf(theirs)]).toEqual([false, undefined]);
	});
}

function contentTests(open: () => ContractHarness, has: Has): void {
	test("a series and its overrides are written as one", async () => {
		const { client, follower } = await scene(open());
		const events = eventsIn(fixture({ uid: "series", title: "Daily", override: "Moved" }).ics);
		const made = await client.create(draftOf("series1", events));
		expect(client.hashes(made.events)).toEqual(client.hashes(events));
		const [master, override] = made.events;
		if (master === undefined || override === undefined) throw new Error("the series is not whole");
		const slot = zoned("2026-01-08T09:00:00", "UTC", "2026-01-08T09:00:00Z");
		const later = zoned("2026-01-08T18:00:00", "UTC", "2026-01-08T18:00:00Z");
		const second = { ...override, recurrence_id: slot, start: slot, end: later, title: "Long" };
		const wanted = [{ ...master, title: "Renamed" }, override, second];
		const changed = await client.update(made, wanted);
		expect(client.hashes(changed.events)).toEqual(client.hashes(wanted));
		await follower.sync();
		expect(follower.resourceIds).toEqual([made.id]);
		expect(follower.hashesOf(made.id)).toEqual(client.hashes(changed.events));

		const less = await client.update(changed, [{ ...master, recurrence: ["RRULE:FREQ=DAILY;COUNT=9"] }]);
		await follower.sync();
		expect(less.events).toHaveLength(1);
		expect(follower.hashesOf(made.id)).toEqual(client.hashes(less.events));
	});

	const times = Object.entries(TIMES).filter(([name]) => has("icalendar") || name !== OWN_ZONE);
	test.each(times)("keeps the times of an event that is %s", async (name, lines) => {
		const { client, follower } = await scene(open());
		const events = eventsIn(calendarOf(name, lines));
		expect(events).toHaveLength(1);
		const made = await client.create(draftOf("times1", events));
		expect(client.hashes(made.events)).toEqual(client.hashes(events));
		await follower.sync();
		expect(follower.hashesOf(made.id)).toEqual(client.hashes(made.events));
	});

	test("keeps texts of any kind and length", async () => {
		const { client, follower } = await scene(open());
		const event = textEvent(has("escapes") ? "\\n \\ ;," : ";");
		const made = await client.create(draftOf("text1", [event]));
		expect(client.hashes(made.events)).toEqual(client.hashes([event]));
		await follower.sync();
		expect(follower.hashesOf(made.id)).toEqual(client.hashes(made.events));
	});

	test("a meeting has an organizer, and its guests", async () => {
		const harness = open();
		const { client, account, calendarId, side } = await scene(harness);
		const events = single("meeting", "Planning").map((event) => ({
			...event,
			participants: [guest("bob@example.org", { name: 'Bob; the "builder"' }), guest("eve@example.org")],
		}));
		const made = await client.create(draftOf("meeting1", events));
		expect(made.events[0]?.participants.map(({ email, organizer }) => [email, organizer])).toEqual([
			[expect.stringContaining("@"), true],
			["bob@example.org", false],
			["eve@example.org", false],
		]);
		expect(await side.stored(calendarId, made.id)).not.toMatch(/^METHOD|SCHEDULE-AGENT/m);
		const less = made.events.map((event) => ({ ...event, participants: event.participants.slice(0, 2) }));
		const changed = await client.update(made, less);
		expect(changed.events[0]?.participants).toMatchObject([{ organizer: true }, { email: "bob@example.org" }]);
		const fresh = await Follower.of(harness, account, calendarId);
		await fresh.sync();
		expect(fresh.hashesOf(made.id)).toEqual(client.hashes(changed.events));
	});
}

/** What only a body of iCalendar text can keep. */
function bodyTests(open: () => ContractHarness): void {
	test("what no field knows stays through a change", async () => {
		const { client, side, account, calendarId, follower } = await scene(open());
		await account.put(calendarId, "odd", ODD_BODY);
		await follower.sync();
		const [id = ""] = follower.resourceIds;
		const current = await client.read(id);
		if (current === null) throw new Error("not there");
		const before = linesOf((await side.stored(calendarId, id)) ?? "");
		const wanted = current.events.map((event) => ({ ...event, title: `New ${event.title}`, categories: ["Ours"] }));
		const changed = await client.update(current, wanted);
		expect(client.hashes(changed.events)).toEqual(client.hashes(wanted));
		const after = linesOf((await side.stored(calendarId, id)) ?? "");
		const moved = /^(SUMMARY|DTSTAMP|LAST-MODIFIED|SEQUENCE|X-STORED-BY|PRODID)/;
		expect(after).toEqual(expect.arrayContaining(before.filter((line) => !moved.test(line))));
		await follower.sync();
		expect(follower.hashesOf(id)).toEqual(client.hashes(changed.events));
	});

	test("keeps reminders, and those that it does not understand", async () => {
		const { client, follower, side, calendarId } = await scene(open());
		const events = eventsIn(calendarOf("alarms", ALARMS));
		const made = await client.create(draftOf("alarms1", events, calendarOf("alarms", ALARMS)));
		const overrides = [{ method: "popup" as const, minutes: 5 }];
		const changed = await client.update(
			made,
			made.events.map((event) => ({ ...event, reminders: { use_default: false, overrides } })),
		);
		expect(changed.events[0]?.reminders.overrides).toEqual(overrides);
		expect(await side.stored(calendarId, made.id)).toContain("ACTION:X-OURS");
		await follower.sync();
		expect(follower.hashesOf(made.id)).toEqual(client.hashes(changed.events));
	});
}

/** Unfolded, without the order that servers may change: of properties, and of parameters. */
function linesOf(body: string): readonly string[] {
	return body
		.replaceAll(/\r?\n[ \t]/g, "")
		.split(/\r?\n/)
		.filter((line) => line !== "");
}
