import fc from "fast-check";
import { expect, test } from "vitest";
import type { RemoteResource } from "../port/provider.ts";
import { fixture } from "./fixture-events.ts";
import { Follower } from "./follower.ts";
import type { ContractHarness, ContractOptions } from "./harness.ts";
import { draftOf, eventsIn, failureOfWrite, sideOf, WriteClient } from "./write-client.ts";

/** What both sides do to a few events. `uid` is a small number, so that operations meet. */
type Operation =
	| { readonly type: "create"; readonly uid: number; readonly title: number; readonly lost: boolean }
	| { readonly type: "update"; readonly uid: number; readonly title: number; readonly lost: boolean }
	/** From what the writer knew last, which may be stale. */
	| { readonly type: "update_known"; readonly uid: number; readonly title: number }
	| { readonly type: "remove"; readonly uid: number; readonly lost: boolean }
	| { readonly type: "remove_known"; readonly uid: number }
	| { readonly type: "they_change"; readonly uid: number; readonly title: number }
	| { readonly type: "they_remove"; readonly uid: number }
	| { readonly type: "sync" };

const uid = fc.integer({ min: 0, max: 3 });
const title = fc.integer({ min: 0, max: 9 });
const lost = fc.boolean();
const type = <T extends string>(name: T) => fc.constant(name);
const operation: fc.Arbitrary<Operation> = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ type: type("create"), uid, title, lost }) },
	{ weight: 3, arbitrary: fc.record({ type: type("update"), uid, title, lost }) },
	{ weight: 3, arbitrary: fc.record({ type: type("update_known"), uid, title }) },
	{ weight: 1, arbitrary: fc.record({ type: type("remove"), uid, lost }) },
	{ weight: 2, arbitrary: fc.record({ type: type("remove_known"), uid }) },
	{ weight: 3, arbitrary: fc.record({ type: type("they_change"), uid, title }) },
	{ weight: 2, arbitrary: fc.record({ type: type("they_remove"), uid }) },
	{ weight: 2, arbitrary: fc.record({ type: type("sync") }) },
);

/** Whoever writes, and whatever is lost: nothing is there twice, nothing stale is written, and the mirror is equal. */
export function writePropertyTests(open: () => ContractHarness, options: ContractOptions): void {
	const numRuns = options.propertyRuns ?? 25;
	test("after writes of both sides a mirror made of answers and pages equals the calendar", { timeout: 300_000 }, () =>
		fc.assert(
			fc.asyncProperty(fc.array(operation, { minLength: 3, maxLength: 20 }), async (operations) => {
				const world = await makeWorld(open());
				for (const each of operations) await world.perform(each);
				await world.perform({ type: "sync" });
			}),
			{ numRuns, endOnFailure: numRuns < 10 },
		),
	);
}

interface Truth {
	readonly id: string;
	readonly title: string;
	/** Counts changes of either side. */
	readonly version: number;
}

interface Known {
	readonly resource: RemoteResource;
	readonly version: number;
}

async function makeWorld(harness: ContractHarness) {
	const account = await harness.makeAccount();
	const calendarId = await account.createCalendar("Writes");
	const follower = await Follower.of(harness, account, calendarId);
	const client = await WriteClient.of(harness, account, calendarId);
	const side = sideOf(account);
	const truth = new Map<number, Truth>();
	const known = new Map<number, Known>();
	let counter = 0;

	const eventsOf = (number: number, words: string) => eventsIn(fixture({ uid: `uid-${number}`, title: words }).ics);
	const learn = (number: number, resource: RemoteResource, words: string) => {
		const version = ++counter;
		truth.set(number, { id: resource.id, title: words, version });
		known.set(number, { resource, version });
		follower.wrote(resource.id, resource);
		expect(client.hashes(resource.events)).toEqual(client.hashes(eventsOf(number, words)));
	};
	const forget = (number: number) => {
		const id = truth.get(number)?.id;
		truth.delete(number);
		if (id !== undefined) follower.wrote(id, null);
	};
	const there = async (id: string): Promise<RemoteResource> => {
		const resource = await client.read(id);
		if (resource === null) throw new Error(`${id} is not there`);
		return resource;
	};

	const perform = async (each: Operation): Promise<void> => {
		if (each.type === "sync") {
			await follower.sync();
			const ids = [...truth.values()].map(({ id }) => id).sort();
			expect(follower.resourceIds).toEqual(ids);
			for (const [number, { id, title: words }] of truth) {
				expect(follower.hashesOf(id)).toEqual(client.hashes(eventsOf(number, words)));
			}
			return;
		}
		const now = truth.get(each.uid);
		const words = "title" in each ? `Title ${each.title}` : "";
		if (each.type === "create") {
			if (now !== undefined) return;
			const draft = draftOf(`key${++counter}`, eventsOf(each.uid, words));
			if (!each.lost) return learn(each.uid, await client.create(draft), words);
			await client.losing("create", () => client.create(draft));
			const found = await client.findCreated(draft);
			if (found === null) throw new Error("the creation was not found");
			return learn(each.uid, found, words);
		}
		if (each.type === "update_known" || each.type === "remove_known") {
			const held = known.get(each.uid);
			if (held === undefined) return;
			const write = () =>
				each.type === "remove_known"
					? client.remove(held.resource)
					: client.update(held.resource, eventsOf(each.uid, words));
			if (held.version === now?.version) {
				const answer = await write();
				return answer === undefined ? forget(each.uid) : learn(each.uid, answer, words);
			}
			if (now === undefined && each.type === "remove_known") return await client.remove(held.resource);
			const refused = await failureOfWrite(write());
			// Made again under another name, it is another resource.
			const isElsewhere = now?.id !== held.resource.id;
			expect(isElsewhere ? ["not_found", "gone"] : ["precondition_failed"]).toContain(refused.kind);
			return;
		}
		if (now === undefined) return;
		switch (each.type) {
			case "update": {
				const current = await there(now.id);
				const write = () => client.update(current, eventsOf(each.uid, words));
				if (!each.lost) return learn(each.uid, await write(), words);
				await client.losing("update", write);
				return learn(each.uid, await there(now.id), words);
			}
			case "remove": {
				const current = await there(now.id);
				if (each.lost) await client.losing("remove", () => client.remove(current));
				else await client.remove(current);
				return forget(each.uid);
			}
			case "they_change":
				await side.replace(calendarId, now.id, fixture({ uid: `uid-${each.uid}`, title: words }).ics);
				truth.set(each.uid, { ...now, title: words, version: ++counter });
				return;
			case "they_remove":
				await side.erase(calendarId, now.id);
				truth.delete(each.uid);
				return;
		}
	};
	return { perform };
}
