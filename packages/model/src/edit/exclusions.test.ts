import { expect, test } from "vitest";
import { zoned } from "../recurrence/testing/series.ts";
import { excludedKeys, withExclusions, withoutExclusions } from "./exclusions.ts";
import { ALL, BERLIN, remove, shown, weekly } from "./testing/berlin.ts";
import { expand } from "./testing/series.ts";

const RULE = "RRULE:FREQ=WEEKLY;COUNT=4";
const second = zoned("2026-03-09T09:00:00", BERLIN);
const third = zoned("2026-03-16T09:00:00", BERLIN);

test("excluded slots are known in whatever form the lines write them", () => {
	const master = weekly([
		RULE,
		"EXDATE;TZID=Europe/Berlin:20260309T090000,20260316T090000",
		"EXDATE:20260323T080000Z",
		"RDATE:20260401T080000Z",
	]);
	expect([...excludedKeys(master)].sort()).toEqual(["20260309T080000Z", "20260316T080000Z", "20260323T080000Z"]);
});

test("what is excluded is written as deleting it writes it", () => {
	const master = weekly([RULE]);
	const plan = remove([master], second, "this");
	expect(plan.type === "edited" && plan.events?.[0]?.recurrence).toEqual(withExclusions(master, [second]).recurrence);
	expect(shown([withExclusions(master, [third, second])])).toHaveLength(2);
});

test("excluding again changes nothing, and taking it back gives what was", () => {
	const master = weekly([RULE]);
	const less = withExclusions(master, [second, third]);
	expect(withExclusions(less, [third])).toBe(less);
	expect(withoutExclusions(less, excludedKeys(less))).toEqual(master);
	expect(expand([withoutExclusions(less, new Set(["20260309T080000Z"]))], ALL)).toHaveLength(3);
});

test("one date of a line goes, the others and other lines stay", () => {
	const master = weekly([RULE, "EXDATE;TZID=Europe/Berlin:20260309T090000,20260316T090000", "X-ODD:1"]);
	expect(withoutExclusions(master, new Set(["20260309T080000Z"])).recurrence).toEqual([
		RULE,
		"EXDATE;TZID=Europe/Berlin:20260316T090000",
		"X-ODD:1",
	]);
});
