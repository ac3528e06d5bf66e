import { describe, expect, it } from "vitest";
import { dayText, lengthText, offsetText, regional, timesText, timeText, zoneText } from "./format.ts";

const BERLIN = { locale: "en-GB", zone: "Europe/Berlin", hour12: null };

describe("timeText", () => {
	it("shows the reader's zone in the reader's clock", () => {
		const instant = Date.parse("2026-12-05T08:30:00Z");
		expect(timeText(instant, BERLIN)).toBe("09:30");
		expect(timeText(instant, { ...BERLIN, locale: "en-US", zone: "America/New_York" })).toMatch(/^3:30\sAM$/);
		expect(timeText(instant, { ...BERLIN, locale: "en-US", hour12: false })).toBe("09:30");
	});

	it("adds the offset in the hour that comes twice", () => {
		expect(timeText(Date.parse("2026-10-25T00:30:00Z"), BERLIN)).toBe("02:30 (GMT+2)");
		expect(timeText(Date.parse("2026-10-25T01:30:00Z"), BERLIN)).toBe("02:30 (GMT+1)");
	});

	it("shows a moment as one time and a span as two", () => {
		const start = Date.parse("2026-12-05T08:30:00Z");
		expect(timesText(start, start, BERLIN)).toBe("09:30");
		expect(timesText(start, start + 3_600_000, BERLIN)).toBe("09:30 – 10:30");
	});
});

it("writes as the browser's region does, in the language of the texts", () => {
	expect(regional("en", ["en-GB", "en"])).toBe("en-GB");
	expect(regional("en", ["de-DE", "de", "en-US", "en"])).toBe("en-DE");
	expect(regional("en", ["fr"])).toBe("en-FR");
	expect(regional("en", [])).toBe("en");
	const evening = Date.parse("2026-12-05T17:30:00Z");
	expect(timeText(evening, { ...BERLIN, locale: regional("en", ["de-DE"]) })).toBe("18:30");
});

it("names days and zones", () => {
	expect(dayText("2026-12-07", "en-GB")).toMatch(/^Monday,? 7 December 2026$/);
	const winter = Date.parse("2026-12-05T00:00:00Z");
	expect(zoneText("America/New_York", winter)).toBe("New York (GMT−5)");
	expect(offsetText(winter, "Asia/Kolkata")).toBe("GMT+5:30");
	expect(offsetText(winter, "Europe/London")).toBe("GMT");
});

it("says lengths in the largest units", () => {
	expect(lengthText(90 * 60_000, "en")).toBe("1 hr 30 min");
	expect(lengthText(26 * 3_600_000, "en")).toBe("1 day 2 hr");
	expect(lengthText(0, "en")).toBe("0 min");
});
