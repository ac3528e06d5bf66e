import { expect, it } from "vitest";
import { clockChangeOn, comesTwice } from "./clock-change.ts";

it("tells by how much clocks are put, and when", () => {
	expect(clockChangeOn("2026-03-29", "Europe/Berlin")).toEqual({
		at: Date.parse("2026-03-29T01:00:00Z"),
		byMinutes: 60,
	});
	expect(clockChangeOn("2026-10-25", "Europe/Berlin")).toEqual({
		at: Date.parse("2026-10-25T01:00:00Z"),
		byMinutes: -60,
	});
	expect(clockChangeOn("2026-10-04", "Australia/Lord_Howe")?.byMinutes).toBe(30);
});

it("finds a change at midnight on the day that it makes shorter", () => {
	expect(clockChangeOn("2018-11-04", "America/Sao_Paulo")?.byMinutes).toBe(60);
	expect(clockChangeOn("2018-11-03", "America/Sao_Paulo")).toBeNull();
});

it("finds none on other days, nor in zones without any", () => {
	expect(clockChangeOn("2026-03-28", "Europe/Berlin")).toBeNull();
	expect(clockChangeOn("2026-03-29", "UTC")).toBeNull();
});

it("knows the hour that comes twice, in both its passes", () => {
	expect(comesTwice(Date.parse("2026-10-25T00:30:00Z"), "Europe/Berlin")).toBe(true);
	expect(comesTwice(Date.parse("2026-10-25T01:30:00Z"), "Europe/Berlin")).toBe(true);
	expect(comesTwice(Date.parse("2026-10-25T02:30:00Z"), "Europe/Berlin")).toBe(false);
	expect(comesTwice(Date.parse("2026-03-29T01:30:00Z"), "Europe/Berlin")).toBe(false);
});
