import { describe, expect, it } from "vitest";
import { writeCursor } from "../http/paging.ts";
import { type EventCursor, PointInTimeQuery, readEventCursor } from "./event-query.ts";

describe("a point in time", () => {
	it.each(["2026-12-05", "2028-02-29", "2026-12-05T09:00:00Z", "2026-12-05t09:00:00.5+05:30"])("may be %s", (text) => {
		expect(PointInTimeQuery.safeParse(text).success).toBe(true);
	});

	it.each([
		"tomorrow",
		"2026-13-01",
		"2026-02-29",
		"2026-02-31T09:00:00Z",
		"2026-12-05T24:00:00Z",
		"2026-12-05T09:60:00Z",
		"2026-12-05T09:00:00",
		"2026-12-05T09:00:00+99:00",
		"2026-12-05T09:00:00 01:00",
	])("may not be %s", (text) => {
		expect(PointInTimeQuery.safeParse(text).success).toBe(false);
	});
});

describe("a cursor of events", () => {
	const given: EventCursor = {
		from: Date.parse("9999-12-31T00:00:00Z"),
		to: Date.parse("+010004-12-31T00:00:00Z"),
		zone: "Pacific/Kiritimati",
		at: Date.parse("0001-01-01T00:00:00Z"),
		allDay: true,
		id: "evt_1.20261205",
	};

	it("gives back its range and position", () => {
		const { from, to, zone, at, allDay, id } = given;
		expect(readEventCursor(writeCursor(given))).toEqual({ range: { from, to, zone }, after: { at, allDay, id } });
	});

	it.each([
		{ at: -1e300 },
		{ at: 9e15 },
		{ from: 9e15, to: 9e15 + 1000 },
		{ from: -8.64e15 },
		{ zone: "Mars/Olympus" },
	])("that was forged with %j is refused", (forged) => {
		expect(() => readEventCursor(writeCursor({ ...given, ...forged }))).toThrow(
			expect.objectContaining({ code: "invalid_cursor" }),
		);
	});
});
