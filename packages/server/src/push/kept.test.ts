import { afterEach, describe, expect, test } from "vitest";
import { keepHeldDeletions } from "../sync/held-deletions.ts";
import { at } from "../sync/testing.ts";
import { originWithin } from "./moves.ts";
import { pushConnection } from "./push-lanes.ts";
import { discardIntents } from "./resolve-intent.ts";
import { lockResource } from "./snapshot.ts";
import { createPushFixture, event, eventIdOf, failure, type PushFixture } from "./testing.ts";

let fixture: PushFixture;
let id: string;
afterEach(() => fixture.close());

const UIDS = ["u1", "u2", "u3"];
const SERIES = { recurrence: ["RRULE:FREQ=DAILY;COUNT=3"], title: "series" };

/** Three events that the provider has lost, of which a person said that they stay; the first of them may be a series. */
async function keep(options: { readonly series?: true; readonly undecided?: true } = {}) {
	fixture = await createPushFixture({ uids: UIDS });
	if (options.series) {
		fixture.control.putEvents(fixture.remoteCalendar, "u1", [event({ uid: "u1", ...SERIES })]);
		await fixture.sync();
	}
	id = await eventIdOf(fixture, "u1");
	fixture.control.removeAll(fixture.remoteCalendar);
	await list();
	if (!options.undecided) await keepHeldDeletions(fixture.services, fixture);
}

/** A sync that compares everything. */
async function list(): Promise<void> {
	fixture.control.expireCursors(fixture.remoteCalendar);
	await fixture.sync();
}

async function calendar() {
	return fixture.services.db
		.selectFrom("calendars")
		.select(["status", "status_reason"])
		.where("id", "=", fixture.calendarId)
		.executeTakeFirstOrThrow();
}

/** Resources whose deletion is held back, or was decided against. */
async function held(): Promise<number> {
	const rows = await fixture.services.db.selectFrom("held_deletions").select("resource_id").execute();
	return rows.length;
}

/** All is settled, also where the next syncs compare everything: nothing is written, here or there. */
async function expectSettled(heldAfter: number): Promise<void> {
	expect(await fixture.intents()).toEqual([]);
	await list();
	const performed = fixture.control.performed.length;
	const feed = await fixture.feed();
	const titles = await fixture.titles();
	await list();
	expect(fixture.control.performed).toHaveLength(performed);
	expect(await fixture.feed()).toEqual(feed);
	expect(await fixture.titles()).toEqual(titles);
	expect(await calendar()).toMatchObject({ status: "active", status_reason: null });
	expect(await held()).toBe(heldAfter);
	expect((await fixture.verify()).differences).toEqual([]);
}

describe("a change of what was kept", () => {
	test("makes it anew at the provider: the same event here, under its UID there", async () => {
		await keep();
		expect(await fixture.push(await fixture.edit(id, { title: "Mine" }))).toBe("synced");
		expect(await fixture.titles()).toEqual(["Mine", "u2", "u3"]);
		expect(fixture.control.resources(fixture.remoteCalendar).map(({ events }) => events[0]?.uid)).toEqual(["u1"]);
		expect(fixture.remoteTitles()).toEqual(["Mine"]);
		expect(await eventIdOf(fixture, "u1")).toBe(id);
		expect(await fixture.syncOf(id)).toEqual({ state: "synced" });
		expect((await fixture.versions(id)).filter((version) => version.includes("conflict"))).toEqual([]);
		expect(await fixture.feed()).not.toContain("event.deleted");
		await expectSettled(2);
	});

	test("is a change like any other from then on, and so is the deletion", async () => {
		await keep();
		await fixture.push(await fixture.edit(id, { title: "Mine" }));
		expect(await fixture.push(await fixture.edit(id, { title: "Again" }))).toBe("synced");
		expect(fixture.control.performed.map(({ operation }) => operation)).toEqual(["create", "update"]);
		fixture.control.remove(fixture.remoteCalendar, "u1");
		await fixture.sync();
		expect(await fixture.titles()).toEqual(["u2", "u3"]);
	});

	test("also where its deletion waits for a decision", async () => {
		await keep({ undecided: true });
		expect(await fixture.push(await fixture.edit(id, { title: "Mine" }))).toBe("synced");
		expect(fixture.remoteTitles()).toEqual(["Mine"]);
		expect(await fixture.titles()).toEqual(["Mine", "u2", "u3"]);
		expect(await held()).toBe(2);
	});

	test("whose answer was lost is found again, and made once", async () => {
		await keep();
		fixture.control.loseAnswer("create");
		const write = await fixture.edit(id, { title: "Mine" });
		expect(await fixture.push(write)).toBe("pending");
		expect(await fixture.titles()).toEqual(["Mine", "u2", "u3"]);
		await fixture.pushDue();
		expect(fixture.control.resources(fixture.remoteCalendar)).toHaveLength(1);
		expect(await eventIdOf(fixture, "u1")).toBe(id);
		await expectSettled(2);
	});

	test("whose answer was lost is found by a pull, which makes no second event of it", async () => {
		await keep();
		fixture.control.loseAnswer("create");
		await fixture.push(await fixture.edit(id, { title: "Mine" }));
		await fixture.sync();
		expect(await fixture.titles()).toEqual(["Mine", "u2", "u3"]);
		expect(await eventIdOf(fixture, "u1")).toBe(id);
		expect(await fixture.feed()).not.toContain("event.created");
		await fixture.pushDue();
		await expectSettled(2);
	});

	test("that comes when the provider has it again is merged with what is there", async () => {
		await keep();
		fixture.control.putEvents(fixture.remoteCalendar, "u1", [event({ uid: "u1", title: "u1", location: "There" })]);
		expect(await fixture.push(await fixture.edit(id, { title: "Mine" }))).toBe("synced");
		const [remote, ...others] = fixture.control.resources(fixture.remoteCalendar);
		expect(remote?.events[0]).toMatchObject({ title: "Mine", location: "There" });
		expect(others).toEqual([]);
		await expectSettled(2);
	});

	test("that the provider refuses stays here and says so; taken back, the event is as it was", async () => {
		await keep();
		fixture.control.failNext("create", failure("forbidden", "read_only"));
		expect(await fixture.push(await fixture.edit(id, { title: "Mine" }))).toBe("failed");
		expect(await fixture.titles()).toEqual(["Mine", "u2", "u3"]);
		expect(await fixture.syncOf(id)).toMatchObject({ state: "failed" });
		await list();
		expect(await fixture.titles()).toEqual(["Mine", "u2", "u3"]);
		await discardIntents(fixture.services, fixture.resolve(id));
		expect(await fixture.titles()).toEqual(["u1", "u2", "u3"]);
		await expectSettled(3);
	});

	test("ends where it was made anew and deleted there before its lost answer was made up for", async () => {
		await keep();
		fixture.control.loseAnswer("create", failure("unavailable", "connection_lost"));
		expect(await fixture.push(await fixture.edit(id, { title: "Mine" }))).toBe("pending");
		const [made] = fixture.control.resources(fixture.remoteCalendar);
		fixture.control.remove(fixture.remoteCalendar, made?.id ?? "");
		await fixture.makeDue();
		await pushConnection(fixture.services, fixture, new AbortController().signal);
		expect([await fixture.intents(), fixture.remoteTitles()]).toEqual([[], []]);
		expect(await fixture.titles()).toEqual(["u2", "u3"]);
		expect((await fixture.versions(id)).filter((version) => version.includes("conflict"))).toHaveLength(1);
	});

	describe("that may have been made, and is refused when it is looked for", () => {
		/** The creation got through, its answer did not, and nobody may look at it. */
		async function makeUnseen(behind?: () => Promise<unknown>) {
			await keep();
			fixture.control.loseAnswer("create");
			await fixture.push(await fixture.edit(id, { title: "Mine" }));
			await behind?.();
			fixture.control.failNext("read", failure("forbidden", "read_only"));
			await fixture.pushDue();
		}

		test.each(["behind it", "afterwards"])("is found where it is changed %s, and made once", async (when) => {
			const change = () => fixture.edit(id, { title: "Again" });
			await makeUnseen(when === "behind it" ? change : undefined);
			if (when === "afterwards") {
				expect(await fixture.syncOf(id)).toMatchObject({ state: "failed" });
				await change();
			}
			await fixture.pushDue();
			expect(fixture.remoteTitles()).toEqual(["Again"]);
			expect(await fixture.titles()).toEqual(["Again", "u2", "u3"]);
			expect(await eventIdOf(fixture, "u1")).toBe(id);
			expect((await fixture.versions(id)).filter((version) => version.includes("conflict"))).toEqual([]);
			await expectSettled(2);
		});

		test.each(["behind it", "afterwards"])("goes where it is deleted %s", async (when) => {
			const change = () => fixture.edit(id, null);
			await makeUnseen(when === "behind it" ? change : undefined);
			if (when === "afterwards") await change();
			await fixture.pushDue();
			expect(fixture.remoteTitles()).toEqual([]);
			expect(await fixture.titles()).toEqual(["u2", "u3"]);
			await expectSettled(2);
		});

		test("is the same event where the change is taken back", async () => {
			await makeUnseen();
			await discardIntents(fixture.services, fixture.resolve(id));
			await list();
			expect(await fixture.titles()).toEqual(["Mine", "u2", "u3"]);
			expect(await eventIdOf(fixture, "u1")).toBe(id);
			await expectSettled(2);
		});
	});

	test("gives it another UID where the provider still holds the old one", async () => {
		await keep();
		fixture.control.failNext("create", failure("invalid", "uid_conflict"));
		expect(await fixture.push(await fixture.edit(id, { title: "Mine" }))).toBe("synced");
		expect(fixture.remoteTitles()).toEqual(["Mine"]);
		expect(await fixture.titles()).toEqual(["Mine", "u2", "u3"]);
		expect(await eventIdOf(fixture, id)).toBe(id);
		await expectSettled(2);
	});

	test("of one occurrence makes the whole series anew with it", async () => {
		await keep({ series: true });
		const write = await fixture.edit(id, null, {
			wanted: [
				event({ uid: "u1", ...SERIES }),
				event({ uid: "u1", title: "moved", recurrence_id: at(3), start: at(3, 14), end: at(3, 15) }),
			],
			action: "updated",
		});
		expect(await fixture.push(write)).toBe("synced");
		const [remote, ...others] = fixture.control.resources(fixture.remoteCalendar);
		expect(remote?.events.map(({ title }) => title).sort()).toEqual(["moved", "series"]);
		expect(others).toEqual([]);
		expect(await fixture.titles()).toEqual(["moved", "series", "u2", "u3"]);
		expect(await eventIdOf(fixture, "u1")).toBe(id);
		await expectSettled(2);
	});
});

test("deleting what was kept deletes it here", async () => {
	await keep();
	expect(await fixture.push(await fixture.edit(id, null))).toBe("synced");
	expect(await fixture.titles()).toEqual(["u2", "u3"]);
	expect(fixture.control.performed).toEqual([]);
	await expectSettled(2);
});

test("what was kept is copied to another calendar, as the provider has nothing to move", async () => {
	await keep();
	const { db } = fixture.services;
	const { snapshot } = await db.transaction().execute((tx) => lockResource(tx, fixture.userId, id));
	expect(originWithin(snapshot, "cal_other")).toBeNull();
	const other = await eventIdOf(fixture, "u2");
	await fixture.push(await fixture.edit(other, { title: "There" }));
	const made = await db.transaction().execute((tx) => lockResource(tx, fixture.userId, other));
	expect(originWithin(made.snapshot, "cal_other")).toMatchObject({ calendarId: fixture.calendarId });
});
