import type { Json } from "../json.ts";

/** A request to one of the sandbox's own sides: consent, tokens, control. */
export interface WebRequest {
	/** Upper case. */
	readonly method: string;
	/** Path and query as they came, on the sandbox's origin. */
	readonly url: URL;
	/** By name in lower case; null where it was not sent. */
	readonly header: (name: string) => string | null;
	readonly body: string;
}

export interface WebAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/** Not to be stored by anybody: answers hold tokens, and the next one may differ. */
const FRESH = { "cache-control": "no-store" };

export function jsonAnswer(status: number, body: Json, headers: Readonly<Record<string, string>> = {}): WebAnswer {
	return {
		status,
		headers: { "content-type": "application/json; charset=utf-8", ...FRESH, ...headers },
		body: JSON.stringify(body),
	};
}

/** A page without scripts, which no other site can frame. */
export function pageAnswer(status: number, html: string): WebAnswer {
	return {
		status,
		headers: {
			"content-type": "text/html; charset=utf-8",
			"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
			"referrer-policy": "no-referrer",
			"x-content-type-options": "nosniff",
			...FRESH,
		},
		body: html,
	};
}

/** To be asked for with GET. */
export function redirectAnswer(location: string): WebAnswer {
	return { status: 302, headers: { location, "referrer-policy": "no-referrer", ...FRESH }, body: "" };
}

/** Text as the content of an element or a quoted attribute. */
export function escapeHtml(text: string): string {
	const names: Readonly<Record<string, string>> = {
		"&": "&amp;",
		"<": "&lt;",
		">": "&gt;",
		'"': "&quot;",
		"'": "&#39;",
	};
	return text.replaceAll(/[&<>"']/g, (sign) => names[sign] ?? sign);
}
