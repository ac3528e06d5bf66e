import { expect, test } from "vitest";
import { seededRandom } from "./random.ts";

test("the same seed gives the same sequence, within [0, 1)", () => {
	const draw = (seed: number) => Array.from({ length: 1000 }, seededRandom(seed));
	expect(draw(7)).toEqual(draw(7));
	expect(draw(7)).not.toEqual(draw(8));
	expect(draw(7).every((value) => value >= 0 && value < 1)).toBe(true);
});
