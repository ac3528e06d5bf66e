import { expect, test } from "vitest";
import { z } from "zod";
import { Problem } from "./errors.ts";
import { routes } from "./routes.ts";
import { parseParts } from "./validation.ts";

/** The faults of a body, `field: detail`. */
function faults(schema: z.ZodType, value: unknown, where: "body" | "query" = "body"): readonly string[] {
	try {
		parseParts([{ schema, value, where }]);
		return [];
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		return (error.errors ?? []).map(({ field, detail }) => `${field}: ${detail}`);
	}
}

const whole = z.coerce.number().int();

test.each([
	[z.boolean(), "yes", "This must be true or false."],
	[z.string(), 5, "This must be text."],
	[z.string(), undefined, "This is required."],
	[z.string().nullable(), 5, "This must be text."],
	[z.union([z.string(), z.null()]), 5, "This must be text or null."],
	[z.union([z.boolean(), z.literal("all")]), 5, 'This must be true or false or "all".'],
	[whole.min(1).max(366), "x", "This must be a whole number from 1 to 366."],
	[whole.min(1).max(366), "0", "This must be at least 1."],
	[whole.min(1).max(366), "367", "This must be at most 366."],
	[whole.min(0), "x", "This must be a whole number, at least 0."],
	[z.coerce.number().max(9), "x", "This must be a number, at most 9."],
	[z.number(), "1", "This must be a number."],
	[z.int(), 1.5, "This must be a whole number."],
	[z.number().positive(), 0, "This must be more than 0."],
	[z.number().multipleOf(15), 7, "This must be a multiple of 15."],
	[z.string().min(1), "", "This must not be empty."],
	[z.string().min(8), "a", "This must have at least 8 characters."],
	[z.string().max(1_000), "a".repeat(1_001), "This can have at most 1,000 characters."],
	[z.array(z.string()).max(1), ["a", "b"], "This can have at most 1 entry."],
	[z.array(z.string()), {}, "This must be a list."],
	[z.strictObject({}), [], "This must be an object."],
	[z.enum(["read", "write"]), "all", 'This must be one of "read", "write".'],
	[z.literal("now"), "later", 'This must be "now".'],
	[z.email(), "nobody", "This must be an e-mail address, such as ann@example.com."],
	[z.iso.datetime(), "soon", "This must be an RFC 3339 time, such as 2026-12-05T09:00:00Z."],
	[z.string().regex(/^a$/), "b", "This must be of the form /^a$/."],
	[z.record(z.string().max(1), z.string()), { long: "" }, "What was sent here is not valid."],
	[z.string({ error: "Its own sentence." }), 5, "Its own sentence."],
])("case %#: says what is wanted", (schema, value, sentence) => {
	const [fault, more] = faults(z.object({ it: schema }), { it: value });
	expect([fault?.replace(/^it(\.long)?: /, ""), more]).toEqual([sentence, undefined]);
});

test("alternatives that are told apart by a field name what it can be", () => {
	const schema = z.discriminatedUnion("kind", [
		z.strictObject({ kind: z.literal("a") }),
		z.strictObject({ kind: z.literal("b") }),
	]);
	expect(faults(schema, { kind: "c" })).toEqual(['kind: This must be one of "a", "b".']);
});

test("a body that is no object is told so", () => {
	for (const body of [[], "text", 5, null, undefined]) {
		expect(faults(z.strictObject({}), body)).toEqual(["body: A JSON object is required."]);
	}
});

test("no endpoint answers in the words of the library", () => {
	const words = /Invalid|expected|received|Too (small|big)|NaN|undefined/;
	for (const { body, query, operationId } of routes) {
		for (const [schema, where] of [
			[body, "body"],
			[query, "query"],
		] as const) {
			if (!(schema instanceof z.ZodObject)) continue;
			for (const odd of [undefined, null, true, -1.5, "\n", [], [[]], { odd: 1 }]) {
				const value = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, odd]));
				const told = faults(schema, value, where).filter((fault) => words.test(fault.replace(/^\S+: /, "")));
				expect(told, `${operationId} ${JSON.stringify(odd)}`).toEqual([]);
			}
		}
	}
});
