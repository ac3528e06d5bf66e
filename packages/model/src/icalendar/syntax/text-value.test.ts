import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeText, splitList, unescapeText } from "./text-value.ts";

const anyText = fc.string({
	unit: fc.oneof(fc.constantFrom(..."\\;,nN:\r\n\t\0\u007f"), fc.string({ unit: "grapheme", maxLength: 2 })),
});

test("text reads back as it was written, control characters apart", () => {
	fc.assert(
		fc.property(anyText, (text) => {
			// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what RFC 5545 forbids
			const writable = text.replace(/\r\n|\r/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
			expect(unescapeText(escapeText(text))).toBe(writable);
			expect(escapeText(text)).not.toMatch(/[\r\n]/);
		}),
	);
});

test("a list reads back as it was written", () => {
	fc.assert(
		fc.property(fc.array(fc.string({ unit: fc.constantFrom(..."a\\,;n ".split("")) }), { minLength: 1 }), (parts) => {
			expect(splitList(parts.map(escapeText).join(",")).map(unescapeText)).toEqual(parts);
		}),
	);
});

test("a backslash before anything else is kept", () => expect(unescapeText(String.raw`\a\:\\n\N`)).toBe("\\a\\:\\n\n"));
