import { expect, test } from "vitest";
import { readOne, writtenLines } from "../testing/read-one.ts";

test.each([
	["SEQUENCE:3", 3],
	["SEQUENCE: 3 ", 3],
	["SEQUENCE:-1", 0],
	["SEQUENCE:many", 0],
	["SEQUENCE:99999999999999999999", 2147483647],
	["X-NOTHING:1", 0],
])("%s reads as %i", (line, sequence) => expect(readOne(line).sequence).toBe(sequence));

test("writes the number", () => expect(writtenLines({ ...readOne(), sequence: 7 })).toContain("SEQUENCE:7"));
