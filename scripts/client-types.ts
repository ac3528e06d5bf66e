/** The parts of an OpenAPI 3.1 document that types are made of. */
export interface OpenApiDocument {
	readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

interface OpenApiOperation {
	readonly operationId: string;
	readonly summary: string;
	readonly parameters?: readonly {
		readonly in: string;
		readonly name: string;
		readonly required?: boolean;
		readonly description?: string;
		readonly schema: JsonSchema;
	}[];
	readonly requestBody?: { readonly required?: boolean; readonly content: MediaTypes };
	readonly responses: Readonly<Record<string, { readonly content?: MediaTypes }>>;
}

type MediaTypes = Readonly<Record<string, { readonly schema: JsonSchema }>>;

export interface JsonSchema {
	readonly $ref?: string;
	readonly type?: string | readonly string[];
	readonly description?: string;
	readonly enum?: readonly unknown[];
	readonly const?: unknown;
	readonly anyOf?: readonly JsonSchema[];
	readonly oneOf?: readonly JsonSchema[];
	readonly allOf?: readonly JsonSchema[];
	readonly items?: JsonSchema;
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly required?: readonly string[];
	readonly additionalProperties?: boolean | JsonSchema;
}

/** Not what browsers, providers and monitoring ask for, nor the interfaces that people migrate from. */
const CLIENT_PATHS = /^\/v1\/|^\/api\/auth\//;

/** Headers that the client sends by itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set(["Kalends-User", "Idempotency-Key"]);

/**
 * TypeScript for a document: one type for each named schema, and `Operations`, keyed by method and path, with what each
 * takes and answers. Types only, so that they weigh nothing in a bundle.
 * @throws Error for a schema that it does not know how to write
 */
export function clientTypes(document: OpenApiDocument): string {
	const paths = Object.entries(document.paths).filter(([path]) => CLIENT_PATHS.test(path));
	const used = usedSchemas(document, paths);
	const schemas = Object.entries(document.components.schemas)
		.filter(([name]) => used.has(name))
		.toSorted(([a], [b]) => (a < b ? -1 : 1));
	const operations = paths
		.flatMap(([path, methods]) =>
			Object.entries(methods).map(([method, operation]) => ({ key: `${method.toUpperCase()} ${path}`, operation })),
		)
		.toSorted((a, b) => (a.key < b.key ? -1 : 1));
	return [
		"// Made from the server's OpenAPI document by scripts/generate-client.ts; not to be edited.",
		...schemas.map(
			([name, schema]) => `${comment(schema.description, "")}export type ${name} = ${typeOf(schema, "")};`,
		),
		"/** What each endpoint takes and answers, by method and path. */",
		"export interface Operations {",
		...operations.map(({ key, operation }) => operationType(key, operation)),
		"}",
		"",
	].join("\n");
}

/** Names of the schemas that these paths need, in whatever depth. */
function usedSchemas({ components }: OpenApiDocument, part: unknown, found = new Set<string>()): Set<string> {
	for (const [, name = ""] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
		if (found.has(name)) continue;
		found.add(name);
		usedSchemas({ components, paths: {} }, components.schemas[name] ?? null, found);
	}
	return found;
}

function operationType(key: string, operation: OpenApiOperation): string {
	const parameters = (where: string): string => {
		const found = (operation.parameters ?? []).filter(
			({ in: place, name }) => place === where && !OWN_HEADERS.has(name),
		);
		if (found.length === 0) return "undefined";
		const fields = found.map(({ name, required, description, schema }) =>
			field(
				name,
				where === "query" ? queryType(schema) : typeOf(schema, "\t\t\t"),
				required === true,
				description,
				"\t\t\t",
			),
		);
		return `{\n${fields.join("")}\t\t}`;
	};
	const json = operation.requestBody?.content["application/json"]?.schema;
	const body = json === undefined ? "undefined" : typeOf(json, "\t\t");
	const answers = Object.entries(operation.responses)
		.filter(([status]) => /^2\d\d$/.test(status))
		.map(([status, { content }]) => `\t\t\treadonly ${status}: ${answerType(content)};\n`);
	return [
		comment(operation.summary, "\t"),
		`\treadonly ${JSON.stringify(key)}: {\n`,
		`\t\treadonly id: ${JSON.stringify(operation.operationId)};\n`,
		`\t\treadonly path: ${parameters("path")};\n`,
		`\t\treadonly query: ${parameters("query")};\n`,
		`\t\treadonly headers: ${parameters("header")};\n`,
		`\t\treadonly body: ${body};\n`,
		`\t\treadonly answers: {\n${answers.join("")}\t\t};\n\t};`,
	].join("");
}

function answerType(content: MediaTypes | undefined): string {
	const [[type, media] = []] = Object.entries(content ?? {});
	if (type === undefined || media === undefined) return "undefined";
	return type === "application/json" ? typeOf(media.schema, "\t\t\t") : "string";
}

/** Flags are texts in an address; callers write them as booleans. */
function queryType(schema: JsonSchema): string {
	const isFlag = schema.enum?.length === 2 && schema.enum.includes("true") && schema.enum.includes("false");
	return isFlag ? "boolean" : typeOf(schema, "\t\t\t");
}

function typeOf(schema: JsonSchema, indent: string): string {
	if (schema.$ref !== undefined) return schema.$ref.replace("#/components/schemas/", "");
	if (schema.const !== undefined) return JSON.stringify(schema.const);
	if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
	const union = schema.anyOf ?? schema.oneOf;
	if (union !== undefined) return unique(union.map((part) => typeOf(part, indent))).join(" | ");
	if (schema.allOf !== undefined) return schema.allOf.map((part) => `(${typeOf(part, indent)})`).join(" & ");
	const { type } = schema;
	if (typeof type === "object") return unique(type.map((one) => typeOf({ ...schema, type: one }, indent))).join(" | ");
	switch (type) {
		case undefined:
			return "unknown";
		case "string":
		case "boolean":
		case "null":
			return type;
		case "integer":
		case "number":
			return "number";
		case "array":
			return arrayType(schema.items === undefined ? "unknown" : typeOf(schema.items, indent));
		case "object":
			return objectType(schema, indent);
		default:
			throw new Error(`no TypeScript is known for ${JSON.stringify(schema)}`);
	}
}

function arrayType(items: string): string {
	return /^\w+$/.test(items) ? `readonly ${items}[]` : `readonly (${items})[]`;
}

function objectType(schema: JsonSchema, indent: string): string {
	const properties = Object.entries(schema.properties ?? {});
	if (properties.length === 0) {
		const { additionalProperties: rest } = schema;
		const values = typeof rest === "object" ? typeOf(rest, indent) : "unknown";
		return rest === false ? "Readonly<Record<string, never>>" : `Readonly<Record<string, ${values}>>`;
	}
	const inner = `${indent}\t`;
	const fields = properties.map(([name, property]) =>
		field(name, typeOf(property, inner), schema.required?.includes(name) === true, property.description, inner),
	);
	return `{\n${fields.join("")}${indent}}`;
}

function field(name: string, type: string, required: boolean, description: string | undefined, indent: string): string {
	const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
	const declared = required ? `${key}: ${type}` : `${key}?: ${type} | undefined`;
	return `${comment(description, indent)}${indent}readonly ${declared};\n`;
}

function comment(text: string | undefined, indent: string): string {
	return text === undefined || text === "" ? "" : `${indent}/** ${text.replaceAll("*/", "*\\/")} */\n`;
}

function unique(types: readonly string[]): string[] {
	return [...new Set(types)];
}
