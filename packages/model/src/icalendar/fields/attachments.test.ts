import { expect, test } from "vitest";
import { readOne, rewritten, writtenLines } from "../testing/read-one.ts";

const LINK = 'ATTACH;FMTTYPE=application/pdf;FILENAME="a, b.pdf";MANAGED-ID=7:https://example.org/a.pdf';
const INLINE = "ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY:aGVsbG8=";

test("ATTACH with a web address", () =>
	expect(readOne(LINK, "ATTACH:http://example.org/b", INLINE, "ATTACH:cid:x@y").attachments).toEqual([
		{ url: "https://example.org/a.pdf", title: "a, b.pdf", mime_type: "application/pdf" },
		{ url: "http://example.org/b", title: null, mime_type: null },
	]));

test("is written with type and name", () =>
	expect(
		writtenLines({
			...readOne(),
			attachments: [{ url: "https://example.org/a", title: 'the "a"; b', mime_type: "text/html" }],
		}),
	).toContain(`ATTACH;FMTTYPE=text/html;FILENAME="the ^'a^'; b":https://example.org/a`));

test("a change keeps inline data and the parameters of those that stay", () =>
	expect(
		rewritten(
			["ATTACH"],
			{ attachments: [{ url: "https://example.org/a.pdf", title: "a, b.pdf", mime_type: "application/pdf" }] },
			LINK,
			"ATTACH:http://example.org/b",
			INLINE,
		),
	).toEqual([LINK, INLINE]));
