import { describe, expect, it } from "vitest";
import { eventOf } from "../../calendar/testing.ts";
import { conflictRows, stillHolds, uncontested } from "./view-model.ts";

const base = eventOf({ title: "Lunch", location: "Café" });

describe("a change on an older version", () => {
	it("shows both sides of a field that both changed", () => {
		const rows = conflictRows(base, { title: "Dinner" }, { ...base, title: "Breakfast" });
		expect(rows).toEqual([{ field: "title", mine: "Dinner", theirs: "Breakfast", contested: true }]);
	});

	it("shows what was only changed there, and is not asked about", () => {
		const rows = conflictRows(base, { title: "Dinner" }, { ...base, location: "Park" });
		expect(rows).toEqual([
			{ field: "title", mine: "Dinner", theirs: "Lunch", contested: false },
			{ field: "location", mine: "Café", theirs: "Park", contested: false },
		]);
		expect(uncontested({ title: "Dinner" }, rows)).toEqual({ title: "Dinner" });
	});

	it("is silent where both want the same", () => {
		expect(conflictRows(base, { title: "Dinner", location: null }, { ...base, title: "Dinner", location: "" })).toEqual(
			[],
		);
	});

	it("of an occurrence is silent about the rule, which is the series'", () => {
		const opened = { ...base, recurring_event_id: "evt_1", recurrence: ["RRULE:FREQ=DAILY"] };
		expect(conflictRows(opened, {}, { ...opened, recurrence: null })).toEqual([]);
	});

	it("knows people by their address", () => {
		const ann = {
			email: "Ann@example.org",
			name: "Ann",
			response: "accepted",
			optional: false,
			organizer: false,
			self: false,
		} as const;
		expect(
			conflictRows(base, { participants: [{ email: "ann@example.org" }] }, { ...base, participants: [ann] }),
		).toEqual([]);
	});
});

it("does not write half of a time", () => {
	const start = { date_time: "2026-12-07T11:00:00+01:00", time_zone: "Europe/Berlin" };
	const end = { date_time: "2026-12-07T12:00:00+01:00", time_zone: "Europe/Berlin" };
	const theirs = { ...base, start: { date_time: "2026-12-07T08:00:00+01:00", time_zone: "Europe/Berlin" } };
	const rows = conflictRows(base, { start, end, title: "Dinner" }, theirs);
	expect(uncontested({ start, end, title: "Dinner" }, rows)).toEqual({ title: "Dinner" });
});

describe("what was changed on an older version goes on without asking", () => {
	const update = { kind: "update", event: base, patch: { title: "Dinner" }, scope: null } as const;
	const remove = { kind: "delete", event: base, scope: "this" } as const;

	it("where nobody changed the same", () => {
		expect(stillHolds(update, { ...base, location: "Park" })).toBe(true);
		expect(stillHolds(update, { ...base, title: "Breakfast" })).toBe(false);
	});

	it("as a deletion only of what is as it was seen", () => {
		expect(stillHolds(remove, { ...base, etag: "9" })).toBe(true);
		expect(stillHolds(remove, { ...base, location: "Park" })).toBe(false);
		expect(stillHolds({ ...remove, scope: "all" }, { ...base, etag: "9" })).toBe(false);
	});
});
