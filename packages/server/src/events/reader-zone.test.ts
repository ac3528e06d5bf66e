import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantOfWallClock, isTimeZone, zoneSteps } from "./reader-zone.ts";

const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"];

describe("zoneSteps", () => {
	it("agrees with Temporal's `compatible` for every wall clock, gaps and overlaps included", () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...zones),
				fc.integer({ min: Date.parse("2005-01-01T00:00:00Z"), max: Date.parse("2035-01-01T00:00:00Z") }),
				(zone, wallClock) => {
					const steps = zoneSteps(zone, wallClock - 86_400_000, wallClock + 86_400_000);
					const local = Temporal.PlainDateTime.from(new Date(wallClock).toISOString().slice(0, -1));
					expect(instantOfWallClock(steps, wallClock)).toBe(local.toZonedDateTime(zone).epochMilliseconds);
				},
			),
			{ numRuns: 3_000 },
		);
	});

	it("places the hours around a clock change", () => {
		const steps = zoneSteps("Europe/Berlin", Date.parse("2026-03-01T00:00:00Z"), Date.parse("2026-11-30T00:00:00Z"));
		const at = (local: string) => new Date(instantOfWallClock(steps, Date.parse(`${local}Z`))).toISOString();
		expect(at("2026-03-29T01:59:59")).toBe("2026-03-29T00:59:59.000Z");
		expect(at("2026-03-29T02:30:00")).toBe("2026-03-29T01:30:00.000Z");
		expect(at("2026-03-29T03:00:00")).toBe("2026-03-29T01:00:00.000Z");
		expect(at("2026-10-25T02:30:00")).toBe("2026-10-25T00:30:00.000Z");
		expect(at("2026-10-25T03:00:00")).toBe("2026-10-25T02:00:00.000Z");
	});
});

describe("isTimeZone", () => {
	it("knows IANA names and nothing else", () => {
		expect(isTimeZone("Europe/Berlin")).toBe(true);
		expect(isTimeZone("Mars/Olympus")).toBe(false);
		expect(isTimeZone("")).toBe(false);
	});
});
