/** What a page shows to who reads its HTML. */
export interface Page {
	readonly url: URL;
	readonly status: number;
	readonly html: string;
	/** Of the `<title>`. */
	readonly title: string;
}

/** A browser without scripts: follows redirects, keeps cookies for each host, sends forms. */
export interface Browser {
	open(url: string | URL): Promise<Page>;
	/** Sends the form of a page that has a button with this name and value, as if that was pressed. */
	press(page: Page, button: { readonly name: string; readonly value: string }, choice?: FormChoice): Promise<Page>;
}

export interface FormChoice {
	/** Values of boxes to untick. */
	readonly untick?: readonly string[];
}

const MOST_REDIRECTS = 20;

export function openBrowser(): Browser {
	const jars = new Map<string, Map<string, string>>();

	const request = async (url: URL, init: RequestInit = {}, redirects = 0): Promise<Page> => {
		const jar = jars.get(url.host) ?? new Map<string, string>();
		jars.set(url.host, jar);
		const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
		const headers = { accept: "text/html", ...init.headers, ...(cookie === "" ? {} : { cookie }) };
		const answer = await fetch(url, { ...init, headers, redirect: "manual" });
		for (const line of answer.headers.getSetCookie()) keep(jar, line);
		const location = answer.headers.get("location");
		if (location !== null && answer.status >= 300 && answer.status < 400) {
			await answer.body?.cancel();
			if (redirects === MOST_REDIRECTS) throw new Error(`more than ${MOST_REDIRECTS} redirects, last to ${location}`);
			return request(new URL(location, url), {}, redirects + 1);
		}
		const html = await answer.text();
		return { url, status: answer.status, html, title: /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? "" };
	};

	return {
		open: (url) => request(new URL(url)),
		press(page, button, { untick = [] } = {}) {
			const form = formWith(page.html, button);
			const body = new URLSearchParams();
			for (const input of tags(form.content, "input")) {
				const name = attribute(input, "name");
				if (name === null) continue;
				const value = attribute(input, "value") ?? "on";
				const isBox = attribute(input, "type") === "checkbox";
				if (isBox && (!/\schecked\b/.test(input) || untick.includes(value))) continue;
				body.append(name, value);
			}
			body.append(button.name, button.value);
			const headers = { "content-type": "application/x-www-form-urlencoded" };
			return request(new URL(form.action, page.url), { method: "POST", headers, body: body.toString() });
		},
	};
}

function keep(jar: Map<string, string>, line: string): void {
	const [pair = "", ...attributes] = line.split(";");
	const [name = "", ...value] = pair.split("=");
	const ends = attributes.some((one) => /^\s*max-age=0\s*$/i.test(one) || /^\s*expires=.*1970/i.test(one));
	if (ends) jar.delete(name.trim());
	else jar.set(name.trim(), value.join("="));
}

function formWith(html: string, button: { readonly name: string; readonly value: string }) {
	for (const [, head = "", content = ""] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
		const found = tags(content, "button").some(
			(tag) => attribute(tag, "name") === button.name && attribute(tag, "value") === button.value,
		);
		if (found) return { action: attribute(`<form ${head}>`, "action") ?? "", content };
	}
	throw new Error(`there is no form with a button ${button.name}=${button.value}:\n${html}`);
}

const tags = (html: string, name: string): string[] => html.match(new RegExp(`<${name}\\b[^>]*>`, "g")) ?? [];

function attribute(tag: string, name: string): string | null {
	const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
	if (value === undefined) return null;
	const signs: Readonly<Record<string, string>> = {
		"&amp;": "&",
		"&lt;": "<",
		"&gt;": ">",
		"&quot;": '"',
		"&#39;": "'",
	};
	return value.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (sign) => signs[sign] ?? sign);
}
