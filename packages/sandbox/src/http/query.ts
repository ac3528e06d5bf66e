import { GoogleError, invalidParameter } from "./google-error.ts";

/** An instant as the API takes it: RFC 3339 with its offset; epoch milliseconds, null where the text is none. */
export function parseInstant(text: string): number | null {
	const match = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/.exec(text);
	if (match === null) return null;
	const instant = Date.parse(text.toUpperCase());
	// Fractions of a second are ignored.
	return Number.isNaN(instant) ? null : Math.floor(instant / 1000) * 1000;
}

/** The parameters of a request's query; faults in them are 400 answers. */
export class Query {
	readonly #parameters: URLSearchParams;

	constructor(parameters: URLSearchParams) {
		this.#parameters = parameters;
	}

	has(name: string): boolean {
		return this.#parameters.has(name);
	}

	text(name: string): string | null {
		return this.#parameters.get(name);
	}

	list(name: string): readonly string[] {
		return this.#parameters.getAll(name);
	}

	flag(name: string): boolean | null {
		const text = this.text(name);
		if (text === null) return null;
		if (text === "true" || text === "false") return text === "true";
		throw invalidParameter(name, `Invalid boolean value: '${text}'.`);
	}

	integer(name: string, range: { readonly min: number; readonly max: number }): number | null {
		const text = this.text(name);
		if (text === null) return null;
		const value = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
		if (Number.isNaN(value)) throw invalidParameter(name, `Invalid integer value: '${text}'.`);
		if (value < range.min || value > range.max) {
			const allowed = `[${range.min}, ${range.max}]`;
			throw invalidParameter(name, `Invalid value '${text}'. Values must be within the range: ${allowed}`);
		}
		return value;
	}

	choice<T extends string>(name: string, values: readonly T[]): T | null {
		const text = this.text(name);
		if (text === null) return null;
		const found = values.find((value) => value === text);
		if (found === undefined) {
			throw invalidParameter(name, `Invalid string value: '${text}'. Allowed values: [${values.join(", ")}]`);
		}
		return found;
	}

	/** Epoch milliseconds. */
	instant(name: string): number | null {
		const text = this.text(name);
		if (text === null) return null;
		const instant = parseInstant(text);
		if (instant === null) throw new GoogleError(400, "badRequest", "Bad Request");
		return instant;
	}

	/** `maxResults`: what is more than the API gives at once is cut to that. */
	pageSize(usual: number, most: number): number {
		return Math.min(this.integer("maxResults", { min: 1, max: 2 ** 31 - 1 }) ?? usual, most);
	}
}
