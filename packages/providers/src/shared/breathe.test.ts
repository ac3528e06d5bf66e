import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { breathe } from "./breathe.ts";

test("of many who breathe one goes on in each turn of the event loop, in their order, and each comes to its end", async () => {
	const steps: string[] = [];
	const work = async (name: string) => {
		for (let step = 1; step <= 3; step++) {
			await breathe();
			steps.push(`${name}${step}`);
		}
	};
	const all = Promise.all([work("a"), work("b"), work("c")]);
	const counts: number[] = [];
	while (steps.length < 9) {
		const before = steps.length;
		await setImmediate();
		counts.push(steps.length - before);
	}
	await all;
	expect(Math.max(...counts)).toBe(1);
	expect(steps).toEqual(["a1", "b1", "c1", "a2", "b2", "c2", "a3", "b3", "c3"]);
});
