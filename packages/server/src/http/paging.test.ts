import { expect, test } from "vitest";
import { z } from "zod";
import { readCursor, writeCursor } from "./paging.ts";

test("a cursor gives back the position that it was made of", () => {
	expect(readCursor(writeCursor("con_1"), z.string())).toBe("con_1");
	expect(readCursor(undefined, z.string())).toBeUndefined();
});

test.each([
	["nonsense", "~"],
	["no JSON", Buffer.from("{").toString("base64url")],
	["another list's", writeCursor(7)],
	["text that the database cannot hold", writeCursor("con_\0")],
])("a cursor that is %s is refused", (_, cursor) => {
	expect(() => readCursor(cursor, z.string())).toThrow(expect.objectContaining({ code: "invalid_cursor" }));
});
