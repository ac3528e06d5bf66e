/** A run of a description's text; `href` where it leads somewhere. */
export interface DescriptionPart {
	readonly text: string;
	readonly href: string | null;
}

/** Longer ones are cut: nobody reads on, and the screen stays quick. */
const MOST = 20_000;
const MARKUP =
	/<\/?(?:a|b|blockquote|br|div|em|font|h[1-6]|html|body|i|img|li|ol|p|pre|span|strong|table|td|tr|u|ul)\b[^<>]*>/i;
const TOKEN = /<!--[\s\S]*?-->|<(\/?)([a-z][a-z0-9]*)\b((?:"[^"]*"|'[^']*'|[^>"'])*)>|[^<]+|</gi;
const BLOCKS = new Set([
	"blockquote",
	"br",
	"div",
	"h1",
	"h2",
	"h3",
	"h4",
	"h5",
	"h6",
	"ol",
	"p",
	"pre",
	"table",
	"tr",
	"ul",
]);
/** Signs that turn the direction of what follows, so that an address reads as another. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;
/** What is between their tags is not text for people. */
const UNSEEN = new Set(["head", "script", "style", "template", "title"]);
const LINES = new RegExp(`<(?:li|${[...BLOCKS].join("|")})\\b`, "i");
const LINK = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}]/gi;
const ENTITIES: Readonly<Record<string, string>> = {
	amp: "&",
	apos: "'",
	bull: "•",
	gt: ">",
	hellip: "…",
	ldquo: "“",
	lt: "<",
	mdash: "—",
	nbsp: " ",
	ndash: "–",
	quot: '"',
	rdquo: "”",
	rsquo: "’",
};

/**
 * A description as text with links. Some providers send HTML (Google, Outlook); of that only the text, its lines and links to
 * web and mail addresses are kept, so that nothing of it can act.
 */
export function partsOf(description: string): readonly DescriptionPart[] {
	const cut = description.length > MOST ? `${description.slice(0, MOST)}…` : description;
	const source = cut.replaceAll(TURNS, "");
	const parts = MARKUP.test(source) ? ofHtml(source) : [{ text: source, href: null }];
	return parts.flatMap((part) => (part.href === null ? linked(part.text) : [part]));
}

function ofHtml(source: string): readonly DescriptionPart[] {
	const parts: { text: string; href: string | null }[] = [];
	let href: string | null = null;
	let unseen: string | null = null;
	// Where no tag makes lines, those of the text are meant, as Google shows them.
	const space = LINES.test(source) ? /\s+/g : /[^\S\n]+/g;
	const add = (text: string) => {
		const last = parts.at(-1);
		const before = last?.text ?? "\n";
		// A line does not begin with a space, and there is one empty line at the most.
		const tidy = /\s$/.test(before) ? text.replace(/^ +/, "") : text;
		if (tidy === "" || (tidy === "\n" && (before === "\n" || before.endsWith("\n\n")))) return;
		if (last !== undefined && tidy.startsWith("\n")) last.text = last.text.replace(/ +$/, "");
		if (last !== undefined && last.href === href) last.text += tidy;
		else parts.push({ text: tidy, href });
	};
	for (const [token, closing, name, attributes] of source.matchAll(TOKEN)) {
		const tag = name?.toLowerCase();
		if (unseen !== null) {
			if (closing === "/" && tag === unseen) unseen = null;
		} else if (tag === undefined) {
			if (!token.startsWith("<!--")) add(decoded(token.replace(space, " ")));
		} else if (UNSEEN.has(tag)) unseen = closing === "/" ? null : tag;
		else if (tag === "a") href = closing === "/" ? null : addressIn(attributes ?? "");
		else if (tag === "li" && closing !== "/") add((parts.at(-1)?.text ?? "\n").endsWith("\n") ? "• " : "\n• ");
		else if (BLOCKS.has(tag)) add("\n");
	}
	const last = parts.at(-1);
	if (last !== undefined) last.text = last.text.trimEnd();
	return parts;
}

function addressIn(attributes: string): string | null {
	const [, double, single, bare] = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/i.exec(attributes) ?? [];
	const url = URL.parse(decoded(double ?? single ?? bare ?? "").trim());
	return url !== null && ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
}

function decoded(text: string): string {
	return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (entity, decimal, hex, name) => {
		if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? entity;
		const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
		return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : entity;
	});
}

function linked(text: string): readonly DescriptionPart[] {
	const parts: DescriptionPart[] = [];
	let end = 0;
	for (const { 0: address, index } of text.matchAll(LINK)) {
		if (index > end) parts.push({ text: text.slice(end, index), href: null });
		parts.push({ text: address, href: address });
		end = index + address.length;
	}
	if (end < text.length) parts.push({ text: text.slice(end), href: null });
	return parts;
}
