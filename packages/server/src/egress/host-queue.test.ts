import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HostQueue } from "./host-queue.ts";

const never = new AbortController().signal;
/** All that is ready to run has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("turns at a host", () => {
	test("never exceed the limits of host and account, and all come", async () => {
		const order = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 4 })), { maxLength: 60 });
		await fc.assert(
			fc.asyncProperty(order, async (requests) => {
				const queue = new HostQueue({ perHost: 4, perAccount: 2 });
				const active = new Map<string, number>();
				let done = 0;
				const add = (key: string, by: number, most: number) => {
					active.set(key, (active.get(key) ?? 0) + by);
					expect(active.get(key)).toBeLessThanOrEqual(most);
				};
				await Promise.all(
					requests.map(async ([host, account]) => {
						const release = await queue.acquire(`h${host}`, `a${account}`, never);
						add(`h${host}`, 1, 4);
						add(`h${host} a${account}`, 1, 2);
						await settled();
						add(`h${host}`, -1, 4);
						add(`h${host} a${account}`, -1, 2);
						release();
						done++;
					}),
				);
				expect(done).toBe(requests.length);
				expect(queue.size).toBe(0);
			}),
			{ numRuns: 30 },
		);
	});

	test("go round the accounts: a newcomer is next although another has hundreds waiting", async () => {
		const queue = new HostQueue({ perHost: 1, perAccount: 1 });
		const started: string[] = [];
		const request = async (account: string) => {
			const release = await queue.acquire("h", account, never);
			started.push(account);
			await settled();
			release();
		};
		const greedy = Array.from({ length: 300 }, () => request("greedy"));
		await settled();
		await Promise.all([...greedy, request("modest"), request("modest")]);
		expect(started.indexOf("modest")).toBeLessThanOrEqual(3);
		expect(started.lastIndexOf("modest")).toBeLessThanOrEqual(6);
		expect(started).toHaveLength(302);
	});

	test("of one host do not wait for another", async () => {
		const queue = new HostQueue({ perHost: 1, perAccount: 1 });
		await queue.acquire("busy", "a", never);
		await expect(queue.acquire("free", "a", never)).resolves.toBeTypeOf("function");
	});

	test("given up while waiting leave no trace and pass the turn on", async () => {
		const queue = new HostQueue({ perHost: 1, perAccount: 1 });
		const release = await queue.acquire("h", "a", never);
		const impatient = new AbortController();
		const waiting = queue.acquire("h", "b", impatient.signal);
		const patient = queue.acquire("h", "c", never);
		impatient.abort(new Error("gave up"));
		await expect(waiting).rejects.toThrow("gave up");
		release();
		release();
		(await patient)();
		expect(queue.size).toBe(0);
		await expect(queue.acquire("h", "a", impatient.signal)).rejects.toThrow("gave up");
		expect(queue.size).toBe(0);
	});
});
