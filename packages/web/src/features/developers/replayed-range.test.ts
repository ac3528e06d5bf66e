import { expect, test } from "vitest";
import { rangeFault } from "./replayed-range.ts";

test.each([
	["2026-11-20T10:00", "2026-11-20T10:01", null],
	["", "2026-11-20T10:01", "missing"],
	["2026-11-20T10:00", "", "missing"],
	// A browser's field takes years of up to six digits.
	["2026-11-20T10:00", "120261-11-20T10:00", "missing"],
	["2026-11-20T10:00", "2026-11-20T10:00", "backwards"],
	["2026-11-21T10:00", "2026-11-20T10:00", "backwards"],
] as const)("from %s to %s: %s", (from, to, fault) => {
	expect(rangeFault(from, to)).toBe(fault);
});
