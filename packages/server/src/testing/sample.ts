import { z } from "zod";

/** A JSON Schema, as far as samples need it. */
interface SampleSchema {
	readonly type?: string;
	readonly enum?: readonly unknown[];
	readonly const?: unknown;
	readonly anyOf?: readonly SampleSchema[];
	readonly properties?: Readonly<Record<string, SampleSchema>>;
	readonly required?: readonly string[];
	readonly items?: SampleSchema;
	readonly minItems?: number;
	readonly minLength?: number;
	readonly minimum?: number;
	readonly format?: string;
	readonly default?: unknown;
}

/** A value that the schema's form allows, with its required fields alone or (`all`) with every field. */
export function sampleOf(schema: z.ZodType, fields: "required" | "all"): unknown {
	return sample(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as SampleSchema, fields);
}

function sample(schema: SampleSchema, fields: "required" | "all"): unknown {
	if (schema.const !== undefined) return schema.const;
	if (schema.enum !== undefined) return schema.enum[0];
	if (schema.anyOf?.[0] !== undefined) return sample(schema.anyOf[0], fields);
	switch (schema.type) {
		case "object": {
			const named = Object.entries(schema.properties ?? {});
			const wanted = named.filter(([name]) => fields === "all" || schema.required?.includes(name));
			return Object.fromEntries(wanted.map(([name, property]) => [name, sample(property, fields)]));
		}
		case "array":
			return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items ?? {}, fields));
		case "integer":
		case "number":
			return Math.max(schema.minimum ?? 1, 1);
		case "boolean":
			return true;
		case "null":
			return null;
		default:
			return sampleText(schema);
	}
}

function sampleText(schema: SampleSchema): string {
	if (schema.format === "email") return "sample@example.com";
	if (schema.format === "uri") return "https://example.com/";
	if (schema.format === "date-time") return "2027-01-01T00:00:00Z";
	return "a".repeat(Math.max(schema.minLength ?? 1, 1));
}
