import type { EndpointReply } from "./endpoint.ts";

/** An answer as it goes over the wire. */
export interface WireForm {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | readonly string[]>>;
	readonly body: string | null;
}

/** The body as JSON, or, where the headers name a content type, the text that it is. */
export function wireForm({ status, headers = {}, body }: EndpointReply): WireForm {
	if (body === undefined) return { status, headers, body: null };
	if (headers["content-type"] !== undefined) return { status, headers, body: String(body) };
	return {
		status,
		headers: { ...headers, "content-type": "application/json; charset=utf-8" },
		body: JSON.stringify(body),
	};
}
