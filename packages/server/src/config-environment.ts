import { WrongValue } from "./config-values.ts";

export interface ConfigFault {
	readonly variable: string;
	readonly problem: string;
	readonly fix: string;
}

/** Every wrong variable at once. The message names each with its fix and never repeats a secret value. */
export class ConfigError extends Error {
	override readonly name = "ConfigError";
	readonly code = "invalid_configuration";
	readonly faults: readonly ConfigFault[];

	constructor(faults: readonly ConfigFault[]) {
		const lines = faults.map((fault) => `${fault.variable} ${fault.problem}. ${fault.fix}`);
		super(lines.length === 1 ? lines.join() : `${lines.length} settings are wrong:\n${lines.join("\n")}`);
		this.faults = faults;
	}
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables and gathers what is wrong with them. */
export class EnvironmentReader {
	readonly #environment: Environment;
	readonly #faults: ConfigFault[] = [];

	constructor(environment: Environment) {
		this.#environment = environment;
	}

	text(variable: string): string | null {
		const value = this.#environment[variable]?.trim();
		return value === undefined || value === "" ? null : value;
	}

	/** Null when unset, and when wrong: then the fault is recorded. */
	parsed<T>(variable: string, parse: (text: string) => T): T | null {
		const text = this.text(variable);
		if (text === null) return null;
		try {
			return parse(text);
		} catch (error) {
			if (!(error instanceof WrongValue)) throw error;
			this.fault(variable, error.message, error.fix);
			return null;
		}
	}

	list<T>(variable: string, parse: (item: string) => T): readonly T[] | null {
		return this.parsed(variable, (text) => {
			const items = text.split(",").map((item) => item.trim());
			return items.filter((item) => item !== "").map(parse);
		});
	}

	integer(variable: string, preset: number, least: number, most: number): number {
		const parse = (text: string) => {
			const value = Number(text);
			if (/^\d+$/.test(text) && value >= least && value <= most) return value;
			throw new WrongValue(
				`is "${text}"`,
				`Set a whole number from ${least} to ${most}, or leave it out for ${preset}.`,
			);
		};
		return this.parsed(variable, parse) ?? preset;
	}

	fault(variable: string, problem: string, fix: string): void {
		this.#faults.push({ variable, problem, fix });
	}

	isFaulty(variable: string): boolean {
		return this.#faults.some((fault) => fault.variable === variable);
	}

	throwFaults(): void {
		if (this.#faults.length > 0) throw new ConfigError(this.#faults);
	}
}
