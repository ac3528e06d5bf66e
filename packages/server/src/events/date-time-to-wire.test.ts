import { describe, expect, it } from "vitest";
import { dateTimeToWire } from "./date-time-to-wire.ts";

describe("dateTimeToWire", () => {
	it("keeps a day a day", () => {
		expect(dateTimeToWire({ type: "date", date: "2026-03-01" })).toEqual({ date: "2026-03-01" });
	});

	it("gives floating times no offset and no zone", () => {
		expect(dateTimeToWire({ type: "floating", local: "2026-03-01T09:00:00" })).toEqual({
			date_time: "2026-03-01T09:00:00",
			time_zone: null,
		});
	});

	it("gives zoned times the offset in force", () => {
		expect(
			dateTimeToWire({
				type: "zoned",
				local: "2026-07-01T09:00:00",
				zone: "Europe/Berlin",
				instant: "2026-07-01T07:00:00Z",
			}),
		).toEqual({ date_time: "2026-07-01T09:00:00+02:00", time_zone: "Europe/Berlin" });
	});

	it("shows a time written in a gap where it happens", () => {
		expect(
			dateTimeToWire({
				type: "zoned",
				local: "2026-03-29T02:30:00",
				zone: "Europe/Berlin",
				instant: "2026-03-29T01:30:00Z",
			}),
		).toEqual({ date_time: "2026-03-29T03:30:00+02:00", time_zone: "Europe/Berlin" });
	});

	it("gives a zone without a name its offset", () => {
		expect(
			dateTimeToWire({ type: "zoned", local: "2026-07-01T09:00:00", zone: null, instant: "2026-07-01T12:30:00Z" }),
		).toEqual({ date_time: "2026-07-01T09:00:00-03:30", time_zone: null });
	});
});
