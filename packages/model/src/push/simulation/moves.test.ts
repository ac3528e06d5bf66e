import { describe, expect, test } from "vitest";
import { BUGS_OF_MOVES, type Bug } from "./bugs.ts";
import { Coverage, SOMETIMES_MOVED } from "./coverage.ts";
import { Violation } from "./oracle.ts";
import { simulate } from "./simulate.ts";

/** Seeds of one run: a fifth of those of the simulation with one calendar; CONTRIBUTING.md. */
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 2_000) / 5;
const FIRST_SEED = Number(process.env.SIMULATION_FIRST_SEED ?? 0);

/** A seed in which each planted bug shows. */
const SHOWN_BY: Readonly<Record<(typeof BUGS_OF_MOVES)[number], number>> = {
	"deletion does not wait for the copy": 1,
	"what is half made is taken for somebody's event": 188,
	"creation is not known by its key": 17,
	"occurrences that were lost in a move keep the original": 927,
	"what is deleted instead of leaving is not what was seen": 555,
	"a refused change of what was made takes back what was found": 670,
	"a refused creation that may be there is forgotten": 2_433,
	"a refused move that is tried again takes back what was changed": 793,
};

/** Seeds that once failed; each found what is said. */
const REGRESSIONS: readonly (readonly [seed: number, what: string])[] = [
	[499, "the link that an override was given when it was made undid what was changed in its series meanwhile"],
	[575, "so it did where an occurrence was left out meanwhile"],
	[7_872, "what was changed with a move that a later one took back was in no history"],
	[8_022, "what a move was to change lost to others' change, and the rest was refused: no history had it"],
];

function isCaught(seed: number, bug: Bug): boolean {
	try {
		simulate(seed, { moves: true, bug });
		return false;
	} catch (error) {
		if (error instanceof Violation) return true;
		throw error;
	}
}

describe("writes, pulls and moves between calendars under any order and faults", () => {
	test(`${SEEDS} seeds: each event is in one calendar in the end, or in none, and nothing is lost`, () => {
		const cover = new Coverage();
		const failed: string[] = [];
		for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
			try {
				cover.add(simulate(seed, { moves: true }).cover);
			} catch (error) {
				failed.push(`seed ${seed}: ${error}`);
			}
		}
		expect(failed).toEqual([]);
		expect(cover.missing(SOMETIMES_MOVED)).toEqual([]);
	}, 1_800_000);

	test("a seed is a whole run: the same twice", () => {
		for (let seed = 0; seed < 5; seed++) {
			expect(simulate(seed, { moves: true }).hash).toBe(simulate(seed, { moves: true }).hash);
		}
	});

	test.each(REGRESSIONS)("seed %i: %s", (seed) => {
		expect(simulate(seed, { moves: true }).steps).toBeGreaterThan(0);
	});

	test.each(BUGS_OF_MOVES)("it would find that %s", (bug) => {
		const seed = SHOWN_BY[bug];
		expect([isCaught(seed, bug), simulate(seed, { moves: true }).steps > 0]).toEqual([true, true]);
	});
});
