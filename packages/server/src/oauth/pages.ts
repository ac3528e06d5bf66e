import type { EndpointReply } from "../http/endpoint.ts";
import { ERROR_CATALOGUE, Problem } from "../http/errors.ts";
import { escapeHtml } from "../http/escape-html.ts";

/** What a person sees who comes back from a provider. */
export interface Page {
	readonly status: number;
	readonly title: string;
	readonly paragraphs: readonly string[];
	/** Where to go on; a path of this server or a vetted address. */
	readonly link: { readonly href: string; readonly text: string };
	/** Small print, e.g. the code of a problem. */
	readonly note?: string;
}

/** A problem of a sign-in that was to lead somewhere afterwards. */
export class EndedConsent extends Error {
	override readonly name = "EndedConsent";
	readonly problem: Problem;
	/** As `NewFlow` has it. */
	readonly returnTo: string;

	constructor(problem: Problem, returnTo: string) {
		super(problem.message, { cause: problem });
		this.problem = problem;
		this.returnTo = returnTo;
	}
}

/** Where the sign-in began; without what tells a page of this server that it succeeded. */
function backTo(returnTo: string): Page["link"] {
	if (!returnTo.startsWith("/")) return { href: returnTo, text: `Back to ${new URL(returnTo).host}` };
	const [href = "/"] = returnTo.split(/[?#]/, 1);
	if (href === "/") return HOME;
	return { href, text: href.startsWith("/settings") ? "Back to Settings" : "Back to Kalends" };
}

const HOME = { href: "/", text: "Go to Kalends" };

export function htmlPage({ status, title, paragraphs, link, note }: Page): EndpointReply {
	const body = [
		"<!doctype html>",
		'<html lang="en">',
		"<head>",
		'<meta charset="utf-8">',
		'<meta name="viewport" content="width=device-width, initial-scale=1">',
		`<title>${escapeHtml(title)} · Kalends</title>`,
		'<link rel="icon" href="data:,">',
		'<link rel="stylesheet" href="/plain.css">',
		"</head>",
		"<body>",
		"<main>",
		`<h1>${escapeHtml(title)}</h1>`,
		...paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`),
		`<p><a href="${escapeHtml(link.href)}">${escapeHtml(link.text)}</a></p>`,
		...(note === undefined ? [] : [`<p><small>${escapeHtml(note)}</small></p>`]),
		"</main>",
		"</body>",
		"</html>",
		"",
	];
	return {
		status,
		body: body.join("\n"),
		headers: {
			"content-type": "text/html; charset=utf-8",
			// The address of the page holds what the provider sent.
			"referrer-policy": "no-referrer",
		},
	};
}

/** Answers problems as pages where a browser asks. */
export async function pageForBrowsers(
	headers: Readonly<Record<string, string | string[] | undefined>>,
	work: () => Promise<EndpointReply>,
): Promise<EndpointReply> {
	try {
		return await work();
	} catch (caught) {
		const error = caught instanceof EndedConsent ? caught.problem : caught;
		if (!(error instanceof Problem) || !String(headers.accept ?? "").includes("text/html")) throw error;
		const { status, title } = ERROR_CATALOGUE[error.code];
		const page = htmlPage({
			status,
			title,
			paragraphs: [error.message, ...(error.fix === undefined ? [] : [error.fix])],
			link: caught instanceof EndedConsent ? backTo(caught.returnTo) : HOME,
			note: `Code: ${error.code}`,
		});
		const wait =
			error.retryAfter === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(error.retryAfter))) };
		const cookies = error.cookies.length === 0 ? {} : { "set-cookie": error.cookies };
		return { ...page, headers: { ...page.headers, ...wait, ...cookies } };
	}
}
