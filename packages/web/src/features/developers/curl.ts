import type { WebhookDelivery } from "@kalends/client";

/**
 * The request of a delivery as a command for a POSIX shell. Its signature is that of the last attempt, which receivers take
 * for a few minutes only.
 */
export function curlOf(url: string, { request: { headers, body } }: Pick<WebhookDelivery, "request">): string {
	const lines = Object.entries(headers ?? { "content-type": "application/json" })
		.filter(([name]) => !["content-length", "host", "connection"].includes(name.toLowerCase()))
		.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
	return [`curl ${quoted(url)}`, ...lines, `--data-raw ${quoted(body)}`].join(" \\\n  ");
}

/** In single quotes, in which a shell changes nothing. */
function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

/** JSON laid out to be read; anything else as it is. */
export function laidOut(body: string): string {
	try {
		return JSON.stringify(JSON.parse(body), null, 2);
	} catch {
		return body;
	}
}
