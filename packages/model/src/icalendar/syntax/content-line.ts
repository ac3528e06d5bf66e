/** One parameter of a content line; values are unquoted and decoded by RFC 6868. */
export interface Param {
	/** Upper case. */
	readonly name: string;
	readonly values: readonly string[];
}

/** One unfolded content line (RFC 5545 §3.1). */
export interface ContentLine {
	/** Upper case. */
	readonly name: string;
	readonly params: readonly Param[];
	/** As written: escapes of TEXT values are still in place. */
	readonly value: string;
	/** The whole unfolded line as it was read, for writing it back untouched. */
	readonly text: string;
}

const NAME = /^[A-Za-z0-9-]+$/;
const NO_PARAMS: readonly Param[] = [];

/** Reads one unfolded line; null where it is no content line (no name, or no colon). Never throws. */
export function parseContentLine(text: string): ContentLine | null {
	const colon = text.indexOf(":");
	if (colon < 1) return null;
	const semicolon = text.indexOf(";");
	if (semicolon === -1 || semicolon > colon) {
		const name = text.slice(0, colon).trim();
		if (!NAME.test(name)) return null;
		return { name: name.toUpperCase(), params: NO_PARAMS, value: text.slice(colon + 1), text };
	}
	const name = text.slice(0, semicolon).trim();
	if (!NAME.test(name)) return null;
	const params: Param[] = [];
	const valueAt = readParams(text, semicolon, params);
	if (valueAt === -1) return null;
	return { name: name.toUpperCase(), params, value: text.slice(valueAt), text };
}

/** The first value of a parameter; null where it is absent. `name` is upper case. */
export function paramOf(line: ContentLine, name: string): string | null {
	for (const param of line.params) if (param.name === name) return param.values[0] ?? "";
	return null;
}

/** Reads `;NAME=value,…` pairs from `at` on and answers where the property value starts; -1 where it never does. */
function readParams(text: string, at: number, into: Param[]): number {
	let position = at;
	while (text[position] === ";") {
		const nameEnd = indexOfAny(text, "=;:", position + 1);
		if (nameEnd === -1) return -1;
		const name = text
			.slice(position + 1, nameEnd)
			.trim()
			.toUpperCase();
		if (text[nameEnd] !== "=") {
			// A parameter without a value (vCard 2.1 habit, `;ENCODING;`): nothing to keep.
			position = nameEnd;
			continue;
		}
		const values: string[] = [];
		position = nameEnd;
		do {
			const end = readParamValue(text, position + 1, name, values);
			if (end === -1) return -1;
			position = end;
		} while (text[position] === ",");
		into.push({ name, values });
	}
	return text[position] === ":" ? position + 1 : -1;
}

function readParamValue(text: string, at: number, name: string, into: string[]): number {
	const close = text[at] === '"' ? closingQuote(text, at + 1) : -1;
	if (close !== -1) {
		const end = indexOfAny(text, ",;:", close + 1);
		if (end === -1) return -1;
		into.push(decodeParam(text.slice(at + 1, close) + text.slice(close + 1, end)));
		return end;
	}
	const end = name === "TZID" ? endOfBareTzid(text, indexOfAny(text, ";:", at)) : indexOfAny(text, ",;:", at);
	if (end === -1) return -1;
	into.push(decodeParam(text.slice(at, end)));
	return end;
}

/** How far an invalid value is searched for the quote that ends it; without a bound, a line of quotes costs its square. */
const QUOTE_REACH = 256;

/** The quote before a delimiter, so that the invalid `"John "Jack" Doe"` is read as it was meant; else the first. */
function closingQuote(text: string, from: number): number {
	const first = text.indexOf('"', from);
	for (let at = first; at !== -1 && at - first < QUOTE_REACH; at = text.indexOf('"', at + 1)) {
		const next = text[at + 1];
		if (next === "," || next === ";" || next === ":") return at;
	}
	return first;
}

/** `TZID=(UTC+01:00) Berlin, Rome:2026…` stands unquoted: no value that takes a TZID contains a colon. */
function endOfBareTzid(text: string, end: number): number {
	if (text[end] !== ":") return end;
	const last = text.lastIndexOf(":");
	const nextParam = text.indexOf(";", end);
	return nextParam !== -1 && nextParam < last ? end : last;
}

function indexOfAny(text: string, characters: string, from: number): number {
	for (let i = from; i < text.length; i++) if (characters.includes(text.charAt(i))) return i;
	return -1;
}

const CARET: Readonly<Record<string, string>> = { "^n": "\n", "^N": "\n", "^^": "^", "^'": '"' };

function decodeParam(value: string): string {
	return value.includes("^") ? value.replace(/\^[nN^']/g, (pair) => CARET[pair] ?? pair) : value;
}

/** Writes a parameter value: RFC 6868 carets, quotes where the text needs them, control characters dropped. */
export function encodeParam(value: string): string {
	const encoded = value
		.replace(/\^/g, "^^")
		.replace(/\r\n|\r|\n/g, "^n")
		.replace(/"/g, "^'")
		// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 5545 forbids them in QSAFE-CHAR
		.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, "");
	return /[:;,]/.test(encoded) ? `"${encoded}"` : encoded;
}

/** Composes a line from its parts; `value` is already encoded for its type. */
export function contentLine(name: string, value: string, params: Readonly<Record<string, string | null>> = {}): string {
	let line = name;
	for (const [key, text] of Object.entries(params)) if (text !== null) line += `;${key}=${encodeParam(text)}`;
	return `${line}:${value}`;
}
