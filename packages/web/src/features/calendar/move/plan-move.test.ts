import { describe, expect, it } from "vitest";
import { instantOf } from "../time/instants.ts";
import { dropped, nudged, type Placed, placedAt, resized, spanAt } from "./plan-move.ts";

const berlin = (start: string, end: string) => ({
	start: { date_time: start, time_zone: "Europe/Berlin" },
	end: { date_time: end, time_zone: "Europe/Berlin" },
});
const MOVE_DAY = { kind: "move", days: 1, minutes: 0 } as const;
const ms = Date.parse;

describe("moving by a day", () => {
	const event = berlin("2026-03-28T09:00:00+01:00", "2026-03-28T10:00:00+01:00");

	it("keeps the wall clock across a clock change of the zone that is shown", () => {
		const placed = nudged(placedAt(event, "Europe/Berlin"), MOVE_DAY, "Europe/Berlin");
		expect(placed && spanAt(placed, event, "Europe/Berlin")).toEqual(
			berlin("2026-03-29T09:00:00+02:00", "2026-03-29T10:00:00+02:00"),
		);
	});

	it("keeps the shown wall clock where another zone is shown, and sends the event's", () => {
		const placed = nudged(placedAt(event, "America/New_York"), MOVE_DAY, "America/New_York");
		expect(placed && spanAt(placed, event, "America/New_York")).toEqual(
			berlin("2026-03-29T10:00:00+02:00", "2026-03-29T11:00:00+02:00"),
		);
	});

	it("keeps the length of an event that lies over the change", () => {
		const night = berlin("2026-03-27T23:00:00+01:00", "2026-03-28T07:00:00+01:00");
		const placed = nudged(placedAt(night, "Europe/Berlin"), MOVE_DAY, "Europe/Berlin");
		expect(placed).toEqual({ allDay: false, start: ms("2026-03-28T22:00:00Z"), end: ms("2026-03-29T06:00:00Z") });
	});

	it("moves days as days", () => {
		const days = { start: { date: "2026-03-28" }, end: { date: "2026-03-30" } };
		const placed = nudged(placedAt(days, "UTC"), MOVE_DAY, "UTC");
		expect(placed && spanAt(placed, days, "UTC")).toEqual({
			start: { date: "2026-03-29" },
			end: { date: "2026-03-31" },
		});
	});
});

describe("moving by minutes", () => {
	it("goes on in time over the hour that is skipped", () => {
		const event = berlin("2026-03-29T01:45:00+01:00", "2026-03-29T03:15:00+02:00");
		const placed = nudged(placedAt(event, "Europe/Berlin"), { kind: "move", days: 0, minutes: 15 }, "Europe/Berlin");
		expect(placed && spanAt(placed, event, "Europe/Berlin")).toEqual(
			berlin("2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00"),
		);
	});

	it("does nothing to days", () => {
		const placed: Placed = { allDay: true, start: "2026-03-28", end: "2026-03-29" };
		expect(nudged(placed, { kind: "move", days: 0, minutes: 15 }, "UTC")).toBeNull();
	});
});

describe("resizing by keys", () => {
	const placed: Placed = { allDay: false, start: ms("2026-05-01T09:00:00Z"), end: ms("2026-05-01T09:15:00Z") };

	it("moves the end", () => {
		expect(nudged(placed, { kind: "resize", days: 0, minutes: 15 }, "UTC")).toEqual({
			...placed,
			end: ms("2026-05-01T09:30:00Z"),
		});
	});

	it("leaves no event without a length", () => {
		expect(nudged(placed, { kind: "resize", days: 0, minutes: -15 }, "UTC")).toBeNull();
		const day: Placed = { allDay: true, start: "2026-05-01", end: "2026-05-02" };
		expect(nudged(day, { kind: "resize", days: -1, minutes: 0 }, "UTC")).toBeNull();
	});
});

describe("dropping", () => {
	const hour: Placed = { allDay: false, start: ms("2026-05-01T09:00:00Z"), end: ms("2026-05-01T10:30:00Z") };
	const at = (text: string) => new Date(text);

	it("keeps the length, whatever end the grid says", () => {
		const drop = { allDay: false, start: at("2026-05-02T12:00:00Z"), end: at("2026-05-02T12:30:00Z") };
		expect(dropped(hour, drop, "UTC")).toEqual({
			allDay: false,
			start: ms("2026-05-02T12:00:00Z"),
			end: ms("2026-05-02T13:30:00Z"),
		});
	});

	it("makes a timed event a day of the zone that is shown", () => {
		const drop = { allDay: true, start: at("2026-05-01T22:00:00Z"), end: null };
		expect(dropped(hour, drop, "Europe/Berlin")).toEqual({ allDay: true, start: "2026-05-02", end: "2026-05-03" });
	});

	it("gives a day that becomes timed one hour, in the zone that is shown", () => {
		const days = { start: { date: "2026-05-01" }, end: { date: "2026-05-03" } };
		const placed = dropped(
			placedAt(days, "Europe/Berlin"),
			{ allDay: false, start: at("2026-05-04T07:00:00Z"), end: null },
			"Europe/Berlin",
		);
		expect(spanAt(placed, days, "Europe/Berlin")).toEqual(
			berlin("2026-05-04T09:00:00+02:00", "2026-05-04T10:00:00+02:00"),
		);
	});

	it("takes a resized edge as it was dropped", () => {
		expect(resized(hour, { start: at("2026-05-01T09:00:00Z"), end: at("2026-05-01T11:00:00Z") }, "UTC")).toEqual({
			...hour,
			end: ms("2026-05-01T11:00:00Z"),
		});
	});
});

it("keeps floating times floating, as the wall clock that was shown", () => {
	const event = {
		start: { date_time: "2026-05-01T09:00:00", time_zone: null },
		end: { date_time: "2026-05-01T10:00:00", time_zone: null },
	};
	const placed = nudged(placedAt(event, "Asia/Tokyo"), { kind: "move", days: 0, minutes: 30 }, "Asia/Tokyo");
	expect(placed && spanAt(placed, event, "Asia/Tokyo")).toEqual({
		start: { date_time: "2026-05-01T09:30:00", time_zone: null },
		end: { date_time: "2026-05-01T10:30:00", time_zone: null },
	});
});

it("keeps two zones of one event apart", () => {
	const flight = {
		start: { date_time: "2026-05-01T09:00:00+02:00", time_zone: "Europe/Berlin" },
		end: { date_time: "2026-05-01T11:00:00-04:00", time_zone: "America/New_York" },
	};
	const span = spanAt(placedAt(flight, "UTC"), flight, "UTC");
	expect(span).toEqual(flight);
	expect(instantOf(span.end, "UTC")).toBe(ms("2026-05-01T15:00:00Z"));
});
