import { describe, expect, test } from "vitest";
import type { EventDateTime } from "../event/event.ts";
import { between, event, zoned } from "../recurrence/testing/series.ts";
import { occurrencesTouched } from "./occurrences-touched.ts";
import { BERLIN, override, patch, remove, weekly } from "./testing/berlin.ts";
import { edited } from "./testing/series.ts";

const berlin = (local: string): EventDateTime => zoned(local, BERLIN);

describe("occurrences that an edit touches", () => {
	const march = between("2026-03-01", "2026-04-01");
	const series = [weekly(["RRULE:FREQ=WEEKLY;COUNT=4"]), override("2026-03-16T09:00:00", "2026-03-20T09:00:00")];
	const touchedBy = (made: ReturnType<typeof patch>, range = march) => {
		const { events, created, slotShift } = edited(made);
		return occurrencesTouched(series, events, created, range, "UTC", slotShift).map(
			({ original_start, action, start }) => [
				action,
				original_start.type === "zoned" && original_start.local,
				start.type === "zoned" && start.local,
			],
		);
	};

	test("one that is changed, one that is removed", () => {
		const second = berlin("2026-03-09T09:00:00");
		expect(touchedBy(patch(series, second, "this", { title: "X" }))).toEqual([
			["changed", "2026-03-09T09:00:00", "2026-03-09T09:00:00"],
		]);
		expect(touchedBy(remove(series, second, "this"))).toEqual([
			["removed", "2026-03-09T09:00:00", "2026-03-09T09:00:00"],
		]);
		expect(touchedBy(remove(series, null, "all"))).toHaveLength(4);
	});

	test("all that move, also out of the range", () => {
		const shift = patch(series, berlin("2026-03-09T09:00:00"), "all", { start: berlin("2026-03-10T10:00:00") });
		expect(touchedBy(shift, between("2026-03-01", "2026-03-10"))).toEqual([
			["changed", "2026-03-02T09:00:00", "2026-03-03T10:00:00"],
			["changed", "2026-03-09T09:00:00", "2026-03-10T10:00:00"],
		]);
		const following = patch(series, berlin("2026-03-09T09:00:00"), "following", {
			start: berlin("2026-03-09T10:00:00"),
		});
		expect(touchedBy(following)).toEqual([
			["changed", "2026-03-09T09:00:00", "2026-03-09T10:00:00"],
			["changed", "2026-03-16T09:00:00", "2026-03-20T10:00:00"],
			["changed", "2026-03-23T09:00:00", "2026-03-23T10:00:00"],
		]);
	});

	test("what another rule adds and removes, and nothing where nothing shows", () => {
		expect(touchedBy(patch(series, null, "all", { recurrence: ["RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3"] }))).toEqual([
			["removed", "2026-03-09T09:00:00", "2026-03-09T09:00:00"],
			["removed", "2026-03-23T09:00:00", "2026-03-23T09:00:00"],
			["added", "2026-03-30T09:00:00", "2026-03-30T09:00:00"],
		]);
		expect(touchedBy(patch(series, berlin("2026-03-09T09:00:00"), "following", {}))).toEqual([]);
	});

	test("of a single that moves and begins to repeat", () => {
		const single = [event({ start: berlin("2026-03-02T09:00:00") })];
		const changes = { start: berlin("2026-03-02T10:00:00"), recurrence: ["RRULE:FREQ=WEEKLY;COUNT=2"] };
		const { events, slotShift } = edited(patch(single, null, null, changes));
		expect(occurrencesTouched(single, events, null, march, "UTC", slotShift)).toMatchObject([
			{ action: "changed", original_start: berlin("2026-03-02T09:00:00"), start: berlin("2026-03-02T10:00:00") },
			{ action: "added", original_start: berlin("2026-03-09T10:00:00") },
		]);
	});
});
