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

test("no colour takes one away, but none that is not known here", () => {
	expect(color.write?.(canonical(), google({ colorId: "3" }), CONTEXT)).toEqual({ colorId: null });
	expect(color.write?.(canonical(), google({ colorId: "99" }), CONTEXT)).toEqual({ colorId: "99" });
});
