import type { HttpResponse } from "../../port/http.ts";

/** An answer made up for a judge. Several pieces arrive one after another. */
export function answer(
	status: number,
	body: string | readonly string[] = "",
	headers: Readonly<Record<string, string>> = {},
	url = "https://dav.example.org/cal/",
): HttpResponse {
	const pieces = (typeof body === "string" ? [body] : body).map((piece) => new TextEncoder().encode(piece));
	return {
		status,
		headers: new Headers(headers),
		url: new URL(url),
		permanentlyMoved: false,
		body: (async function* () {
			yield* pieces;
		})(),
		text: async () => new TextDecoder().decode(Buffer.concat(pieces)),
		bytes: async () => Buffer.concat(pieces),
		discard: async () => {},
	};
}

/** A multistatus document with `D` and `C` bound. */
export function multistatus(content: string): string {
	return `<?xml version="1.0"?><D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">${content}</D:multistatus>`;
}
