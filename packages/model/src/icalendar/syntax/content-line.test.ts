import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentLine, encodeParam, paramOf, parseContentLine } from "./content-line.ts";

function parsed(text: string) {
	const line = parseContentLine(text);
	return line === null ? null : [line.name, Object.fromEntries(line.params.map((p) => [p.name, p.values])), line.value];
}

describe("parseContentLine", () => {
	test.each([
		["SUMMARY:a:b;c", ["SUMMARY", {}, "a:b;c"]],
		["summary;Language=en:Hi", ["SUMMARY", { LANGUAGE: ["en"] }, "Hi"]],
		['X;A="b;c:d,e";F=g,"h,i":v', ["X", { A: ["b;c:d,e"], F: ["g", "h,i"] }, "v"]],
		["X;A=^^n^n^'^x:v", ["X", { A: ['^n\n"^x'] }, "v"]],
		['X;CN="John "Jack" Doe":v', ["X", { CN: ['John "Jack" Doe'] }, "v"]],
		['X;CN="unclosed:v', ["X", { CN: ['"unclosed'] }, "v"]],
		["X;A:v", ["X", {}, "v"]],
		["X;A=:v", ["X", { A: [""] }, "v"]],
		[
			"DTSTART;TZID=(UTC+01:00) Berlin, Rome:20260301T090000",
			["DTSTART", { TZID: ["(UTC+01:00) Berlin, Rome"] }, "20260301T090000"],
		],
		["DTSTART;TZID=Berlin, Rome;X=1:20260301", ["DTSTART", { TZID: ["Berlin, Rome"], X: ["1"] }, "20260301"]],
		["CONSTRUCTOR;__PROTO__=x:v", ["CONSTRUCTOR", { __PROTO__: ["x"] }, "v"]],
		["EMPTY:", ["EMPTY", {}, ""]],
	])("%s", (text, expected) => expect(parsed(text)).toEqual(expected));

	test.each(["", ":", "no colon", ";A=b:v", "<html>:", "X;A=b", "a b:c"])("%j is no content line", (text) =>
		expect(parseContentLine(text)).toBeNull(),
	);

	test("never throws, and keeps the text", () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(..."AX;:=,\"^'n \t-é😀".split("")) }), (text) => {
				const line = parseContentLine(text);
				if (line !== null) expect(line.text).toBe(text);
			}),
		);
	});
});

test("a parameter value reads back as it was written, control characters apart", () => {
	fc.assert(
		fc.property(fc.string({ unit: "grapheme" }), (value) => {
			const line = parseContentLine(contentLine("X", "v", { P: value, Q: null }));
			// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what RFC 5545 forbids
			const writable = value.replace(/\r\n|\r/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
			expect(line === null ? null : paramOf(line, "P")).toBe(writable);
			expect(line?.value).toBe("v");
		}),
	);
});

test("values are quoted only where they must be", () => {
	expect(encodeParam("plain value")).toBe("plain value");
	expect(encodeParam("a,b")).toBe('"a,b"');
	expect(encodeParam('"')).toBe("^'");
});
