import { z } from "zod";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a text
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above, with line breaks and tabs
const CONTROL_OR_BREAK = /[\u0000-\u001f\u007f]/;

/**
 * Why a text cannot be kept as it is; null where it can. Lone surrogates and the characters that XML forbids would not
 * come back from a calendar server as they were sent (XML 1.0 §2.2, RFC 5545 §3.3.11).
 */
function textFault(text: string, control: RegExp): string | null {
	if (!text.isWellFormed()) return "Text must be valid Unicode: it holds half of a surrogate pair.";
	const found = control.exec(text)?.[0] ?? /[\ufffe\uffff]/.exec(text)?.[0];
	if (found === undefined) return null;
	const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
	return `Text must not hold the control character U+${code}.`;
}

const textField = (longest: number, control: RegExp) =>
	z
		.string()
		.max(longest, `At most ${longest} characters.`)
		.superRefine((text, context) => {
			const fault = textFault(text, control);
			if (fault !== null) context.addIssue({ code: "custom", message: fault });
		});

/** A text of any number of lines; line breaks of every kind become `\n`. */
export const textInput = (longest: number) =>
	textField(longest, CONTROL).transform((text) => text.replace(/\r\n?/g, "\n"));

/** A text of one line. */
export const lineInput = (longest: number) => textField(longest, CONTROL_OR_BREAK);
