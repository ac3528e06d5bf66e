import fc from "fast-check";
import { expect, test } from "vitest";
import { readOne, writtenLines } from "../testing/read-one.ts";
import { nearestColorName, parseColor } from "./css3-colors.ts";

test.each([
	["COLOR:turquoise", "#40e0d0"],
	["COLOR:DarkSlateGrey ", "#2f4f4f"],
	["COLOR:#ABC", "#aabbcc"],
	["COLOR:#12345678", "#123456"],
	["COLOR:no-such-colour", null],
	["COLOR:constructor", null],
	["X-NOTHING:1", null],
])("%s reads as %s", (line, color) => expect(readOne(line).color).toBe(color));

test("a colour with a name is written by name alone", () => {
	const lines = writtenLines({ ...readOne(), color: "#40e0d0" });
	expect(lines).toContain("COLOR:turquoise");
	expect(lines.join()).not.toContain("X-KALENDS-COLOR");
});

test("any other is written by its nearest name, with the exact value beside it", () =>
	expect(writtenLines({ ...readOne(), color: "#41e1d1" })).toEqual(
		expect.arrayContaining(["COLOR:turquoise", "X-KALENDS-COLOR:#41e1d1"]),
	));

test("the exact value no longer counts when someone else changed COLOR", () =>
	expect(readOne("COLOR:red", "X-KALENDS-COLOR:#41e1d1").color).toBe("#ff0000"));

test("the nearest name of a named colour is a name of that colour", () => {
	const byte = fc.integer({ min: 0, max: 255 });
	fc.assert(
		fc.property(byte, byte, byte, (...channels) => {
			const hex = `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
			const nearest = parseColor(nearestColorName(hex));
			expect(parseColor(nearestColorName(nearest ?? ""))).toBe(nearest);
		}),
	);
});
