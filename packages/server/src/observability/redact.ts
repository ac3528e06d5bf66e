const SECRET_FIELD =
	/pass(word|phrase|wd)?$|secret|token|authorization|cookie|credential|api_?-?key|^keys?$|private_?key|connectionstring|database_?url/i;
const REDACTED = "[redacted]";
const DEPTH = 6;

const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
	// user:password@ of any URL
	[/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"\\]+@/gi, `$1${REDACTED}@`],
	[/\b(Basic|Bearer|Digest)\s+[A-Za-z0-9+/._~=-]{8,}/gi, `$1 ${REDACTED}`],
	[/\bkal_[A-Za-z0-9_-]{8,}/g, `kal_${REDACTED}`],
];

/** A copy in which every field whose name promises a secret is `[redacted]`, at any depth up to six. */
export function redactFields(fields: Record<string, unknown>, depth = DEPTH): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields).map(([name, value]) => [
			name,
			SECRET_FIELD.test(name) && value !== null && value !== undefined ? REDACTED : redactValue(value, depth - 1),
		]),
	);
}

/** Text (a message, a whole log line) without URL user info, HTTP credentials and our API keys. */
export function redactText(text: string): string {
	return SECRET_TEXT.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text);
}

function redactValue(value: unknown, depth: number): unknown {
	if (typeof value !== "object" || value === null) return value;
	if (Array.isArray(value)) return depth < 0 ? REDACTED : value.map((item) => redactValue(item, depth - 1));
	// Errors, dates, URLs and the like print themselves.
	const prototype = Object.getPrototypeOf(value);
	if (prototype !== Object.prototype && prototype !== null) return value;
	return depth < 0 ? REDACTED : redactFields(value as Record<string, unknown>, depth);
}
