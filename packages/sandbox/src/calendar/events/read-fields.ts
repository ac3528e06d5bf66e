import { invalid } from "../../http/google-error.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";

/** The members of a body, read one by one; what has another type is a 400. Null counts as absent. */
export function textOf(body: JsonObject, name: string): string | undefined {
	const value = body[name];
	if (value === undefined || value === null || value === "") return undefined;
	if (typeof value !== "string") throw invalid(`Invalid value for: ${name}`);
	return value;
}

export function flagOf(body: JsonObject, name: string): boolean | undefined {
	const value = body[name];
	if (value === undefined || value === null) return undefined;
	if (typeof value !== "boolean") throw invalid(`Invalid value for: ${name}`);
	return value;
}

export function numberOf(body: JsonObject, name: string): number | undefined {
	const value = body[name];
	if (value === undefined || value === null) return undefined;
	const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
	if (typeof number !== "number" || !Number.isInteger(number)) throw invalid(`Invalid value for: ${name}`);
	return number;
}

export function objectOf(body: JsonObject, name: string): JsonObject | undefined {
	const value = body[name];
	if (value === undefined || value === null) return undefined;
	if (!isObject(value)) throw invalid(`Invalid value for: ${name}`);
	return value;
}

export function objectsOf(body: JsonObject, name: string): readonly JsonObject[] | undefined {
	const value = body[name];
	if (value === undefined || value === null) return undefined;
	if (!Array.isArray(value)) throw invalid(`Invalid value for: ${name}`);
	return value.map((item: Json) => {
		if (!isObject(item)) throw invalid(`Invalid value for: ${name}`);
		return item;
	});
}

export function choiceOf<T extends string>(body: JsonObject, name: string, values: readonly T[]): T | undefined {
	const text = textOf(body, name);
	if (text === undefined) return undefined;
	const found = values.find((value) => value === text);
	if (found === undefined) throw invalid(`Invalid value for: ${name}`);
	return found;
}
