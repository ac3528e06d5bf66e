import { escapeHtml } from "../../http/escape-html.ts";

/** A mail before it has a form: what every message of Kalends is made of. */
export interface Letter {
	readonly heading: string;
	readonly title: string;
	readonly rows: readonly { readonly label: string; readonly value: string; readonly href?: string }[];
	/** Free text of an event; line breaks stay. */
	readonly body: string;
	readonly notes: readonly string[];
	readonly link: { readonly label: string; readonly href: string } | null;
}

/** The text part. */
export function letterText({ heading, title, rows, body, notes, link }: Letter): string {
	const parts = [
		heading,
		title,
		rows.map(({ label, value }) => `${label}: ${value}`).join("\n"),
		body,
		link === null ? "" : `${link.label}: ${link.href}`,
		notes.length === 0 ? "" : `-- \n${notes.join("\n")}`,
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";

/** The HTML part: a fixed frame in which every value is escaped, so that no event's text becomes markup (T12). */
export function letterHtml({ heading, title, rows, body, notes, link }: Letter): string {
	const cells = rows.map(({ label, value, href }) => {
		const shown = href === undefined ? escapeHtml(value) : anchor(href, value);
		return `<tr><td style="padding:2px 16px 2px 0;color:#5b6470;vertical-align:top">${escapeHtml(label)}</td><td style="padding:2px 0">${shown}</td></tr>`;
	});
	const paragraph = (text: string, style: string) =>
		`<p style="${style}">${escapeHtml(text).replaceAll("\n", "<br>")}</p>`;
	return [
		'<!doctype html><html><head><meta charset="utf-8"></head>',
		`<body style="margin:0;padding:24px;background:#ffffff;color:#14181f;font-size:15px;line-height:1.5;${FONT}">`,
		'<div style="max-width:560px">',
		paragraph(heading, "margin:0 0 8px;color:#5b6470"),
		`<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">${escapeHtml(title)}</h1>`,
		cells.length === 0 ? "" : `<table role="presentation" style="border-collapse:collapse">${cells.join("")}</table>`,
		body === "" ? "" : paragraph(body, "margin:16px 0 0"),
		link === null ? "" : `<p style="margin:16px 0 0">${anchor(link.href, link.label)}</p>`,
		...notes.map((note) => paragraph(note, "margin:16px 0 0;color:#5b6470;font-size:13px")),
		"</div></body></html>",
	].join("\n");
}

function anchor(href: string, text: string): string {
	return isWebAddress(href) ? `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>` : escapeHtml(text);
}

export function isWebAddress(text: string): boolean {
	return /^https?:\/\//i.test(text) && URL.canParse(text);
}

const LONGEST_LINE = 200;
const LONGEST_BODY = 8_000;

/** As a header or a single line may have it: no control characters, no line breaks, no hidden directions (T19). */
export function oneLine(text: string, longest = LONGEST_LINE): string {
	const clean = text
		.toWellFormed()
		.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
		.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "")
		.trim();
	return clean.length <= longest ? clean : `${clean.slice(0, longest - 1).toWellFormed()}…`;
}

/** An event's description as plain text; some providers keep it as HTML. */
export function plainText(text: string): string {
	const isMarkup = /<(?:br|p|div|a|b|i|u|ul|ol|li|span|html)\b[^>]*>/i.test(text);
	const plain = isMarkup
		? text
				.replaceAll(/<(?:br|\/p|\/div|\/li)\b[^>]*>/gi, "\n")
				.replaceAll(/<[^>]*>/g, "")
				.replaceAll(/&nbsp;/g, " ")
				.replaceAll(/&lt;/g, "<")
				.replaceAll(/&gt;/g, ">")
				.replaceAll(/&quot;/g, '"')
				.replaceAll(/&#39;/g, "'")
				.replaceAll(/&amp;/g, "&")
		: text;
	const clean = plain
		.toWellFormed()
		.replaceAll(/\r\n?/g, "\n")
		.replaceAll(/[^\P{Cc}\n\t]+/gu, "")
		.replaceAll(/\n{3,}/g, "\n\n")
		.trim();
	return clean.length <= LONGEST_BODY ? clean : `${clean.slice(0, LONGEST_BODY - 1).toWellFormed()}…`;
}
