import fc from "fast-check";
import { expect, test } from "vitest";
import { formatLocal } from "../time/wall-clock.ts";
import { originalStartKey, parseOriginalStartKey } from "./keys.ts";
import { day, floating, zoned } from "./testing/series.ts";

test.each([
	["zoned: the instant", zoned("2026-12-05T10:00:00", "Europe/Berlin"), "20261205T090000Z"],
	["floating: the wall clock", floating("2026-12-05T09:00:00"), "20261205T090000"],
	["a date", day("2026-12-05"), "20261205"],
])("the key of a slot, %s", (_kind, time, key) => {
	expect(originalStartKey(time)).toBe(key);
});

test.each(["", "2026", "20261305", "20261205T", "20261205T250000Z", "20261205T0900Z", "2026-12-05", "20261205Z"])(
	"%j is no key",
	(text) => {
		expect(parseOriginalStartKey(text)).toBeNull();
	},
);

test("a key comes back as a time with the same key", () => {
	const local = fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9999, 0) }).map((ms) => formatLocal(ms));
	const time = fc.oneof(
		local.map((text) => zoned(text)),
		local.map(floating),
		local.map((text) => day(text.slice(0, 10))),
	);
	fc.assert(
		fc.property(time, (value) => {
			expect(parseOriginalStartKey(originalStartKey(value))).toEqual(value);
		}),
	);
});
