import { expect, test } from "vitest";
import { readOne, rewritten, writtenLines } from "../testing/read-one.ts";

test.each([
	["STATUS:CONFIRMED", "confirmed"],
	["STATUS:tentative ", "tentative"],
	["STATUS:CANCELLED", "cancelled"],
	["STATUS:X-UNKNOWN", "confirmed"],
	["X-NOTHING:1", "confirmed"],
] as const)("%s reads as %s", (line, status) => expect(readOne(line).status).toBe(status));

test("writes the name", () =>
	expect(writtenLines({ ...readOne(), status: "cancelled" })).toContain("STATUS:CANCELLED"));

test("an unknown status stays while the event stays confirmed", () =>
	expect(rewritten(["STATUS"], { title: "new" }, "STATUS:X-UNKNOWN")).toEqual(["STATUS:X-UNKNOWN"]));
