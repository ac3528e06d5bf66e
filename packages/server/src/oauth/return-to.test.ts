import fc from "fast-check";
import { expect, test } from "vitest";
import { safeReturn } from "./return-to.ts";

const config = { url: new URL("https://cal.example.com"), returnOrigins: ["https://app.example.com"] };

test.each([
	["/", "/"],
	["/calendar?a=1#b", "/calendar?a=1#b"],
	["calendar", "/calendar"],
	["https://cal.example.com/x", "/x"],
	["https://app.example.com/x", "https://app.example.com/x"],
	["//evil.example.com", "/"],
	["/\\evil.example.com", "/"],
	["\\\\evil.example.com", "/"],
	["/\t/evil.example.com", "/"],
	["/.//evil.example.com", "/"],
	["https:evil.example.com", "/evil.example.com"],
	["https://app.example.com.evil.example.com", "/"],
	["https://app.example.com@evil.example.com", "/"],
	["http://app.example.com", "/"],
	["javascript:alert(1)", "/"],
	["data:text/html,x", "/"],
	["https://", "/"],
])("%j becomes %j", (asked, expected) => {
	expect(safeReturn(config, asked)).toBe(expected);
});

test("whatever is asked for, a browser stays here or goes to an allowed origin", () => {
	const part = fc.constantFrom(
		"/",
		"\\",
		"//",
		"..",
		".",
		":",
		"@",
		"evil.com",
		"https:",
		"app.example.com",
		"\t",
		"\n",
		"%2f",
	);
	fc.assert(
		fc.property(
			fc.oneof(
				fc.string(),
				fc.array(part).map((parts) => parts.join("")),
			),
			(asked) => {
				const arrived = new URL(safeReturn(config, asked), config.url);
				expect(["https://cal.example.com", "https://app.example.com"]).toContain(arrived.origin);
			},
		),
		{ numRuns: 2_000 },
	);
});
