import { expect, test } from "vitest";
import { readOne, rewritten, writtenLines } from "../testing/read-one.ts";

const MAP = 'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="Old, place":geo:48.85,2.35';

test("LOCATION in both directions", () => {
	expect(readOne(String.raw`LOCATION:Room 1\, Paris`).location).toBe("Room 1, Paris");
	expect(writtenLines({ ...readOne(), location: "Room 1, Paris" })).toContain(String.raw`LOCATION:Room 1\, Paris`);
});

test("a changed location takes Apple's map point with it", () =>
	expect(rewritten(["LOCATION", "X-APPLE-STRUCTURED-LOCATION"], { location: "new" }, "LOCATION:old", MAP)).toEqual([
		"LOCATION:new",
	]));
