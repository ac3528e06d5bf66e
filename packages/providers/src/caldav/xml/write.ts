import { PREFIXES, type XmlName } from "./names.ts";

/** A serialised piece of XML; only `element` and `text` make one. */
export type XmlPiece = string & { readonly piece: unique symbol };

/** Character data, escaped. Characters that XML 1.0 cannot hold (§2.2) are left out. */
export function text(value: string): XmlPiece {
	return escapeText(value) as XmlPiece;
}

/** @param attributes values are escaped */
export function element(
	name: XmlName,
	children: readonly XmlPiece[] = [],
	attributes: Readonly<Record<string, string>> = {},
): XmlPiece {
	const tag = prefixed(name);
	const written = Object.entries(attributes)
		.map(([key, value]) => ` ${key}="${escapeText(value)}"`)
		.join("");
	if (children.length === 0) return `<${tag}${written}/>` as XmlPiece;
	return `<${tag}${written}>${children.join("")}</${tag}>` as XmlPiece;
}

/** A whole document: every namespace that we use is declared on its root. */
export function xmlDocument(name: XmlName, children: readonly XmlPiece[]): string {
	const declarations = Object.fromEntries(
		Object.entries(PREFIXES).map(([namespace, prefix]) => [`xmlns:${prefix}`, namespace]),
	);
	return `<?xml version="1.0" encoding="utf-8"?>\n${element(name, children, declarations)}`;
}

function prefixed(name: XmlName): string {
	const prefix = PREFIXES[name.ns];
	if (prefix === undefined) throw new TypeError(`no prefix for the namespace ${name.ns}`);
	return `${prefix}:${name.local}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"\r": "&#13;",
	"\n": "&#10;",
	"\t": "&#9;",
};

function escapeText(value: string): string {
	return value
		.toWellFormed()
		.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "")
		.replace(/[&<>"\r\n\t]/g, (character) => ESCAPES[character] ?? character);
}
