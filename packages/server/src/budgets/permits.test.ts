import { describe, expect, test } from "vitest";
import type { Lease, LeaseRequest } from "./lease.ts";
import { Permits } from "./permits.ts";

const USAGE = { used: 0, before: 0, passed: 0.5 };

/** Permits over a budget that grants what it is told to; all unless told. */
function scene(answer: (request: LeaseRequest) => Lease | null = ({ wanted }) => ({ units: wanted, usage: USAGE })) {
	const asked: LeaseRequest[] = [];
	let at = 0;
	const permits = new Permits({
		limit: 100,
		first: 4,
		most: 16,
		clock: () => at,
		lease: async (request) => {
			asked.push(request);
			return answer(request);
		},
	});
	return {
		permits,
		asked,
		wait: (milliseconds: number) => {
			at += milliseconds;
		},
	};
}

async function takeMany(permits: Permits, times: number, units = 1): Promise<void> {
	for (let time = 0; time < times; time++) expect(await permits.take(units)).toBe(0);
}

describe("permits", () => {
	test("are leased by the batch, each twice the one before while they are used up, up to the most", async () => {
		const { permits, asked } = scene();
		await takeMany(permits, 4 + 8 + 16 + 16);
		expect(asked.map(({ wanted }) => wanted)).toEqual([4, 8, 16, 16]);
	});

	test("that lie unused are given up, and the batches begin anew", async () => {
		const { permits, asked, wait } = scene();
		await takeMany(permits, 6);
		expect(permits.idle).toBe(false);
		wait(15_000);
		expect(permits.idle).toBe(true);
		await takeMany(permits, 1);
		expect(asked.map(({ wanted }) => wanted)).toEqual([4, 8, 4]);
	});

	test("many at once ask once", async () => {
		const { permits, asked } = scene();
		await Promise.all(Array.from({ length: 4 }, () => takeMany(permits, 1)));
		expect(asked).toHaveLength(1);
		await Promise.all(Array.from({ length: 20 }, () => takeMany(permits, 1)));
		expect(asked.map(({ wanted }) => wanted)).toEqual([4, 8, 16]);
	});

	test("a dear call takes more, and what is left over is not lost", async () => {
		const { permits, asked } = scene();
		await takeMany(permits, 3, 3);
		expect(asked).toEqual([
			{ wanted: 4, needed: 3, limit: 100 },
			{ wanted: 8, needed: 3, limit: 100 },
		]);
		await takeMany(permits, 1, 3);
		expect(asked).toHaveLength(2);
	});

	test("where there are none, it says when it is worth asking again, and asks again then", async () => {
		const { permits, asked } = scene(() => ({ units: 0, usage: { used: 0, before: 200, passed: 0.25 } }));
		expect(await permits.take(1)).toBeCloseTo(60 * (0.505 - 0.25), 1);
		expect(await permits.take(1)).toBeGreaterThan(0);
		expect(asked).toHaveLength(2);
	});

	test("given back, they serve the next", async () => {
		const { permits, asked } = scene();
		await takeMany(permits, 4);
		permits.giveBack(1);
		await takeMany(permits, 1);
		expect(asked).toHaveLength(1);
	});

	test("a failed lease is the caller's, and the next one asks anew", async () => {
		let fails = true;
		const { permits, asked } = scene(({ wanted }) => {
			if (!fails) return { units: wanted, usage: USAGE };
			fails = false;
			throw new Error("the database is away");
		});
		await expect(permits.take(1)).rejects.toThrow("away");
		await takeMany(permits, 1);
		expect(asked).toHaveLength(2);
	});

	test("where nothing is counted any more, all is granted", async () => {
		const { permits, asked } = scene(() => null);
		await takeMany(permits, 50);
		expect(asked).toHaveLength(1);
	});
});
