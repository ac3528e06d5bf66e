import { expect, test } from "vitest";
import { readOne, rewritten, writtenLines } from "../testing/read-one.ts";

test.each([
	["CLASS:PUBLIC", "public"],
	["CLASS:PRIVATE", "private"],
	["CLASS:CONFIDENTIAL", "private"],
	["CLASS:X-SECRET", "private"],
	["CLASS:", "default"],
	["X-NOTHING:1", "default"],
] as const)("%s reads as %s", (line, visibility) => expect(readOne(line).visibility).toBe(visibility));

test("writes CLASS unless it is the default", () => {
	expect(writtenLines({ ...readOne(), visibility: "private" })).toContain("CLASS:PRIVATE");
	expect(writtenLines(readOne()).join()).not.toContain("CLASS");
});

test("CONFIDENTIAL stays while the event stays private, and goes when it becomes public", () => {
	expect(rewritten(["CLASS"], { title: "new" }, "CLASS:CONFIDENTIAL")).toEqual(["CLASS:CONFIDENTIAL"]);
	expect(rewritten(["CLASS"], { visibility: "public" }, "CLASS:CONFIDENTIAL")).toEqual(["CLASS:PUBLIC"]);
});
