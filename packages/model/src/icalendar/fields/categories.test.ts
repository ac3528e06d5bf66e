import { expect, test } from "vitest";
import { readOne, rewritten, writtenLines } from "../testing/read-one.ts";

test("every line, split at unescaped commas, each category once", () =>
	expect(readOne(String.raw`CATEGORIES:Work,a\,b, Work ,`, "CATEGORIES:Home").categories).toEqual([
		"Work",
		"a,b",
		"Home",
	]));

test("written on one line, escaped", () =>
	expect(writtenLines({ ...readOne(), categories: ["a,b", "c;d"] })).toContain(String.raw`CATEGORIES:a\,b,c\;d`));

test("a change replaces every line; none leaves none", () => {
	const lines = ["CATEGORIES:a", "CATEGORIES:b"];
	expect(rewritten(["CATEGORIES"], { categories: ["a"] }, ...lines)).toEqual(["CATEGORIES:a"]);
	expect(rewritten(["CATEGORIES"], { categories: [] }, ...lines)).toEqual([]);
	expect(rewritten(["CATEGORIES"], { title: "new" }, ...lines)).toEqual(lines);
});
