import { describe, expect, it } from "vitest";
import { dayOf, daysOf, instantOf, isFloating, startOfDay, withOffset } from "./instants.ts";

const ms = (text: string) => Date.parse(text);

describe("instantOf", () => {
	it("takes the offset of a time that has one", () => {
		const point = { date_time: "2026-12-05T09:00:00+01:00", time_zone: "Europe/Berlin" };
		expect(instantOf(point, "Asia/Tokyo")).toBe(ms("2026-12-05T08:00:00Z"));
	});

	it("reads a floating time in the reader's zone", () => {
		const point = { date_time: "2026-12-05T09:00:00", time_zone: null };
		expect(isFloating(point)).toBe(true);
		expect(instantOf(point, "Asia/Tokyo")).toBe(ms("2026-12-05T00:00:00Z"));
	});

	it("begins a day at its first moment, where midnight does not exist too", () => {
		expect(instantOf({ date: "2018-11-04" }, "America/Sao_Paulo")).toBe(ms("2018-11-04T03:00:00Z"));
		expect(startOfDay("2026-06-01", "Europe/Berlin")).toBe(ms("2026-05-31T22:00:00Z"));
	});

	it("reads a skipped wall clock with the offset before the change", () => {
		const point = { date_time: "2026-03-29T02:30:00", time_zone: "Europe/Berlin" };
		expect(instantOf(point, "UTC")).toBe(ms("2026-03-29T01:30:00Z"));
	});
});

describe("daysOf", () => {
	it("ends an all-day event on its last day", () => {
		expect(daysOf({ date: "2026-12-05" }, { date: "2026-12-07" }, "UTC")).toEqual({
			first: "2026-12-05",
			last: "2026-12-06",
		});
	});

	it("does not count a day that an event ends with", () => {
		const start = { date_time: "2026-12-05T22:00:00Z", time_zone: "UTC" };
		const end = { date_time: "2026-12-06T00:00:00Z", time_zone: "UTC" };
		expect(daysOf(start, end, "UTC")).toEqual({ first: "2026-12-05", last: "2026-12-05" });
		expect(daysOf(start, end, "Europe/Berlin")).toEqual({ first: "2026-12-05", last: "2026-12-06" });
	});

	it("gives an event without length one day", () => {
		const point = { date_time: "2026-12-05T00:00:00Z", time_zone: "UTC" };
		expect(daysOf(point, point, "UTC")).toEqual({ first: "2026-12-05", last: "2026-12-05" });
	});
});

it("writes instants with the offset of the zone then", () => {
	expect(withOffset(ms("2026-07-01T10:00:00Z"), "Europe/Berlin")).toBe("2026-07-01T12:00:00+02:00");
	expect(dayOf(ms("2026-07-01T23:30:00Z"), "Europe/Berlin")).toBe("2026-07-02");
});
