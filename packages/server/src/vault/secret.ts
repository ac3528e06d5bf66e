import { inspect } from "node:util";

const REDACTED = "[redacted]";

/**
 * A secret in memory. Whatever prints it (String(), templates, JSON, util.inspect, pino) gets `[redacted]`;
 * only `reveal()` gives the text, so every place that uses a secret can be found by that name.
 */
export class Secret {
	readonly #text: string;

	constructor(text: string) {
		this.#text = text;
	}

	/** The plain text; pass it straight to where it is needed and keep no copy. */
	reveal(): string {
		return this.#text;
	}

	toString(): string {
		return REDACTED;
	}

	toJSON(): string {
		return REDACTED;
	}

	[Symbol.toPrimitive](): string {
		return REDACTED;
	}

	[inspect.custom](): string {
		return REDACTED;
	}
}
