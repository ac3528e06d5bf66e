import { Validator } from "@seriousme/openapi-schema-validator";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { buildApp } from "./app.ts";
import { routes } from "./routes.ts";

interface Operation {
	readonly operationId?: string;
	readonly summary?: string;
	readonly tags?: readonly string[];
	readonly security?: readonly object[];
	readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
	readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
	readonly responses: Readonly<
		Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
	>;
}
interface Schema {
	readonly $ref?: string;
	readonly type?: string;
	readonly enum?: readonly unknown[];
	readonly const?: unknown;
	readonly maxLength?: number;
	readonly pattern?: string;
	readonly maxItems?: number;
	readonly items?: Schema;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly additionalProperties?: unknown;
	readonly anyOf?: readonly Schema[];
	readonly oneOf?: readonly Schema[];
	readonly allOf?: readonly Schema[];
}
interface Document {
	readonly openapi: string;
	readonly servers: readonly object[];
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly securitySchemes: object };
}

let made: TestServices;
let app: FastifyInstance;
let document: Document;
beforeAll(async () => {
	made = await createTestServices();
	app = await buildApp(made.services, routes);
	document = (await app.inject("/openapi.json")).json();
});
afterAll(async () => {
	await app.close();
	await made.close();
});

const operations = routes.map((endpoint) => ({ name: `${endpoint.method} ${endpoint.path}`, endpoint }));

function operationOf(method: string, path: string): Operation | undefined {
	return document.paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
}

test("the document is valid OpenAPI 3.1", async () => {
	const result = await new Validator().validate({ ...structuredClone(document) });
	expect(result.errors ?? []).toEqual([]);
	expect(result.valid).toBe(true);
	expect(document.openapi).toMatch(/^3\.1\./);
	expect(Object.keys(document.components.securitySchemes)).toEqual(["api_key", "session"]);
});

test("requests go to the address that it was read from, whatever name the server is opened by", () => {
	expect(document.servers).toEqual([{ url: "/" }, { url: "http://localhost:3000" }]);
});

test("every reference in it leads somewhere", () => {
	const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? "");
	expect(references.length).toBeGreaterThan(0);
	for (const reference of references) {
		const name = reference.replace("#/components/schemas/", "");
		expect(document.components.schemas[name], reference).toBeDefined();
	}
});

test("every schema in it is used", () => {
	const used = new Set(
		[...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name),
	);
	expect(Object.keys(document.components.schemas).filter((name) => !used.has(name))).toEqual([]);
});

test("answers are described in the media type that they have", async () => {
	for (const path of ["/metrics", "/healthz"]) {
		const answer = await app.inject(path);
		const described = Object.keys(operationOf("GET", path)?.responses["200"]?.content ?? {});
		expect(described).toEqual([String(answer.headers["content-type"]).split(";")[0]]);
	}
});

test("it lists every route and no other", () => {
	const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
	);
	expect(listed.toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
});

test.each(operations)("$name says what it does, needs and answers", ({ endpoint }) => {
	const operation = operationOf(endpoint.method, endpoint.path);
	expect(operation?.operationId).toBe(endpoint.operationId);
	expect(operation?.summary).toBeTruthy();
	expect(operation?.tags).toHaveLength(1);
	const { access } = endpoint;
	const scope = access.kind === "user" ? access.scope : access.kind;
	expect(operation?.security).toEqual(scope === "public" ? [] : [{ api_key: [scope] }, { session: [] }]);
	const headers = operation?.parameters?.filter((parameter) => parameter.in === "header").map(({ name }) => name) ?? [];
	expect(headers.includes("Kalends-User")).toBe(access.kind === "user");
	expect(headers.includes("Idempotency-Key")).toBe(access.kind !== "public" && endpoint.method === "POST");
	expect(Object.keys(operation?.responses ?? {}).toSorted()).toEqual(
		[...Object.keys(endpoint.responses), "4XX", "5XX"].toSorted(),
	);
	expect(operation?.responses["4XX"]?.content?.["application/problem+json"]?.schema.$ref).toBe(
		"#/components/schemas/Problem",
	);
	for (const [status, schema] of Object.entries(endpoint.responses)) {
		const content = operation?.responses[status]?.content;
		expect(content === undefined, status).toBe(schema === null);
		// What is a page to browsers is a problem to everybody else.
		if (content?.["text/html"] !== undefined && Number(status) >= 400) {
			expect(Object.keys(content), status).toEqual(["text/html", "application/problem+json"]);
		}
	}
});

test.each(operations)("$name limits the size of all it takes", ({ endpoint }) => {
	const operation = operationOf(endpoint.method, endpoint.path);
	const unlimited: string[] = [];
	for (const parameter of operation?.parameters ?? []) collectUnlimited(parameter.schema, parameter.name, unlimited);
	for (const [type, { schema }] of Object.entries(operation?.requestBody?.content ?? {})) {
		collectUnlimited(schema, type, unlimited);
	}
	expect(unlimited).toEqual([]);
});

/** A pattern of the whole text that repeats nothing without end. */
function boundedPattern(pattern: string | undefined): string | undefined {
	return pattern !== undefined && /^\^[^*+|]*\$$/.test(pattern) && !/\{\d+,\}/.test(pattern) ? pattern : undefined;
}

function collectUnlimited(schema: Schema, path: string, unlimited: string[]): void {
	if (schema.$ref !== undefined) {
		const target = document.components.schemas[schema.$ref.replace("#/components/schemas/", "")];
		if (target !== undefined) collectUnlimited(target, path, unlimited);
		return;
	}
	const bounded = schema.enum ?? schema.const ?? schema.maxLength ?? boundedPattern(schema.pattern);
	if (schema.type === "string" && bounded === undefined) unlimited.push(path);
	if (schema.type === "array" && schema.maxItems === undefined) unlimited.push(`${path}[]`);
	if (schema.type === "object" && schema.additionalProperties !== false) unlimited.push(`${path} (unknown fields)`);
	for (const [name, property] of Object.entries(schema.properties ?? {})) {
		collectUnlimited(property, `${path}.${name}`, unlimited);
	}
	if (schema.items !== undefined) collectUnlimited(schema.items, `${path}[]`, unlimited);
	for (const part of [schema.anyOf, schema.oneOf, schema.allOf].flat()) {
		if (part !== undefined) collectUnlimited(part, path, unlimited);
	}
}
