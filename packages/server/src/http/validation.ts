import { z } from "zod";
import { type FieldFault, Problem } from "./errors.ts";
import { faultSentence } from "./fault-sentence.ts";

const MAX_FAULTS = 50;

interface Part {
	readonly schema: z.ZodType | undefined;
	readonly value: unknown;
	/** A body's fields are named alone; others say where they are. */
	readonly where: "path" | "query" | "body";
}

/**
 * Parses every part of a request and reports all faults at once.
 * @returns the parsed parts, in the order given
 * @throws Problem `invalid_request` with one entry for each fault
 */
export function parseParts(parts: readonly Part[]): unknown[] {
	const faults: FieldFault[] = [];
	const values = parts.map((part) => {
		if (part.schema === undefined) return undefined;
		const result = part.schema.safeParse(part.value, { error: faultSentence });
		if (result.success) {
			const nul = findNul(result.data, []);
			if (nul === null) return result.data;
			faults.push({ field: fieldPath(nul, part.where), detail: "Text must not hold the character U+0000." });
			return undefined;
		}
		if (part.where === "body" && (part.value === undefined || part.value === null)) {
			faults.push(NO_OBJECT);
		} else {
			faults.push(...result.error.issues.flatMap((issue) => faultsOf(issue, part.where)));
		}
		return undefined;
	});
	if (faults.length > 0) throw invalidFields(faults);
	return values;
}

/** `invalid_request` that names these faults, at least one. */
export function invalidFields(faults: readonly FieldFault[], fix = "Correct the fields that errors names."): Problem {
	const [first, second] = faults;
	return new Problem(
		"invalid_request",
		first !== undefined && second === undefined
			? `${first.field}: ${first.detail}`
			: `${faults.length} fields are not valid; errors lists them.`,
		{ fix, errors: faults.slice(0, MAX_FAULTS) },
	);
}

/** PostgreSQL's text and jsonb cannot hold U+0000. */
export function holdsNul(value: unknown): boolean {
	return findNul(value, []) !== null;
}

/** The path to the first text with a U+0000, or null. For parsed values only: their schema bounds how deep they go. */
function findNul(value: unknown, path: readonly (string | number)[]): readonly (string | number)[] | null {
	if (typeof value === "string") return value.includes("\0") ? path : null;
	if (typeof value !== "object" || value === null) return null;
	for (const [key, inner] of Object.entries(value)) {
		const here = [...path, Array.isArray(value) ? Number(key) : key];
		const found = key.includes("\0") ? path : findNul(inner, here);
		if (found !== null) return found;
	}
	return null;
}

/** What is told of a field of a body that its schema does not name. */
export const UNKNOWN_FIELD = "There is no such field, or it cannot be set.";

const NO_OBJECT: FieldFault = { field: "body", detail: "A JSON object is required." };

function faultsOf(issue: z.core.$ZodIssue, where: Part["where"]): FieldFault[] {
	if (issue.code === "unrecognized_keys") {
		return issue.keys.map((key) => ({
			field: fieldPath([...issue.path, key], where),
			detail: where === "query" ? "There is no such query parameter here." : UNKNOWN_FIELD,
		}));
	}
	if (issue.code === "invalid_union" && issue.errors.length > 0) {
		// Of a union the alternative that came furthest says most.
		const best = issue.errors.reduce((a, b) => (depth(b) > depth(a) ? b : a));
		if (depth(best) > 0) {
			return best.flatMap((inner) => faultsOf({ ...inner, path: [...issue.path, ...inner.path] }, where));
		}
	}
	if (where === "body" && issue.path.length === 0 && issue.code === "invalid_type" && issue.expected === "object") {
		return [NO_OBJECT];
	}
	return [{ field: fieldPath(issue.path, where), detail: issue.message }];
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
	return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0)));
}

function fieldPath(path: readonly PropertyKey[], where: Part["where"]): string {
	const text = path.reduce<string>((joined, step) => {
		if (typeof step === "number") return `${joined}[${step}]`;
		const name = String(step).slice(0, 100);
		return joined === "" ? name : `${joined}.${name}`;
	}, "");
	return text === "" ? where : text;
}

/** Refuses what a schema does not name, unless the schema has decided that itself. */
export function strict(schema: z.ZodType | undefined): z.ZodType | undefined {
	if (schema === undefined) return z.strictObject({});
	return schema instanceof z.ZodObject && schema.def.catchall === undefined ? schema.strict() : schema;
}
