import { describe, expect, it } from "vitest";
import { inOrder, neighbour, type Stop, tabStop } from "./roving.ts";

const stop = (id: string, day: string, hour: number | null): Stop => ({
	id,
	day,
	allDay: hour === null,
	start: Date.parse(`${day}T00:00:00Z`) + (hour ?? 0) * 3_600_000,
});
const stops = inOrder([
	stop("lunch", "2026-05-05", 12),
	stop("holiday", "2026-05-05", null),
	stop("early", "2026-05-05", 8),
	stop("late", "2026-05-07", 17),
	stop("noon", "2026-05-07", 13),
	stop("past", "2026-05-02", 9),
]);

it("reads day by day, whole days first", () => {
	expect(stops.map(({ id }) => id)).toEqual(["past", "holiday", "early", "lunch", "noon", "late"]);
});

describe("arrows", () => {
	it("go up and down through all events", () => {
		expect(neighbour(stops, "lunch", "down")).toBe("noon");
		expect(neighbour(stops, "noon", "up")).toBe("lunch");
		expect(neighbour(stops, "past", "up")).toBeNull();
		expect(neighbour(stops, "late", "down")).toBeNull();
	});

	it("go left and right to the nearest day with events, near in time of day", () => {
		expect(neighbour(stops, "lunch", "right")).toBe("noon");
		expect(neighbour(stops, "late", "left")).toBe("lunch");
		expect(neighbour(stops, "holiday", "left")).toBe("past");
		expect(neighbour(stops, "past", "left")).toBeNull();
	});

	it("reach both ends", () => {
		expect(neighbour(stops, "lunch", "first")).toBe("past");
		expect(neighbour(stops, "lunch", "last")).toBe("late");
	});

	it("begin anew where the focused event is gone", () => {
		expect(neighbour(stops, "gone", "down")).toBe("past");
		expect(neighbour([], "gone", "down")).toBeNull();
	});
});

it("has one tab stop: the focused event, else the next one", () => {
	const now = Date.parse("2026-05-05T09:00:00Z");
	expect(tabStop(stops, "late", now)).toBe("late");
	expect(tabStop(stops, "gone", now)).toBe("lunch");
	expect(tabStop(stops, null, Date.parse("2027-01-01T00:00:00Z"))).toBe("past");
	expect(tabStop([], null, now)).toBeNull();
});
