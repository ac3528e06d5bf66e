const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Yields the unfolded lines of a file (RFC 5545 §3.1), blank ones left out.
 * Bytes are unfolded before they are decoded, since some producers fold inside a UTF-8 sequence. Accepts bare LF,
 * a byte order mark, UTF-16 with one, and lines in windows-1252 where they are not UTF-8. Control characters, which
 * RFC 5545 forbids, are dropped; lone surrogates, which UTF-8 cannot hold, become U+FFFD.
 */
export function* unfoldLines(input: string | Uint8Array): Generator<string, void, void> {
	const text = sanitize(typeof input === "string" ? unfoldText(input) : decode(input));
	let start = text.startsWith("\ufeff") ? 1 : 0;
	while (start < text.length) {
		const newline = text.indexOf("\n", start);
		const next = newline === -1 ? text.length : newline;
		let end = next;
		while (end > start && text.charCodeAt(end - 1) === CR) end--;
		if (end > start) yield withoutReturns(text.slice(start, end));
		start = next + 1;
	}
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what RFC 5545 forbids in content lines
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

function withoutReturns(line: string): string {
	return line.includes("\r") ? line.replaceAll("\r", "") : line;
}

function sanitize(text: string): string {
	return (text.isWellFormed() ? text : text.toWellFormed()).replace(CONTROL, "");
}

function unfoldText(text: string): string {
	return /\n[ \t]/.test(text) ? text.replace(/\r*\n[ \t]/g, "") : text;
}

function decode(input: Uint8Array): string {
	if (input[0] === 0xff && input[1] === 0xfe) return unfoldText(new TextDecoder("utf-16le").decode(input));
	if (input[0] === 0xfe && input[1] === 0xff) return unfoldText(new TextDecoder("utf-16be").decode(input));
	const bytes = unfoldBytes(input);
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return splitBytes(bytes).map(decodeLine).join("\n");
	}
}

/** Byte by byte: a line may be folded millions of times, so that a slice for each piece would take seconds. */
function unfoldBytes(input: Uint8Array): Uint8Array {
	const output = new Uint8Array(input.length);
	let length = 0;
	for (let at = 0; at < input.length; at++) {
		const byte = input[at] ?? 0;
		if (byte === LF && (input[at + 1] === SPACE || input[at + 1] === TAB)) {
			while (length > 0 && output[length - 1] === CR) length--;
			at++;
		} else {
			output[length++] = byte;
		}
	}
	return output.subarray(0, length);
}

function splitBytes(bytes: Uint8Array): Uint8Array[] {
	const lines: Uint8Array[] = [];
	let start = 0;
	while (start < bytes.length) {
		const newline = bytes.indexOf(LF, start);
		const end = newline === -1 ? bytes.length : newline;
		lines.push(bytes.subarray(start, end));
		start = end + 1;
	}
	return lines;
}

/** A line that has no valid multi-octet sequence at all is taken for windows-1252; a merely damaged one stays UTF-8. */
function decodeLine(bytes: Uint8Array): string {
	const text = new TextDecoder("utf-8").decode(bytes);
	if (!text.includes("\ufffd")) return text;
	return /[\u0080-\ufffc\ufffe\uffff]/.test(text) ? text : new TextDecoder("windows-1252").decode(bytes);
}

const encoder = new TextEncoder();

/** Folds a line at 75 octets without splitting a code point and ends it with CRLF (RFC 5545 §3.1). */
export function foldLine(line: string): string {
	if (line.length <= 75 && encoder.encode(line).length <= 75) return `${line}\r\n`;
	const parts: string[] = [];
	let start = 0;
	let octets = 0;
	for (let at = 0; at < line.length; ) {
		const code = line.codePointAt(at) ?? 0;
		const size = octetsOf(code);
		if (octets + size > 75) {
			parts.push(line.slice(start, at));
			start = at;
			octets = 1;
		}
		octets += size;
		at += code > 0xffff ? 2 : 1;
	}
	parts.push(line.slice(start));
	return `${parts.join("\r\n ")}\r\n`;
}

function octetsOf(code: number): number {
	if (code < 0x80) return 1;
	if (code < 0x800) return 2;
	return code < 0x10000 ? 3 : 4;
}
