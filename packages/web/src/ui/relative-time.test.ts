import { expect, test } from "vitest";
import { relativeTime } from "./relative-time.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");

test.each([
	["2026-11-21T12:00:10Z", "now"],
	["2026-11-21T11:59:50Z", "now"],
	["2026-11-21T11:59:30Z", "1 minute ago"],
	["2026-11-21T11:30:00Z", "30 minutes ago"],
	["2026-11-21T11:00:20Z", "1 hour ago"],
	["2026-11-21T11:58:00Z", "2 minutes ago"],
	["2026-11-21T15:00:00Z", "in 3 hours"],
	["2026-11-20T12:00:00Z", "24 hours ago"],
	// Two days by the calendar: what is rounded must not name a day.
	["2026-11-22T21:48:00Z", "in 34 hours"],
	["2026-11-23T12:00:00Z", "in 2 days"],
	["2026-11-11T12:00:00Z", "10 days ago"],
])("%s is %s", (instant, words) => {
	expect(relativeTime(instant, NOW)).toBe(words);
});
