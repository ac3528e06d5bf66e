import { z } from "zod";

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const WORDS: Readonly<Record<string, string>> = {
	string: "text",
	number: "a number",
	int: "a whole number",
	bigint: "a whole number",
	boolean: "true or false",
	object: "an object",
	record: "an object",
	array: "a list",
	tuple: "a list",
	null: "null",
	date: "a time",
};

const FORMATS: Readonly<Record<string, string>> = {
	email: "an e-mail address, such as ann@example.com",
	url: "a web address, such as https://example.com/",
	datetime: "an RFC 3339 time, such as 2026-12-05T09:00:00Z",
	date: "a day as YYYY-MM-DD",
	time: "a time of day as HH:MM:SS",
	json_string: "JSON",
};

const NOT_VALID = "What was sent here is not valid.";

/**
 * What is wanted where something else was sent, for people who know the API and not how it is written. For `safeParse`:
 * sentences that a schema has of its own come first.
 */
export const faultSentence: z.core.$ZodErrorMap = (issue) => {
	if (issue.input === undefined && issue.code !== "custom") return "This is required.";
	switch (issue.code) {
		case "invalid_type":
			return must(range(issue) ?? WORDS[issue.expected]);
		case "too_small":
			return issue.origin === "string" || issue.origin === "array"
				? least(issue.origin, Number(issue.minimum))
				: must(`${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`);
		case "too_big":
			return issue.origin === "string" || issue.origin === "array"
				? `This can have at most ${counted(issue.origin, Number(issue.maximum))}.`
				: must(`${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}`);
		case "invalid_format":
			return must(FORMATS[issue.format] ?? (issue.pattern === undefined ? undefined : `of the form ${issue.pattern}`));
		case "invalid_value":
			return must(choice(issue.values));
		case "not_multiple_of":
			return must(`a multiple of ${issue.divisor}`);
		case "invalid_union":
			return must("options" in issue && Array.isArray(issue.options) ? choice(issue.options) : anyOf(issue));
		default:
			return NOT_VALID;
	}
};

function must(be: string | undefined): string {
	return be === undefined ? NOT_VALID : `This must be ${be}.`;
}

/** A number of which the schema says more than that it is one. */
function range({ inst }: RawIssue): string | undefined {
	if (!(inst instanceof z.ZodNumber)) return undefined;
	const { minValue, maxValue, format } = inst;
	const isWhole = format?.includes("int") === true;
	const bounded = (value: number | null) => value !== null && Number.isFinite(value) && Number.isSafeInteger(value);
	const most = bounded(maxValue) && maxValue !== Number.MAX_SAFE_INTEGER;
	const from = bounded(minValue) && minValue !== Number.MIN_SAFE_INTEGER;
	const what = isWhole ? "a whole number" : "a number";
	if (from && most) return `${what} from ${minValue} to ${maxValue}`;
	if (from) return `${what}, at least ${minValue}`;
	return most ? `${what}, at most ${maxValue}` : what;
}

function least(origin: string, minimum: number): string {
	return minimum === 1 ? "This must not be empty." : `This must have at least ${counted(origin, minimum)}.`;
}

function counted(origin: string, count: number): string {
	const [one, many] = origin === "string" ? ["character", "characters"] : ["entry", "entries"];
	return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

function choice(values: readonly unknown[]): string {
	const shown = values.map((value) => JSON.stringify(value) ?? String(value));
	return shown.length === 1 ? (shown[0] ?? "") : `one of ${shown.join(", ")}`;
}

/** Where every alternative fails by what it is as a whole, those; else nothing can be said in a word. */
function anyOf(issue: RawIssue): string | undefined {
	if (issue.code !== "invalid_union" || issue.errors.length === 0) return undefined;
	const words = issue.errors.map(([first, second]) => {
		if (first === undefined || second !== undefined || first.path.length > 0) return undefined;
		return first.code === "invalid_type"
			? WORDS[first.expected]
			: first.code === "invalid_value"
				? choice(first.values)
				: undefined;
	});
	const known = words.filter((word) => word !== undefined);
	return known.length < words.length ? undefined : new Intl.ListFormat("en", { type: "disjunction" }).format(known);
}
