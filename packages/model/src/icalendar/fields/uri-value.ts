/** A URI value: URIs have no TEXT escapes, but some producers write them, and a bare backslash is never valid. */
export function readUri(value: string): string {
	const text = value.trim();
	return text.includes("\\") ? text.replace(/\\([,;\\])/g, "$1") : text;
}

/** True for an `http` or `https` address of a length that browsers take. */
export function isWebUri(uri: string): boolean {
	return uri.length <= 8192 && /^https?:\/\/[^\s/]/i.test(uri);
}

/** A URI as a property value; white space and control characters, which no URI has, are percent-encoded. */
export function uriText(uri: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the line
	return uri.replace(/[\u0000-\u0020\u007f]/g, (character) => encodeURIComponent(character));
}
