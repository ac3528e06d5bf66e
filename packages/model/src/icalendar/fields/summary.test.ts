import { expect, test } from "vitest";
import { readOne, rewritten, writtenLines } from "../testing/read-one.ts";

test("SUMMARY is unescaped in one pass", () =>
	expect(readOne(String.raw`SUMMARY:a\\nb\, c\; d\Ne: f\x`).title).toBe("a\\nb, c; d\ne: f\\x"));

test("an event without SUMMARY has an empty title, and an empty title no SUMMARY", () => {
	expect(readOne().title).toBe("");
	expect(writtenLines(readOne()).join()).not.toContain("SUMMARY");
});

test("the title is escaped", () =>
	expect(writtenLines({ ...readOne(), title: "a\\b, c; d\ne\r\nf\u0007" })).toContain(
		String.raw`SUMMARY:a\\b\, c\; d\ne\nf`,
	));

test("an unchanged SUMMARY keeps its spelling and its parameters", () => {
	const line = String.raw`SUMMARY;LANGUAGE=de;X-A="b;c":Grüße\N`;
	expect(rewritten(["SUMMARY"], { location: "elsewhere" }, line)).toEqual([line]);
});

test("a changed title replaces the property where it stood", () => {
	const lines = rewritten(["SUMMARY", "X-A", "X-B"], { title: "new" }, "X-A:1", "SUMMARY;LANGUAGE=de:old", "X-B:2");
	expect(lines).toEqual(["X-A:1", "SUMMARY:new", "X-B:2"]);
});
