import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendChanges } from "../changes/append-changes.ts";
import { type Dispatcher, startDispatcher } from "./dispatcher.ts";
import { Lanes } from "./lanes.ts";
import { createWebhookFixture, type WebhookFixture } from "./testing.ts";

/** No look falls into a test: what arrives was told by the database. */
const NEVER = 3_600_000;

let fixture: WebhookFixture;
let dispatchers: Dispatcher[];
beforeEach(async () => {
	fixture = await createWebhookFixture();
	dispatchers = [];
});
afterEach(async () => {
	for (const dispatcher of dispatchers) await dispatcher.stop();
	await fixture.close();
});

async function start(): Promise<Dispatcher> {
	const url = fixture.database?.url ?? "";
	const dispatcher = await startDispatcher(fixture.services, url, { alone: false, lookEveryMs: NEVER });
	dispatchers.push(dispatcher);
	return dispatcher;
}

function change(...ids: string[]): Promise<void> {
	const { services, person } = fixture;
	const entries = ids.map((id) => ({ type: "connection.updated" as const, id }));
	return services.db.transaction().execute((tx) => appendChanges(tx, person.userId, services.now(), entries));
}
const ids = () => fixture.receiver.received.map(({ message }) => String(message.data.id));

describe("the dispatcher", () => {
	it("sends what was committed while no server ran, and each commit from then on", async () => {
		await fixture.subscribe();
		await change("con_1", "con_2");
		const first = await start();
		await fixture.receiver.until(2);
		await change("con_3");
		await fixture.receiver.until(3);
		await first.stop();
		await change("con_4");
		await start();
		await fixture.receiver.until(4);
		expect(ids()).toEqual(["con_1", "con_2", "con_3", "con_4"]);
	});

	it("shares the work with others, and each message comes once and in order", async () => {
		const { id } = await fixture.subscribe();
		await Promise.all([start(), start(), start()]);
		for (let round = 0; round < 10; round++) await change("con_a", "con_b", `con_${round}`);
		await fixture.receiver.until(30);
		expect(fixture.receiver.received).toHaveLength(30);
		const numbers = fixture.receiver.received.map(({ headers, message }) => ({
			of: message.data.id,
			number: Number(headers["kalends-sequence"]),
		}));
		expect(numbers.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
			Array.from({ length: 30 }, (_, n) => n + 1),
		);
		for (const subject of ["con_a", "con_b"]) {
			const own = numbers.filter(({ of }) => of === subject).map(({ number }) => number);
			expect(own).toEqual(own.toSorted((a, b) => a - b));
		}
		const { body } = await fixture.call("POST", `/v1/webhooks/${id}/replay`, { from: "2026-01-01T00:00:00Z" });
		expect(Number(body.replayed)).toBeGreaterThan(0);
		await fixture.receiver.until(30 + Number(body.replayed));
	});
});

describe("lanes", () => {
	it("do one thing of a key at a time, and once more what was asked for meanwhile", async () => {
		const lanes = new Lanes(2, (error) => {
			throw error;
		});
		const gate = Promise.withResolvers<void>();
		const began: string[] = [];
		lanes.run("a", async () => {
			began.push("a");
			await gate.promise;
		});
		const done = Promise.withResolvers<void>();
		const repeat = async () => {
			began.push("a again");
			done.resolve();
		};
		for (let again = 0; again < 3; again++) lanes.run("a", repeat);
		lanes.run("b", async () => void began.push("b"));
		expect(began).toEqual(["a", "b"]);
		gate.resolve();
		await done.promise;
		await lanes.stop();
		expect(began).toEqual(["a", "b", "a again"]);
	});
});
