import { expect, test } from "vitest";
import { eventLines, onlyEvent, parseLines, readOne, rewritten } from "../testing/read-one.ts";
import { MAX_TEXT } from "./text-field.ts";

const HTML = "X-ALT-DESC;FMTTYPE=text/html:<b>old</b>";

test("DESCRIPTION keeps its line breaks", () =>
	expect(readOne(String.raw`DESCRIPTION:one\ntwo`).description).toBe("one\ntwo"));

test("a changed description takes Outlook's HTML variant with it", () =>
	expect(rewritten(["DESCRIPTION", "X-ALT-DESC"], { description: "new" }, "DESCRIPTION:old", HTML)).toEqual([
		"DESCRIPTION:new",
	]));

test("an unchanged one leaves it", () =>
	expect(rewritten(["DESCRIPTION", "X-ALT-DESC"], { title: "new" }, "DESCRIPTION:old", HTML)).toEqual([
		"DESCRIPTION:old",
		HTML,
	]));

test("a text of megabytes is cut in the event, with a warning, and kept whole in the raw body", () => {
	const calendar = parseLines(eventLines(`DESCRIPTION:${"x".repeat(MAX_TEXT + 5)}`));
	expect(onlyEvent(calendar).description).toHaveLength(MAX_TEXT);
	expect(calendar.warnings.join()).toContain("DESCRIPTION is longer");
	expect(calendar.groups[0]?.raw().replaceAll("\r\n ", "")).toContain("x".repeat(MAX_TEXT + 5));
});
