import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldLine, unfoldLines } from "./lines.ts";

const unfolded = (input: string | Uint8Array): string[] => [...unfoldLines(input)];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("unfoldLines", () => {
	test.each([
		["CRLF", "A:1\r\nB:2\r\n", ["A:1", "B:2"]],
		["bare LF", "A:1\nB:2", ["A:1", "B:2"]],
		["CR CR LF", "A:1\r\r\nB:2\r\r\n", ["A:1", "B:2"]],
		["blank lines", "\r\nA:1\r\n\r\n\r\nB:2\r\n", ["A:1", "B:2"]],
		["a byte order mark", "\ufeffA:1\r\n", ["A:1"]],
		["a fold by space: only one character goes", "A:1\r\n  2\r\n", ["A:1 2"]],
		["a fold by tab", "A:1\n\t2\n", ["A:12"]],
		["trailing white space stays", "A:1 \r\n", ["A:1 "]],
		["control characters and a stray CR are dropped", "A:\0x\u0001\ry\tz\r\n", ["A:xy\tz"]],
		["nothing", "", []],
	])("%s", (_name, text, lines) => {
		expect(unfolded(text)).toEqual(lines);
		expect(unfolded(bytes(text))).toEqual(lines);
	});

	test("a fold inside a UTF-8 sequence", () => {
		const [first = 0, second = 0] = bytes("é");
		const input = Uint8Array.from([...bytes("A:"), first, 13, 10, 32, second, ...bytes("!\r\n")]);
		expect(unfolded(input)).toEqual(["A:é!"]);
	});

	test("windows-1252, line by line", () => {
		const input = Uint8Array.from([...bytes("A:"), 0xe9, ...bytes("\r\nB:é\r\n")]);
		expect(unfolded(input)).toEqual(["A:é", "B:é"]);
	});

	test("a damaged UTF-8 line stays UTF-8", () => {
		const input = Uint8Array.from([...bytes("A:é"), 0xff, ...bytes("\r\n")]);
		expect(unfolded(input)).toEqual(["A:é\ufffd"]);
	});

	test("UTF-16 with a byte order mark", () =>
		expect(unfolded(new Uint8Array(Buffer.from("\ufeffA:é\r\nB:1\r\n", "utf16le")))).toEqual(["A:é", "B:1"]));

	test("a lone surrogate becomes U+FFFD", () => expect(unfolded("A:\ud800x")).toEqual(["A:\ufffdx"]));
});

describe("foldLine", () => {
	const anyLine = fc
		.string({ unit: "grapheme", maxLength: 400 })
		.map((text) => `X:${text.replace(/[\r\n\0\ufeff]/g, "")}`);

	test("no line is longer than 75 octets, and unfolding gives the line back", () => {
		fc.assert(
			fc.property(anyLine, (line) => {
				const folded = foldLine(line);
				for (const part of folded.split("\r\n")) expect(bytes(part).length).toBeLessThanOrEqual(75);
				expect(unfolded(folded)).toEqual([line]);
				expect(unfolded(bytes(folded))).toEqual([line]);
			}),
		);
	});

	test("every part is valid UTF-8 by itself", () => {
		for (const part of foldLine(`X:${"😀é".repeat(80)}`).split("\r\n")) expect(part.isWellFormed()).toBe(true);
	});
});
