import { isObject, type Json, type JsonObject } from "../json.ts";

/** What is wrong with a body of the control API, all of it at once. */
export class ControlFault extends Error {
	readonly status: 400 | 404 | 409;
	readonly faults: readonly string[];

	constructor(status: ControlFault["status"], faults: readonly string[]) {
		super(faults.join(" "));
		this.name = "ControlFault";
		this.status = status;
		this.faults = faults;
	}
}

/** Reads the members of a body and keeps what is wrong with them; `done` throws it. */
export class Fields {
	readonly #body: JsonObject;
	readonly #known = new Set<string>();
	readonly #faults: string[] = [];
	readonly #prefix: string;

	constructor(body: JsonObject, prefix = "") {
		this.#body = body;
		this.#prefix = prefix;
	}

	#take(name: string): Json | undefined {
		this.#known.add(name);
		return this.#body[name];
	}

	fault(name: string, must: string): undefined {
		this.#faults.push(`${this.#prefix}${name} must be ${must}.`);
		return undefined;
	}

	has(name: string): boolean {
		return this.#body[name] !== undefined && this.#body[name] !== null;
	}

	text(name: string): string | undefined {
		const value = this.#take(name);
		if (value === undefined || value === null) return undefined;
		return typeof value === "string" && value !== "" ? value : this.fault(name, "a text");
	}

	/** Where it is missing, that is wrong. */
	needed(name: string): string {
		const text = this.text(name);
		if (text === undefined && !this.has(name)) this.fault(name, "given");
		return text ?? "";
	}

	number(name: string, min: number, max: number): number | undefined {
		const value = this.#take(name);
		if (value === undefined || value === null) return undefined;
		const fits = typeof value === "number" && value >= min && value <= max;
		return fits ? value : this.fault(name, `a number from ${min} to ${max}`);
	}

	/** A whole number. */
	count(name: string, min: number, max: number): number | undefined {
		const value = this.number(name, min, max);
		return value === undefined || Number.isInteger(value) ? value : this.fault(name, "a whole number");
	}

	/** Null lifts a limit. */
	limit(name: string): number | null | undefined {
		return this.#take(name) === null ? null : this.count(name, 1, 1_000_000_000);
	}

	flag(name: string): boolean | undefined {
		const value = this.#take(name);
		if (value === undefined || value === null) return undefined;
		return typeof value === "boolean" ? value : this.fault(name, "true or false");
	}

	choice<T extends string>(name: string, values: readonly T[]): T | undefined {
		const value = this.#take(name);
		if (value === undefined || value === null) return undefined;
		return values.find((one) => one === value) ?? this.fault(name, `one of ${values.join(", ")}`);
	}

	texts(name: string): readonly string[] | undefined {
		const value = this.#take(name);
		if (value === undefined || value === null) return undefined;
		const texts = Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
		return Array.isArray(value) && texts.length === value.length ? texts : this.fault(name, "a list of texts");
	}

	/** The members of an object, whose faults are told with it. */
	part(name: string, read: (fields: Fields) => void): void {
		const value = this.#take(name);
		if (value === undefined || value === null) return;
		if (!isObject(value)) return void this.fault(name, "an object");
		const inner = new Fields(value, `${this.#prefix}${name}.`);
		read(inner);
		this.#faults.push(...inner.#all());
	}

	#all(): readonly string[] {
		const unknown = Object.keys(this.#body).filter((name) => !this.#known.has(name));
		return [...this.#faults, ...unknown.map((name) => `${this.#prefix}${name} is not known here.`)];
	}

	/** @throws ControlFault 400 with all that is wrong, members that nobody asked for too */
	done(): void {
		const faults = this.#all();
		if (faults.length > 0) throw new ControlFault(400, faults);
	}
}
