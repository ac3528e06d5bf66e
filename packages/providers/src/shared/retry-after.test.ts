import { expect, test } from "vitest";
import { retryAfterOf } from "./retry-after.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

test.each([
	["120", 120],
	[" 0 ", 0],
	["999999999", 86_400],
	["Thu, 01 Jan 2026 00:01:30 GMT", 90],
	["Wed, 31 Dec 2025 00:00:00 GMT", 0],
	["soon", undefined],
	["", undefined],
	["-5", undefined],
])("Retry-After %j", (value, seconds) => {
	expect(retryAfterOf(new Headers({ "retry-after": value }), NOW)).toBe(seconds);
});

test("no Retry-After", () => {
	expect(retryAfterOf(new Headers(), NOW)).toBeUndefined();
});
