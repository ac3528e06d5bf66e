/** TEXT values (RFC 5545 §3.3.11): `\\`, `\;`, `\,`, `\n`, in one pass from left to right. */
export function unescapeText(value: string): string {
	if (!value.includes("\\")) return value;
	return value.replace(/\\([\s\S])/g, (pair, character: string) => {
		if (character === "n" || character === "N") return "\n";
		return character === "\\" || character === ";" || character === "," ? character : pair;
	});
}

/** The inverse of {@link unescapeText}; line breaks of every kind become `\n`, other control characters go. */
export function escapeText(text: string): string {
	return (
		text
			.replace(/[\\;,]/g, "\\$&")
			.replace(/\r\n|\r|\n/g, "\\n")
			// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 5545 forbids CONTROL in TEXT
			.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "")
	);
}

/** Splits a list value on its unescaped commas; the parts keep their escapes. */
export function splitList(value: string): string[] {
	const parts: string[] = [];
	let start = 0;
	for (let i = 0; i < value.length; i++) {
		if (value[i] === "\\") i++;
		else if (value[i] === ",") {
			parts.push(value.slice(start, i));
			start = i + 1;
		}
	}
	parts.push(value.slice(start));
	return parts;
}
