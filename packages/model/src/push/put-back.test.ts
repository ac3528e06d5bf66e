import { describe, expect, test } from "vitest";
import { event } from "../recurrence/testing/series.ts";
import { utcAt } from "../time/event-time.ts";
import { putBack, refusesToMake } from "./put-back.ts";

const start = utcAt(Date.UTC(2026, 0, 5));
const before = [event({ uid: "s", start, title: "Daily", recurrence: ["RRULE:FREQ=DAILY;COUNT=10"] })];
const after = before.map((one) => ({ ...one, recurrence: ["RRULE:FREQ=DAILY;COUNT=4"] }));

describe("a cut that is taken back", () => {
	test("leaves the series as it was", () => {
		expect(putBack({ before, after }, after)).toEqual(before);
	});

	test("keeps what was changed since", () => {
		const shown = after.map((one) => ({ ...one, title: "Renamed", location: "Here" }));
		expect(putBack({ before, after }, shown)).toMatchObject([
			{ title: "Renamed", location: "Here", recurrence: before[0]?.recurrence },
		]);
	});

	test("is not, where the series is gone or was changed just there", () => {
		expect(putBack({ before, after }, null)).toBeNull();
		const shown = after.map((one) => ({ ...one, recurrence: ["RRULE:FREQ=WEEKLY"] }));
		expect(putBack({ before, after }, shown)).toBeNull();
	});
});

test("only a refused creation says that nothing was made", () => {
	expect(refusesToMake({ type: "create", events: before, lost: [] })).toBe(true);
	expect(refusesToMake({ type: "find_created" })).toBe(false);
	expect(refusesToMake({ type: "update", events: before, lost: [] })).toBe(false);
});
