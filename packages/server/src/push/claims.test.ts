import { sql } from "kysely";
import { afterEach, describe, expect, test } from "vitest";
import { scanDue } from "../sync/due-connections.ts";
import { breakAfter } from "../testing/break-database.ts";
import { createResource } from "./create-resource.ts";
import { editResource } from "./edit-resource.ts";
import { claimIntent, IntentLost, releaseIntent } from "./intent-lease.ts";
import { pushClaimed } from "./push-intent.ts";
import { pushConnection, pushIntentJob } from "./push-lanes.ts";
import { pushNow } from "./push-now.ts";
import { loadScene } from "./scene.ts";
import { settleIntent } from "./settle.ts";
import { createPushFixture, event, eventIdOf, type PushFixture } from "./testing.ts";
import type { CommittedWrite } from "./types.ts";

let fixture: PushFixture;
afterEach(() => fixture.close());

const signal = new AbortController().signal;
const claimNext = () => claimIntent(fixture.services.db, fixture, fixture.services.now());

describe("a claim", () => {
	test("is had by one of many", async () => {
		fixture = await createPushFixture();
		await fixture.create({ uid: "u1" });
		await fixture.makeDue();
		const claims = await Promise.all(Array.from({ length: 6 }, claimNext));
		expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
	});

	test("of a resource is had for its oldest intent only", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		const first = await fixture.edit(id, { title: "One" });
		await fixture.makeDue();
		const claimed = await claimNext();
		expect(claimed).toMatchObject({ id: first.intentIds[0], attempts: 1, fence: 1 });
		const second = await fixture.edit(id, { title: "Two" });
		await fixture.services.db
			.updateTable("intents")
			.set({ next_attempt_at: new Date(0) })
			.execute();
		expect(await claimNext()).toBeNull();
		if (claimed === null) throw new Error("not claimed");
		expect(await pushClaimed(fixture.services, claimed, signal)).toBe("done");
		expect(fixture.remoteTitles()).toEqual(["One"]);
		expect(await claimNext()).toMatchObject({ id: second.intentIds[0] });
	});

	test("is refused to more than a few of one connection at a time, and one place is kept for who waits", async () => {
		fixture = await createPushFixture();
		const writes = [];
		for (let index = 0; index < 6; index++) writes.push(await fixture.create({ uid: `u${index}` }));
		await fixture.makeDue();
		const claims = await Promise.all(Array.from({ length: 6 }, claimNext));
		expect(claims.filter((claim) => claim !== null)).toHaveLength(2);
		const last = (await fixture.intents()).at(-1);
		const asked = { ...fixture, resourceId: last?.resource_id ?? "" };
		expect(await claimIntent(fixture.services.db, asked, fixture.services.now())).not.toBeNull();
		const other = (await fixture.intents()).at(-2);
		const more = { ...fixture, resourceId: other?.resource_id ?? "" };
		expect(await claimIntent(fixture.services.db, more, fixture.services.now())).toBeNull();
	});

	test("that has expired is taken up, and the provider is asked first", async () => {
		fixture = await createPushFixture();
		await fixture.create({ uid: "u1" });
		await fixture.makeDue();
		// A worker that dies at once after its claim.
		expect(await claimNext()).not.toBeNull();
		await fixture.services.db
			.updateTable("intents")
			.set({ next_attempt_at: new Date(0) })
			.execute();
		expect((await scanDue(fixture.services, signal)).pushed).toBe(0);
		await fixture.makeDue();
		expect((await scanDue(fixture.services, signal)).pushed).toBe(1);
		expect(fixture.sentJobs.at(-1)).toMatchObject({ name: "push.connection" });
		await pushConnection(fixture.services, fixture, signal);
		expect(fixture.control.calls.find_created).toBe(1);
		expect(fixture.control.performed).toHaveLength(1);
		expect(await fixture.intents()).toEqual([]);
	});

	test.each(["create", "update", "remove"] as const)(
		"whose holder sleeps past its lease in the middle of a %s settles nothing when it wakes",
		async (operation) => {
			fixture = await createPushFixture({ uids: ["u1"] });
			const id = await eventIdOf(fixture, "u1");
			if (operation === "create") await fixture.create({ uid: "u2", title: "New" });
			else await fixture.edit(id, operation === "update" ? { title: "New" } : null);
			await fixture.makeDue();
			const sleeper = await claimNext();
			if (sleeper === null) throw new Error("not claimed");
			const gate = fixture.control.holdWrites(operation, "after");
			const asleep = pushClaimed(fixture.services, sleeper, signal);
			await gate.reached;
			// Its lease ends; another one takes over and comes to the end.
			await fixture.makeDue();
			const rival = await claimNext();
			if (rival === null) throw new Error("not taken over");
			expect(await pushClaimed(fixture.services, rival, signal)).toBe("last");
			const feed = await fixture.feed();
			const state = await fixture.services.db.selectFrom("resources").selectAll().orderBy("id").execute();
			gate.release();
			expect(await asleep).toBe("lost");
			expect(await fixture.services.db.selectFrom("resources").selectAll().orderBy("id").execute()).toEqual(state);
			expect(await fixture.feed()).toEqual(feed);
			expect(fixture.control.performed).toHaveLength(1);
			expect((await fixture.verify()).differences).toEqual([]);
		},
	);

	test("of an older fence cannot settle, fail or release", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const id = await eventIdOf(fixture, "u1");
		await fixture.edit(id, { title: "New" });
		await fixture.makeDue();
		const old = await claimNext();
		await fixture.makeDue();
		const rival = await claimNext();
		if (old === null || rival === null) throw new Error("not claimed");
		expect(rival.fence).toBe(old.fence + 1);
		await releaseIntent(fixture.services.db, old, 0);
		expect(await fixture.intents()).toMatchObject([{ fence: rival.fence, claimed_until: expect.any(Date) }]);
		const scene = await loadScene(fixture.services, old);
		const settlement = { events: [event({ uid: "u1", title: "Stale" })], lost: [], answer: undefined };
		await expect(settleIntent(fixture.services, old, scene, settlement)).rejects.toThrow(IntentLost);
		expect(await fixture.titles()).toEqual(["New"]);
	});
});

describe("a write whose sender pushes it at once", () => {
	const sender = { email: "ada@example.org", name: "Ada" };
	const create = (uid: string) => {
		const { services, userId, actor, calendarId } = fixture;
		return createResource(services, { userId, actor, calendarId, sender, events: [event({ uid })], action: "created" });
	};
	const push = ({ intentIds, claimed }: CommittedWrite) =>
		pushNow(fixture.services, fixture.userId, intentIds, { withinMs: 10_000, signal, claimed });

	test("is claimed with it, needs no job, and is sent by nobody else", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const jobs = fixture.sentJobs.length;
		const made = await create("u2");
		await fixture.services.db
			.updateTable("intents")
			.set({ next_attempt_at: new Date(0) })
			.execute();
		expect(await claimNext()).toBeNull();
		expect(await push(made)).toBe("synced");
		expect(fixture.sentJobs).toHaveLength(jobs);
		const { services, userId, actor } = fixture;
		const edited = await editResource(services, { userId, actor, sender, eventId: made.eventId }, ({ events }) => ({
			wanted: events.map((one) => ({ ...one, title: "New" })),
			action: "updated",
		}));
		expect(await fixture.intents()).toMatchObject([{ attempts: 1, fence: 1, claimed_until: expect.any(Date) }]);
		expect(await push(edited)).toBe("synced");
		expect(fixture.control.performed.map(({ operation }) => operation)).toEqual(["create", "update"]);
		expect(fixture.control.calls.read).toBe(0);
		expect((await fixture.verify()).differences).toEqual([]);
	});

	test("and dies before is found when the claim has ended; the provider is asked first", async () => {
		fixture = await createPushFixture();
		await create("u1");
		expect((await scanDue(fixture.services, signal)).pushed).toBe(0);
		await fixture.makeDue();
		expect((await scanDue(fixture.services, signal)).pushed).toBe(1);
		await pushConnection(fixture.services, fixture, signal);
		expect(fixture.control.calls.find_created).toBe(1);
		expect(fixture.control.performed).toHaveLength(1);
		expect(await fixture.intents()).toEqual([]);
	});

	test("is left to a job where as many are being sent as may be, or nothing can be", async () => {
		fixture = await createPushFixture();
		const claims = [];
		for (const uid of ["u1", "u2", "u3"]) claims.push((await create(uid)).claimed);
		expect(claims).not.toContain(undefined);
		const fourth = await create("u4");
		expect(fourth.claimed).toBeUndefined();
		expect(fixture.sentJobs.at(-1)).toMatchObject({ name: "push.intent", payload: { intent_id: fourth.intentIds[0] } });
		await fixture.makeDue();
		await fixture.services.db.updateTable("connections").set({ paused: true }).execute();
		expect((await create("u5")).claimed).toBeUndefined();
	});
});

describe("two servers", () => {
	test("that drain the same connection do everything once", async () => {
		fixture = await createPushFixture();
		const many = 30;
		for (let index = 0; index < many; index++) await fixture.create({ uid: `u${index}`, title: `T${index}` });
		await fixture.makeDue();
		await Promise.all(Array.from({ length: 3 }, () => pushConnection(fixture.services, fixture, signal)));
		while ((await fixture.intents()).length > 0) await fixture.pushDue();
		expect(fixture.control.performed).toHaveLength(many);
		expect(fixture.control.calls.find_created).toBe(0);
		expect((await fixture.verify()).differences).toEqual([]);
	});
});

describe("a stop", () => {
	test("in the middle of a write leaves it to be taken up at once", async () => {
		fixture = await createPushFixture();
		await fixture.create({ uid: "u1", title: "New" });
		await fixture.makeDue();
		const claimed = await claimNext();
		if (claimed === null) throw new Error("not claimed");
		const stopping = new AbortController();
		const gate = fixture.control.holdWrites("create", "after");
		fixture.control.loseAnswer("create");
		const pushing = pushClaimed(fixture.services, claimed, stopping.signal);
		await gate.reached;
		stopping.abort();
		gate.release();
		expect(await pushing).toBe("later");
		await pushConnection(fixture.services, fixture, signal);
		expect(await fixture.intents()).toEqual([]);
		expect(fixture.control.performed).toHaveLength(1);
	});
});

describe("a job", () => {
	test("finds nothing to do where the request has done it, and leaves what has its own time", async () => {
		fixture = await createPushFixture();
		const write = await fixture.create({ uid: "u1" });
		const [intentId = ""] = write.intentIds;
		const job = () => pushIntentJob(fixture.services, { userId: fixture.userId, intentId }, signal);
		await job();
		expect(fixture.control.performed).toEqual([]);
		fixture.clock.advance(15_000);
		await job();
		expect(fixture.control.performed).toHaveLength(1);
		await job();
		expect(fixture.control.performed).toHaveLength(1);
	});
});

describe("a crash between any two statements", () => {
	test("loses and doubles nothing", async () => {
		fixture = await createPushFixture({ uids: ["u1", "u2"] });
		const { services, control } = fixture;
		const series = await eventIdOf(fixture, "u1");
		let crashes = 0;
		let made = 0;
		for (let budget = 1; budget <= 45; budget++) {
			await fixture.edit(series, { title: `Edit ${budget}` });
			const write = await fixture.create({ uid: `new${budget}`, title: `New ${budget}` });
			made++;
			if (budget % 3 === 0) {
				await fixture.pushDue();
				await fixture.edit(write.eventId, null);
				made--;
			}
			await fixture.makeDue();
			const broken = { ...services, db: breakAfter(services.db, budget) };
			await pushConnection(broken, fixture, signal).catch(() => {});
			if ((await fixture.intents()).length > 0) crashes++;
		}
		expect(crashes).toBeGreaterThan(20);
		for (let turn = 0; turn < 5; turn++) await fixture.pushDue();
		await fixture.sync();
		expect(await fixture.intents()).toEqual([]);
		expect((await fixture.verify()).differences).toEqual([]);
		expect(await fixture.titles()).toEqual(fixture.remoteTitles());
		expect(fixture.remoteTitles()).toHaveLength(made + 2);
		expect(fixture.remoteTitles()).toContain("Edit 45");
		const created = control.performed.filter(({ operation }) => operation === "create");
		expect(created).toHaveLength(45);
		const left = await services.db
			.selectFrom("resources")
			.select("id")
			.where(sql<boolean>`provider_resource_id LIKE 'new:%'`)
			.execute();
		expect(left).toEqual([]);
	});

	test("of a local write leaves all of it or nothing", async () => {
		fixture = await createPushFixture({ uids: ["u1"] });
		const { services, userId, actor, calendarId } = fixture;
		let done = 0;
		for (let budget = 1; budget <= 25; budget++) {
			const broken = { ...services, db: breakAfter(services.db, budget) };
			const events = [event({ uid: `new${budget}`, title: `New ${budget}` })];
			const request = { userId, actor, calendarId, events, action: "created" } as const;
			const outcome = await createResource(broken, request).then(
				() => true,
				() => false,
			);
			if (outcome) done++;
			const count = async (table: "intents" | "event_versions") =>
				(await services.db.selectFrom(table).select("user_id").execute()).length;
			expect(await count("intents")).toBe(done);
			expect(await count("event_versions")).toBe(done);
			expect(await fixture.titles()).toHaveLength(1 + done);
		}
		expect(done).toBeGreaterThan(3);
		expect(done).toBeLessThan(25);
	});
});
