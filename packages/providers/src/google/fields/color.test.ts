import { expect, test } from "vitest";
import { CONTEXT, canonical, google } from "../testing/sample.ts";
import { color } from "./color.ts";

test("a colour is the one of its id, or none", () => {
	expect(color.read(google({ colorId: "11" }), CONTEXT)).toEqual({ color: "#dc2127" });
	expect(color.read(google({ colorId: "99" }), CONTEXT)).toEqual({ color: null });
	expect(color.read(google(), CONTEXT)).toEqual({ color: null });
});

test.each([
	["#dc2127", "11"],
	["#ff0000", "11"],
	["#0000ff", "9"],
	["#ffffff", "8"],
	["#00aa00", "10"],
])("%s is written as the nearest one, %s", (value, id) => {
	expect(color.write?.(canonical({}, { color: value }), null, CONTEXT)).toEqual({ colorId: id });
});

test.each([
	["blue", "#2f6fde", "9"],
	["purple", "#a04fd8", "3"],
	["yellow", "#b58a00", "5"],
	["turquoise", "#2a9fbf", "7"],
	["olive green", "#6b8e23", "10"],
	["red", "#c43d46", "11"],
	["grey", "#66708a", "8"],
])("%s stays so, however light Google's is: %s is written as %s", (_name, value, id) => {
	expect(color.write?.(canonical({}, { color: value }), null, CONTEXT)).toEqual({ colorId: id });
});

test("no colour takes one away, but none that is not known here", () => {
	expect(color.write?.(canonical(), google({ colorId: "3" }), CONTEXT)).toEqual({ colorId: null });
	expect(color.write?.(canonical(), google({ colorId: "99" }), CONTEXT)).toEqual({ colorId: "99" });
});
