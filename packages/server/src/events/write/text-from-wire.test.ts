import { describe, expect, it } from "vitest";
import { lineInput, textInput } from "./text-from-wire.ts";

const fault = (result: ReturnType<ReturnType<typeof lineInput>["safeParse"]>) => result.error?.issues[0]?.message;

describe("textInput", () => {
	it("keeps every script, emoji, bidi marks and tabs", () => {
		const text = "שלום\tabc \u202Eיום\u202C 🎂 e\u0301";
		expect(textInput(100).parse(text)).toBe(text);
	});
	it("makes line breaks one kind", () => expect(textInput(100).parse("a\r\nb\rc\nd")).toBe("a\nb\nc\nd"));
	it.each([
		["a lone surrogate", "a\uD83Db", /surrogate/],
		["U+0000", "a\0b", /U\+0000/],
		["an escape sequence", "\u001b[31m", /U\+001B/],
		["what XML forbids", "a\uffff", /U\+FFFF/],
		["more than it may hold", "a".repeat(101), /At most 100/],
	])("refuses %s", (_, text, detail) => expect(fault(textInput(100).safeParse(text))).toMatch(detail));
});

describe("lineInput", () => {
	it("refuses line breaks and tabs", () => {
		for (const text of ["a\nBCC:b", "a\rb", "a\tb"]) expect(fault(lineInput(100).safeParse(text))).toMatch(/U\+000/);
		expect(lineInput(100).parse("Ann, “the boss”; Müller")).toBe("Ann, “the boss”; Müller");
	});
});
