import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clientTypes } from "./client-types.ts";
import { currentDocument } from "./openapi-document.ts";

const FILE = join(import.meta.dirname, "../packages/client/src/api.gen.ts");

test("the client's types are those of the server's OpenAPI document (else: npm run generate)", async () => {
	const [committed, current] = [readFileSync(FILE, "utf8"), clientTypes(await currentDocument())];
	expect(committed).toBe(current);
});

test.each([
	[{ type: "string" }, "string"],
	[{ type: "integer" }, "number"],
	[{ type: ["string", "null"] }, "string | null"],
	[{ anyOf: [{ type: "number" }, { type: "integer" }, { type: "null" }] }, "number | null"],
	[{ enum: ["a", 1, null] }, '"a" | 1 | null'],
	[{ const: true }, "true"],
	[{}, "unknown"],
	[{ type: "array", items: { type: "string" } }, "readonly string[]"],
	[{ type: "array", items: { anyOf: [{ type: "string" }, { type: "null" }] } }, "readonly (string | null)[]"],
	[{ type: "object", additionalProperties: { type: "number" } }, "Readonly<Record<string, number>>"],
	[{ type: "object", additionalProperties: false }, "Readonly<Record<string, never>>"],
	[
		{ type: "object", properties: { a: { type: "string" }, "b-c": { type: "boolean" } }, required: ["a"] },
		'{\n\treadonly a: string;\n\treadonly "b-c"?: boolean | undefined;\n}',
	],
])("%j is %s", (schema, type) => {
	const content = { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } };
	const get = { operationId: "get", summary: "", responses: { 200: { content } } };
	const text = clientTypes({ paths: { "/v1/x": { get } }, components: { schemas: { Thing: schema, Unused: {} } } });
	expect(text).toContain(`export type Thing = ${type};`);
	expect(text).not.toContain("Unused");
});

test("what it does not know it refuses rather than guesses", () => {
	const content = { "application/json": { schema: { type: "tuple" } } };
	const get = { operationId: "get", summary: "", responses: { 200: { content } } };
	expect(() => clientTypes({ paths: { "/v1/x": { get } }, components: { schemas: {} } })).toThrow("tuple");
});
