import { expect, it } from "vitest";
import { valve } from "./valve.ts";

it.each([
	{ stored: 100, gone: 0, listedNothing: true, verdict: "apply" },
	{ stored: 1, gone: 1, listedNothing: true, verdict: "hold" },
	{ stored: 10, gone: 10, listedNothing: false, verdict: "apply" },
	{ stored: 11, gone: 11, listedNothing: false, verdict: "hold" },
	{ stored: 55, gone: 11, listedNothing: false, verdict: "apply" },
	{ stored: 54, gone: 11, listedNothing: false, verdict: "hold" },
	{ stored: 10_000, gone: 2_000, listedNothing: false, verdict: "apply" },
	{ stored: 10_000, gone: 2_001, listedNothing: false, verdict: "hold" },
])("$gone of $stored gone, nothing listed: $listedNothing → $verdict", ({ verdict, ...input }) => {
	expect(valve(input)).toBe(verdict);
});
