import { expect, test } from "vitest";
import { readOne, rewritten, writtenLines } from "../testing/read-one.ts";

test.each([
	["URL:https://example.org/a?b=c,d;e", "https://example.org/a?b=c,d;e"],
	["URL;VALUE=URI:HTTP://example.org ", "HTTP://example.org"],
	[String.raw`URL:https://example.org/a\,b`, "https://example.org/a,b"],
	["URL:javascript:alert(1)", null],
	["URL:message:%3Cx@y%3E", null],
	["URL:", null],
])("%s reads as %s", (line, link) => expect(readOne(line).html_link).toBe(link));

test("is written unescaped, and cannot break out of its line", () => {
	expect(writtenLines({ ...readOne(), html_link: "https://example.org/a,b" })).toContain("URL:https://example.org/a,b");
	expect(writtenLines({ ...readOne(), html_link: "https://a.example/\r\nX-EVIL:1" })).toContain(
		"URL:https://a.example/%0D%0AX-EVIL:1",
	);
});

test("another scheme stays in the raw body", () =>
	expect(rewritten(["URL"], { title: "new" }, "URL:message:%3Cx@y%3E")).toEqual(["URL:message:%3Cx@y%3E"]));
