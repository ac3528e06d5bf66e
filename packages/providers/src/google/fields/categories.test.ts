import { expect, test } from "vitest";
import { CONTEXT, canonical, google } from "../testing/sample.ts";
import { CATEGORIES, categories } from "./categories.ts";

test("what is written is read again", () => {
	const body = categories.write?.(canonical({}, { categories: ["Work", "a, b \\n 世界"] }), null, CONTEXT);
	const stored = google({ extendedProperties: body?.extendedProperties as { private: Record<string, string> } });
	expect(categories.read(stored, CONTEXT)).toEqual({ categories: ["Work", "a, b \\n 世界"] });
});

test("what is no list of Kalends's own counts as none", () => {
	for (const value of ["", "Work", "{}", "[1,", '["a"'] as const) {
		const event = google({ extendedProperties: { private: { [CATEGORIES]: value } } });
		expect(categories.read(event, CONTEXT)).toEqual({ categories: [] });
	}
});

test("none takes the property away, and what would be cut off is refused", () => {
	const taken = { extendedProperties: { private: { [CATEGORIES]: null } } };
	expect(categories.write?.(canonical(), google(), CONTEXT)).toEqual(taken);
	const long = canonical({}, { categories: ["x".repeat(1100)] });
	expect(() => categories.write?.(long, null, CONTEXT)).toThrow(expect.objectContaining({ reason: "event_refused" }));
});
