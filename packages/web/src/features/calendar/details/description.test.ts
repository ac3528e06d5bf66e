import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partsOf } from "./description.ts";

const textOf = (description: string) =>
	partsOf(description)
		.map(({ text }) => text)
		.join("");
const linksOf = (description: string) => partsOf(description).flatMap(({ href }) => (href === null ? [] : [href]));

describe("a plain description", () => {
	it("stays as it is, with its addresses as links", () => {
		const text = "2 < 3 & <you>\n  Docs: https://example.org/a?b=1. Bye";
		expect(textOf(text)).toBe(text);
		expect(linksOf(text)).toEqual(["https://example.org/a?b=1"]);
	});
});

describe("a description in HTML", () => {
	it("keeps its text and its lines", () => {
		const html = "<p>Hello&nbsp;<b>Ann</b> &amp; Bob,</p><p>bring:</p><ul><li>pens</li>\n<li>paper</li></ul>";
		expect(textOf(html)).toBe("Hello Ann & Bob,\n\nbring:\n\n• pens\n• paper");
	});

	it("keeps links to web and mail addresses, and no other", () => {
		const html = `<p><a href="https://example.org/?a=1&amp;b=2">here</a> <a href='mailto:ann@example.org'>Ann</a>
			<a href="javascript:alert(1)">x</a> <a href="&#106;avascript:alert(1)">y</a> <a href=//evil.example>z</a>`;
		expect(linksOf(html)).toEqual(["https://example.org/?a=1&b=2", "mailto:ann@example.org"]);
		expect(textOf(html)).toBe("here Ann x y z");
	});

	it("keeps the lines of the text where no tag makes any", () => {
		expect(textOf("Agenda:\n1. <b>Budget</b>\n\n2. Any other business")).toBe(
			"Agenda:\n1. Budget\n\n2. Any other business",
		);
	});

	it("is read as it is written, whatever signs turn its direction", () => {
		expect(textOf("See \u202emoc.live//:sptth\u202c \u2067https://good.example/x\u2069")).toBe(
			"See moc.live//:sptth https://good.example/x",
		);
		expect(linksOf("See \u202ehttps://good.example/moc.live")).toEqual(["https://good.example/moc.live"]);
	});

	it("says nothing of scripts, styles and comments", () => {
		const html = "<div>a<script>alert(1)</script><style>b{}</style><!-- c --><img src=x onerror=alert(1)>d</div>";
		expect(textOf(html)).toBe("ad");
	});
});

it("leads nowhere but to the web and to mail, whatever is written", () => {
	const piece = fc.oneof(
		fc.string(),
		fc.constantFrom("<a href=", "'", '"', ">", "</a>", "javascript:", "data:text/html,", "https://", "<br>", "&#x3a;"),
	);
	fc.assert(
		fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
			for (const href of linksOf(pieces.join(""))) expect(href).toMatch(/^(https?|mailto):/i);
		}),
	);
});
